import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Connection } from '../../src/wire/connection.ts'
import { lines } from '../../src/wire/framing/lines.ts'
import type { Transport } from '../../src/wire/transport.ts'
import { connectTls } from '../../src/wire/transports/tls.ts'
import { connectUnix } from '../../src/wire/transports/unix.ts'
import { folder } from '../support/folders.ts'
import { Parlor, run } from '../support/process.ts'

/** A program that a server serves, as `--json` has it. */
interface Served {
  readonly program: string
  readonly host: string
  readonly port: number
  readonly transport: string
  readonly fingerprint?: string
}

/** Starts `parlor serve`, and returns what it serves. */
async function serve(...args: readonly string[]) {
  const server = new Parlor(['serve', '--json', ...args])
  await server.shows(/\n/)
  const { listening }: { listening: readonly Served[] } = JSON.parse(server.output)
  return { server, listening }
}

/** Plays one wrong guess. */
async function guess(transport: Transport): Promise<readonly string[]> {
  const connection = new Connection(transport, { incoming: lines(), outgoing: lines() })
  const first = await connection.receive()
  connection.send('no number')
  const answers = [first, await connection.receive()]
  await connection.close(0)
  return answers
}

const ANSWERS = ['GUESS', 'Please enter number 1 to 100']

describe('parlor serve --tls', () => {
  test('serves all programs over TLS with one certificate, and none over UDP', async () => {
    const { server, listening } = await serve('--tls', '--only', 'guess', '--only', 'fh/time', '--port', '0')
    await using _ = server
    expect(listening.map(({ program, transport }) => [program, transport])).toEqual([
      ['tjc/guess', 'tls'],
      ['fh/time', 'tls'],
    ])
    const [first, second] = listening
    expect(first?.fingerprint).toMatch(/^(?:[\dA-F]{2}:){31}[\dA-F]{2}$/)
    expect(second?.fingerprint).toBe(first?.fingerprint)
    const { host = '', port = 0, fingerprint = '' } = first ?? {}
    const { transport } = await connectTls({ host, port }, { wait: 0, fingerprint })
    expect(await guess(transport)).toEqual(ANSWERS)
  })

  test('sends a client without TLS the reason, and logs it', async () => {
    const { server, listening } = await serve('--tls', '--only', 'guess', '--port', '0')
    await using _ = server
    const { host = '', port = 0 } = listening[0] ?? {}
    const socket = connect(port, host).setEncoding('utf8')
    socket.write('50\n')
    const parts: string[] = []
    for await (const part of socket) parts.push(part)
    expect(parts.join('')).toBe('This port speaks TLS. Connect with TLS, as parlor join --tls does.\n')
    await server.complains(/rejected: it does not speak TLS/)
  })

  test('is joined by parlor join --tls', async () => {
    const { server, listening } = await serve('--tls', '--only', 'tjc/hello', '--port', '0')
    await using _ = server
    const { host = '', port = 0, fingerprint = '' } = listening[0] ?? {}
    const joined = await run('join', 'hello', host, String(port), '--tls', '--fingerprint', fingerprint)
    expect(joined).toMatchObject({ code: 0, output: expect.stringContaining('Hello from server') })
  })
})

test('parlor serve --unix serves each program at a socket in a folder, which it creates', async () => {
  const at = join(folder(), 'sockets')
  const { server, listening } = await serve('--unix', at, '--only', 'guess', '--only', 'fh/time')
  await using _ = server
  expect(listening).toEqual([
    { program: 'tjc/guess', host: join(at, 'tjc-guess.sock'), port: 0, transport: 'unix' },
    { program: 'fh/time', host: join(at, 'fh-time.sock'), port: 0, transport: 'unix' },
  ])
  expect(await guess(await connectUnix(join(at, 'tjc-guess.sock'), 0))).toEqual(ANSWERS)
  const second = await run('serve', '--unix', at, '--only', 'guess')
  expect(second).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/tjc\/guess is not served: cannot listen on .*tjc-guess\.sock: it is in use/),
  })
})

test('parlor rank reads from a server over TLS through its folder', async () => {
  const environment = { PARLOR_TLS: 'true', PARLOR_DATA: join(folder(), 'data') }
  await using server = new Parlor(['serve', '--json', '--port', '0'], undefined, { environment })
  await server.shows(/\n/)
  await using rank = new Parlor(['rank'], undefined, { environment })
  expect(await rank.exit).toBe(0)
  expect(rank.output.replaceAll(/\s+/g, ' ')).toMatch(/^From the server that has the folder \S+ open: No user is on a ladder yet/)
})

test('the settings of transports can be in the environment', async () => {
  const parlor = new Parlor(['config', '--json'], undefined, { environment: { PARLOR_UNIX: '/run/parlor' } })
  expect(await parlor.exit).toBe(0)
  expect(JSON.parse(parlor.output).unix).toEqual({ value: '/run/parlor', from: 'PARLOR_UNIX' })
})

test.each([
  [['--tls', '--unix', 'sockets'], '--tls and --unix exclude each other'],
  [['--cert', 'cert.pem', '--key', 'key.pem'], '--cert, --key and --fingerprint need --tls'],
  [['--tls', '--cert', 'cert.pem'], '--cert and --key need each other'],
  [['--unix', 'sockets', '--port', 'guess=5000'], '--unix replaces addresses and ports: leave --port out'],
])('serve %j is a usage error', async (args, sentence) => {
  expect(await run('config', ...args)).toEqual({ code: 2, output: '', errors: `parlor: ${sentence}\n` })
})
