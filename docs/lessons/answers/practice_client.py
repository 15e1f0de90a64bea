"""Sends one greeting to the server: python3 practice_client.py HOST PORT"""

import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
greeting = "Hello from client\n"

with socket.create_connection((host, port)) as connection:
    connection.sendall(greeting.encode("utf-8"))
