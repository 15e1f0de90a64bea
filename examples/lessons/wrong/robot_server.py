"""Is the robot: takes each recv() for an instruction: python3 robot_server.py PORT"""

import socket
import sys

with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    connection, _ = listener.accept()
    with connection:
        while True:
            instruction = connection.recv(1024).decode().strip()
            print(instruction)
            if instruction == "END":
                break
