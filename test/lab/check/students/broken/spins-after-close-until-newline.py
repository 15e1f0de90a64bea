import os
import socket


def read_until_newline(sock, buffer):
    while b"\n" not in buffer:
        buffer += sock.recv(1024)
    line, _, rest = buffer.partition(b"\n")
    return line.decode(), rest


sock = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
buffer = b""
word = ""
while word not in ("WIN", "GAMEOVER"):
    word, buffer = read_until_newline(sock, buffer)
    print(word)
    if word == "GUESS":
        sock.sendall(input("Guess: ").encode() + b"\n")
sock.close()
