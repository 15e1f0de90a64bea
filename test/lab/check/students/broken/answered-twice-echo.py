import os
import socket

NAMES = {"1": "Scissor", "2": "Paper", "3": "Stone"}
sock = socket.create_connection((os.environ["HOST"], int(os.environ["PORT"])))
rest = b""


def choose():
    hand = input("Scissor (1), paper (2) or stone (3)? ")
    print("You have chosen", NAMES.get(hand))
    message = hand.encode() + b"\n"
    # twice, to be sure that it arrives
    sock.sendall(message * 2)


while True:
    while b"\n" not in rest:
        data = sock.recv(512)
        if not data:
            raise SystemExit("server has closed")
        rest += data
    line, rest = rest.split(b"\n", 1)
    text = line.decode()
    print(text)
    if text == "CHOOSE":
        choose()
    elif text.startswith("END"):
        break
sock.close()
