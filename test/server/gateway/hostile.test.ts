import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { dial, HANDSHAKE, sendRaw } from '../../support/raw-http.ts'
import { startGateway } from '../../support/start-gateway.ts'
import { TestClock } from '../../support/test-clock.ts'
import type { WebClient } from '../../support/web-client.ts'

/** Sends one text message in fragments of the given lengths. */
function sendInFragments({ socket }: WebClient, message: string, lengths: readonly number[]): void {
  const bytes = Buffer.from(message)
  let from = 0
  for (const length of lengths) {
    socket.send(bytes.subarray(from, from + length), { binary: false, fin: false })
    from += length
  }
  socket.send(bytes.subarray(from), { binary: false, fin: true })
}

describe('a WebSocket', () => {
  test('is refused with the code of its mistake, and the server serves others', async () => {
    const { browser } = await startGateway()
    const wrongs: readonly (readonly [number, (client: WebClient) => void])[] = [
      [1003, ({ socket }) => socket.send(Buffer.from('{"type":"games"}'), { binary: true })],
      [1009, ({ socket }) => socket.send(`"${'x'.repeat(5000)}"`)],
      [1009, (client) => sendInFragments(client, 'x'.repeat(6000), Array<number>(50).fill(100))],
      [1007, ({ socket }) => socket.send(Buffer.from([0x22, 0xc3, 0x28, 0x22]), { binary: false })],
    ]
    for (const [code, act] of wrongs) {
      const client = await browser()
      act(client)
      expect(await client.closed).toBe(code)
    }
    expect(await (await browser()).ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  })

  test('sends one message as one command, with any content and cut at any byte', async () => {
    const client = await (await startGateway()).browser()
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 60 }).map((id) => Buffer.from(id).toString('utf8').slice(0, 64)),
        fc.array(fc.nat(12), { maxLength: 8 }),
        fc.constantFrom(0, 1),
        async (id, lengths, indent) => {
          const before = client.received.length
          sendInFragments(client, JSON.stringify({ type: 'ping', id }, null, indent), lengths)
          await client.until(() => client.received.length > before)
          expect(client.received.slice(before)).toEqual([{ type: 'pong', id }])
        },
      ),
      { numRuns: 60 },
    )
    client.socket.send('{"type":"ping","id":1}\n{"type":"ping","id":2}')
    await client.until(() => client.received.at(-1)?.type === 'error')
  })

  test('gets one pong for many pings, and is closed after 8 KB of them without a message', async () => {
    const { browser } = await startGateway()
    const client = await browser()
    let pongs = 0
    client.socket.on('pong', () => pongs++)
    for (let n = 0; n < 100; n++) client.socket.ping('here')
    expect(await client.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
    expect(pongs).toBeLessThan(20)
    for (let n = 0; n < 5000; n++) client.socket.ping('here')
    expect(await client.closed).toBe(1008)
  })

  test('that no client reads is reset, and its memory is free', async () => {
    const { port, server } = await startGateway()
    const { socket, received } = dial(port)
    socket.write(`GET /ws HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`)
    await once(socket, 'data')
    socket.pause()
    const command = Buffer.from('{"type":"games"}')
    const frame = Buffer.concat([Buffer.from([0x81, 0x80 | command.length, 0, 0, 0, 0]), command])
    const write = () => {
      while (!socket.destroyed && socket.write(frame));
    }
    socket.on('drain', write)
    write()
    await received
    expect([...server.conversations].filter(({ connection }) => !connection.end)).toEqual([])
  })

  test('whose client no longer answers is reset after the second ping', async () => {
    const clock = new TestClock()
    const { port, server } = await startGateway({ clock })
    const { socket, received } = dial(port)
    socket.write(`GET /ws HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`)
    await once(socket, 'data')
    expect([...server.conversations]).toHaveLength(1)
    await clock.pass(30_000)
    await clock.pass(30_000)
    expect(await received).toMatch(/^HTTP\/1\.1 101 /)
  })

  test('has the budget of messages of every connection: what exceeds it waits, and nothing is lost', async () => {
    const clock = new TestClock()
    const { browser } = await startGateway({ clock, limits: { burst: 50, messages: 10 } })
    const client = await browser()
    const answers = Array.from({ length: 120 }, () => client.ask({ type: 'ping' }))
    await Promise.all(answers.slice(0, 40))
    expect(client.all('pong').length).toBeLessThan(80)
    for (let seconds = 0; seconds < 12; seconds++) await clock.pass(1000)
    await Promise.all(answers)
    expect(client.all('pong').map(({ id }) => id)).toEqual(answers.map((_, at) => at + 1))
  })

  test('is closed if its client says nothing at all, or nothing more', async () => {
    const clock = new TestClock()
    const { browser } = await startGateway({ clock, limits: { first: 10_000, idle: 20_000 } })
    const [silent, brief] = [await browser(), await browser()]
    await brief.ask({ type: 'ping' })
    await clock.pass(12_000)
    expect(await silent.closed).toBe(1000)
    expect(silent.received.at(-1)).toEqual({ type: 'bye', message: 'you have sent nothing for too long' })
    expect(brief.received.at(-1)).toMatchObject({ type: 'pong' })
  })

  test('gets a message with the reason why the server ends it', async () => {
    const gateway = await startGateway()
    const client = await gateway.browser({ name: 'ada' })
    await gateway.close()
    await client.closed
    expect(client.received.at(-1)).toEqual({ type: 'bye', message: 'the server was stopped' })
  })
})

describe('an upgrade', () => {
  test.each([
    ['/other', HANDSHAKE, 404, 'not-found'],
    ['/ws?token=7HZK2M9QXR4T8VB1C3D5F6G0JN', HANDSHAKE, 404, 'not-found'],
    ['/ws', HANDSHAKE.replace('13', '12'), 400, 'bad-request'],
    ['/ws', HANDSHAKE.replace(/Sec-WebSocket-Key.*\r\n/, ''), 400, 'bad-request'],
    ['/ws', `Origin: http://evil.example\r\n${HANDSHAKE}`, 403, 'bad-origin'],
  ])('to %s with %j is refused with %i and %s', async (path, headers, status, code) => {
    const { port } = await startGateway()
    const answer = await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`)
    expect([answer.status, JSON.parse(answer.body)]).toEqual([status, { code, message: expect.any(String) }])
    expect(answer.head).toMatch(/content-security-policy: default-src 'none'/)
  })

  test('is refused with 429 to an address that tries too often', async () => {
    const clock = new TestClock()
    const { port, server } = await startGateway({ clock })
    const statuses: number[] = []
    const attempt = async () => {
      const { status, body } = await sendRaw(port, `GET /ws HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n${HANDSHAKE}\r\n`)
      statuses.push(status)
      if (status === 429) expect(JSON.parse(body)).toMatchObject({ code: 'too-many' })
    }
    for (let n = 0; n < 9; n++) {
      await Promise.all(Array.from({ length: 40 }, attempt))
      await clock.pass(40)
    }
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(30)
    expect(statuses.filter((status) => status === 101)).toEqual([])
    expect([...server.conversations]).toEqual([])
  })
})

describe('an HTTP client', () => {
  test('that pipelines is answered one request after the other', async () => {
    const { port } = await startGateway({ clock: new TestClock() })
    const { socket, received } = dial(port)
    socket.write(
      `${'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2000)}GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    )
    const answers = (await received).match(/HTTP\/1\.1 (\d+)/g) ?? []
    expect(answers).toHaveLength(2001)
    expect(answers.filter((one) => one.endsWith('429'))).toHaveLength(1701)
  })

  test('with a long head, or without HTTP, gets a small error', async () => {
    const { port } = await startGateway()
    const long = await sendRaw(port, `GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(9000)}\r\n\r\n`)
    expect([long.status, JSON.parse(long.body)]).toEqual([431, { code: 'too-large', message: expect.any(String) }])
    const other = await sendRaw(port, 'quit\n')
    expect([other.status, JSON.parse(other.body)]).toEqual([400, { code: 'bad-request', message: expect.any(String) }])
  })

  test('that is slow is disconnected, also between requests', async () => {
    const clock = new TestClock()
    const { port } = await startGateway({ clock })
    const [silent, slow, upgrade, idle] = [dial(port), dial(port), dial(port), dial(port)]
    upgrade.socket.write(`GET /ws HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}`)
    slow.socket.write('POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{')
    idle.socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(idle.socket, 'data')
    await clock.pass(15_000)
    expect([await silent.received, await slow.received, await upgrade.received]).toEqual(['', '', ''])
    expect(await idle.received).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('gets only the status as health, with 503 unless the server serves', async () => {
    const { url } = await startGateway({ status: () => 'degraded' })
    const answer = await fetch(`${url}/health`)
    expect([answer.status, await answer.json()]).toEqual([503, { status: 'degraded' }])
  })
})

describe('the page', () => {
  /** Makes a folder with a page beside a secret file. */
  async function page(): Promise<string> {
    const around = await mkdtemp(join(tmpdir(), 'parlor-page-'))
    onTestFinished(() => rm(around, { recursive: true, force: true }))
    const folder = join(around, 'web')
    await mkdir(join(folder, 'assets'), { recursive: true })
    await writeFile(join(around, 'secret.txt'), 'secret')
    await writeFile(join(folder, '.env'), 'secret')
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>Parlor</title>')
    await writeFile(join(folder, 'assets/index-BX3fT0aZ.js'), 'export {}')
    return folder
  }

  test('is served with its files: hashed names may be stored forever, and all others are asked for each time', async () => {
    const { url } = await startGateway({ folder: await page(), prefix: '/parlor' })
    const index = await fetch(`${url}/`)
    expect([index.status, index.headers.get('cache-control'), await index.text()]).toEqual([
      200,
      'no-cache',
      expect.stringContaining('<title>'),
    ])
    expect(index.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';(?!.*unsafe)/)
    const script = await fetch(`${url}/assets/index-BX3fT0aZ.js`)
    expect([script.status, script.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
    expect(script.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//etc/passwd',
    '/.env',
    '/%00',
    '/assets/',
  ])('has nothing at %s', async (path) => {
    const { port } = await startGateway({ folder: await page() })
    const { status, head, body } = await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    expect([status, body]).toEqual([expect.toBeOneOf([400, 403, 404]), expect.not.stringContaining('secret')])
    expect(JSON.parse(body)).toEqual({ code: expect.stringMatching(/^(?:not-found|bad-request)$/), message: expect.any(String) })
    expect(head).toMatch(/content-security-policy/)
  })

  test('is sent to a client that does not read for at most a minute', async () => {
    const clock = new TestClock()
    const folder = await page()
    await writeFile(join(folder, 'large.txt'), 'x'.repeat(20_000_000))
    const { port } = await startGateway({ folder, clock })
    const { socket, received } = dial(port)
    socket.write('GET /large.txt HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'data')
    socket.pause()
    await clock.pass(60_000)
    socket.resume()
    expect((await received).length).toBeLessThan(20_000_000)
  })

  test('that is not built is a text that says so', async () => {
    const answer = await fetch(`${(await startGateway()).url}/`)
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      503,
      'text/plain; charset=utf-8',
      expect.stringMatching(/its page for browsers is not built[\s\S]*"npm start"/),
    ])
  })
})
