import socket, sys
address = (sys.argv[1], int(sys.argv[2]))
sk = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sk.settimeout(20)
for message in sys.argv[3:]:
    print('sendto', sk.sendto(message.encode(), address))
    data, addr = sk.recvfrom(1024)
    print('recvfrom', data, addr == address)
