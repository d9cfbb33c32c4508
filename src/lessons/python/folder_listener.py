from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

HOST = '127.0.0.1'
PORT = 8000
FOLDER = '.'
handler = partial(SimpleHTTPRequestHandler, directory=FOLDER)
ThreadingHTTPServer((HOST, PORT), handler).serve_forever()
