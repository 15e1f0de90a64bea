"""Answers the greetings of many clients, one client at a time: python3 greeting_server.py PORT"""

import socket
import sys


def serve(connection):
    """Talks with one client. The other clients wait."""
    with connection:
        try:
            if connection.recv(1024):
                connection.sendall(b"Hello in return!")
        except ConnectionError:
            pass


with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    while True:
        connection, _ = listener.accept()
        serve(connection)
