import socket
import sys

s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
lines = s.makefile()
taken = [False] * 11


def is_free(cell):
    return 1 <= cell <= 9 and not taken[cell + 1]


for line in lines:
    if line == "END\n":
        break
    taken[int(line[4:])] = True
    if all(taken[1:10]):
        break
    cell = int(input("Your move: "))
    while cell != 0 and not is_free(cell):
        cell = int(input("Your move: "))
    if cell == 0:
        s.sendall(b"END\n")
        break
    s.sendall(f"MOVE{cell}\n".encode())
    taken[cell] = True
s.close()
