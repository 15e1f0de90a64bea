"""Asks for the time over UDP, again if no answer arrives: python3 time_client.py HOST PORT"""

import socket
import sys

TRIES = 5

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.connect((sys.argv[1], int(sys.argv[2])))  # from now on, only datagrams of this server arrive
    sock.settimeout(1)  # the longest wait for one answer, in seconds
    for attempt in range(1, TRIES + 1):
        try:
            sock.send(b"%H:%M")
            print(sock.recv(1024).decode())
            break
        except TimeoutError:
            print(f"attempt {attempt}: no answer")
        except OSError as error:
            sys.exit(f"the server cannot be reached: {error}")
    else:
        sys.exit("the server does not answer")
