"""Head or tail: a client that asks a non-blocking socket again and again"""
import os
import socket
import sys
import time

PROMPT_END = b" : "

sock = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
sock.setblocking(False)


def receive(is_complete):
    """Returns what arrives until it is complete; the last part if the server closes."""
    text = b""
    while not is_complete(text):
        try:
            data = sock.recv(64)
        except BlockingIOError:
            time.sleep(0.02)
            continue
        if not data:
            print(text.decode(errors="replace"))
            sys.exit("The server has closed the connection.")
        text += data
    return text.decode(errors="replace")


def main():
    print(receive(lambda text: text.endswith(PROMPT_END)), end="", flush=True)
    while True:
        guess = input().strip().upper()
        sock.sendall(guess.encode() + b"\n")
        if guess == "Q":
            print(receive(lambda text: text.endswith(b"\n")))
            break
        print(receive(lambda text: text.endswith(PROMPT_END)), end="", flush=True)


try:
    main()
except (EOFError, OSError) as error:
    sys.exit(f"The game was broken off: {error}")
sock.close()
