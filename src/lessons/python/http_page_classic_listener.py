import socket

HOST = '127.0.0.1'
PORT = 8000
PICTURE = 'test.jpg'
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
pic_head = b'''
HTTP/1.x 200 OK
Content-Type: image/jpg

'''
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((HOST, PORT))
s.listen(3)
while True:
    conn, addr = s.accept()
    with conn:
        request = conn.recv(1024)
        words = request.decode().split(' ')
        if len(words) < 2:
            continue
        content = text_content
        if words[:2] == ['GET', '/test.jpg']:
            with open(PICTURE, 'rb') as file:
                content = pic_head + file.read()
        print('Connected by', addr)
        print('Request is:', request, flush=True)
        conn.sendall(content)
