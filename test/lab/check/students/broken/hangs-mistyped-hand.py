import socket
import sys

s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
for line in s.makefile():
    word = line.strip()
    if word == 'CHOOSE':
        try:
            hand = input('Your hand, 1, 2 or 3 (QUIT to leave): ')
        except EOFError:
            hand = 'QUIT'
        if hand in ('1', '2', '3', 'QUIT'):
            s.sendall((hand + '\n').encode())
        else:
            print('There is no such hand.')
        if hand == 'QUIT':
            break
    else:
        print(word)
    if word.startswith('END') or word == 'QUIT':
        break
s.close()
