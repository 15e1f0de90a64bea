import os
from socket import create_connection

s = create_connection((os.environ["HOST"], int(os.environ["PORT"])))
f = s.makefile("r")
cells = "519372846"
taken = {}


def show():
    for row in ("123", "456", "789"):
        print(" ".join(taken.get(cell, ".") for cell in row))


while True:
    # my move
    cell = next((one for one in cells if one not in taken), None)
    if cell is None:
        break
    taken[cell] = "X"
    s.sendall(("MOVE" + cell + "\n").encode())
    # the move of the server
    answer = f.readline().strip()
    if not answer.startswith("MOVE"):
        break
    taken[answer[4:]] = "O"
    show()
