import os
import socket

s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
over = False
rest = ""
while not over:
    *words, rest = (rest + s.recv(1024).decode()).split("\n")
    for word in words:
        if word == "GUESS":
            s.sendall((input("Your guess: ") + "\n").encode())
        over = over or word in ("WIN", "GAMEOVER")
