import socket

HOST = '127.0.0.1'
PORT = 8000
s = socket.socket()
s.connect((HOST, PORT))
s.sendall(f'GET / HTTP/1.1\r\nHost: {HOST}:{PORT}\r\n\r\n'.encode())
answer = b''
while data := s.recv(1024):
    answer += data
s.close()
head, _, body = answer.partition(b'\n\n')
print('head:', head.decode())
print('body:', body.decode(), end='')
