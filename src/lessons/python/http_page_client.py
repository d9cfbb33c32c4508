from http.client import HTTPConnection

HOST = '127.0.0.1'
PORT = 8000
http = HTTPConnection(HOST, PORT)
for path in ('/', '/test.jpg'):
    http.request('GET', path)
    answer = http.getresponse()
    print(answer.status, answer.reason)
    print(answer.headers, end='')
    print(len(answer.read()), 'bytes')
http.close()
