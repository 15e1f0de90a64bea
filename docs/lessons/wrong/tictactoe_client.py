"""Plays tic-tac-toe at the first free cell: python3 tictactoe_client.py HOST PORT"""

import socket
import sys

LINES = ["123", "456", "789", "147", "258", "369", "159", "357"]


def is_over(board):
    """Checks whether a line is complete or no cell is free. No message says this: each side computes it."""
    won = any(board[int(a)] == board[int(b)] == board[int(c)] != " " for a, b, c in LINES)
    return won or " " not in board[1:]


def play(connection):
    messages = connection.makefile(encoding="utf-8")
    board = ["unused"] + [" "] * 9
    while True:
        message = messages.readline().strip()  # the server begins
        if not message.startswith("MOVE"):
            print("the server has left")
            return
        if is_over(board):
            return
        cell = board.index(" ")
        board[cell] = "X"
        connection.sendall(f"MOVE{cell}\n".encode())
        if is_over(board):
            return


host, port = sys.argv[1], int(sys.argv[2])
with socket.create_connection((host, port)) as connection:
    play(connection)
