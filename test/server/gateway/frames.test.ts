import { once } from 'node:events'
import { expect, test } from 'vitest'
import { dial, HANDSHAKE } from '../../support/raw-http.ts'
import { startGateway } from '../../support/start-gateway.ts'
import { TestClock } from '../../support/test-clock.ts'

/** Frames as a client sends them, with a mask of zeros. */
const MASK = [0, 0, 0, 0]
const frame = (first: number, payload: readonly number[] = []) => [first, 0x80 | payload.length, ...MASK, ...payload]
const TEXT = 0x01
const CONTINUATION = 0x00
const PING = 0x09
const CLOSE = 0x08
const END = 0x80

/** Sends bytes over a WebSocket, and resolves to the close code of the server; to 0 if the server closes without a code. */
async function closeCodeOf(port: number, bytes: readonly number[]): Promise<number> {
  const { socket, received } = dial(port)
  socket.write(`GET /ws HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`)
  await once(socket, 'data')
  socket.write(Buffer.from(bytes))
  // the server closes after the close of the client
  socket.on('data', (data: string) => data.includes('\x88') && socket.write(Buffer.from(frame(END | CLOSE, [3, 0xe8]))))
  const [, , code = ''] = /\x88([\s\S])([\s\S]{2})/.exec((await received).split('\r\n\r\n').slice(1).join('\r\n\r\n')) ?? []
  return code === '' ? 0 : Buffer.from(code, 'latin1').readUInt16BE()
}

test('a WebSocket is closed with the code of the first frame that breaks RFC 6455, and the server serves others', async () => {
  const { port, browser, server } = await startGateway()
  const wrongs: readonly (readonly [string, number, readonly number[]])[] = [
    ['a frame without a mask', 1002, [END | TEXT, 2, 0x7b, 0x7d]],
    ['a compressed frame', 1002, frame(END | 0x40 | TEXT, [0x7b, 0x7d])],
    ['a reserved bit', 1002, frame(END | 0x20 | TEXT, [0x7b, 0x7d])],
    ['an unknown opcode', 1002, frame(END | 0x03)],
    ['an unknown control opcode', 1002, frame(END | 0x0b)],
    ['a ping in fragments', 1002, frame(PING)],
    ['a long ping', 1002, [END | PING, 0x80 | 126, 0, 126, ...MASK]],
    ['a continuation of nothing', 1002, frame(END | CONTINUATION)],
    ['a message inside a message', 1002, [...frame(TEXT, [0x7b]), ...frame(END | TEXT, [0x7d])]],
    ['a close with one byte', 1002, frame(END | CLOSE, [3])],
    ['a close with a reserved code', 1002, frame(END | CLOSE, [3, 0xed])],
    ['a close with a reason that is not UTF-8', 1007, frame(END | CLOSE, [3, 0xe8, 0xc3, 0x28])],
    ['a message of 16 MB, of which only the head has arrived', 1009, [END | TEXT, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, ...MASK]],
    ['a message of 2^63 bytes', 1009, [END | TEXT, 0xff, 0x7f, ...Array<number>(7).fill(255), ...MASK]],
    ['a text of half a character', 1007, frame(END | TEXT, [0x22, 0xe2, 0x82, 0x22])],
    [
      'more fragments than a message has',
      1008,
      [
        ...frame(TEXT, [0x7b]),
        ...Array<number[]>(200)
          .fill(frame(CONTINUATION, [0x20]))
          .flat(),
      ],
    ],
    ['empty fragments without an end', 1008, [...frame(TEXT), ...Array<number[]>(200).fill(frame(CONTINUATION)).flat()]],
  ]
  for (const [what, code, bytes] of wrongs) expect([what, await closeCodeOf(port, bytes)]).toEqual([what, code])
  expect(await (await browser()).ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  expect([...server.conversations]).toHaveLength(1)
})

test('a WebSocket reads a message that arrives byte by byte', async () => {
  const { port } = await startGateway()
  const { socket, received } = dial(port)
  socket.setNoDelay()
  socket.write(`GET /ws HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`)
  await once(socket, 'data')
  const command = [...Buffer.from('{"type":"quit"}')]
  for (const byte of frame(END | TEXT, command)) {
    socket.write(Buffer.from([byte]))
    await new Promise(setImmediate)
  }
  socket.on('data', (data: string) => data.includes('\x88') && socket.end())
  expect(await received).toMatch(/\{"type":"ok"\}/)
})

test('a WebSocket reads a message that arrives together with the handshake', async () => {
  const { port } = await startGateway()
  const { socket, received } = dial(port)
  const message = Buffer.from(frame(END | TEXT, [...Buffer.from('{"type":"quit"}')]))
  socket.write(Buffer.concat([Buffer.from(`GET /ws HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`), message]))
  socket.on('data', (data: string) => data.includes('\x88') && socket.end())
  expect(await received).toMatch(/^HTTP\/1\.1 101 [\s\S]*"type":"hello"[\s\S]*\{"type":"ok"\}/)
})

test('a WebSocket answers a close with its code and closes, and disconnects after two seconds a client that does not close', async () => {
  const clock = new TestClock()
  const { port, server } = await startGateway({ clock })
  const codes = [1000, 1001, 1008, 3000, 4999]
  for (const code of codes) {
    const { socket, received } = dial(port)
    socket.write(`GET /ws HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`)
    await once(socket, 'data')
    // the server ignores the second close and the command
    const closing = frame(END | CLOSE, [code >> 8, code & 255])
    socket.write(Buffer.from([...closing, ...closing, ...frame(END | TEXT, [...Buffer.from('{"type":"games"}')])]))
    expect(Buffer.from((await received).slice(-4), 'latin1')).toEqual(Buffer.from([0x88, 2, code >> 8, code & 255]))
  }
  const { socket, received } = dial(port)
  socket.allowHalfOpen = true
  socket.write(`GET /ws HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`)
  await once(socket, 'data')
  const ended = once(socket, 'end')
  socket.write(Buffer.from(frame(END | CLOSE, [3, 0xe8])))
  await ended
  expect([...server.conversations]).toHaveLength(1)
  await clock.pass(2000)
  expect([...server.conversations]).toEqual([])
  socket.destroy()
  expect((await received).slice(-4)).toBe('\x88\x02\x03\xe8')
})
