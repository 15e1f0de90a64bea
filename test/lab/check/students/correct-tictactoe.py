import os
import socket

s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
board = s.makefile()
while True:
    move = board.readline().strip()
    if not move.startswith("MOVE"):
        break
    s.sendall(("MOVE" + input("Your cell: ") + "\n").encode())
s.close()
