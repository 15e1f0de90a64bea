import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
sock = socket.create_connection((host, port))
server = sock.makefile("rw", encoding="utf-8", errors="replace", newline="\n")
server.reconfigure(line_buffering=True)
try:
    for line in server:
        word = line.strip()
        if word == "GUESS":
            print(input("Your guess: "), file=server)
        else:
            print(word)
        if word in ("WIN", "GAMEOVER"):
            break
except (EOFError, OSError):
    print("The game was broken off.")
