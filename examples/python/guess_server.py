"""Serves `tjc/guess`, a thread for each client: python3 guess_server.py HOST PORT [SECRET]

With PORT 0 it takes any free port, and prints that port in its first line.

It needs Python 3.8 or newer, and nothing else.
"""

import random
import socket
import sys
import threading

from lines import ConnectionEnded, Lines

TRIES = 5


def say(text):
    """Prints a line in one write: print() writes the line's end separately, and another thread could write between the two."""
    print(text + "\n", end="", flush=True)


def play(lines, secret):
    """Plays one game. All variables here belong to one client alone."""
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
    """Serves one client in its own thread, so that a slow client delays no other client."""
    with sock:
        try:
            play(Lines(sock), secret)
            say(f"{name} has finished")
        except (ConnectionEnded, ConnectionError):
            # A client that disconnects must not end the server, or another client's game.
            say(f"{name} has left")


def main():
    if len(sys.argv) < 3 or not sys.argv[2].isdigit():
        sys.exit("usage: python3 guess_server.py HOST PORT [SECRET]")
    host, port = sys.argv[1], int(sys.argv[2])
    fixed = int(sys.argv[3]) if len(sys.argv) > 3 else None
    # create_server() also sets SO_REUSEADDR, so that the port can be used again immediately.
    with socket.create_server((host, port)) as listener:
        say(f"Listening on {host} {listener.getsockname()[1]}")
        count = 0
        while True:
            sock, _ = listener.accept()
            count += 1
            secret = fixed or random.randint(1, 100)
            # A daemon thread does not delay the end of the program after Ctrl-C.
            threading.Thread(target=serve, args=(sock, f"client {count}", secret), daemon=True).start()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
