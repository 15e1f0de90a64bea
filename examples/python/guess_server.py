"""Serves `tjc/guess`, a thread for each client: python3 guess_server.py HOST PORT [SECRET]

PORT 0 takes any free port; the first line printed says which.

It needs Python 3.8 or newer, and nothing besides.
"""

import random
import socket
import sys
import threading

from lines import ConnectionEnded, Lines

TRIES = 5


def say(text):
    """Prints a line in one piece: print() writes the line's end on its own, and another thread may come between."""
    print(text + "\n", end="", flush=True)


def play(lines, secret):
    """One game. Everything in here belongs to one client alone."""
    for _ in range(TRIES):
        lines.write("GUESS")
        guess = None
        while guess is None:
            try:
                guess = int(lines.read())
            except ValueError:
                lines.write("Please enter number 1 to 100")
                lines.write("GUESS")
        if guess == secret:
            lines.write("WIN")
            return
        lines.write("LOW" if guess < secret else "HIGH")
    lines.write("GAMEOVER")


def serve(sock, name, secret):
    """Runs in a thread of its own, so that a slow client keeps nobody else waiting."""
    with sock:
        try:
            play(Lines(sock), secret)
            say(f"{name} has finished")
        except (ConnectionEnded, ConnectionError):
            # One client that goes must not end the server, nor anybody else's game.
            say(f"{name} has gone")


def main():
    if len(sys.argv) < 3 or not sys.argv[2].isdigit():
        sys.exit("usage: python3 guess_server.py HOST PORT [SECRET]")
    host, port = sys.argv[1], int(sys.argv[2])
    fixed = int(sys.argv[3]) if len(sys.argv) > 3 else None
    # create_server() also sets SO_REUSEADDR, so that the port can be used again at once.
    with socket.create_server((host, port)) as listener:
        say(f"Listening on {host} {listener.getsockname()[1]}")
        count = 0
        while True:
            sock, _ = listener.accept()
            count += 1
            secret = fixed or random.randint(1, 100)
            # A daemon thread does not keep the program alive after Ctrl-C.
            threading.Thread(target=serve, args=(sock, f"client {count}", secret), daemon=True).start()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
