import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { judgeHandIn } from '../../support/judge-hand-in.ts'
import { handIn, hasNamespaces, hasPython } from '../../support/sandboxes.ts'

const examples = join(import.meta.dirname, '../../../examples/python')
const SERVER = 'python3 guess_server.py {HOST} {PORT}'
const CLIENT = 'python3 guess_client.py {HOST} {PORT}'

/** A guess server for one client at a time, with parts that break it. */
const server = ({ reuse = false } = {}) =>
  handIn(`
import os, socket
listener = socket.socket()
${reuse ? 'listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)' : ''}
listener.bind((os.environ['HOST'], int(os.environ['PORT'])))
listener.listen()
while True:
    s, _ = listener.accept()
    lines = s.makefile()
    for tries in range(5):
        s.sendall(b'GUESS\\n')
        guess = lines.readline()
        if not guess: break
        s.sendall(b'LOW\\n')
    else:
        s.sendall(b'GAMEOVER\\n')
    s.shutdown(socket.SHUT_RDWR)
    s.close()
`)

describe.skipIf(!hasPython || !hasNamespaces)('a check at level robust', () => {
  test.each(['byte-by-byte', 'glued', 'slow', 'gone-by-fin', 'gone-by-silence', 'illegal-message', 'oversized-message'])(
    '%s passes a correct client',
    async (only) => {
      expect(await judgeHandIn({ name: 'guess', role: 'client', command: CLIENT, cwd: examples, only })).toMatchObject([
        { name: only, passed: true },
      ])
    },
  )

  test.each(['gone-by-rst', 'two-clients-at-once', 'restart-on-the-same-port'])('%s passes a correct server', async (only) => {
    expect(await judgeHandIn({ name: 'guess', role: 'server', command: SERVER, cwd: examples, only })).toMatchObject([
      { name: only, passed: true },
    ])
  })

  test('blames no network for a client that does not connect', async () => {
    const judged = { name: 'guess', role: 'client', command: 'python3 program.py', cwd: handIn('raise SystemExit(0)') } as const
    expect(await judgeHandIn({ ...judged, only: 'byte-by-byte' })).toMatchObject([{ passed: false, cause: 'wrong-address' }])
  })

  test('finds a server that serves one client at a time', async () => {
    const judged = { name: 'guess', role: 'server', command: 'python3 program.py', cwd: server() } as const
    expect(await judgeHandIn({ ...judged, only: 'two-clients-at-once' })).toMatchObject([
      { passed: false, cause: 'hangs', sentence: expect.stringContaining('does not serve a second client') },
    ])
  })

  test.each([
    [false, 'address-in-use'],
    [true, null],
  ])('finds a server that cannot be started again, and not a server that reuses its address (%s)', async (reuse, cause) => {
    const judged = { name: 'guess', role: 'server', command: 'python3 program.py', cwd: server({ reuse }) } as const
    expect(await judgeHandIn({ ...judged, only: 'restart-on-the-same-port' })).toMatchObject([{ cause }])
  })
})
