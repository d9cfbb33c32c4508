import socket, sys
ip_port = (sys.argv[1], int(sys.argv[2]))
sk = socket.socket()
sk.connect(ip_port)
while True:
    data = sk.recv(1024)
    print('receive:', data.decode(), flush=True)
    inp = input('please input:')
    sk.sendall(inp.encode())
    if inp == 'exit':
        break
sk.close()
