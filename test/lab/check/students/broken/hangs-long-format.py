import datetime
import os
import socket

server = socket.create_server((os.environ["HOST"], int(os.environ["PORT"])))
while True:
    client, _ = server.accept()
    with client:
        while True:
            format = client.recv(4096).decode(errors="replace")
            if not format:
                break
            if len(format) > 200:
                continue
            client.sendall(datetime.datetime.now().strftime(format).encode())
