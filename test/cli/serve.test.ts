import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Parlor, startServe } from '../support/process.ts'

/** A Parlor client that records its input. */
class Client {
  received = ''
  readonly socket: Socket
  readonly closed: Promise<'finished' | string>

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: false })
    this.socket.on('data', (data) => (this.received += data))
    this.closed = new Promise((resolve) => {
      this.socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      this.socket.on('close', () => resolve('finished'))
    })
    onTestFinished(() => void this.socket.destroy())
  }

  async hears(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.received)) await once(this.socket, 'data', { signal: AbortSignal.timeout(5000) })
  }
}

async function served(programs: readonly string[], ...more: string[]) {
  const { server, ports } = await startServe(programs, ...more)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return { server, port: (name: string) => ports[name] ?? 0 }
}

describe('serve', () => {
  test('serves many clients at the same time; with --iterative the second waits for the first', async () => {
    const { port } = await served(['tjc/guess', 'tjc/tictactoe'], '--iterative', 'guess')
    const [first, second] = [new Client(port('tjc/guess')), new Client(port('tjc/guess'))]
    await first.hears(/^GUESS\n/)
    const others = [new Client(port('tjc/tictactoe')), new Client(port('tjc/tictactoe'))]
    for (const other of others) await other.hears(/^MOVE\d\n/)
    expect(second.received).toBe('')
    first.socket.end()
    await second.hears(/^GUESS\n/)
  })

  test('continues and can be stopped if no process reads its diagnostics', async () => {
    const { server, port } = await served(['tjc/guess'])
    server.ignore('stderr')
    for (let n = 0; n < 3; n++) {
      const gone = new Client(port('tjc/guess'))
      await gone.hears(/^GUESS\n/)
      gone.socket.resetAndDestroy()
    }
    await new Client(port('tjc/guess')).hears(/^GUESS\n/)
    server.signal('SIGTERM')
    expect(await server.exit).toBe(0)
  })

  test('is not blocked by a client that disconnects while it waits for its turn', async () => {
    const { port } = await served(['tjc/guess'], '--iterative', 'guess')
    const clients = Array.from({ length: 4 }, () => new Client(port('tjc/guess')))
    await clients[0]?.hears(/^GUESS\n/)
    clients[1]?.socket.resetAndDestroy()
    clients[2]?.socket.destroy()
    clients[0]?.socket.end()
    await clients[3]?.hears(/^GUESS\n/)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('notifies all clients at %s during games, and ends with 0', async (signal) => {
    const { server, port } = await served(['tjc/guess', 'tjc/tictactoe', 'fh/hangman', 'tjc/chat-quit'])
    const clients = Object.fromEntries(
      ['tjc/guess', 'tjc/tictactoe', 'fh/hangman', 'tjc/chat-quit'].map((name) => [name, new Client(port(name))]),
    )
    clients['fh/hangman']?.socket.write('START\n')
    await clients['fh/hangman']?.hears(/^WORD/)
    await clients['tjc/guess']?.hears(/GUESS\n/)
    await clients['tjc/tictactoe']?.hears(/MOVE\d\n/)
    server.signal(signal)
    expect(await server.exit).toBe(0)
    // it is these clients' turn, so the server has no message to send: it resets them, and does not leave them waiting
    expect(await clients['tjc/guess']?.closed).toBe('ECONNRESET')
    expect(await clients['tjc/tictactoe']?.closed).toBe('ECONNRESET')
    expect(server.errors).not.toMatch(/\bat .*:\d+:\d+/)
  })

  test('reports a port in use in one line, and starts the other programs', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as { port: number }
    const args = ['--only', 'guess', '--port', `guess=${port}`, '--only', 'hello', '--port', 'hello=0']
    const server = new Parlor(['serve', ...args])
    onTestFinished(() => server[Symbol.asyncDispose]())
    await server.shows(/tjc\/hello \(hello\) +\d+/)
    expect(server.output).not.toMatch(/tjc\/guess/)
    await server.complains(/\n/)
    expect(server.errors).toMatch(
      /^parlor: [\d-]{10} [\d:]{8} tjc\/guess is not served: cannot listen on 127\.0\.0\.1:\d+: it is in use.*--port tjc\/guess=N\n$/,
    )
  })

  test('fails if it can open no port', async () => {
    const server = new Parlor(['serve', '--only', 'guess', '--host', '192.0.2.1'])
    expect(await server.exit).toBe(1)
    expect(server.errors).toMatch(/does not have that address/)
  })

  test('disconnects a silent client after --first, and after --idle if it has sent a message', async () => {
    const { server, port } = await served(['tjc/guess', 'fh/time'], '--first', '300ms', '--idle', '300ms')
    const silent = new Client(port('tjc/guess'))
    const talking = new Client(port('fh/time'))
    talking.socket.write('%%')
    await talking.hears(/^%/)
    expect(await silent.closed).toBe('ECONNRESET')
    await talking.closed
    expect(server.errors).toMatch(/tjc\/guess, 127\.0\.0\.1:\d+: the client sent nothing for 0\.3 s; expected a number/)
    expect(server.errors).toMatch(/fh\/time, .*sent nothing for 0\.3 s/)
  })

  test('reports a fault of one client on standard error, without an effect on other clients', async () => {
    const { server, port } = await served(['tjc/tictactoe', 'tjc/guess', 'fh/hangman'])
    const good = new Client(port('tjc/guess'))
    await good.hears(/GUESS\n/)
    const bad = [
      ['tjc/tictactoe', 'MOVE99\n'],
      ['tjc/tictactoe', 'MOVEx\n'],
      ['tjc/tictactoe', '\u0000\u001b[2J\n'],
      ['tjc/tictactoe', `${'M'.repeat(1_000_000)}`],
      ['tjc/guess', '9'.repeat(1_000_000)],
      ['fh/hangman', `${'x'.repeat(1_000_000)}\n`],
    ] as const
    for (const [name, said] of bad) {
      const client = new Client(port(name))
      client.socket.write(said)
      await client.closed
    }
    good.socket.write('101\n')
    await good.hears(/HIGH\nGUESS\n/)
    const lines = server.errors.trimEnd().split('\n')
    expect(lines).toHaveLength(bad.length)
    for (const line of lines) expect(line).toMatch(/^parlor: [\d-]{10} [\d:]{8} [\w/]+, 127\.0\.0\.1:\d+: the (client|other side) [ -~]+$/)
  })

  test('answers the text that a user types into nc: hangman, word for word', async () => {
    const { port } = await served(['fh/hangman'])
    const client = new Client(port('fh/hangman'))
    client.socket.write('hello\r\nSTART\r\n')
    await client.hears(/^ERROR .*\nWORD \d+ 8\n$/)
    client.socket.write('QUIT\r\n')
    expect(await client.closed).toBe('finished')
  })

  test('answers all requests that arrive together with a FIN', async () => {
    const { port } = await served(['fh/time', 'tjc/hello'])
    const socket = connect({ port: port('fh/time'), host: '127.0.0.1', allowHalfOpen: true })
    socket.end('at %% o’clock')
    expect(await text(socket)).toBe('at % o’clock')
  })

  test('reads a parlor.toml in its folder, which an option overrides', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parlor-serve-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const toml = 'only = ["guess", "time"]\niterative = ["guess"]\nfirst = "300ms"\nhttp = 0\n[ports]\nguess = 0\n"fh/time" = 0\n'
    await writeFile(join(folder, 'parlor.toml'), toml)
    const server = new Parlor(['serve', '--json', '--first', '1m'], undefined, { cwd: folder, environment: { PARLOR_HTTP: '' } })
    onTestFinished(() => server[Symbol.asyncDispose]())
    await server.shows(/\n/)
    const { listening, http } = JSON.parse(server.output) as { listening: { program: string; port: number }[]; http: { port: number } }
    expect([...new Set(listening.map(({ program }) => program))]).toEqual(['tjc/guess', 'fh/time'])
    expect((await fetch(`http://127.0.0.1:${http.port}/health`)).status).toBe(200)
    const port = listening[0]?.port ?? 0
    const [first, second] = [new Client(port), new Client(port)]
    await first.hears(/^GUESS\n/)
    expect(second.received).toBe('')
    server.signal('SIGTERM')
    expect(await server.exit).toBe(0)
    expect(server.errors).toBe('')
  })

  test('reports a missing file in the settings with its place', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parlor-serve-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'class.toml'), 'words = "no.txt"')
    const server = new Parlor(['serve', '--config', 'class.toml'], undefined, { cwd: folder })
    expect(await server.exit).toBe(2)
    expect(server.errors).toBe('parlor: line 1: words (from class.toml): cannot read "no.txt": there is no such file\n')
  })
})
