"""Asks `fh/time` over UDP: python3 time_udp_client.py HOST PORT [FORMAT]

UDP has no connection: a datagram arrives whole, or not at all, and the sender does not
learn which. So the client waits a while for the answer, and asks again if there is none.

It needs Python 3.8 or newer, and nothing else.
"""

import socket
import sys


def main():
    if len(sys.argv) < 3 or not sys.argv[2].isdigit():
        sys.exit("usage: python3 time_udp_client.py HOST PORT [FORMAT]")
    server = (sys.argv[1], int(sys.argv[2]))
    wanted = sys.argv[3] if len(sys.argv) > 3 else "%H:%M:%S"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(2)
        for _ in range(3):
            sock.sendto(wanted.encode(), server)
            try:
                answer, _sender = sock.recvfrom(1024)
            except socket.timeout:  # since Python 3.10 the same as TimeoutError
                continue
            print(answer.decode())
            return
    sys.exit("no answer came")


if __name__ == "__main__":
    main()
