"""Is the robot: believes that recv() returns whole instructions: python3 robot_server.py PORT"""

import socket
import sys

ACTIONS = {"FORWARD": "takes a step", "LEFT": "turns left", "RIGHT": "turns right", "END": "stops"}

with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    connection, _ = listener.accept()
    with connection:
        instruction = ""
        while instruction != "END":
            for instruction in connection.recv(1024).decode().split():
                print("The robot", ACTIONS[instruction])
