import socket, sys
sk = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sk.bind((sys.argv[1], int(sys.argv[2])))
print(sk.getsockname()[1], flush=True)
while True:
    data, addr = sk.recvfrom(1024)
    print(data, addr, flush=True)
    sk.sendto(data[::-1], addr)
