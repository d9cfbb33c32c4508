import socket

HOST = '127.0.0.1'
PORT = 9999
sk = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sk.bind((HOST, PORT))
while True:
    data, addr = sk.recvfrom(1024)
    print(addr, data, flush=True)
    sk.sendto(data, addr)
