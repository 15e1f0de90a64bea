import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Parlor, run, startServe } from '../support/process.ts'

function parlor(...args: string[]): Parlor {
  const started = new Parlor(args)
  onTestFinished(() => started[Symbol.asyncDispose]())
  return started
}

/** A host on a free port, which prints its address after two seconds; until then, the test guesses the port. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Connects as soon as there is a listener. */
async function dial(port: number): Promise<Socket> {
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const connected = await once(socket, 'connect').catch(() => undefined)
    if (!connected) continue
    onTestFinished(() => void socket.destroy())
    return socket.on('error', () => {})
  }
}

/** Returns the pieces that a socket reads until its end. */
async function pieces(socket: Socket): Promise<string[]> {
  const all: string[] = []
  socket.setEncoding('utf8').on('data', (text: string) => all.push(text))
  await once(socket, 'end')
  socket.end()
  return all
}

describe('--trace', () => {
  test('of host: shows the bytes both ways, read by read, and changes nothing else', async () => {
    const port = await freePort()
    const host = parlor('host', 'guess', '--secret', '42', '--port', String(port), '--trace')
    const client = await dial(port)
    await host.complains(/sent 6 bytes/)
    client.write('4')
    await host.complains(/received 1 byte/)
    client.write('2\r\n')
    expect(await host.exit).toBe(0)
    expect(host.output).toBe('')
    expect(host.errors.replaceAll(/\d+\.\d{3} s/g, 'T')).toMatch(
      /^parlor: trace T {2}begins\nparlor: trace T {2}sent 6 bytes: "GUESS\\n"\nparlor: trace T {2}received 1 byte: "4"\nparlor: trace T {2}received 3 bytes: "2\\r\\n"\nparlor: trace T {2}sent 4 bytes: "WIN\\n"\n/,
    )
  })

  test('of join: shows the text inside TLS', async () => {
    const port = await freePort()
    const host = parlor('host', 'hello', '--port', String(port), '--tls', '--trace')
    const join = parlor('join', 'hello', '127.0.0.1', String(port), '--tls', '--trace')
    expect(await join.exit).toBe(0)
    expect(join.output).toBe("b'Hello from server\\n'\n")
    expect(join.errors).toMatch(/trace \d+\.\d{3} s {2}received 18 bytes: "Hello from server\\n"/)
    expect(await host.exit).toBe(0)
    expect(host.errors).toMatch(/sent 18 bytes: "Hello from server\\n"/)
  })

  test('shows datagrams', async () => {
    const port = await freePort()
    const host = parlor('host', 'time', '--udp', '--port', String(port), '--trace', '--now', '2024-02-29T13:05:09')
    // a datagram to a host that has not started is lost
    await host.complains(/waiting for a client/)
    const join = parlor('join', 'time', '127.0.0.1', String(port), '--udp', '--trace', '--format', '%H')
    expect(await join.exit).toBe(0)
    expect(join.errors).toMatch(/sent 2 bytes: "%H"/)
    expect(join.output).toBe('13\n')
    expect(host.errors).toMatch(/trace #1 127\.0\.0\.1:\d+ 0\.\d+ s {2}received 2 bytes: "%H"/)
  })

  test('of serve: shows each connection, plain and as JSON, without passwords', async () => {
    for (const form of ['plain', 'json']) {
      const { server, ports } = await startServe(['fh/quiz'], '--trace', '--log', form)
      onTestFinished(() => server[Symbol.asyncDispose]())
      for (const number of [1, 2]) {
        const client = await dial(ports['fh/quiz'] ?? 0)
        client.write(`REGISTER ada${number} engine-`)
        await server.complains(form === 'plain' ? new RegExp(`trace #${number} fh/quiz.*received`) : /received/)
        client.write('1843\n')
        await once(client, 'data')
      }
      await server.complains(/Welcome ada2/)
      expect(server.errors).not.toMatch(/engine|1843/)
      if (form === 'plain')
        expect(server.errors).toMatch(
          /^parlor: trace #2 fh\/quiz, 127\.0\.0\.1:\d+: \d\.\d{3} s {2}received \d+ bytes: "REGISTER ada2 \*\*\*"$/m,
        )
      else
        expect(server.errors).toMatch(
          /"event":"trace","connection":2,"program":"fh\/quiz".*"msg":"0\.\d+ s {2}sent \d+ bytes: \\"Welcome ada2\\\\n\\""/,
        )
    }
  })

  test('shows passwords with --secrets', async () => {
    const { server, ports } = await startServe(['fh/quiz'], '--trace', '--secrets')
    onTestFinished(() => server[Symbol.asyncDispose]())
    const client = await dial(ports['fh/quiz'] ?? 0)
    client.write('LOGIN ada engine-1843\n')
    await server.complains(/received 22 bytes: "LOGIN ada engine-1843\\n"/)
  })
})

describe('--fault', () => {
  /** Returns everything that a socket reads until its end, and how it ended. */
  async function toEnd(socket: Socket): Promise<readonly [text: string, end: string]> {
    let text = ''
    socket.removeAllListeners('error').setEncoding('utf8')
    const ended = new Promise<string>((resolve) => {
      socket.on('end', () => resolve('FIN'))
      socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    })
    socket.on('data', (piece: string) => {
      text += piece
    })
    const end = await ended
    socket.destroy()
    return [text, end]
  }

  test('host: resets the connection before the third GUESS', async () => {
    const port = await freePort()
    const host = parlor('host', 'guess', '--secret', '42', '--port', String(port), '--fault', 'reset before 3rd GUESS')
    const client = await dial(port)
    const read = toEnd(client)
    client.write('1\n99\n5\n')
    expect(await read).toEqual(['GUESS\nLOW\nGUESS\nHIGH\n', 'ECONNRESET'])
    expect(await host.exit).not.toBe(0)
    expect(host.errors).toMatch(/^parlor: the fault "reset before 3rd GUESS" resets the connection, after 21 bytes\n/)
  })

  test('host: several rules, for messages of both sides', async () => {
    const port = await freePort()
    const rules = ['--fault', 'half-close after 2nd LOW', '--fault', 'in:delay 5ms', '--fault', 'split char']
    const host = parlor('host', 'guess', '--secret', '42', '--port', String(port), '--trace', ...rules)
    const client = await dial(port)
    const read = toEnd(client)
    client.write('1\n2\n3\n')
    expect(await read).toEqual(['GUESS\nLOW\nGUESS\nLOW\n', 'FIN'])
    await host.complains(/sent the end/)
  })

  test('join: splits its own second guess alone, and the game continues', async () => {
    const port = await freePort()
    const host = parlor('host', 'guess', '--secret', '42', '--port', String(port), '--trace')
    const join = parlor('join', 'guess', '127.0.0.1', String(port), '--fault', 'split 1 at my 2nd guess', '--delay', '40ms')
    join.type('10')
    join.type('42')
    expect(await join.exit).toBe(0)
    expect(await host.exit).toBe(0)
    expect(host.errors.match(/received \d bytes?: "[^"]*"/g)).toEqual([
      'received 3 bytes: "10\\n"',
      'received 1 byte: "4"',
      'received 1 byte: "2"',
      'received 1 byte: "\\n"',
    ])
  })

  test('serve: disturbs the programs that have the message, and leaves the others alone', async () => {
    const { server, ports } = await startServe(['tjc/guess', 'tjc/hello'], '--fault', 'stop inside LOW', '--seed', '7')
    onTestFinished(() => server[Symbol.asyncDispose]())
    expect(await toEnd(await dial(ports['tjc/hello'] ?? 0))).toEqual(['Hello from server\n', 'FIN'])
    const client = await dial(ports['tjc/guess'] ?? 0)
    let text = ''
    client.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
    client.write('0\n')
    while (!/^GUESS\nL/.test(text)) await once(client, 'data')
    client.end('0\n')
    await once(client, 'close')
    expect(text).toMatch(/^GUESS\n(?:L|LO|LOW)$/)
    expect(server.errors).not.toContain('seed')
  })

  test('host --udp: duplicates a datagram', async () => {
    const port = await freePort()
    const host = parlor('host', 'fh/hello', '--udp', '--port', String(port), '--fault', 'duplicate 1st', '--fault', 'delay 5ms')
    await host.complains(/waiting for a client/)
    const socket = createSocket('udp4')
    onTestFinished(() => {
      socket.close()
    })
    const texts: string[] = []
    const both = new Promise<void>((resolve) => {
      socket.on('message', (bytes) => {
        texts.push(String(bytes))
        if (texts.length === 2) resolve()
      })
    })
    socket.send('hello', port, '127.0.0.1')
    await both
    expect(texts[0]).toBe(texts[1])
    expect(texts[0]).not.toBe('')
  })

  test('the printed command repeats a run', async () => {
    const port = await freePort()
    const options = ['--port', String(port), '--trace', '--fault', 'split 1..9', '--delay', '20ms..40ms']
    const writes = ({ errors }: Parlor) => errors.match(/sent \d+ bytes?: .*/g)
    const host = parlor('host', 'c8/hello', ...options)
    await pieces(await dial(port))
    await host.exit
    const [, command = ''] = /to repeat it: parlor (.*)\n/.exec(host.errors) ?? []
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '')
    expect(words).toEqual(['host', 'c8/hello', ...options, '--seed', expect.stringMatching(/^\d+$/)])
    const again = parlor(...words)
    await pieces(await dial(port))
    await again.exit
    expect(writes(again)?.length).toBeGreaterThan(1)
    expect(writes(again)).toEqual(writes(host))
    expect(again.errors).not.toContain('seed')
  })

  test('parlor.toml has the same rules', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parlor-faults-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'parlor.toml')
    writeFileSync(file, 'faults = ["split 1..3", "in:reset before 2nd guess"]\nseed = 5\n')
    const { server, ports } = await startServe(['tjc/guess'], '--config', file)
    onTestFinished(() => server[Symbol.asyncDispose]())
    const client = await dial(ports['tjc/guess'] ?? 0)
    const read = toEnd(client)
    client.write('1\n2\n')
    expect((await read)[1]).toBe('ECONNRESET')
    writeFileSync(file, 'faults = ["split 8", "splitt 3"]\n')
    const { errors, code } = await run('serve', '--config', file)
    expect(code).toBe(2)
    expect(errors).toMatch(
      /line 1: faults \(from .*\) is "splitt 3", and must be a fault rule: there is no fault "splitt"; did you mean split\?/,
    )
  })
})

describe('--split, --glue and --delay', () => {
  test('host: splits the bytes that it sends', async () => {
    const port = await freePort()
    parlor('host', 'c8/hello', '--port', String(port), '--split', '6', '--delay', '60ms')
    expect(await pieces(await dial(port))).toEqual(['Hello ', 'from s', 'erver\n'])
  })

  test('join: splits the bytes that it sends, and the game continues', async () => {
    const port = await freePort()
    const host = parlor('host', 'guess', '--secret', '42', '--port', String(port), '--trace')
    const join = parlor('join', 'guess', '127.0.0.1', String(port), '--split', '1', '--delay', '40ms')
    join.type('42')
    expect(await join.exit).toBe(0)
    expect(await host.exit).toBe(0)
    expect(host.errors.match(/received 1 byte: "."|received 1 byte: "\\n"/g)).toHaveLength(3)
  })

  test('in: splits the bytes that are read, too', async () => {
    const port = await freePort()
    const host = parlor('host', 'c8/hello', '--port', String(port))
    const join = parlor('join', 'c8/hello', '127.0.0.1', String(port), '--recv-once', '--split', 'in:5')
    expect(await join.exit).toBe(0)
    expect(join.output).toContain('Hello\n')
    expect(await host.exit).toBe(0)
  })

  test('serve: apply to every program, and print the seed if they are random', async () => {
    const { server, ports } = await startServe(['c8/hello'], '--split', '1..3', '--delay', '20ms..40ms')
    onTestFinished(() => server[Symbol.asyncDispose]())
    const all = await pieces(await dial(ports['c8/hello'] ?? 0))
    expect(all.join('')).toBe('Hello from server\n')
    expect(all.length).toBeGreaterThanOrEqual(5)
    expect(server.errors).toMatch(/^parlor: the seed of this network is (\d+); to repeat it: parlor serve .* --split 1\.\.3 .* --seed \1\n/)
  })

  test('glue: bytes within the time arrive together', async () => {
    const { server, ports } = await startServe(['tjc/guess'], '--glue', '150ms')
    onTestFinished(() => server[Symbol.asyncDispose]())
    const client = await dial(ports['tjc/guess'] ?? 0)
    const news = pieces(client)
    client.write('0\n0\n0\n0\n0\n')
    expect((await news).join('')).toMatch(/^(GUESS\nLOW\n){5}GAMEOVER\n$/)
  })

  test('hello-split has its own pieces: the first of 8 bytes, 100 ms before the other', async () => {
    for (const [options, expected] of [
      [[], ['Hello fr', 'om server\n']],
      [
        ['--split', '8', '--delay', '100ms'],
        ['Hello fr', 'om server\n'],
      ],
      [
        ['--split', '5', '--delay', '60ms'],
        ['Hello', ' from server\n'],
      ],
    ] as const) {
      const port = await freePort()
      parlor('host', 'tjc/hello-split', '--port', String(port), ...options)
      expect(await pieces(await dial(port))).toEqual(expected)
    }
  })

  test.each([
    [
      ['host', 'guess', '--split', '0'],
      /--split takes a number of bytes from 1 to 65536, a range such as 1\.\.5, "char" or "message", not "0"/,
    ],
    [['join', 'guess', '--delay', 'soon'], /delay takes a time such as 5ms or 2s/],
    [['serve', '--glue', 'up:80ms'], /--glue cannot be "up:80ms": a direction is out, in, both, client or server, not "up"/],
    [['host', 'time', '--udp', '--split', '8'], /--split and --glue need a stream/],
    [['host', 'guess', '--secrets'], /--secrets needs --trace/],
    [['join', 'guess', '--seed', '3'], /--seed needs --split, --delay or --fault/],
    [
      ['join', 'guess', '--fault', 'rest before LOW'],
      /--fault cannot be "rest before LOW": there is no fault "rest"; did you mean reset\?/,
    ],
    [['host', 'guess', '--fault', 'reset before LOWW'], /tjc\/guess has no message "LOWW"; did you mean LOW\? Its messages are GUESS, /],
    [['join', 'guess', '--fault', 'reset before my LOW'], /"LOW" is sent by the server, the other side: "my LOW" does not fit/],
    [
      ['serve', '--only', 'guess', '--only', 'chat', '--fault', 'stop at X'],
      /"stop before X" fits no program that is served: tjc\/guess has no/,
    ],
    [['host', 'guess', '--split', '8', '--fault', 'split 4'], /split is given twice for one direction/],
    [['host', 'time', '--udp', '--fault', 'split char'], /split needs a stream/],
    [['host', 'time', '--fault', 'lose 20%'], /lose needs datagrams \(--udp\)/],
  ])('%j is a usage error', async (args, sentence) => {
    const { errors, code } = await run(...args)
    expect(code).toBe(2)
    expect(errors).toMatch(sentence)
  })

  test('parlor.toml accepts the same settings', async () => {
    const { output } = await run('config', '--split', 'in:8', '--delay', '5ms..20ms', '--trace', '--fault', 'reset 9', '--fault', 'stall')
    expect(output).toMatch(/^faults = \[ "reset 9", "stall" \] +# --fault$/m)
    expect(output).toMatch(/^split = "in:8" +# --split$/m)
    expect(output).toMatch(/^delay = "5ms\.\.20ms" +# --delay$/m)
    expect(output).toMatch(/^trace = true +# --trace$/m)
    expect(output).toMatch(/^# glue = +# not set: /m)
  })
})
