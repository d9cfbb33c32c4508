import socket, sys
sk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
sk.connect(sys.argv[1])
sk.sendall(sys.argv[2].encode())
print(sk.recv(1024).decode())
sk.close()
