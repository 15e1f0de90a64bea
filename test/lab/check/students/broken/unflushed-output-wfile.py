import os
import random
import socket
import threading


def talk(conn):
    rfile = conn.makefile("r")
    wfile = conn.makefile("w")
    secret = random.randint(1, 100)
    for _ in range(5):
        print("GUESS", file=wfile)
        line = rfile.readline()
        if not line:
            break
        guess = int(line)
        if guess == secret:
            print("WIN", file=wfile)
            break
        print("LOW" if guess < secret else "HIGH", file=wfile)
    else:
        print("GAMEOVER", file=wfile)
    wfile.close()
    rfile.close()
    conn.close()


listener = socket.create_server((os.environ["HOST"], int(os.environ["PORT"])))
while True:
    conn, _ = listener.accept()
    threading.Thread(target=talk, args=(conn,), daemon=True).start()
