import socket, sys
client = socket.socket()
client.connect(((sys.argv[1], int(sys.argv[2]))))
while True:
    msg = input('>>:').strip()
    if len(msg) == 0: continue
    client.send(msg.encode('utf-8'))
    data = client.recv(1024)
    print('recv:', data.decode(), flush=True)
client.close()
