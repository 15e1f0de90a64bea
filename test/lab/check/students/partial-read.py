import os
import socket

s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
over = False
while not over:
    for word in s.recv(1024).decode().split():
        if word == "GUESS":
            s.sendall((input("Your guess: ") + "\n").encode())
        over = over or word in ("WIN", "GAMEOVER")
