import socket

HOST = '127.0.0.1'
PORT = 9999
sk = socket.socket()
sk.connect((HOST, PORT))
sk.sendall(bytes('yaoyao', 'utf8'))
server_reply = sk.recv(1024)
print(str(server_reply, 'utf8'))
sk.close()
