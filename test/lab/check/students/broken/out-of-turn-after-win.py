"""Guess server that says GAMEOVER to a winner, too"""
import os
import socket
import sys
import threading

# chosen by hand, to try the program out
SECRET = int(os.environ.get("SECRET", "63"))


def play(conn):
    lines = conn.makefile("rw", newline="\n")

    def say(word):
        lines.write(word + "\n")
        lines.flush()

    for _ in range(5):
        say("GUESS")
        line = lines.readline()
        if line == "":
            return
        try:
            guess = int(line)
        except ValueError:
            say("Please enter number 1 to 100")
            continue
        if guess == SECRET:
            # goes out together with the next line
            lines.write("WIN\n")
            break
        say("LOW" if guess < SECRET else "HIGH")
    say("GAMEOVER")
    lines.close()


def serve(conn):
    with conn:
        try:
            play(conn)
        except OSError:
            print("the player has left", flush=True)


listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
