import socket
import time

HOST = '127.0.0.1'
PORT = 13
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((HOST, PORT))
server.listen(5)
while True:
    conn, addr = server.accept()
    with conn:
        conn.sendall(time.strftime('%A, %B %d, %Y %H:%M:%S-%Z\r\n').encode())
