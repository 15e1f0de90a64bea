import socket
import sys

s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
received = ''


def read_until(end):
    global received
    while end not in received:
        piece = s.recv(1024).decode()
        if not piece:
            sys.exit('the server has closed the connection')
        received += piece
    text, received = received.split(end, 1)
    return text + end


right = guesses = 0
guess = ''
while guess != 'Q':
    guess = input(read_until(' : ')).upper()
    s.sendall((guess + '\n').encode())
    answer = read_until('\n')
    print(answer)
    right += answer.startswith('You are right')
    guesses += guess != 'Q'
print('You have guessed correctly %d out of %d times.' % (right, guesses))
