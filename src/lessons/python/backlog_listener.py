import socket
import time

HOST = '127.0.0.1'
PORT = 8000
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((HOST, PORT))
server.listen(1)
while True:
    time.sleep(2)
    conn, addr = server.accept()
    with conn:
        if conn.recv(1024):
            conn.sendall(b'your turn')
