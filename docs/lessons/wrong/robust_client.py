"""Plays the guessing game, if nothing goes wrong: python3 robust_client.py HOST PORT"""

import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    low, high = 1, 100
    word = ""
    waiting = b""
    while word not in ("WIN", "GAMEOVER"):
        while b"\n" not in waiting:
            waiting += connection.recv(1024)
        line, waiting = waiting.split(b"\n", 1)
        word = line.decode()
        if word == "GUESS":
            guess = (low + high) // 2
            connection.sendall(f"{guess}\n".encode())
        elif word == "LOW":
            low = guess + 1
        elif word == "HIGH":
            high = guess - 1
    print(word)
