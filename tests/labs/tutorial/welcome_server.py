import socket, sys
ip_port = (sys.argv[1], int(sys.argv[2]))
web = socket.socket()
web.bind(ip_port)
web.listen(5)
print(web.getsockname()[1], flush=True)
while True:
    conn, addr = web.accept()
    data = conn.recv(1024)
    print(data, flush=True)
    conn.send(bytes('<h1>welcome nginx</h1>', 'utf8'))
    conn.close()
