import os
import socket

ENCODING = "utf-16-le"  # Windows uses this one

sock = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
words = sock.makefile("r")
print("I think of nothing, you guess.")
for word in words:
    print("->", word, end="")
    if word == "GUESS\n":
        sock.sendall((input("? ") + "\n").encode(ENCODING))
    if word in ("WIN\n", "GAMEOVER\n"):
        break
sock.close()
