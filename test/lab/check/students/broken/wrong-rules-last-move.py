import socket
import sys

LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]
cells = ['-'] * 9


def is_over(won):
    if '-' not in cells:
        print('Nobody has won.')
        return True
    if any(cells[a] != '-' and cells[a] == cells[b] == cells[c] for a, b, c in LINES):
        print(won)
        return True
    return False


s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
lines = s.makefile()
while True:
    line = lines.readline().strip()
    if not line.startswith('MOVE'):
        break
    cells[int(line[4:]) - 1] = 'O'
    print('The server moves:', line[4:])
    if is_over('The server has won.'):
        break
    cell = '?'
    while not (cell.isdigit() and 0 <= int(cell) <= 9 and (cell == '0' or cells[int(cell) - 1] == '-')):
        cell = input('Your cell (0 to quit): ')
    if cell == '0':
        s.sendall(b'END\n')
        break
    cells[int(cell) - 1] = 'X'
    s.sendall(('MOVE%s\n' % cell).encode())
    if is_over('You have won.'):
        break
s.close()
