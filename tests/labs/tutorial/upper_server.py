import socket, sys
server = socket.socket()
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(5)
print(server.getsockname()[1], flush=True)
while True:
    conn, addr = server.accept()
    count = 0
    while conn:
        data = conn.recv(1024)
        print('recv:', data, flush=True)
        try:
            if not data:
                print('no message!', flush=True)
        except:
            break
        conn.send(data.upper())
        count += 1
        if count > 10: break
server.close()
