import socket

HOST = '127.0.0.1'
PORT = 9998
client = socket.socket()
client.connect((HOST, PORT))
stream = client.makefile('rb')
while True:
    try:
        name = input('file (or ls): ').strip()
    except EOFError:
        break
    if not name:
        continue
    client.sendall(name.encode())
    line = stream.readline().decode().strip()
    if not line.isdigit():
        print(line)
        continue
    body = stream.read(int(line))
    if name == 'ls':
        print(body.decode(), end='')
    else:
        print(len(body), 'bytes of', name)
client.close()
