import os
import sys
from socket import create_connection

s = create_connection((os.environ["HOST"], int(os.environ["PORT"])))
lines = s.makefile(encoding="utf-8")


def say(text):
    s.sendall((text + "\n").encode())


def hear():
    line = lines.readline()
    if not line:
        sys.exit("the server has gone")
    print(line, end="")
    return line.rstrip("\n")


say("NAME " + input("Your name: "))
hear()
say("START " + input("How many questions? "))
line = hear()
while line.startswith("QUESTION"):
    while hear() != "ANSWER?":
        pass
    say(input("Your answer: "))
    if not hear().startswith("RIGHT"):
        print("That was wrong. Good bye!")
        sys.exit()
    line = hear()
hear()
say("QUIT")
