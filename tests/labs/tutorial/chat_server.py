import socket, sys
ip_port = (sys.argv[1], int(sys.argv[2]))
sk = socket.socket()
sk.bind(ip_port)
sk.listen(5)
print(sk.getsockname()[1], flush=True)
while True:
    conn, addr = sk.accept()
    client_data = conn.recv(1024)
    print(str(client_data, 'utf8'), flush=True)
    conn.sendall(bytes('不要回答,不要回答,不要回答', 'utf8'))
    conn.close()
