# Quiz client with login (task 5.1)
import os
import socket

USER = "ada"
PASSWORD = "engine-1843"

s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
f = s.makefile("rw", newline="\n")


def send(*words):
    f.write(" ".join(words) + "\n")
    f.flush()


send("LOGIN:", USER, PASSWORD)
if not f.readline().startswith("Welcome"):
    send("REGISTER:", USER, PASSWORD)
    print(f.readline())
send("START", "3")
for line in f:
    print(line, end="")
    if line == "ANSWER?\n":
        send(input("Your letter: ").upper())
    elif line.startswith("RANK"):
        send("QUIT")
        break
