import socket
import sys


def read_line(sock):
    return sock.makefile("r").readline().strip()


def write_line(sock, text):
    sock.sendall((text + "\n").encode())


def main():
    sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
    while True:
        word = read_line(sock)
        if word == "GUESS":
            write_line(sock, input("Your number: "))
        elif word in ("LOW", "HIGH"):
            print("That was too", word.lower())
        elif word == "WIN":
            print("Congratulations!")
            return
        else:
            print("The game is over.")
            return


main()
