import socket

HOST = '127.0.0.1'
PORT = 8080
web = socket.socket()
web.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
web.bind((HOST, PORT))
web.listen(5)
while True:
    conn, addr = web.accept()
    with conn:
        data = conn.recv(1024)
        print(data, flush=True)
        conn.sendall(bytes('<h1>welcome nginx</h1>', 'utf8'))
