import socket, sys
ip_port = (sys.argv[1], int(sys.argv[2]))
sk = socket.socket()
sk.connect(ip_port)
sk.sendall(bytes('yaoyao', 'utf8'))
server_reply = sk.recv(1024)
print(str(server_reply, 'utf8'))
sk.close()
