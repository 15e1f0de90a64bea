import os
import socket

s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"]) + 1))
