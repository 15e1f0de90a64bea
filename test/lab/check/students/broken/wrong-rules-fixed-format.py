"""Time server that knows one format"""
import socket
import sys
import time

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    connection, _ = listener.accept()
    while connection.recv(1024):
        connection.sendall(time.strftime("%H:%M:%S").encode())
    connection.close()
