import os
import random
import socket

with socket.create_server((os.environ["HOST"], int(os.environ["PORT"]))) as listener:
    while True:
        conn, address = listener.accept()
        with conn:
            try:
                reader = conn.makefile()
                secret = random.randint(1, 100)
                answer = ""
                for attempt in range(5):
                    conn.sendall(b"GUESS\n")
                    guess = int(reader.readline())
                    answer = "WIN" if guess == secret else "LOW" if guess < secret else "HIGH"
                    conn.sendall(answer.encode() + b"\n")
                    if answer == "WIN":
                        break
                if answer != "WIN":
                    conn.sendall(b"GAMEOVER\n")
            except (OSError, ValueError):
                print("a client has gone")
