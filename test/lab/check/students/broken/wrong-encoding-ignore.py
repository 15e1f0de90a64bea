import os
import socket

with socket.create_connection((os.environ["HOST"], int(os.environ["PORT"]))) as connection:
    lines = connection.makefile(encoding="utf-8", newline="\n")
    while True:
        text = input("You: ")
        connection.sendall((text + "\n").encode("ascii", errors="ignore"))
        if text == "quit":
            break
        answer = lines.readline().rstrip("\n")
        print("The other side:", answer)
        if answer in ("", "quit"):
            break
