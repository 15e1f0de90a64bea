"""Number server that does not answer a text that is not a number"""
import random
import socket
import sys
import threading


def play(conn):
    secret = random.randint(1, 100)
    with conn:
        while True:
            text = conn.recv(1024)
            if not text:
                return
            try:
                guess = int(text)
            except ValueError:
                continue
            if guess < secret:
                conn.sendall(b"Too small!")
            elif guess > secret:
                conn.sendall(b"Too big!")
            else:
                conn.sendall(b"Exactly! You win!")


listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    connection, _ = listener.accept()
    threading.Thread(target=play, args=(connection,), daemon=True).start()
