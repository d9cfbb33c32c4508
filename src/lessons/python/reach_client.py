import errno
import os
import socket

HOST = '127.0.0.1'
PORT = 8000
SILENT = ('192.0.2.1', 8000)
for address in ((HOST, PORT), (HOST, 1), SILENT):
    s = socket.socket()
    s.settimeout(3)
    number = s.connect_ex(address)
    name = errno.errorcode.get(number, 'connected')
    print(address, number, name, os.strerror(number) if number else '')
    s.close()
