import socket

HOST = '127.0.0.1'
PORT = 9999
sk = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sk.settimeout(5)
while True:
    try:
        inp = input('please input:')
    except EOFError:
        break
    sk.sendto(inp.encode(), (HOST, PORT))
    data, addr = sk.recvfrom(65536)
    print(addr, data.decode())
sk.close()
