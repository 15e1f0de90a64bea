import random
from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR

PORT = 9998
s = socket(AF_INET, SOCK_STREAM)
s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
s.bind(("0.0.0.0", PORT))
s.listen(5)
print("Guess server is ready")
while True:
    c, a = s.accept()
    n = random.randint(1, 100)
    f = c.makefile()
    for i in range(5):
        c.sendall(b"GUESS\n")
        g = int(f.readline())
        c.sendall(b"WIN\n" if g == n else b"LOW\n" if g < n else b"HIGH\n")
        if g == n:
            break
    else:
        c.sendall(b"GAMEOVER\n")
    c.close()
