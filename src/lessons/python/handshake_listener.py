import socket

HOST = '127.0.0.1'
PORT = 8000
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((HOST, PORT))
server.listen(5)
while True:
    conn, addr = server.accept()
    with conn:
        while data := conn.recv(1024):
            conn.sendall(data)
