import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { jsonLogs } from '../../../src/server/observe/json-logs.ts'
import type { ConnectionInfo, ConversationEnd, Level } from '../../../src/server/observe/logs.ts'
import { Disconnected } from '../../../src/wire/disconnect.ts'
import { startServe } from '../../support/process.ts'
import { untilClosed } from '../../support/sockets.ts'

const info: ConnectionInfo = { connection: 7, program: 'tjc/guess', client: { host: '10.0.0.7', port: 5123 } }
const good: ConversationEnd = { level: 'info', outcome: 'good', trouble: undefined, state: 'end', ms: 1234, received: 3, sent: 4 }

/** JSON logs, and the lines that they have written. */
function written(level: Level) {
  const lines: string[] = []
  const logs = jsonLogs({ level, write: (line) => lines.push(line), now: () => Date.UTC(2024, 1, 29) })
  return { logs, lines, read: () => lines.map((line) => JSON.parse(line)) }
}

describe('JSON logs', () => {
  test('write one object per line with time, address and event', () => {
    const { logs, lines, read } = written('info')
    logs.connected?.(info)
    logs.seated?.(info, 17, 1)
    logs.ended?.(info, good)
    for (const line of lines) expect(line).toMatch(/^\{.*\}\n$/)
    const about = {
      level: 'info',
      time: '2024-02-29T00:00:00.000Z',
      pid: process.pid,
      connection: 7,
      program: 'tjc/guess',
      address: '10.0.0.7',
      port: 5123,
    }
    expect(read()).toEqual([
      { ...about, event: 'came', msg: 'a client has connected' },
      { ...about, event: 'seated', table: 17, seat: 1, msg: 'the client has taken a seat' },
      { ...about, event: 'ended', outcome: 'good', state: 'end', ms: 1234, received: 3, sent: 4, msg: 'the conversation has ended' },
    ])
  })

  test('report faults without the text of messages', () => {
    const { logs, lines, read } = written('info')
    const sentence = 'the client sent "LOGIN ada \\"engine\\"-1843", which does not belong here; expected "START"'
    logs.ended?.(info, { ...good, level: 'warn', outcome: 'violation', trouble: new Disconnected('violation', sentence), state: 'ready' })
    expect(read()).toMatchObject([
      { level: 'warn', outcome: 'violation', state: 'ready', msg: 'the client sent "…", which does not belong here; expected "…"' },
    ])
    expect(lines.join('')).not.toMatch(/engine|1843|ada/)
  })

  test.each([
    ['debug', ['came', 'seated', 'ended', 'refused', undefined]],
    ['info', ['came', 'seated', 'ended', 'refused', undefined]],
    ['warn', ['refused', undefined]],
    ['error', [undefined]],
  ] as const)('contain these events at %s: %j', (level, events) => {
    const { logs, read } = written(level)
    logs.connected?.(info)
    logs.seated?.(info, 1, 0)
    logs.ended?.(info, good)
    logs.limited?.(info, 'refused', 'there is no room')
    logs.log('error', 'table 17 could not be kept')
    expect(read().map(({ event }) => event)).toEqual(events)
  })
})

describe('the log of serve on standard error', () => {
  const SECRETS = ['engine-1843', 'tower-7713', 'between us']

  /** Checks that no line contains one of the `secrets`. */
  async function stay(secrets: readonly string[], ...args: string[]) {
    const { server, ports } = await startServe(['tjc/guess', 'fh/quiz', 'parlor/door'], ...args)
    onTestFinished(() => server[Symbol.asyncDispose]())
    const say = async (name: string, ...lines: string[]) => {
      const socket = connect({ port: ports[name] ?? 0, host: '127.0.0.1' }).on('error', () => {})
      onTestFinished(() => void socket.destroy())
      let messagesReceived = ''
      for (const line of lines) {
        socket.write(line)
        const [data] = await once(socket, 'data')
        messagesReceived += data
      }
      const gone = untilClosed(socket)
      socket.end()
      await gone
      return messagesReceived
    }
    await say('fh/quiz', 'REGISTER ada engine-1843\n', 'LOGIN ada engine-1843\n', 'START 1\n')
    // none of these numbers can be the secret, which would end it well
    await say('tjc/guess', 'psst\n', '500\n')
    const register = '{"type":"register","name":"bob","password":"tower-7713"}\n'
    const seek = '{"type":"seek","game":"tictactoe","private":true}\n{"type":"say","table":1,"text":"between us"}\n'
    const [, code = ''] = /"code":"([^"]+)"/.exec(await say('parlor/door', 'style json\n', register, seek, 'tower-7713\n')) ?? []
    expect(code).not.toBe('')
    server.signal('SIGTERM')
    expect(await server.exit).toBe(0)
    for (const secret of [...secrets, code]) expect(server.errors).not.toContain(secret)
    return server
  }

  test('contains connections and seats as JSON, without the text of messages', async () => {
    const { errors } = await stay([...SECRETS, 'psst'], '--log', 'json')
    const lines = errors
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const quiz = lines.filter(({ program }) => program === 'fh/quiz')
    expect(quiz.map(({ event }) => event)).toEqual(['came', 'rejected', 'seated', 'ended'])
    expect(new Set(quiz.map(({ connection }) => connection))).toEqual(new Set([1]))
    expect(quiz[3]).toMatchObject({ outcome: 'good', received: 3 })
    const guess = lines.filter(({ program }) => program === 'tjc/guess')
    expect(guess.at(-1)).toMatchObject({ connection: 2, event: 'ended', outcome: 'finished', level: 'warn' })
  })

  test('contains only faults as plain lines', async () => {
    const { errors } = await stay(SECRETS)
    expect(errors.replaceAll(/^parlor: [\d-]{10} [\d:]{8} /gm, '').replaceAll(/:\d+:/g, ':')).toMatch(
      /^fh\/quiz, 127\.0\.0\.1: the client sent "LOGIN ada \*\*\*", [^\n]+\n[^\n]+: the client sent "psst": expected a number [^\n]+\n[^\n]+: the client closed the connection; expected [^\n]+\n$/,
    )
  })

  test('contains connections at level info', async () => {
    const { errors } = await stay(SECRETS, '--level', 'info')
    const received = errors
      .trimEnd()
      .split('\n')
      .map((line) => line.replaceAll(/\d+/g, 'N'))
    expect(received).toEqual([
      'parlor: N-N-N N:N:N fh/quiz, N.N.N.N:N: connected',
      expect.stringMatching(/fh\/quiz, N\.N\.N\.N:N: the client sent "LOGIN ada \*\*\*", which does not belong here/),
      'parlor: N-N-N N:N:N fh/quiz, N.N.N.N:N: sits at table N, seat N',
      expect.stringMatching(/^parlor: N-N-N N:N:N fh\/quiz, N\.N\.N\.N:N: ended normally after [N.]+ s$/),
      'parlor: N-N-N N:N:N tjc/guess, N.N.N.N:N: connected',
      'parlor: N-N-N N:N:N tjc/guess, N.N.N.N:N: sits at table N, seat N',
      expect.stringMatching(/: the client sent "psst": expected a number/),
      expect.stringMatching(/: the client closed the connection/),
      'parlor: N-N-N N:N:N parlor/door, N.N.N.N:N: connected',
      expect.stringMatching(/^parlor: N-N-N N:N:N parlor\/door, N\.N\.N\.N:N: ended normally/),
    ])
  })
})

test('unfinished messages are in the logs, plain and as JSON: when they wait, and when their sender disconnects', async () => {
  for (const form of ['plain', 'json']) {
    const { server, ports } = await startServe(['tjc/guess', 'fh/quiz'], '--log', form)
    onTestFinished(() => server[Symbol.asyncDispose]())
    const dial = (name: string, says: string) => {
      const socket = connect({ port: ports[name] ?? 0, host: '127.0.0.1' }).on('error', () => {})
      onTestFinished(() => void socket.destroy())
      socket.resume().write(says)
      return socket
    }
    dial('fh/quiz', 'LOGIN ada engine-1843')
    const going = dial('tjc/guess', '50\r')
    await server.complains(/CR alone/)
    going.end()
    await server.complains(/closed the connection; expected/)
    await server.complains(/quiz.*no line end/)
    expect(server.errors).not.toContain('engine')
    if (form === 'plain') {
      expect(server.errors).toMatch(
        /: the client has sent "50\\r" and no line end \(\\n\) for 2 s; that looks like a line that ends in CR alone/,
      )
      expect(server.errors).toContain('"LOGIN ada ***" and no line end (\\n) for 2 s')
      expect(server.errors).toContain('the client closed the connection; expected a number')
    } else {
      const rows = server.errors
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      const row = rows.find(({ event, program }) => event === 'unfinished' && program === 'tjc/guess')
      expect(row).toMatchObject({
        level: 'warn',
        msg: expect.stringMatching(/^the client has sent "…" and no line end \(\\n\) for 2 s; that looks like a line/),
      })
      expect(rows.find(({ event }) => event === 'ended')?.msg).toMatch(/the client closed the connection; expected a number/)
    }
    server.signal('SIGTERM')
    expect(await server.exit).toBe(0)
  }
})

describe('a program’s wrong message is in the logs without an option, with the true cause', () => {
  const WRONG: readonly (readonly [string, Uint8Array | string, RegExp])[] = [
    ['tjc/guess', Uint8Array.of(0x35, 0, 0x30, 0, 0x0a, 0), /expected .*UTF-16/],
    ['tjc/guess', Uint8Array.of(0, 0, 0, 50, 0x0a), /expected .*struct\.pack/],
    ['tjc/guess', 'GET / HTTP/1.1\r\n', /expected .*HTTP/],
    ['fh/hangman', 'start\n', /"start".*write "START"/],
    ['c8/scissors', 'Stone\n', /"Stone": choose 1/],
    ['book/guess', Uint8Array.of(0xfc), /expected a whole number.*Latin-1/],
    ['book/guess', Uint8Array.of(0, 0, 0, 50), /expected a whole number.*struct\.pack/],
  ]

  test('in plain lines, and in JSON without the text of the message', async () => {
    for (const form of ['plain', 'json']) {
      const { server, ports } = await startServe([...new Set(WRONG.map(([name]) => name))], '--log', form)
      onTestFinished(() => server[Symbol.asyncDispose]())
      for (const [name, bytes, cause] of WRONG) {
        const before = server.errors.length
        const socket = connect({ port: ports[name] ?? 0, host: '127.0.0.1' }).on('error', () => {})
        onTestFinished(() => void socket.destroy())
        socket.resume().write(bytes)
        await server.complains(new RegExp(`^[^]{${before},}"rejected"|^[^]{${before},}${name}.*the client sent`))
        socket.destroy()
        const said = server.errors.slice(before)
        if (form === 'plain') expect(said).toMatch(cause)
        else expect(said).toMatch(/"event":"rejected".*the client sent \\"…\\"/)
      }
      server.signal('SIGTERM')
      expect(await server.exit).toBe(0)
    }
  })
})
