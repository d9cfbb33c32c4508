from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import mimetypes

HOST = '127.0.0.1'
PORT = 8000
PICTURE = 'test.jpg'
PAGE = b'<!doctype html><title>WOW</title><p>Wow, Python Server</p><img src="/test.jpg">'


class Page(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        body, kind = PAGE, 'text/html'
        if self.path == '/test.jpg':
            kind = mimetypes.guess_type(PICTURE)[0] or 'application/octet-stream'
            with open(PICTURE, 'rb') as file:
                body = file.read()
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer((HOST, PORT), Page).serve_forever()
