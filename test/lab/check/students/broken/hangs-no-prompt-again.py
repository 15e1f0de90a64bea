"""Head or tail server that asks again without its prompt"""
import random
import socket
import sys
import threading

PROMPT = b"I will toss a coin, guess if it is a head (H) or tail (T) : "
USAGE = b"Please enter head (H), tail (T)             or Q to quit\n"


def read_guess(lines):
    line = lines.readline()
    if line == "":
        raise EOFError
    return line.strip()[-1:]


def play(conn):
    lines = conn.makefile("r", encoding="utf-8", errors="replace")
    while True:
        conn.sendall(PROMPT)
        guess = read_guess(lines)
        while guess not in ("H", "T", "Q"):
            conn.sendall(USAGE)
            guess = read_guess(lines)
        if guess == "Q":
            conn.sendall(b"Thanks for playing the game. Bye!\n")
            return
        if guess == random.choice("HT"):
            conn.sendall(b"You are right!\n")
        else:
            conn.sendall(b"Sorry, you are wrong.\n")


def serve(conn):
    with conn:
        try:
            play(conn)
        except (EOFError, OSError):
            print("the player has left", flush=True)


listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
