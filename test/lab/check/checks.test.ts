import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { selectChecks } from '../../../src/lab/check/registry.ts'
import { judgeHandIn, judgeWithDetails } from '../../support/judge-hand-in.ts'
import { program } from '../../support/play.ts'
import { handIn, hasNamespaces, hasPython } from '../../support/sandboxes.ts'
import { prepareHandIn } from './hand-ins.ts'

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

describe('the check byte-by-byte', () => {
  test.each([
    ['number', 'server', false],
    ['number', 'client', true],
    ['time', 'server', false],
    ['guess', 'server', true],
  ] as const)('cuts the messages to a side only if a message to that side has an end (%s, %s: %s)', async (name, role, isCut) => {
    const names = selectChecks(await program(name), role, 'robust').map((check) => check.name)
    expect(names).toContain('glued')
    expect(names.includes('byte-by-byte')).toBe(isCut)
  })
})

test.skipIf(!hasPython || !hasNamespaces)('next-client observes the refused line of the second client last', async () => {
  using prepared = prepareHandIn({ file: 'broken/wrong-rules-shared-letters.py', program: 'hangman', role: 'server' })
  const [judged] = await judgeWithDetails({ ...prepared, only: 'next-client' })
  const [refused, answer] = judged?.observations.filter((one) => one.kind === 'message').slice(-2) ?? []
  expect(judged?.result.sentence).toContain(`the next client sent ${JSON.stringify(refused?.text)}`)
  expect(answer).toMatchObject({ from: 'server', name: 'ERROR' })
  expect(judged?.observations.at(-1)).toBe(answer)
})

test.skipIf(!hasNamespaces)(
  'byte-by-byte advises a client that prints the sign for broken characters to decode whole messages',
  async () => {
    using prepared = prepareHandIn({ file: 'broken/partial-read-character.js', program: 'chat', role: 'client' })
    expect(await judgeHandIn({ ...prepared, only: 'byte-by-byte' })).toMatchObject([
      { cause: 'partial-read', sentence: expect.stringMatching(/arrives in pieces.*decode whole messages, and not single reads$/) },
    ])
  },
)
