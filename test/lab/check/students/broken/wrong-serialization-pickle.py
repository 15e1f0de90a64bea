import pickle
import socket
import sys

host, port = sys.argv[1:]
connection = socket.create_connection((host, int(port)))
stream = connection.makefile("rb")

finished = False
while not finished:
    word = stream.readline().decode().strip()
    print(word)
    if word == "GUESS":
        connection.sendall(pickle.dumps(int(input("Your guess? "))))
    finished = word in ("WIN", "GAMEOVER", "")
