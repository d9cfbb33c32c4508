import socket, sys
HOST = sys.argv[1]
PORT = int(sys.argv[2])
reply = 'Yes'
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind((HOST, PORT))
s.listen(3)
print(s.getsockname()[1], flush=True)
conn, addr = s.accept()
request = conn.recv(1024)
print('request is:', request.decode(), flush=True)
print('Connected by:', addr, flush=True)
conn.sendall(reply.encode())
conn.close()
