"""Hangman client that congratulates a loser, too"""
import socket
import sys

connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
lines = connection.makefile("rw", newline="\n")


def say(text):
    lines.write(text + "\n")
    lines.flush()


word = []
letter = ""
say("START")
for line in lines:
    kind, *rest = line.split()
    if kind == "END":
        print("You win! The word was", rest[1])
        break
    if kind == "WORD":
        word = ["_"] * int(rest[0])
    elif kind == "AT":
        for place in rest:
            word[int(place) - 1] = letter
    elif kind == "MISS":
        print(rest[0], "misses left")
    elif kind == "ERROR":
        print(line.strip())
    print(" ".join(word))
    if "_" not in word or (kind == "MISS" and rest[0] == "0"):
        continue
    try:
        letter = input("Your letter, or QUIT: ")
    except EOFError:
        letter = "QUIT"
    say(letter)
    if letter == "QUIT":
        break
connection.close()
