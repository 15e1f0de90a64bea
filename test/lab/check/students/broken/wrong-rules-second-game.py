"""Hangman server that keeps the letters of all games of a player together"""
import random
import socket
import sys
import threading

WORDS = ["banana", "river", "socket", "window"]


def guess_word(lines, say, tried):
    word = random.choice(WORDS)
    left = 8
    found = set()
    say("WORD %d %d" % (len(word), left))
    for line in lines:
        letter = line.strip()
        if letter == "QUIT":
            return False
        if len(letter) != 1 or letter in tried:
            say("ERROR %s is no new letter: guess another letter" % letter)
            continue
        tried.add(letter)
        if letter in word:
            say("AT " + " ".join(str(at + 1) for at, one in enumerate(word) if one == letter))
            found.add(letter)
        else:
            left -= 1
            say("MISS %d" % left)
        if set(word) <= found:
            say("END WON " + word)
            return True
        if left == 0:
            say("END LOST " + word)
            return True
    return False


def serve(conn):
    tried = set()
    with conn, conn.makefile("rw", newline="\n", encoding="utf-8") as lines:

        def say(text):
            lines.write(text + "\n")
            lines.flush()

        for line in lines:
            if line.strip() == "QUIT":
                return
            if line.strip() != "START":
                say("ERROR say START")
            elif not guess_word(lines, say, tried):
                return


listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
