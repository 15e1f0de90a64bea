import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { readRecording } from '../../src/lab/recordings/formats.ts'
import { encodeJsonl } from '../../src/lab/recordings/jsonl.ts'
import { isTestedWith } from '../support/capture.ts'
import { folder } from '../support/folders.ts'
import { Parlor, run } from '../support/process.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { hasPython } from '../support/sandboxes.ts'
import { plainServer, unusedAddress } from '../support/sockets.ts'

const START = 1_760_000_000_000_000
const place = (port: number) => ({ host: '127.0.0.1', port })
const opening = { type: 'open', connection: 1, at: START, transport: 'tcp', client: place(50_123), server: place(3456) } as const
const segment = (from: 'client' | 'server', text: string, at: number) =>
  ({ type: 'segment', connection: 1, at: START + at, from, bytes: new TextEncoder().encode(text) }) as const
const ending = (from: 'client' | 'server', how: 'fin' | 'reset', at: number) =>
  ({ type: 'end', connection: 1, at: START + at, from, how }) as const

/** A game of guess in which the client sends these guesses. */
const GAME = encodeJsonl([
  opening,
  segment('server', 'GUESS\n', 10),
  segment('client', '50\n', 20),
  segment('server', 'LOW\nGUESS\n', 30),
  segment('client', '75\n', 40),
  segment('server', 'WIN\n', 50),
  ending('server', 'fin', 60),
  ending('client', 'fin', 70),
])

/** A client that sends one line for each GUESS, as a program in another language would. */
const CLIENT = `
import { connect } from 'node:net'
const [, , port, ...lines] = process.argv
const socket = connect(Number(port), '127.0.0.1')
socket.on('data', (bytes) => { if (String(bytes).includes('GUESS')) socket.write(lines.shift() + '\\n') })
`

/** A client with its address and its prompt built in, which also writes a file. */
const TYPED_CLIENT = `
import socket
open('trace.txt', 'w').write('here')
s = socket.create_connection(('127.0.0.1', int(input('Port of the server: '))))
wire = s.makefile('rw', newline='\\n')
for line in wire:
    if line == 'GUESS\\n':
        wire.write(input('Enter guess: ') + '\\n')
        wire.flush()
    if line == 'WIN\\n':
        break
`

/** A server that answers the first line with LOW, and the second with WIN. */
const SERVER = `
import { createServer } from 'node:net'
const server = createServer((socket) => {
  socket.write('GUESS\\n')
  let lines = 0
  socket.on('data', () => { if (++lines === 1) socket.write('LOW\\nGUESS\\n'); else socket.end('WIN\\n') })
})
server.listen(Number(process.argv[2]), '127.0.0.1')
`

let files: string
const file = (name: string) => join(files, name)
beforeEach(() => {
  files = folder()
})

/** Starts a tap before a server; resolves to the port where it listens. */
async function startTap(...args: readonly string[]): Promise<{ readonly tap: Parlor; readonly port: number }> {
  const tap = new Parlor(['tap', ...args, '--listen', '0'])
  await tap.complains(/listening on .*:\d+,/)
  return { tap, port: Number(/listening on 127\.0\.0\.1:(\d+)/.exec(tap.errors)?.[1]) }
}

describe('parlor tap', () => {
  test.each(['.pcapng', '.jsonl', '.html', '.svg'])(
    'judges a conversation and records it in %s, which only its owner can read',
    async (suffix) => {
      const server = await plainServer((socket) => socket.end('GUESS\n'))
      const path = file(`recording${suffix}`)
      const { tap, port } = await startTap('guess', '--to', String(server.port), '--record', path, '--connections', '1')
      await using _ = tap
      const client = connect(port, '127.0.0.1')
      client.once('data', () => client.end('50\n'))
      await once(client, 'close')
      expect(await tap.exit).toBe(0)
      expect(tap.output).toMatch(/^#1 {2}opens: client 127\.0\.0\.1:\d+, server 127\.0\.0\.1:\d+, TCP\n/)
      expect(tap.output).toContain('message 1: GUESS "GUESS\\n", legal')
      expect(tap.output).toMatch(/\nconnection 1: .*\n$/)
      expect(statSync(path).mode & 0o777).toBe(0o600)
      const text = readFileSync(path)
      if (suffix === '.pcapng' || suffix === '.jsonl')
        expect(
          readRecording(text)
            .entries.map(({ type }) => type)
            .sort(),
        ).toEqual(['end', 'end', 'open', 'segment', 'segment'])
      else expect(text.toString()).toContain('&quot;GUESS\\n&quot;')
    },
  )

  test('exits with 1 after a violation, which is a comment in the recording', async () => {
    const server = await plainServer((socket) => socket.end('HELLO?\n'))
    const path = file('violation.pcapng')
    const { tap, port } = await startTap('guess', '--to', String(server.port), '--record', path, '--connections', '1')
    await using _ = tap
    const client = connect(port, '127.0.0.1')
    client.on('end', () => client.end()).resume()
    expect(await tap.exit).toBe(1)
    const comments = readRecording(readFileSync(path)).entries.flatMap((entry) => entry.comments ?? [])
    expect(comments).toEqual([expect.stringContaining('the server sent "HELLO?", which does not belong here; expected "GUESS"')])
  })

  test('resets a client for which no server listens, with a sentence', async () => {
    const { port: closed } = await unusedAddress()
    const { tap, port } = await startTap('--to', String(closed), '--connections', '1')
    await using _ = tap
    const client = connect(port, '127.0.0.1')
    const [error] = await once(client, 'error')
    expect(error).toMatchObject({ code: 'ECONNRESET' })
    await tap.exit
    expect(tap.errors).toContain(`is reset: cannot connect to 127.0.0.1:${closed}: no server listens there`)
  })

  test('disturbs what passes with --fault, and prints the command that repeats the run', async () => {
    const server = await plainServer((socket) => socket.once('data', () => socket.end('GUESS\n')))
    const faults = ['--split', 'server:1..2', '--fault', 'client:delay 5ms']
    const { tap, port } = await startTap('guess', '--to', String(server.port), '--connections', '1', ...faults)
    await using _ = tap
    const client = connect(port, '127.0.0.1')
    client.end('50\n')
    let text = ''
    for await (const bytes of client) text += bytes
    expect(text).toBe('GUESS\n')
    await tap.exit
    expect(tap.output).toMatch(/#1 {2}\d\.\d{3} s {2}tap {2}message \d is sent on in (\d pieces|pieces) of /)
    const [, line] = /to repeat it: parlor (tap guess .* --fault 'client:delay 5ms' .*--seed \d+)\n/.exec(tap.errors) ?? []
    expect(line).toContain(' --split server:1..2 ')
  })

  test.each([
    [['--fault', 'in:split 2'], 'a proxy has no "in": write client: or server:, the side that sends'],
    [['--fault', 'reset before LOW'], '"reset before LOW" depends on the messages of a program: name the program'],
    [['--udp', '--split', '3'], '--split and --glue need a stream'],
    [['--secret', '42'], '--secret is an option of a program: name the program'],
    [['guess', '--framing', 'none'], 'takes no --framing'],
  ])('refuses %j with a sentence', async (options, sentence) => {
    const refused = await runInProcess('tap', '--listen', '0', '--to', '1', ...options)
    expect(refused).toMatchObject({ code: 2, errors: expect.stringContaining(sentence) })
  })

  test('does not overwrite a file, and refuses an unknown suffix', async () => {
    writeFileSync(file('there.jsonl'), 'precious')
    const taken = await runInProcess('tap', '--listen', '0', '--to', '1', '--record', file('there.jsonl'))
    expect(taken).toMatchObject({ code: 2, errors: expect.stringContaining('exists already: delete the file first') })
    expect(readFileSync(file('there.jsonl'), 'utf8')).toBe('precious')
    expect(await runInProcess('tap', '--listen', '0', '--to', '1', '--record', file('x.txt'))).toMatchObject({
      code: 2,
      errors: expect.stringContaining('--record takes a file that ends in .pcapng, .jsonl, .html, .svg'),
    })
  })
})

describe('parlor show', () => {
  test('draws a recording, and converts it into each other format, from which it is drawn in the same way', async () => {
    writeFileSync(file('game.jsonl'), GAME)
    const drawn = await runInProcess('show', file('game.jsonl'), 'guess')
    expect(drawn).toMatchObject({ code: 0, errors: '' })
    expect(drawn.output).toContain('message 4: GUESS "GUESS\\n", legal, bytes 10 to 16 in read 3')
    expect(await runInProcess('show', file('game.jsonl'), '--record', file('game.pcapng'))).toMatchObject({
      code: 0,
      output: '',
      errors: '',
    })
    expect(await runInProcess('show', file('game.pcapng'), 'guess')).toEqual(drawn)
    expect(await runInProcess('show', file('game.pcapng'), '--record', file('game.html'))).toMatchObject({ code: 0 })
    expect(readFileSync(file('game.html'), 'utf8')).toContain('tjc/guess')
  })

  test('prints every line of a long recording on a pipe', async () => {
    const talk = Array.from({ length: 5000 }, (_, n) => segment(n % 2 === 0 ? 'server' : 'client', `line ${n}\n`, n))
    writeFileSync(file('talk.jsonl'), encodeJsonl([opening, ...talk]))
    const { output, code } = await runInProcess('show', file('talk.jsonl'), 'chat')
    expect(output.split('\n').length).toBe(5000 + 3)
    expect(output).toMatch(/\nconnection 1: .*\n$/)
    expect(code).toBe(0)
  })

  test('cuts the bytes into messages as the options of the program say', async () => {
    const talk = [segment('client', 'ada', 0), segment('server', 'bob', 500_000), segment('client', 'hello', 1_000_000)]
    writeFileSync(file('talk.jsonl'), encodeJsonl([opening, ...talk]))
    expect(await runInProcess('show', file('talk.jsonl'), 'talk', '--framing', 'none')).toMatchObject({
      output: expect.stringContaining('client says "hello", legal, bytes 3 to 8'),
    })
    expect(await runInProcess('show', file('talk.jsonl'), 'talk')).toMatchObject({
      output: expect.stringContaining('the client has sent "adahello" and no line end'),
    })
  })

  test.each([
    ['nothing.jsonl', undefined, 'there is no such file'],
    ['empty.jsonl', '', 'the file is empty'],
    ['text.jsonl', 'hello', 'the file is not a recording'],
  ])('refuses %s with a sentence', async (name, content, sentence) => {
    if (content !== undefined) writeFileSync(file(name), content)
    expect(await runInProcess('show', file(name))).toMatchObject({ code: 2, errors: expect.stringContaining(sentence) })
  })
})

describe('parlor rerun', () => {
  beforeEach(() => {
    writeFileSync(file('game.jsonl'), GAME)
    writeFileSync(file('client.mjs'), CLIENT)
    writeFileSync(file('client.py'), TYPED_CLIENT)
    writeFileSync(file('server.mjs'), SERVER)
  })
  const node = `"${process.execPath}"`

  test('finds that a client and a server do the same as in the recording', async () => {
    const client = await run('rerun', file('game.jsonl'), '--client', `${node} ${file('client.mjs')} {PORT} 50 75`)
    expect(client).toMatchObject({ code: 0, output: 'the client does the same as in the recording\n' })
    const server = await run('rerun', file('game.jsonl'), '--server', `${node} ${file('server.mjs')} {PORT}`)
    expect(server).toMatchObject({ code: 0, output: 'the server does the same as in the recording\n' })
  })

  test('marks the first byte that differs', async () => {
    const { output, code } = await run('rerun', file('game.jsonl'), '--client', `${node} ${file('client.mjs')} {PORT} 50 76`)
    expect(output).toBe(
      [
        'the client differs from the recording at byte 4 of its output:',
        '  expected  "75\\n"',
        '  received  "76\\n"',
        '              ^',
        '',
      ].join('\n'),
    )
    expect(code).toBe(1)
  })

  test('reports a silent program, a program that does not connect, and a program that cannot be played', async () => {
    const silent = await run('rerun', file('game.jsonl'), '--client', `${node} -e "require('net').connect({PORT})"`, '--timeout', '300ms')
    expect(silent).toMatchObject({ code: 1, output: expect.stringContaining('received  nothing for 0.3 s') })
    const absent = await run('rerun', file('game.jsonl'), '--client', "sh -c 'exit 3'")
    expect(absent).toMatchObject({ code: 1, errors: expect.stringContaining('ended with the exit code 3 without having connected') })
    expect(await runInProcess('rerun', file('game.jsonl'))).toMatchObject({ code: 2, errors: expect.stringContaining('--client COMMAND') })
  })

  test.skipIf(!hasPython)('runs a client in the sandbox of check, in its folder, and types what the recording has', async () => {
    const { output, code } = await run('rerun', file('game.jsonl'), 'guess', '--folder', files, '--client', 'python3 client.py')
    expect(output).toBe('the client does the same as in the recording\n')
    expect(code).toBe(0)
    // the program gets a copy of its folder
    expect(existsSync(file('trace.txt'))).toBe(false)
  })
})

test('tshark reads a recording of the tap: ports, bytes, and the violation as a comment', async ({ skip }) => {
  skip(!isTestedWith('tshark'), 'tshark is not installed: apt-get install tshark')
  const server = await plainServer((socket) => socket.end('HELLO?\n'))
  const path = file('tapped.pcapng')
  const { tap, port } = await startTap('guess', '--to', String(server.port), '--record', path, '--connections', '1')
  await using _ = tap
  const client = connect(port, '127.0.0.1')
  client.on('end', () => client.end()).resume()
  await tap.exit
  const fields = ['tcp.srcport', 'tcp.payload', 'frame.comment', 'tcp.analysis.flags', '_ws.malformed'].flatMap((name) => ['-e', name])
  const args = ['-r', path, '-n', '-d', `tcp.port==${server.port},data`, '-Y', 'tcp.len > 0', '-T', 'fields', ...fields]
  const shown = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  expect(shown).toMatch(new RegExp(`^${server.port}\\t${Buffer.from('HELLO?\n').toString('hex')}\\tthe server sent .*HELLO\\?.*\\t\\t\\n$`))
})
