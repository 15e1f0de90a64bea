import os
import socket
import time

s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
for line in s.makefile():
    word = line.strip()
    print(word)
    if word == "GUESS":
        s.sendall((input("Your guess: ") + "\n").encode())
    elif word in ("WIN", "GAMEOVER"):
        break
# be polite
for word in "THANK", "YOU", "BYE":
    time.sleep(0.2)
    s.sendall(word.encode() + b"\n")
s.close()
