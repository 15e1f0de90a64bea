import random
import socket
import sys

HANDS = ['Scissor', 'Paper', 'Stone']
hands = random.Random(11)

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen()
while True:
    s, _ = listener.accept()
    lines = s.makefile()
    wins = [0, 0]
    for _ in range(3):
        s.sendall(b'CHOOSE\n')
        line = lines.readline().strip()
        if line not in ('1', '2', '3'):
            break
        mine, theirs = hands.randrange(3), int(line) - 1
        s.sendall(('ROUND %s %s\n' % (HANDS[mine], HANDS[theirs])).encode())
        wins[0 if (mine + 1) % 3 == theirs else 1] += 1
    else:
        s.sendall(('END %d %d\n' % tuple(wins)).encode())
    lines.close()
    s.close()
