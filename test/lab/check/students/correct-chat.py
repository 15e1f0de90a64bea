import os
import socket

s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
for line in s.makefile(encoding="utf-8"):
    print("Other:", line)
    s.sendall((input("You: ") + "\n").encode("utf-8"))
