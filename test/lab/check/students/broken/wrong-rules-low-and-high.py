import os
import socket
from threading import Thread


def play(conn):
    f = conn.makefile()
    number = 50
    tries = 5
    try:
        while tries > 0:
            conn.sendall(b"GUESS\n")
            guess = int(f.readline())
            tries -= 1
            if guess == number:
                conn.sendall(b"WIN\n")
                break
            if number < guess:
                conn.sendall(b"LOW\n")
            else:
                conn.sendall(b"HIGH\n")
        else:
            conn.sendall(b"GAMEOVER\n")
    except (OSError, ValueError):
        pass
    conn.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((os.environ["HOST"], int(os.environ["PORT"])))
s.listen()
while True:
    Thread(target=play, args=[s.accept()[0]], daemon=True).start()
