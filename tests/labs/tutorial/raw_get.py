import socket, sys
s = socket.socket()
s.connect((sys.argv[1], int(sys.argv[2])))
s.sendall(f'GET {sys.argv[3]} HTTP/1.1\r\nHost: {sys.argv[1]}:{sys.argv[2]}\r\n\r\n'.encode())
answer = b''
while True:
    data = s.recv(1024)
    if not data: break
    answer += data
sys.stdout.buffer.write(answer)
