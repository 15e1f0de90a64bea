"""Serves the guessing game to one client after the other: python3 guess_server.py PORT [SECRET]"""

import random
import socket
import sys

TRIES = 5


def judge(guess, secret):
    """Compares a guess with the secret number."""
    if guess == secret:
        return "WIN"
    return "LOW" if guess < secret else "HIGH"


def play(connection, secret):
    """Plays one game. The count of tries belongs to this game alone."""
    lines = connection.makefile(encoding="utf-8")
    for _ in range(TRIES):
        connection.sendall(b"GUESS\n")
        answer = judge(int(lines.readline()), secret)
        connection.sendall(f"{answer}\n".encode())
        if answer == "WIN":
            return
    connection.sendall(b"GAMEOVER\n")


port = int(sys.argv[1])
fixed = int(sys.argv[2]) if len(sys.argv) > 2 else None
with socket.create_server(("127.0.0.1", port)) as listener:
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                play(connection, fixed or random.randint(1, 100))
            except (OSError, ValueError) as error:
                print("this client has left, or has sent no number:", error)
