import socket

HOST = '127.0.0.1'
PORT = 13
s = socket.socket()
s.connect((HOST, PORT))
while data := s.recv(1024):
    print(data.decode(), end='')
s.close()
