"""Asks for the time over UDP, and waits: python3 time_client.py HOST PORT"""

import socket
import sys

server = (sys.argv[1], int(sys.argv[2]))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.sendto(b"%H:%M", server)
    answer, _ = sock.recvfrom(1024)  # waits forever if the answer is lost
    print(answer.decode())
