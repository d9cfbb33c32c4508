import errno, socket
for family in ('AF_INET', 'AF_INET6', 'AF_UNIX'):
    for kind in ('SOCK_STREAM', 'SOCK_DGRAM', 'SOCK_SEQPACKET', 'SOCK_RAW', 'SOCK_RDM'):
        try:
            sk = socket.socket(getattr(socket, family), getattr(socket, kind), 0)
            sk.close()
            print(family, kind, 'ok')
        except OSError as error:
            print(family, kind, errno.errorcode[error.errno], error.errno)
