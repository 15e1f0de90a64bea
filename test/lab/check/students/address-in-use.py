import os
import socket

listener = socket.socket()
listener.bind((os.environ["HOST"], int(os.environ["PORT"])))
listener.listen()
while True:
    s, _ = listener.accept()
    s.sendall(b"Hello from the server\n")
    s.shutdown(socket.SHUT_RDWR)
    s.close()
