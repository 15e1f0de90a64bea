import os
import socket

s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
while True:
    word = s.recv(1024).decode().split("\n")[0]
    if word == "GUESS":
        s.sendall((input("Your guess: ") + "\n").encode())
    elif word in ("LOW", "HIGH"):
        print("that is too", word.lower())
    else:
        break
