import socket

HOST = '127.0.0.1'
PORT = 9999
sk = socket.socket()
sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sk.bind((HOST, PORT))
sk.listen(5)
while True:
    conn, addr = sk.accept()
    with conn:
        client_data = conn.recv(1024)
        print(str(client_data, 'utf8'), flush=True)
        conn.sendall(bytes('不要回答,不要回答,不要回答', 'utf8'))
