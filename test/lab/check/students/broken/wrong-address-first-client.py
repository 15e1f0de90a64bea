import socket
import sys
import time

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", int(sys.argv[1])))
client = None
while True:
    data, address = server.recvfrom(1024)
    if client is None:
        client = address
    server.sendto(time.strftime(data.decode(errors="replace")).encode(), client)
