import os, socket, sys
server = socket.socket()
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen()
print(server.getsockname()[1], flush=True)
while True:
    conn, addr = server.accept()
    while True:
        data = conn.recv(1024)
        if not data: break
        with open(os.path.join(sys.argv[3], data.decode()), 'rb') as f:
            cmd_res = f.read()
        conn.send(str(len(cmd_res)).encode('utf-8'))
        conn.sendall(cmd_res)
    conn.close()
