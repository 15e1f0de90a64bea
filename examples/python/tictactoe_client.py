"""Plays `tjc/tictactoe` without thinking, the first free cell: python3 tictactoe_client.py HOST PORT [--ask]

The server is O and begins; we are X. No message on the wire says who has won: each
side has a board and sees the result there. With --ask, you move.

It needs Python 3.8 or newer, and nothing else.
"""

import socket
import sys

from lines import ConnectionEnded, Lines

ROWS = [(1, 2, 3), (4, 5, 6), (7, 8, 9)]
COLUMNS = [(1, 4, 7), (2, 5, 8), (3, 6, 9)]
DIAGONALS = [(1, 5, 9), (3, 5, 7)]


class Board:
    def __init__(self):
        self.marks = {}  # cell number -> "O" or "X"

    def free(self):
        return [cell for cell in range(1, 10) if cell not in self.marks]

    def winner(self):
        for line in ROWS + COLUMNS + DIAGONALS:
            marks = {self.marks.get(cell) for cell in line}
            if marks == {"O"} or marks == {"X"}:
                return marks.pop()
        return None

    def over(self):
        return self.winner() is not None or not self.free()

    def __str__(self):
        return "\n".join(" ".join(self.marks.get(cell, ".") for cell in row) for row in ROWS) + "\n"


def their_move(lines, board):
    """Returns the cell that the server takes, or None if the server gives up."""
    message = lines.read()
    if message == "END":
        return None
    word, cell = message[:4], message[4:]
    if word != "MOVE" or not cell.isdecimal() or int(cell) not in board.free():
        sys.exit(f"the server sent {message!r}, which is not a move that it may make now")
    return int(cell)


def our_move(board, asks):
    """Returns the cell that we take, or None to give up."""
    if not asks:
        return board.free()[0]
    while True:
        typed = input("Your cell (0 to quit): ")
        if typed == "0":
            return None
        if typed.isdecimal() and int(typed) in board.free():
            return int(typed)


def play(lines, asks):
    board = Board()
    while True:
        cell = their_move(lines, board)
        if cell is None:
            print("The server gives up: we win")
            return
        board.marks[cell] = "O"
        print(board)
        if board.over():
            break
        cell = our_move(board, asks)
        if cell is None:
            lines.write("END")
            print("We give up")
            return
        lines.write(f"MOVE{cell}")
        board.marks[cell] = "X"
        if board.over():
            print(board)
            break
    print({"O": "The server wins", "X": "We win", None: "It is a draw"}[board.winner()])


def main():
    asks = "--ask" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--ask"]
    if len(arguments) != 2:
        sys.exit("usage: python3 tictactoe_client.py HOST PORT [--ask]")
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
