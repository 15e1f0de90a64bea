import os
from socket import create_server

LINES = ["123", "456", "789", "159", "357"]  # the columns are missing
listener = create_server((os.environ["HOST"], int(os.environ["PORT"])))
s, address = listener.accept()
lines = s.makefile()
cells = {}


def is_over():
    return len(cells) == 9 or any(cells.get(a) and cells.get(a) == cells.get(b) == cells.get(c) for a, b, c in LINES)


while True:
    cell = input("Server moves (0 to quit): ").strip()
    if cell == "0":
        s.sendall(b"END\n")
        break
    if cell not in list("123456789") or cell in cells:
        print("Another cell, please.")
        continue
    cells[cell] = "O"
    s.sendall(f"MOVE{cell}\n".encode())
    if is_over():
        break
    line = lines.readline().strip()
    if not line.startswith("MOVE"):
        break
    cells[line[4:]] = "X"
    print("Client moves:", line[4:])
    if is_over():
        break
s.close()
