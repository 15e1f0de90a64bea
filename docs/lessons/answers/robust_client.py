"""Plays the guessing game, and survives a bad server: python3 robust_client.py HOST PORT"""

import socket
import sys


def play(connection):
    """Plays one game by halving."""
    lines = connection.makefile("r", encoding="utf-8", errors="replace", newline="\n")
    low, high = 1, 100
    guess = 0
    while True:
        line = lines.readline()
        word = line.rstrip("\r\n")  # some programs end their lines with \r\n
        if not line.endswith("\n"):
            sys.exit("the server closed the connection in the middle of the game")
        if word == "GUESS":
            guess = (low + high) // 2
            connection.sendall(f"{guess}\n".encode())
        elif word == "LOW":
            low = guess + 1
        elif word == "HIGH":
            high = guess - 1
        elif word in ("WIN", "GAMEOVER"):
            return word
        else:
            sys.exit(f"the server sent {word[:40]!r}, which this game does not have")


try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
        print(play(connection))
except OSError as error:
    sys.exit(f"the connection broke: {error}")
