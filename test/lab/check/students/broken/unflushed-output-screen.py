import io
import socket
import sys

# for umlauts on Windows
sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")


def ask(text):
    print(text)
    return sys.stdin.readline()


host, port = sys.argv[1], int(sys.argv[2])
with socket.create_connection((host, port)) as s:
    for line in s.makefile():
        print("server:", line.strip())
        if line == "GUESS\n":
            s.sendall(ask("Your guess: ").encode())
        if line in ("WIN\n", "GAMEOVER\n"):
            break
