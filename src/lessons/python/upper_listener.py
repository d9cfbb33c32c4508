import socket

HOST = 'localhost'
PORT = 999
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((HOST, PORT))
server.listen(5)
while True:
    conn, addr = server.accept()
    with conn:
        for _ in range(11):
            data = conn.recv(1024)
            if not data:
                break
            print('recv:', data, flush=True)
            conn.sendall(data.upper())
