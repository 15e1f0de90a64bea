import random
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    conn, _ = listener.accept()
    with conn, conn.makefile("rw", newline="\n") as chat:
        try:
            secret = random.randint(1, 100)
            chat.write("LOW\n")  # a hint: the number is not below 1
            for _ in range(5):
                chat.write("GUESS\n")
                chat.flush()
                guess = int(chat.readline())
                if guess == secret:
                    chat.write("WIN\n")
                    break
                chat.write("LOW\n" if guess < secret else "HIGH\n")
            else:
                chat.write("GAMEOVER\n")
            chat.flush()
        except (OSError, ValueError):
            print("gone")
