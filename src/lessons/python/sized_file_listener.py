import os
import socket

HOST = '127.0.0.1'
PORT = 9998
FOLDER = '.'
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((HOST, PORT))
server.listen(5)
while True:
    conn, addr = server.accept()
    with conn:
        while name := conn.recv(1024).decode().strip():
            files = sorted(e.name for e in os.scandir(FOLDER) if e.is_file())
            if name == 'ls':
                body = ''.join(file + '\n' for file in files).encode()
            elif name in files:
                with open(os.path.join(FOLDER, name), 'rb') as file:
                    body = file.read()
            else:
                conn.sendall(b'error: there is no file of that name\n')
                continue
            conn.sendall(b'%d\n' % len(body))
            conn.sendall(body)
