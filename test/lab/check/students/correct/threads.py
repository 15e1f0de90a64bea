"""Guess server, a thread for each client"""
import os
import random
import socket
import threading

TRIES = 5


def lines_of(conn):
    """Yields whole lines; ends with the connection."""
    rest = b""
    while True:
        data = conn.recv(64)
        if not data:
            return
        rest += data
        if len(rest) > 100_000:
            return
        while b"\n" in rest:
            line, rest = rest.split(b"\n", 1)
            yield line.decode("utf-8", "replace").strip()


def game(conn):
    secret = random.randint(1, 100)
    lines = lines_of(conn)
    for _ in range(TRIES):
        conn.sendall(b"GUESS\n")
        line = next(lines, None)
        if line is None:
            return
        try:
            guess = int(line)
        except ValueError:
            conn.sendall(b"Please enter number 1 to 100\n")
            continue
        if guess == secret:
            conn.sendall(b"WIN\n")
            return
        conn.sendall(b"LOW\n" if guess < secret else b"HIGH\n")
    conn.sendall(b"GAMEOVER\n")


def serve(conn, address):
    print("connected:", address, flush=True)
    with conn:
        try:
            game(conn)
        except OSError as error:
            print("lost:", error, flush=True)


def main():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((os.environ["HOST"], int(os.environ["PORT"])))
    listener.listen()
    while True:
        threading.Thread(target=serve, args=listener.accept(), daemon=True).start()


main()
