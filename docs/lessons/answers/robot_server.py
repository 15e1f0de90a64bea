"""Is the robot: does what the remote control says, until END: python3 robot_server.py PORT"""

import socket
import sys

ACTIONS = {"FORWARD": "takes a step", "LEFT": "turns left", "RIGHT": "turns right", "END": "stops"}


def read_instructions(connection):
    """Yields each instruction, in however many pieces it arrives."""
    waiting = b""  # received, and not yet a whole line
    while piece := connection.recv(1024):
        waiting += piece
        while b"\n" in waiting:
            line, waiting = waiting.split(b"\n", 1)
            yield line.decode()


with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    connection, _ = listener.accept()
    with connection:
        for instruction in read_instructions(connection):
            print("The robot", ACTIONS[instruction])
            if instruction == "END":
                break
