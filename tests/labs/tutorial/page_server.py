import socket, sys
HOST = sys.argv[1]
PORT = int(sys.argv[2])
text_content = b'''HTTP/1.x 200 OK
Content-Type: text/html

<head>
<title>WOW</title>
</head>
<html>
<p>Wow, Python Server</p>
<IMG src="test.jpg"/>
</html>
'''
f = open(sys.argv[3], 'rb')
pic_content = b'''
HTTP/1.x 200 OK
Content-Type: image/jpg

'''
pic_content = pic_content + f.read()
f.close()
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind((HOST, PORT))
s.listen(3)
print(s.getsockname()[1], flush=True)
while True:
    s.listen(3)
    conn, addr = s.accept()
    request = conn.recv(1024)
    method = request.decode().split(' ')[0]
    src = request.decode().split(' ')[1]
    if method == 'GET':
        if src == '/test.jpg':
            content = pic_content
        else:
            content = text_content
        print('Connected by', addr, flush=True)
        print('Request is:', request, flush=True)
        conn.sendall(content)
    conn.close()
