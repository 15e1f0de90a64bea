import { describe, expect, test } from 'vitest'
import { selectChecks } from '../../../src/lab/check/registry.ts'
import { judgeHandIn } from '../../support/judge-hand-in.ts'
import { program } from '../../support/play.ts'
import { handIn, hasNamespaces, hasPython } from '../../support/sandboxes.ts'

/** A server that seats two clients at one table of tic-tac-toe. */
const SERVER = `
import os, socket
LINES = [(0,1,2),(3,4,5),(6,7,8),(0,3,6),(1,4,7),(2,5,8),(0,4,8),(2,4,6)]
listener = socket.socket()
listener.bind((os.environ['HOST'], int(os.environ['PORT'])))
listener.listen()
players = []
for _ in range(2):
    s, _ = listener.accept()
    players.append((s, s.makefile(newline='\\n')))
def say(player, text): player[0].sendall((text + '\\n').encode())
def hear(player):
    line = player[1].readline().rstrip('\\n')
    if line in ('', 'QUIT'): raise SystemExit
    return line
while True:
    names = []
    for player in players:
        names.append(hear(player))
        say(player, 'Welcome ' + names[-1])
    for player in players: say(player, 'init@1@' + '@'.join(names))
    board, turn = ['-'] * 9, 0
    while True:
        say(players[turn], 'move@1@' + ''.join(board))
        cell = int(hear(players[turn]))
        if board[cell - 1] != '-':
            say(players[turn], 'ERROR that cell is taken')
            continue
        board[cell - 1] = 'OX'[turn]
        for player in players: say(player, f'moved@1@{names[turn]}@{cell}@' + ''.join(board))
        won = any(board[a] != '-' and board[a] == board[b] == board[c] for a, b, c in LINES)
        if won or '-' not in board: break
        turn = 1 - turn
    for player in players: say(player, 'GameEnd@1@' + (f'{names[turn]}@won' if won else 'draw@draw'))
`

const CLIENT = `
import os, socket
s = socket.create_connection((os.environ['HOST'], int(os.environ['PORT'])))
s.sendall((input('Name: ') + '\\n').encode())
for line in s.makefile(newline='\\n'):
    if line.startswith('move@'): s.sendall((input('Cell: ') + '\\n').encode())
    if line.startswith('GameEnd@'):
        name = input('Name: ')
        s.sendall(((name or 'QUIT') + '\\n').encode())
        if name == '': break
`

describe.skipIf(!hasPython || !hasNamespaces)('a program whose clients meet in the hall', { timeout: 30_000 }, () => {
  test.each([
    ['server', SERVER],
    ['client', CLIENT],
  ] as const)('is judged as a %s', async (role, text) => {
    const judged = { name: 'fh/tictactoe', role, command: 'python3 program.py', cwd: handIn(text), only: 'plays-to-the-end' }
    expect(await judgeHandIn(judged)).toMatchObject([{ passed: true }])
  })

  test('is wrong if its server brings no two clients together', async () => {
    const judged = {
      name: 'fh/tictactoe',
      role: 'server',
      command: 'python3 program.py',
      cwd: handIn(SERVER.replace('range(2)', 'range(1)')),
    } as const
    expect(await judgeHandIn({ ...judged, only: 'plays-to-the-end' })).toMatchObject([{ passed: false }])
  })
})

test('the front door has no checks, because its server is the whole of parlor serve', async () => {
  expect(selectChecks(await program('door'), 'client', 'robust')).toEqual([])
})
