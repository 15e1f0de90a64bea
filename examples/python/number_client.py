"""Plays `book/guess` by halving: python3 number_client.py HOST PORT

This protocol does not mark the end of a message: no LF, no length. It works only
because both sides take turns, each sends one message, and the texts are known. So the
client collects bytes until they are one of these texts, and never sends twice in a row.

It needs Python 3.8 or newer, and nothing else.
"""

import socket
import sys

ANSWERS = ["Too small!", "Too big!", "Exactly! You win!"]


def read_answer(sock):
    text = b""
    while text.decode(errors="replace") not in ANSWERS:
        piece = sock.recv(1024)
        if piece == b"":
            sys.exit("the server has closed the connection")
        text += piece
    return text.decode()


def play(sock):
    low, high = 1, 100
    while True:
        guess = (low + high) // 2
        sock.sendall(str(guess).encode())
        answer = read_answer(sock)
        print(guess, answer)
        if answer == "Exactly! You win!":
            return  # leaving the `with` closes the connection: in this protocol the client closes first
        if answer == "Too small!":
            low = guess + 1
        else:
            high = guess - 1


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: python3 number_client.py HOST PORT")
    host, port = sys.argv[1], sys.argv[2]
    try:
        sock = socket.create_connection((host, int(port)))
    except (OSError, ValueError) as error:
        sys.exit(f"cannot connect to {host} {port}: {error}")
    with sock:
        try:
            play(sock)
        except ConnectionError as error:
            sys.exit(f"the connection is broken: {error}")


if __name__ == "__main__":
    main()
