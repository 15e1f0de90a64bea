"""Guess server whose thread ends by a text that is not a number"""
import random
import socket
import sys
import threading


def serve(conn):
    lines = conn.makefile("rw", newline="\n")
    secret = random.randint(1, 100)
    for _ in range(5):
        lines.write("GUESS\n")
        lines.flush()
        line = lines.readline()
        if line == "":
            break
        guess = int(line)
        lines.write("WIN\n" if guess == secret else "LOW\n" if guess < secret else "HIGH\n")
        lines.flush()
        if guess == secret:
            break
    else:
        lines.write("GAMEOVER\n")
        lines.flush()
    lines.close()
    conn.close()


listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
