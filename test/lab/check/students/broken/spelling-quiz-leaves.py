"""Quiz client that writes Start in place of START, and leaves at the first ERROR"""
import socket
import sys

connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
lines = connection.makefile("rw", newline="\n")


def say(text):
    lines.write(text + "\n")
    lines.flush()


say("NAME " + input("Your name: "))
for line in lines:
    kind, *rest = line.split()
    if kind == "Welcome":
        say("Start " + input("How many questions? "))
    elif kind == "ANSWER?":
        say(input("Your answer: "))
    elif kind in ("ERROR", "RANK"):
        print(line.strip())
        say("QUIT")
        break
    else:
        print(line.strip())
connection.close()
