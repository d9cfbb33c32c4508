import socket

HOST = '127.0.0.1'
PORT = 8080
s = socket.socket()
s.connect((HOST, PORT))
s.sendall(f'GET / HTTP/1.1\r\nHost: {HOST}:{PORT}\r\n\r\n'.encode())
while data := s.recv(1024):
    print(data.decode(), end='')
s.close()
