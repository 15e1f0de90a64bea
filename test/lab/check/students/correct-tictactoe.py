import os
import socket

LINES = ["123", "456", "789", "147", "258", "369", "159", "357"]
moves = {"O": "", "X": ""}


def over():
    wins = any(set(line) <= set(mine) for line in LINES for mine in moves.values())
    return wins or len(moves["O"] + moves["X"]) == 9


s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
peer = s.makefile()
while not over():
    move = peer.readline().strip()
    if not move.startswith("MOVE"):
        break
    moves["O"] += move[4:]
    if over():
        break
    cell = input("Your cell: ")
    while cell not in "123456789" or cell in moves["O"] + moves["X"]:
        cell = input("Your cell, please a free one: ")
    moves["X"] += cell
    s.sendall(("MOVE" + cell + "\n").encode())
s.close()
