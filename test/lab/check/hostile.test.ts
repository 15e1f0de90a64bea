import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { judgeHandIn } from '../../support/judge-hand-in.ts'
import { handIn, hasNamespaces, hasPython } from '../../support/sandboxes.ts'

const examples = join(import.meta.dirname, '../../../examples/python')
const CONNECT = `
import os, socket, sys
s = socket.create_connection((os.environ['HOST'], int(os.environ['PORT'])))
`

/** A tic-tac-toe client that takes each read for a move of the server, and each move for a number. */
const TRUSTING = `${CONNECT}
while True:
    data = b''
    while b'\\n' not in data:
        more = s.recv(1024)
        if not more: sys.exit()
        data += more
    if data.startswith(b'END'): sys.exit()
    if data.startswith(b'MOVE'): print('move', int(data[4:]))
    s.sendall(b'MOVE' + input('Cell: ').encode() + b'\\n')
`

/** A guess client that compares the words with their line ends. */
const EXACT = `${CONNECT}
for word in s.makefile(newline='\\n'):
    if word == 'GUESS\\n': s.sendall(input('Guess: ').encode() + b'\\n')
    elif word in ('WIN\\n', 'GAMEOVER\\n'): break
`

/** A client of the time that waits for each answer without end. */
const PATIENT = `${CONNECT}
while True:
    wanted = input('Format: ')
    if wanted == '': break
    s.sendall(wanted.encode())
    print(s.recv(1024).decode())
`

/** A server that greets one client after the other. */
const GREETER = `
import os, socket
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((os.environ['HOST'], int(os.environ['PORT'])))
listener.listen()
while True:
    s, _ = listener.accept()
    s.sendall(b'Hello from server\\n')
    s.close()
`

const command = 'python3 program.py'

describe.skipIf(!hasPython || !hasNamespaces)('a hostile peer', { timeout: 30_000 }, () => {
  test.each([
    ['illegal-message', 'out-of-turn', 'treated "~ no such message ~" as a legal message'],
    ['garbled-field', 'crashed', 'ValueError'],
    ['sent-ahead', 'glued-read', 'arrived together'],
    ['illegal-move', 'wrong-rules', 'is taken'],
  ])('%s finds a client that trusts its server', async (only, cause, sentence) => {
    const judged = { name: 'tictactoe', role: 'client', command, cwd: handIn(TRUSTING), only } as const
    expect(await judgeHandIn(judged)).toMatchObject([{ passed: false, cause, sentence: expect.stringContaining(sentence) }])
  })

  test.each([
    ['crlf-lines', 'guess', 'client', 'crlf', EXACT],
    ['gone-by-silence', 'time', 'client', 'hangs', PATIENT],
    ['invalid-utf8', 'time', 'client', 'crashed', PATIENT],
    ['gone-before-served', 'tjc/iterative', 'server', 'crashed', GREETER],
  ] as const)('%s finds a fault in a program of %s', async (only, name, role, cause, text) => {
    expect(await judgeHandIn({ name, role, command, cwd: handIn(text), only })).toMatchObject([{ passed: false, cause }])
  })

  test.each(['crlf-lines', 'sent-ahead'])('%s passes a correct client', async (only) => {
    const judged = { name: 'guess', role: 'client', command: 'python3 guess_client.py {HOST} {PORT}', cwd: examples, only } as const
    expect(await judgeHandIn(judged)).toMatchObject([{ name: only, passed: true }])
  })
})
