import socket
import sys


def ask(text):
    sys.stdout.write(text)
    return sys.stdin.readline()


host, port = sys.argv[1], int(sys.argv[2])
with socket.create_connection((host, port)) as s:
    for line in s.makefile():
        sys.stdout.write(line)
        if line == "GUESS\n":
            s.sendall(ask("Your guess: ").encode())
        if line in ("WIN\n", "GAMEOVER\n"):
            break
