from urllib.request import urlopen

HOST = '127.0.0.1'
PORT = 8000
with urlopen(f'http://{HOST}:{PORT}/') as answer:
    print(answer.status, answer.reason)
    print(answer.read().decode(), end='')
