import socket, sys
client = socket.socket()
client.connect((sys.argv[1], int(sys.argv[2])))
for cmd in sys.argv[3:]:
    client.send(cmd.encode('utf-8'))
    cmd_res_size = client.recv(1024)
    print('size:', int(cmd_res_size), flush=True)
    received = b''
    while len(received) < int(cmd_res_size):
        received += client.recv(1024)
    print('sum:', len(received), sum(received), flush=True)
client.close()
