"""Head or tail - client program for project 5"""
import os
import socket

s = socket.socket()
s.connect((os.environ["HOST"], int(os.environ["PORT"])))
while True:
    text = s.recv(1024).decode()
    if text == "" or text.startswith("Thanks"):
        print(text)
        break
    elif "toss a coin" in text:
        # the server asks
        guess = input(text).upper()
        s.sendall((guess + "\n").encode())
    else:
        # the answer of the server
        print(text)
s.close()
