import socket
import struct
import sys


def send(sock, text):
    data = text.encode("utf8")
    sock.sendall(struct.pack(">H", len(data)) + data)


def main(host, port):
    with socket.socket() as sock:
        sock.connect((host, int(port)))
        reader = sock.makefile()
        while True:
            word = reader.readline().rstrip()
            if word == "GUESS":
                send(sock, input("guess: "))
            elif word in ("LOW", "HIGH"):
                print(word)
            else:
                print(word)
                break


if __name__ == "__main__":
    main(*sys.argv[1:3])
