"""Sends one greeting to one client: python3 hello_server.py PORT"""

import socket
import sys

# create_server() creates the socket, binds it to the address, and listens.
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    connection, address = listener.accept()  # waits for a client
    print("connected:", address)
    with connection:  # closes the connection at the end of the block
        connection.sendall("Hello from server\n")
