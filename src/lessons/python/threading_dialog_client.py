import socket

HOST = '127.0.0.1'
PORT = 8009
sk = socket.socket()
sk.connect((HOST, PORT))
while data := sk.recv(1024):
    print('receive:', data.decode())
    inp = ''
    try:
        while not inp:
            inp = input('please input:')
    except EOFError:
        inp = 'exit'
    sk.sendall(inp.encode())
    if inp == 'exit':
        break
sk.close()
