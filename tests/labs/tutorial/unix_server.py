import socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.bind(sys.argv[1])
server.listen(5)
print(0, flush=True)
while True:
    conn, _ = server.accept()
    while True:
        data = conn.recv(1024)
        if not data: break
        conn.sendall(data[::-1])
    conn.close()
