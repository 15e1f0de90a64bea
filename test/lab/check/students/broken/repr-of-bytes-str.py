#!/usr/bin/env python3
import socket, sys

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect((sys.argv[1], int(sys.argv[2])))
f = sock.makefile("rw")
while True:
    line = f.readline()
    if not line:
        break
    line = line.strip()
    print(line)
    if line == "GUESS":
        number = input("Number: ").encode()
        print(str(number), file=f, flush=True)
    elif line == "WIN" or line == "GAMEOVER":
        break
