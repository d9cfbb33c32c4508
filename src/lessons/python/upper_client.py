import socket

HOST = 'localhost'
PORT = 999
client = socket.socket()
client.connect((HOST, PORT))
while True:
    try:
        msg = input('>>:').strip()
    except EOFError:
        break
    if not msg:
        continue
    client.sendall(msg.encode('utf-8'))
    data = client.recv(1024)
    if not data:
        break
    print('recv:', data.decode())
client.close()
