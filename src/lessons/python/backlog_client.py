import socket
import threading
import time

HOST = '127.0.0.1'
PORT = 8000


def call(number):
    start = time.monotonic()
    with socket.socket() as s:
        s.settimeout(1.5)
        try:
            s.connect((HOST, PORT))
            s.sendall(b'hello')
            s.settimeout(30)
            words = s.recv(1024).decode()
        except OSError as error:
            words = str(error)
    print(number, words, f'{time.monotonic() - start:.1f} s', flush=True)


callers = [threading.Thread(target=call, args=(number,)) for number in range(1, 9)]
for caller in callers:
    caller.start()
for caller in callers:
    caller.join()
