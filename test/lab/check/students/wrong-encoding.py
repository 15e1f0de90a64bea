import os
import socket

s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
for line in s.makefile():
    word = line.strip()
    print(word)
    if word == "GUESS":
        s.sendall((input("Your guess: ") + "\n").encode("utf-16"))
    elif word in ("WIN", "GAMEOVER"):
        break
