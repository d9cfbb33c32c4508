import socketserver

HOST = '127.0.0.1'
PORT = 8009


class MyServer(socketserver.BaseRequestHandler):
    def handle(self):
        conn = self.request
        conn.sendall('我是多线程'.encode())
        while data := conn.recv(1024).decode():
            if data == 'exit':
                break
            elif data == '0':
                conn.sendall('您输入的是0'.encode())
            else:
                conn.sendall('请重新输入.'.encode())


socketserver.ThreadingTCPServer.allow_reuse_address = True
server = socketserver.ThreadingTCPServer((HOST, PORT), MyServer)
server.serve_forever()
