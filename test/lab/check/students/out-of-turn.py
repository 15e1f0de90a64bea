import os
import socket

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((os.environ["HOST"], int(os.environ["PORT"])))
listener.listen()
s, _ = listener.accept()
lines = s.makefile()
s.sendall(b"LOW\n")
for _ in range(5):
    s.sendall(b"GUESS\n")
    lines.readline()
s.close()
