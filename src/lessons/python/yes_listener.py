import socket

HOST = '127.0.0.1'
PORT = 8000
reply = 'Yes'
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((HOST, PORT))
s.listen(3)
conn, addr = s.accept()
request = conn.recv(1024)
print('request is:', request.decode())
print('Connected by:', addr)
conn.sendall(reply.encode())
conn.close()
s.close()
