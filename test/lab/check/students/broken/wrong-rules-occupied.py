import socket
import sys

s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
moves = s.makefile()
mine = 1
while True:
    line = moves.readline()
    if not line.startswith("MOVE"):
        break
    print("Server:", line.strip())
    # I take the cells one after the other
    s.sendall(f"MOVE{mine}\n".encode())
    print("I take", mine)
    mine += 1
s.close()
