import { describe, expect, test } from 'vitest'
import { judgeHandIn } from '../../support/judge-hand-in.ts'
import { handIn, hasNamespaces, hasPython } from '../../support/sandboxes.ts'

/** A tic-tac-toe client that takes each cell from `cell`, and ends when the server closes. */
const tictactoe = (cell: string) =>
  handIn(`
import os, socket
s = socket.create_connection((os.environ['HOST'], int(os.environ['PORT'])))
lines = s.makefile()
for line in lines:
    if line.startswith('END'): break
    s.sendall(('MOVE%s\\n' % (${cell})).encode())
`)

/** A guess server that gives the answer \`low\` to a guess that is too low. */
const server = ({ low = 'LOW', high = 'HIGH', tries = 5, between = '' } = {}) =>
  handIn(`
import os, select, socket
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((os.environ['HOST'], int(os.environ['PORT'])))
listener.listen()
s, _ = listener.accept()
lines = s.makefile()
for tries in range(${tries}):
    s.sendall(b'GUESS\\n')
    guess = int(lines.readline())
    ${between}
    s.sendall(b'WIN\\n' if guess == 42 else b'${low}\\n' if guess < 42 else b'${high}\\n')
    if guess == 42: break
else:
    s.sendall(b'GAMEOVER\\n')
`)

/** A guess client with its own ways to send and to print. */
const guess = ({ send = "s.sendall((input('Guess: ') + '\\n').encode())", before = '' } = {}) =>
  handIn(`
import os, socket, sys
${before}
s = socket.create_connection((os.environ['HOST'], int(os.environ['PORT'])))
out = s.makefile('w')
for line in s.makefile():
    print(line.strip())
    if line == 'GUESS\\n':
        ${send}
    elif line in ('WIN\\n', 'GAMEOVER\\n'):
        break
`)

const judge = async (name: string, role: 'client' | 'server', cwd: string, only: string) => {
  const [result] = await judgeHandIn({ name, role, command: 'python3 program.py', cwd, only })
  return result
}

describe.skipIf(!hasPython || !hasNamespaces)('a program that is legal on the wire and wrong in the game', { timeout: 60_000 }, () => {
  test.each([
    ['plays a cell that is occupied', '1', /MOVE1.*(?:taken|occupied)/],
    ['counts cells from 0', "int(input('Cell: ')) - 1", /"MOVE\d", but the worksheet's client sends "MOVE\d"/],
    ['does not see that the game is over', "input('Cell: ')", /the game is over \(.+\), but the client waits at its prompt "Cell: "/],
  ])('%s', async (_, cell, sentence) => {
    expect(await judge('tictactoe', 'client', tictactoe(cell), 'every-outcome')).toMatchObject({
      cause: 'wrong-rules',
      sentence: expect.stringMatching(sentence),
    })
  })

  test('answers HIGH for LOW', async () => {
    expect(await judge('guess', 'server', server({ low: 'HIGH', high: 'LOW' }), 'every-outcome')).toMatchObject({
      cause: 'wrong-rules',
      sentence: expect.stringMatching(/by its earlier answers, the number is/),
    })
  })

  test('gives six tries', async () => {
    expect(await judge('guess', 'server', server({ tries: 6 }), 'plays-to-the-end')).toMatchObject({
      cause: 'wrong-rules',
      sentence: expect.stringMatching(/there were 5 tries/),
    })
  })
})

describe.skipIf(!hasPython || !hasNamespaces)('a program that does not flush', { timeout: 60_000 }, () => {
  test('leaves its message in the buffer of its connection', async () => {
    const send = "out.write(input('Guess: ') + '\\n')"
    expect(await judge('guess', 'client', guess({ send }), 'plays-to-the-end')).toMatchObject({
      cause: 'unflushed-output',
      sentence: expect.stringMatching(/sent "\d+" only when the connection ended/),
    })
  })

  test('leaves its prompts in the buffer of its terminal', async () => {
    const before = "sys.stdout = open(1, 'w', buffering=65536)"
    const send = "print('Guess:'); s.sendall((sys.stdin.readline()).encode())"
    expect(await judge('guess', 'client', guess({ before, send }), 'every-outcome')).toMatchObject({
      cause: 'unflushed-output',
      sentence: expect.stringMatching(/printed nothing before its end/),
    })
  })

  test('is no fault of a client that flushes', async () => {
    const result = await judge('guess', 'client', guess(), 'every-outcome')
    expect(result).toMatchObject({ passed: true, sentence: expect.stringMatching(/the client wins/) })
    expect(result?.sentence).toMatch(/the client loses/)
  })
})

describe.skipIf(!hasPython || !hasNamespaces)('the check of the order in which a connection closes', { timeout: 60_000 }, () => {
  test.each([
    ['passes a server that answers what it has read', '', null, /ended as its protocol ends/],
    [
      'finds a server that drops its answer at the end of the input',
      'if not select.select([s], [], [], 0.3)[0] or s.recv(1, socket.MSG_PEEK): pass\n    else: break',
      'closed-early',
      /closes its sending half/,
    ],
  ] as const)('%s', async (_, between, cause, sentence) => {
    const result = await judge('guess', 'server', server({ between }), 'closes-in-order')
    expect(result).toMatchObject({ cause, sentence: expect.stringMatching(sentence) })
  })

  test('finds a client that closes before it has read everything', async () => {
    const send = "s.sendall((input('Guess: ') + '\\n').encode()); tries += 1\n        if tries == 5: import time; time.sleep(0.5); break"
    const result = await judge('guess', 'client', guess({ before: 'tries = 0', send }), 'closes-in-order')
    expect(result).toMatchObject({ cause: 'closed-early' })
  })
})
