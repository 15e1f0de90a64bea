import socket
import sys

s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
board = [" "] * 9
LINES = ["012", "345", "678", "036", "147", "258", "048", "246"]


def is_over():
    won = any(board[int(a)] == board[int(b)] == board[int(c)] != " " for a, b, c in LINES)
    return won or " " not in board


for line in s.makefile():
    if line == "END\n":
        break
    board[int(line[4:]) - 1] = "O"
    if is_over():
        break
    cell = int(input("Your move (0 to quit): "))
    while cell != 0 and board[cell - 1] != " ":
        cell = int(input("Your move (0 to quit): "))
    if cell == 0:
        s.sendall(b"END\n")
        break
    s.sendall(f"MOVE{cell}\n".encode())
    board[cell - 1] = "X"
    if is_over():
        break
s.close()
