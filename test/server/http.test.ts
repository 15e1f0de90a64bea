import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { limitRate, openHttpServer } from '../../src/server/http.ts'
import { TestClock } from '../support/test-clock.ts'

/** An HTTP server at a port of its own with a clock that does not advance, and the number of its health requests; `names` are its host names. */
async function web(names: readonly string[] = []) {
  const clock = new TestClock()
  const asked = { times: 0 }
  const health = () => {
    asked.times++
    return { status: 'serving', connections: 0, tables: 0 } as const
  }
  const metrics = { contentType: 'text/plain', text: async () => 'parlor_tables 0\n' }
  const { address, close } = await openHttpServer({ host: '127.0.0.1', port: 0 }, { health, metrics, names }, clock)
  onTestFinished(close)
  return { clock, asked, port: address.port }
}

/** A connection, and all its input after it is closed. */
function dial(port: number): { socket: Socket; received: Promise<string> } {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.on('data', (data) => (received += data))
  return { socket, received: once(socket, 'close').then(() => received) }
}

/** Methods that a client sends with a path, except GET and HEAD. CONNECT has no path. */
const METHODS = 'POST PUT PATCH DELETE OPTIONS TRACE PROPFIND QUERY'.split(' ')
const REQUEST = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'

describe('the listener for health and metrics', () => {
  test('answers one request per connection, with any bytes pipelined after it', async () => {
    const { asked, port } = await web()
    const { socket, received } = dial(port)
    socket.write(REQUEST.repeat(10_000))
    expect((await received).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(1)
    expect(asked.times).toBe(1)
  })

  test('answers a request that arrives byte by byte, and a peer that closes its side immediately', async () => {
    const { port } = await web()
    const slow = dial(port)
    slow.socket.setNoDelay()
    for (const byte of REQUEST) if (!slow.socket.write(byte)) await once(slow.socket, 'drain')
    expect(await slow.received).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\{"status":"serving","connections":0,"tables":0\}$/)
    const brief = dial(port)
    brief.socket.end(REQUEST)
    expect(await brief.received).toMatch(/^HTTP\/1\.1 200 OK/)
  })

  test('refuses a request that names another host with 421, and answers its own names and each IP address', async () => {
    const { asked, port } = await web(['Lab-PC'])
    for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.evil.example', '']) {
      const { socket, received } = dial(port)
      socket.write(`GET /metrics HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      const answer = await received
      expect(answer, host).toMatch(/^HTTP\/1\.1 421 /)
      expect(answer, host).not.toContain('parlor_tables')
    }
    expect(asked.times).toBe(0)
    for (const host of ['localhost', `LAB-pc:${port}`, '10.0.0.9:4080', '[::1]:4080']) {
      const { socket, received } = dial(port)
      socket.write(`GET /health HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      expect(await received, host).toMatch(/^HTTP\/1\.1 200 /)
    }
  })

  test('does not wait for a body', async () => {
    const { port } = await web()
    const { socket, received } = dial(port)
    socket.write('POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{')
    expect(await received).toMatch(/^HTTP\/1\.1 405 /)
  })

  test.each(
    METHODS.flatMap((method) => [
      [method, '/health'],
      [method, '/metrics?from=here'],
    ]),
  )('refuses %s %s with 405 and the methods that it allows', async (method, target) => {
    const { asked, port } = await web()
    const { socket, received } = dial(port)
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`)
    const [head = '', body] = (await received).split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 405 Method Not Allowed\r\n/)
    expect(head).toMatch(/^allow: GET, HEAD\r?$/m)
    expect(body).toBe(`{"error":"the method ${method} is not allowed for ${target.split('?')[0]}: use GET or HEAD"}`)
    expect(asked.times).toBe(0)
  })

  test.each(['GET', 'POST'])('answers %s with 404 at a path that does not exist', async (method) => {
    const { port } = await web()
    const { socket, received } = dial(port)
    socket.write(`${method} /healthy HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`)
    expect(await received).toMatch(/^HTTP\/1\.1 404 Not Found\r\n[\s\S]*\{"error":"there is nothing here but \/health and \/metrics"\}$/)
  })

  test.each(['/health', '/metrics'])('answers HEAD %s with the head of the answer to GET', async (path) => {
    const { port } = await web()
    const [get, head] = ['GET', 'HEAD'].map((method) => {
      const { socket, received } = dial(port)
      socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
      return received.then((text) => text.replace(/^date: .*\r\n/im, ''))
    })
    expect(await get).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n./)
    expect(await head).toBe((await get)?.replace(/\r\n\r\n[\s\S]*/, '\r\n\r\n'))
  })

  test('refuses a head of more than 16 KB', async () => {
    const { asked, port } = await web()
    const { socket, received } = dial(port)
    socket.write(`GET /health HTTP/1.1\r\nHost: ${'a'.repeat(20_000)}\r\n\r\n`)
    expect(await received).toMatch(/^HTTP\/1\.1 431 /)
    expect(asked.times).toBe(0)
  })

  test('answers a burst of 50 connections, and then 50 a second', async () => {
    const { clock, asked, port } = await web()
    const all = Array.from({ length: 60 }, () => dial(port))
    let closed = 0
    const fifty = new Promise<void>((resolve) => {
      for (const { received } of all) void received.then(() => ++closed === 50 && resolve())
    })
    for (const { socket } of all) socket.write(REQUEST)
    await fifty
    expect(asked.times).toBe(50)
    // all ten have arrived by now, because the server answers this request after them
    const last = dial(port)
    last.socket.write(REQUEST)
    await once(last.socket, 'connect')
    await clock.pass(10 * 20)
    await Promise.all(all.map(({ received }) => received))
    expect(asked.times).toBe(60)
    await clock.pass(20)
    await last.received
    expect(asked.times).toBe(61)
  })

  test('closes a connection after 10 s, and the oldest when there are more than 64', async () => {
    const { clock, port } = await web()
    const first = dial(port)
    await once(first.socket, 'connect')
    const others = Array.from({ length: 64 }, () => dial(port))
    expect(await first.received).toBe('')
    await Promise.all(others.map(({ socket }) => (socket.connecting ? once(socket, 'connect') : undefined)))
    expect(others.filter(({ socket }) => socket.closed)).toEqual([])
    await clock.pass(10_000)
    expect(new Set(await Promise.all(others.map(({ received }) => received)))).toEqual(new Set(['']))
  })
})

describe('metrics', () => {
  test('are computed in a burst of a hundred, and then twice a second; the latest metrics are shown meanwhile', async () => {
    const clock = new TestClock()
    let reads = 0
    const text = limitRate(async () => `${++reads}`, clock)
    for (let n = 1; n <= 100; n++) expect(await text()).toBe(`${n}`)
    const flood = await Promise.all(Array.from({ length: 1000 }, text))
    expect(reads).toBeLessThanOrEqual(101)
    expect(new Set(flood)).toEqual(new Set([`${reads}`]))
    await clock.pass(500)
    const before = reads
    expect(await text()).toBe(`${before + 1}`)
    expect(await text()).toBe(`${before + 1}`)
  })
})
