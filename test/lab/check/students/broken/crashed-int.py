import os
import random
import socket

server = socket.create_server((os.environ["HOST"], int(os.environ["PORT"])))
while True:
    conn, addr = server.accept()
    print("Connected by", addr)
    secret = random.randint(1, 100)
    while True:
        guess = int(conn.recv(1024).decode())
        if guess < secret:
            conn.sendall(b"Too small!")
        elif guess > secret:
            conn.sendall(b"Too big!")
        else:
            conn.sendall(b"Exactly! You win!")
            break
    conn.close()
