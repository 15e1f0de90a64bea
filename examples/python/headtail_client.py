"""Plays `c8/headtail`, always head: python3 headtail_client.py HOST PORT [ROUNDS]

The answers end in LF, but the prompt does not: it ends in " : ". A message is
complete when that ending has arrived, in however many pieces.

It needs Python 3.8 or newer, and nothing else.
"""

import socket
import sys

PROMPT_END = " : "


def read_prompt(sock):
    """Waits for the next prompt, and returns the lines before it: the answer to the last guess, if any."""
    text = b""
    while not text.endswith(PROMPT_END.encode()):
        piece = sock.recv(1024)
        if piece == b"":
            sys.exit("the server has closed the connection")
        text += piece
    *answers, _prompt = text.decode(errors="replace").split("\n")
    return answers


def read_to_end(sock):
    """Returns the text that the server sends until it closes."""
    text = b""
    while piece := sock.recv(1024):
        text += piece
    return text.decode(errors="replace")


def play(sock, rounds):
    read_prompt(sock)
    for number in range(1, rounds + 1):
        sock.sendall(b"H\n")
        for answer in read_prompt(sock):
            print(f"{number}: {answer}")
    sock.sendall(b"Q\n")
    print(read_to_end(sock), end="")


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: python3 headtail_client.py HOST PORT [ROUNDS]")
    host, port = sys.argv[1], sys.argv[2]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    try:
        sock = socket.create_connection((host, int(port)))
    except (OSError, ValueError) as error:
        sys.exit(f"cannot connect to {host} {port}: {error}")
    with sock:
        try:
            play(sock, rounds)
        except ConnectionError as error:
            sys.exit(f"the connection is broken: {error}")


if __name__ == "__main__":
    main()
