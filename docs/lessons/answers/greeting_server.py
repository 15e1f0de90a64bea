"""Answers the greetings of many clients at the same time: python3 greeting_server.py PORT"""

import socket
import sys
import threading


def serve(connection):
    """Talks with one client, in a thread of its own."""
    with connection:
        try:
            if connection.recv(1024):
                connection.sendall(b"Hello in return!")
        except ConnectionError:
            pass  # this client has disconnected; the other clients continue


with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()
