import socketserver, sys
class MyServer(socketserver.BaseRequestHandler):
    def handle(self):
        conn = self.request
        conn.sendall('我是多线程'.encode())
        Flag = True
        while Flag:
            data = conn.recv(1024).decode()
            if data == 'exit':
                Flag = False
            elif data == '0':
                conn.sendall('您输入的是0'.encode())
            else:
                conn.sendall('请重新输入.'.encode())
if __name__ == '__main__':
    server = socketserver.ThreadingTCPServer((sys.argv[1], int(sys.argv[2])), MyServer)
    print(server.server_address[1], flush=True)
    server.serve_forever()
