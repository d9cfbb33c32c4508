import os
import socket

PATH = '/tmp/socketlab.sock'
server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.bind(PATH)
server.listen(5)
try:
    while True:
        conn, _ = server.accept()
        with conn:
            while data := conn.recv(1024):
                conn.sendall(data)
finally:
    os.remove(PATH)
