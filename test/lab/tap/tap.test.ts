import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { plainClient, plainServer, readToEnd, roundTrips, unusedAddress } from '../../support/sockets.ts'
import { startTap } from './start-tap.ts'

/** Starts a server that gives its sockets to the test, in their order. */
async function startServer(): Promise<{ readonly address: Awaited<ReturnType<typeof plainServer>>; next(): Promise<Socket> }> {
  const waiting: Socket[] = []
  const wanted: ((socket: Socket) => void)[] = []
  const address = await plainServer((socket) => {
    const take = wanted.shift()
    if (take) take(socket)
    else waiting.push(socket)
  })
  return {
    address,
    next() {
      const here = waiting.shift()
      return here ? Promise.resolve(here) : new Promise((resolve) => wanted.push(resolve))
    },
  }
}

/** Writes each piece separately, in turns of the event loop. */
async function writePieces(socket: Socket, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) await new Promise<void>((resolve) => socket.write(piece, () => setImmediate(resolve)))
  socket.end()
}

async function collect(socket: Socket): Promise<Buffer> {
  const read: Buffer[] = []
  socket.on('data', (bytes) => read.push(bytes))
  await once(socket, 'end')
  return Buffer.concat(read)
}

const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 8 })

describe('the tap', () => {
  test.each([undefined, 'guess', 'c8/hello', 'fh/quiz', 'cs/chat', 'fh/http'])(
    'changes no byte in either direction, for %s',
    async (name) => {
      const server = await startServer()
      const tap = await startTap(server.address, name === undefined ? {} : { name })
      await fc.assert(
        fc.asyncProperty(pieces, pieces, async (fromClient, fromServer) => {
          const client = await plainClient(tap.address)
          const accepted = await server.next()
          const [atServer, atClient] = await Promise.all([
            collect(accepted),
            collect(client),
            writePieces(client, fromClient),
            writePieces(accepted, fromServer),
          ])
          expect(atServer).toEqual(Buffer.concat(fromClient))
          expect(atClient).toEqual(Buffer.concat(fromServer))
        }),
        { numRuns: 12 },
      )
    },
  )

  test.each(['client', 'server'] as const)('passes a half-close by the %s on, and the other direction continues', async (side) => {
    const server = await startServer()
    const tap = await startTap(server.address)
    const client = await plainClient(tap.address)
    const accepted = await server.next()
    const [first, second] = side === 'client' ? [client, accepted] : [accepted, client]
    const atSecond = readToEnd(second)
    first.end('to the end')
    expect(await atSecond).toBe('to the end')
    const atFirst = readToEnd(first)
    second.write('after ')
    second.end('the end')
    expect(await atFirst).toBe('after the end')
    await tap.until(() => tap.summaries.length === 1)
    const other = side === 'client' ? 'server' : 'client'
    expect(tap.entries.filter(({ type }) => type === 'end')).toMatchObject([
      { from: side, how: 'fin' },
      { from: other, how: 'fin' },
    ])
  })

  test.each(['client', 'server'] as const)('passes a reset by the %s on as a reset', async (side) => {
    const server = await startServer()
    const tap = await startTap(server.address)
    const client = await plainClient(tap.address)
    const accepted = await server.next()
    client.write('hello\n')
    await once(accepted, 'data')
    const [breaks, sees] = side === 'client' ? [client, accepted] : [accepted, client]
    const failed = new Promise((resolve) => sees.once('close', resolve))
    const codes: unknown[] = []
    sees.on('error', (error: NodeJS.ErrnoException) => codes.push(error.code)).resume()
    breaks.resetAndDestroy()
    await failed
    expect(codes).toEqual(['ECONNRESET'])
    await tap.until(() => tap.summaries.length === 1)
    expect(tap.entries.at(-1)).toMatchObject({ type: 'end', from: side, how: 'reset' })
  })

  test('passes the beginning of a message on before the reset that follows it', async () => {
    const server = await startServer()
    const tap = await startTap(server.address, { name: 'guess' })
    const client = await plainClient(tap.address)
    const accepted = await server.next()
    const read: string[] = []
    const code = new Promise((resolve) => accepted.on('error', (error: NodeJS.ErrnoException) => resolve(error.code)))
    accepted.on('data', (bytes) => read.push(String(bytes)))
    client.write('5', () => client.resetAndDestroy())
    expect(await code).toBe('ECONNRESET')
    expect(read).toEqual(['5'])
    await tap.until(() => tap.summaries.length === 1)
    expect(tap.summaries).toMatchObject([{ bytes: { client: 1, server: 0 }, isOver: false }])
  })

  test('passes bytes on that a client has sent, and ended, before the server was connected', async () => {
    const server = await startServer()
    const tap = await startTap(server.address)
    const client = await plainClient(tap.address)
    client.end('early')
    expect(await readToEnd(await server.next())).toBe('early')
  })

  test('listens and connects over IPv6', async ({ skip }) => {
    skip(!Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1')), 'this machine has no IPv6')
    const server = createServer((socket) => socket.pipe(socket)).listen(0, '::1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const at = server.address()
    const tap = await startTap({ host: '::1', port: at !== null && typeof at === 'object' ? at.port : 0 }, { host: '::1' })
    const client = await plainClient(tap.address)
    client.end('over IPv6')
    expect(await readToEnd(client)).toBe('over IPv6')
    await tap.until(() => tap.entries.length > 0)
    expect(tap.entries[0]).toMatchObject({ type: 'open', client: { host: '::1' }, server: { host: '::1' } })
  })

  test('resets the client if no server listens, and reports the reason', async () => {
    const tap = await startTap(await unusedAddress())
    const client = await plainClient(tap.address)
    const codes: unknown[] = []
    client.on('error', (error: NodeJS.ErrnoException) => codes.push(error.code)).resume()
    await new Promise((resolve) => client.once('close', resolve))
    expect(codes).toEqual(['ECONNRESET'])
    expect(tap.refused).toMatchObject([{ code: 'ECONNREFUSED' }])
  })

  test.each(['client', 'server'] as const)('stops reading if the other side does not read, and holds little (%s sends)', async (side) => {
    const server = await startServer()
    const tap = await startTap(server.address, { name: 'chat' })
    const client = await plainClient(tap.address)
    const accepted = await server.next()
    const [sender, reader] = side === 'client' ? [client, accepted] : [accepted, client]
    reader.pause()
    const block = Buffer.alloc(1 << 20, 'x')
    const all = 40
    for (let n = 0; n < all; n++) sender.write(block)
    sender.end()
    // the tap has stopped when it passes nothing on while many other messages pass
    const passed = () => tap.entries.reduce((sum, entry) => sum + (entry.type === 'segment' ? entry.bytes.length : 0), 0)
    await tap.until(() => passed() > 0)
    let before = -1
    while (passed() !== before) {
      before = passed()
      await roundTrips(200)
    }
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan((all * block.length) / 2)
    expect(sender.writableLength).toBeGreaterThan(0)
    const rest = collect(reader)
    reader.resume()
    expect((await rest).length).toBe(all * block.length)
  })

  test('holds 200 connections at the same time, each with its own bytes', async () => {
    const address = await plainServer((socket) => socket.pipe(socket))
    const tap = await startTap(address, { name: 'chat' })
    const clients = await Promise.all(Array.from({ length: 200 }, () => plainClient(tap.address)))
    const answers = clients.map(async (client, at) => {
      client.write(`I am ${at}\n`)
      const [bytes] = await once(client, 'data')
      return String(bytes)
    })
    expect(await Promise.all(answers)).toEqual(clients.map((_, at) => `I am ${at}\n`))
    for (const client of clients) client.end()
    await tap.until(() => tap.summaries.length === clients.length)
    expect(new Set(tap.entries.map(({ connection }) => connection)).size).toBe(200)
  })

  test('passes datagrams on, each as one, also answers that are longer than their question', async () => {
    const server = createSocket('udp4')
    onTestFinished(() => void server.close())
    // near the maximum of a datagram
    const long = 'answer '.repeat(9000)
    server.on('message', (bytes, { port, address }) => server.send(`${long}${bytes}`, port, address))
    server.bind(0, '127.0.0.1')
    await once(server, 'listening')
    const tap = await startTap({ host: '127.0.0.1', port: server.address().port }, { udp: true, name: 'fh/hello' })
    const client = createSocket('udp4')
    onTestFinished(() => void client.close())
    for (const text of ['one', 'two']) {
      client.send(text, tap.address.port, '127.0.0.1')
      const [bytes] = await once(client, 'message')
      expect(String(bytes)).toBe(`${long}${text}`)
    }
    await tap.until(() => tap.entries.length === 5)
    expect(tap.entries).toMatchObject([{ type: 'open', transport: 'udp' }, ...Array(4).fill({ type: 'segment' })])
    expect(tap.recorded('client')).toBe('onetwo')
  })
})
