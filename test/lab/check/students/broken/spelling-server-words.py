import os
import random
import socket
import threading

MAX_TRIES = 5


def client_thread(conn):
    try:
        reader = conn.makefile("r", encoding="utf-8")
        secret = random.randrange(1, 101)
        for _ in range(MAX_TRIES):
            conn.sendall(b"GUESS\n")
            guess = int(reader.readline())
            if guess == secret:
                conn.sendall(b"WIN\n")
                return
            conn.sendall(b"TOO LOW\n" if guess < secret else b"TOO HIGH\n")
        conn.sendall(b"GAMEOVER\n")
    except (OSError, ValueError) as e:
        print("client error:", e)
    finally:
        conn.close()


listener = socket.create_server((os.environ["HOST"], int(os.environ["PORT"])))
while True:
    connection, address = listener.accept()
    print("connected:", address)
    threading.Thread(target=client_thread, args=(connection,), daemon=True).start()
