import socket
import time

HOST = '127.0.0.1'
PORT = 8000
start = time.monotonic()


def step(call, result=''):
    print(f'{(time.monotonic() - start) * 1000:8.3f} ms', call, result)


s = socket.socket()
step('socket', s.fileno())
s.connect((HOST, PORT))
step('connect', (s.getsockname(), s.getpeername()))
step('send', s.send(b'hello'))
step('recv', s.recv(1024))
s.shutdown(socket.SHUT_WR)
step('shutdown')
step('recv', s.recv(1024))
s.close()
step('close')
