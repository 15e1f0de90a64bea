"""Plays `tjc/guess` by halving: python3 guess_client.py HOST PORT [--ask]

Five guesses for a number from 1 to 100. Each guess halves the remaining range, so
31 of the 100 numbers are certain to be found. With --ask, you guess.

It needs Python 3.8 or newer, and nothing else.
"""

import socket
import sys

from lines import ConnectionEnded, Lines


def ask():
    """Returns a whole number that the user types; asks until the input is one."""
    while True:
        try:
            return int(input("Your guess: "))
        except ValueError:
            print("That is no whole number.")


def play(lines, asks):
    low, high = 1, 100  # the secret is in this range
    guess = 0
    while True:
        word = lines.read()
        if word == "GUESS":
            # A person may guess outside the remaining range; halving stays inside it.
            guess = ask() if asks else (low + high) // 2
            lines.write(str(guess))
        elif word == "LOW":
            print(guess, "is too low")
            low = max(low, guess + 1)
        elif word == "HIGH":
            print(guess, "is too high")
            high = min(high, guess - 1)
        elif word == "WIN":
            print(guess, "is right")
            return
        elif word == "GAMEOVER":
            print("no guess is left; the number was from", low, "to", high)
            return
        else:
            # Stop here: a further wait could last forever.
            sys.exit(f"the server sent {word!r}, which is not a word of this protocol")


def main():
    asks = "--ask" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--ask"]
    if len(arguments) != 2:
        sys.exit("usage: python3 guess_client.py HOST PORT [--ask]")
    host, port = arguments
    try:
        sock = socket.create_connection((host, int(port)))
    except (OSError, ValueError) as error:
        sys.exit(f"cannot connect to {host} {port}: {error}")
    with sock:
        try:
            play(Lines(sock), asks)
        except (ConnectionEnded, ConnectionError) as end:
            # The other side has closed the connection, or broken it off.
            sys.exit(str(end))


if __name__ == "__main__":
    main()
