import os
import socket

server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
tries = 5

while True:
    client, _ = server.accept()
    secret = 99  # chosen by hand, to try the program out
    lines = client.makefile("rw", newline="\n")
    try:
        while tries > 0:
            print("GUESS", file=lines, flush=True)
            guess = lines.readline()
            if not guess:
                break
            tries -= 1
            if int(guess) == secret:
                print("WIN", file=lines, flush=True)
                break
            print("LOW" if int(guess) < secret else "HIGH", file=lines, flush=True)
        else:
            print("GAMEOVER", file=lines, flush=True)
    except (OSError, ValueError) as error:
        print(error)
    client.close()
