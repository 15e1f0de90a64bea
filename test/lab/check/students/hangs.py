import os
import socket

s = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
import time

time.sleep(60)
