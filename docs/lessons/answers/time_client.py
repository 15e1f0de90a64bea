"""Asks for the time over UDP, again if no answer arrives: python3 time_client.py HOST PORT"""

import socket
import sys

TRIES = 5

server = (sys.argv[1], int(sys.argv[2]))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(0.5)  # the longest wait for one answer, in seconds
    for attempt in range(1, TRIES + 1):
        sock.sendto(b"%H:%M", server)
        try:
            answer, _ = sock.recvfrom(1024)
        except TimeoutError:
            print(f"attempt {attempt}: no answer")
            continue
        print(answer.decode())
        break
    else:
        sys.exit("the server does not answer")
