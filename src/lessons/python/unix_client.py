import socket

PATH = '/tmp/socketlab.sock'
client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
client.connect(PATH)
while True:
    try:
        msg = input('>>:')
    except EOFError:
        break
    if not msg:
        continue
    client.sendall(msg.encode())
    data = client.recv(1024)
    if not data:
        break
    print('recv:', data.decode())
client.close()
