import socket

PROTOCOL = 0

for family in ('AF_INET', 'AF_INET6', 'AF_UNIX'):
    for kind in ('SOCK_STREAM', 'SOCK_DGRAM', 'SOCK_SEQPACKET', 'SOCK_RAW', 'SOCK_RDM'):
        try:
            with socket.socket(getattr(socket, family), getattr(socket, kind), PROTOCOL) as s:
                print(family, kind, s.fileno())
        except (AttributeError, OSError) as error:
            print(family, kind, error)
