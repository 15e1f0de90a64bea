import os
import socket

s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
rest = ""
while True:
    while "\n" not in rest:
        rest += s.recv(1024).decode()
    line, rest = rest.split("\n", 1)
    print("Other:", line)
    s.sendall((input("You: ") + "\n").encode())
