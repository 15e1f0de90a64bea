import socket
import sys

s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
game = s.makefile()
free = [1, 2, 3, 4, 5, 6, 7, 8, 9]
while True:
    line = game.readline().strip().lower()
    if not line.startswith("move"):
        print("The game has ended")
        break
    free.remove(int(line[4:]))
    print("They take", line[4:], "free:", free)
    cell = free.pop(0)
    s.sendall(f"move{cell}\n".encode())
s.close()
