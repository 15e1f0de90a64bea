"""Guess server that reads on after the end of the game"""
import random
import socket
import sys
import threading


def serve(conn):
    secret = random.randint(1, 100)
    tries = 0
    is_over = False
    with conn, conn.makefile("rw", newline="\n") as lines:

        def say(word):
            lines.write(word + "\n")
            lines.flush()

        say("GUESS")
        for line in lines:
            if is_over:
                continue
            try:
                guess = int(line)
            except ValueError:
                guess = 0
            tries += 1
            is_over = guess == secret or tries == 5
            if guess == secret:
                say("WIN")
            else:
                say("LOW" if guess < secret else "HIGH")
                say("GAMEOVER" if is_over else "GUESS")


listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
