import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSystemClock } from '../../src/base/clock.ts'
import { segments } from '../../src/wire/framing/unframed.ts'
import type { Transport } from '../../src/wire/transport.ts'
import { Batcher } from '../../src/wire/transports/batching.ts'
import { SocketTransport } from '../../src/wire/transports/socket.ts'
import { connectTcp, listenTcp } from '../../src/wire/transports/tcp.ts'
import { recordReceived } from '../support/received.ts'
import {
  Arrivals,
  closeAfterTest,
  impatientClock,
  lineConnection,
  plainClient,
  plainServer,
  readToEnd,
  roundTrips,
  unusedAddress,
} from '../support/sockets.ts'
import { settled } from '../support/test-clock.ts'

const ANY = { host: '127.0.0.1', port: 0 }

/** Both ends of a conversation over TCP. */
async function pair(host: string) {
  const arrivals = new Arrivals()
  const listener = await closeAfterTest(listenTcp({ host, port: 0 }, arrivals.accept))
  const client = await connectTcp(listener.address, 0)
  return { listener, arrivals, client, server: await arrivals.next() }
}

test.runIf(process.platform === 'linux')('the system probes a silent client', async () => {
  const { listener } = await pair('0.0.0.0')
  const port = listener.address.port.toString(16).toUpperCase().padStart(4, '0')
  // of each socket: its own address, the other's, its state (01 is connected), queues, and its timer (02 is keepalive)
  const table = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/))
  const timers = table.filter(([, own, , state]) => own === `0100007F:${port}` && state === '01').map((fields) => fields[5]?.slice(0, 2))
  expect(timers).toEqual(['02'])
})

describe.each(['127.0.0.1', '::1'])('TCP at %s', (host) => {
  test('carries a conversation to its end on both sides', async () => {
    const { listener, client, server } = await pair(host)
    expect(listener.address.host).toBe(host)
    expect(listener.address.port).toBeGreaterThan(0)
    expect(client.remote).toEqual(listener.address)
    expect(server.remote.host).toBe(host)
    expect([client.loopback, client.datagrams]).toEqual([true, false])
    const [here, there] = [lineConnection(client), lineConnection(server)]
    here.send('Grüße')
    expect(await there.receive()).toBe('Grüße')
    there.send('zurück')
    expect(await here.receive()).toBe('zurück')
    const closed = there.close()
    await expect(here.receive()).rejects.toMatchObject({ reason: 'finished' })
    await Promise.all([here.close(), closed])
  })
})

test('a client that connected before the listener closed is not accepted after it', async () => {
  const accepted: unknown[] = []
  const batcher = new Batcher()
  const listener = await listenTcp(ANY, (transport) => accepted.push(transport), batcher)
  const peers = [1, 2].map(() => connect({ ...listener.address }).on('error', () => {}))
  const gone = Promise.all(peers.map((peer) => new Promise((resolve) => peer.on('close', resolve))))
  batcher.queue(() => void listener.close())
  // as long as every turn brings more input, all of it is batched
  for (let turns = 0; turns < 8; turns++) {
    batcher.queue(() => {})
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  await gone
  expect(accepted).toEqual([])
})

/** A batcher that holds new peers back until a test delivers them. */
class HoldingBatcher extends Batcher {
  readonly held: (() => void)[] = []

  override queueArrival(arrive: () => void): void {
    this.held.push(arrive)
  }

  deliver(): void {
    for (const arrive of this.held.splice(0)) arrive()
  }
}

test('of clients that connect together, a client that resets without a byte before its turn is skipped; a client that has sent bytes is served', async () => {
  const accepted: Transport[] = []
  const batcher = new HoldingBatcher()
  const listener = await closeAfterTest(listenTcp(ANY, (transport) => accepted.push(transport), batcher))
  const [gone, spoken, here] = [1, 2, 3].map(() => connect({ ...listener.address }))
  gone?.once('connect', () => gone.resetAndDestroy())
  spoken?.once('connect', () => spoken.write('Hello\n', () => spoken.resetAndDestroy()))
  await Promise.all([gone, spoken].map((peer) => peer && once(peer, 'close')))
  while (batcher.held.length < 3) await settled()
  await settled()
  batcher.deliver()
  expect(accepted.length).toBe(2)
  const [first, second] = accepted.map(recordReceived)
  await first?.until(() => first.closed !== undefined)
  expect([first?.closed, first?.text, second?.text, second?.closed]).toEqual(['ECONNRESET', 'Hello\n', '', undefined])
  here?.destroy()
})

test('a socket of another class than Node’s is read, too', async () => {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const [[accepted], client] = await Promise.all([once(server, 'connection'), plainClient({ host: '127.0.0.1', port })])
  Object.assign(accepted._handle, { useUserBuffer: undefined })
  const received = recordReceived(SocketTransport.fromAccepted(accepted, new Batcher()))
  client.end('Hello\n')
  await received.until(() => received.finished)
  expect(received.text).toBe('Hello\n')
  accepted.destroy()
})

/** Opens a transport that pauses at the first bytes; returns the number of bytes received. */
function pausedAtOnce(transport: Transport): { bytes: number } {
  const received = { bytes: 0 }
  const data = ({ length }: Uint8Array) => {
    received.bytes += length
    transport.pause()
  }
  transport.open({ data, finished: () => {}, closed: () => {} })
  return received
}

describe('a peer', () => {
  test('a peer that sends as much as it can is read 16 KB at a time, and no further while it has to wait', async () => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTcp(ANY, arrivals.accept))
    const client = await plainClient(listener.address)
    client.write(Buffer.alloc(1_000_000))
    const server = await arrivals.next()
    const received = pausedAtOnce(server)
    await roundTrips()
    expect(received.bytes).toBeGreaterThan(0)
    expect(received.bytes).toBeLessThanOrEqual(16_384)
    const before = received.bytes
    server.resume()
    await roundTrips()
    expect(received.bytes - before).toBeGreaterThan(0)
    expect(received.bytes - before).toBeLessThanOrEqual(16_384)
    server.reset()
  })

  test('a peer that sends as much as it can is read as long as its messages are handled', async () => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTcp(ANY, arrivals.accept))
    const client = await plainClient(listener.address)
    client.end('x'.repeat(999_999))
    const received = recordReceived(await arrivals.next())
    await received.until(() => received.finished)
    expect(received.text).toBe('x'.repeat(999_999))
  })

  test.each(['end', 'resetAndDestroy'] as const)('the messages of a peer that disconnects (%s) before its turn are read', async (leave) => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTcp(ANY, arrivals.accept))
    const client = await plainClient(listener.address)
    const server = await arrivals.next()
    for (const word of ['first\n', 'second\n']) {
      client.write(word)
      await roundTrips()
    }
    client[leave]()
    await roundTrips()
    const received = recordReceived(server)
    await received.until(() => received.finished || received.closed !== undefined)
    expect(received.text).toBe('first\nsecond\n')
    expect(received.closed).toBe(leave === 'end' ? undefined : 'ECONNRESET')
    server.destroy()
  })

  test('a peer that sends more than its limit before it is served waits, and is read then', async () => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTcp(ANY, arrivals.accept))
    const client = await plainClient(listener.address)
    client.end('x'.repeat(9_999_999))
    const server = await arrivals.next()
    await roundTrips()
    expect(client.writableLength).toBeGreaterThan(0)
    const received = recordReceived(server)
    await received.until(() => received.finished)
    expect(received.text).toBe('x'.repeat(9_999_999))
    server.destroy()
  })

  test('the data of a peer that closes immediately behind it is read', async () => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTcp(ANY, arrivals.accept))
    const client = await plainClient(listener.address)
    client.end('Hello from client\n')
    const server = lineConnection(await arrivals.next())
    expect(await server.receive()).toBe('Hello from client')
    await expect(server.receive()).rejects.toMatchObject({ reason: 'finished' })
  })

  test('a peer that has closed its side still receives the answer', async () => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTcp(ANY, arrivals.accept))
    const client = await plainClient(listener.address)
    client.end('question\n')
    const server = lineConnection(await arrivals.next())
    await server.receive()
    server.send('answer')
    const closed = server.close()
    expect(await readToEnd(client)).toBe('answer\n')
    await closed
  })

  test('an unframed message of a peer that closes is delivered before the time is over', async () => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTcp(ANY, arrivals.accept))
    const client = await plainClient(listener.address)
    client.end('42')
    const never = { now: () => 0, monotonic: () => 0, after: () => () => {} }
    const server = lineConnection(await arrivals.next(), { incoming: segments(), clock: never })
    expect(await server.receive()).toBe('42')
  })

  test('a peer that resets ends its own conversation and no other', async () => {
    const { client, server, listener, arrivals } = await pair('127.0.0.1')
    const here = lineConnection(server)
    recordReceived(client)
    const reading = here.receive()
    client.reset()
    await expect(reading).rejects.toMatchObject({ reason: 'reset', message: expect.stringContaining('ECONNRESET') })
    here.send('into the void')
    await here.close()
    const next = lineConnection(await connectTcp(listener.address, 0))
    lineConnection(await arrivals.next()).send('still here')
    expect(await next.receive()).toBe('still here')
  })

  test('a peer that resets while it waits to be served affects no other peer', async () => {
    const { client, server } = await pair('127.0.0.1')
    const received = recordReceived(client)
    client.reset()
    await received.until(() => received.closed !== undefined)
    await roundTrips()
    const late = lineConnection(server)
    await expect(late.receive()).rejects.toMatchObject({ reason: expect.stringMatching(/reset|finished/) })
    await late.close()
  })

  test('a peer that closes without a byte while it waits to be served is found disconnected', async () => {
    const { client, server, listener, arrivals } = await pair('127.0.0.1')
    client.finish()
    const next = await connectTcp(listener.address, 0)
    await roundTrips()
    lineConnection(await arrivals.next())
    next.destroy()
    await expect(lineConnection(server).receive()).rejects.toMatchObject({ reason: 'finished' })
  })

  test('a peer that never reads is ended with a sentence, and reset', async () => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTcp(ANY, arrivals.accept))
    const client = await plainClient(listener.address)
    client.pause()
    const server = lineConnection(await arrivals.next())
    const reading = server.receive()
    const ended = reading.catch((end) => end)
    const chunk = 'x'.repeat(100_000)
    while (server.end === undefined) {
      server.sendNow(chunk)
      await settled()
    }
    expect(await ended).toMatchObject({ reason: 'much', message: expect.stringContaining('reads too slowly') })
    client.resume()
    const [error] = await once(client, 'error')
    expect(error.code).toBe('ECONNRESET')
  })

  test('the unsent messages of a peer that does not read count by their bytes, not by their characters', async () => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTcp(ANY, arrivals.accept))
    const client = await plainClient(listener.address)
    client.pause()
    const server = await arrivals.next()
    const chunk = 'x'.repeat(100_000)
    for (let n = 0; n < 1000 && server.unsent === 0; n++) {
      server.write(chunk)
      await settled()
    }
    const before = server.unsent
    expect(before).toBeGreaterThan(0)
    server.write('日'.repeat(1000))
    expect(server.unsent - before).toBe(3000)
    server.destroy()
    client.destroy()
  })

  test('a peer that sends a megabyte without LF is ended with a sentence', async () => {
    const { client, server } = await pair('127.0.0.1')
    const here = lineConnection(server)
    recordReceived(client)
    client.write('x'.repeat(1_000_000))
    await expect(here.receive()).rejects.toMatchObject({ reason: 'much', message: expect.stringContaining('4096 bytes') })
    await here.abort()
  })

  test('a peer that sends much while no reader reads has to wait, and no byte is lost', async () => {
    const { client, server } = await pair('127.0.0.1')
    const here = lineConnection(server)
    const sent = Array.from({ length: 200_000 }, (_, i) => `line ${i}`)
    recordReceived(client)
    client.write(`${sent.join('\n')}\n`)
    client.finish()
    for (const line of sent) if ((await here.receive()) !== line) expect.unreachable(line)
    await expect(here.receive()).rejects.toMatchObject({ reason: 'finished' })
  })

  test('a peer that is disconnected receives the last message and then a reset', async () => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTcp(ANY, arrivals.accept))
    const client = await plainClient(listener.address)
    const server = lineConnection(await arrivals.next())
    let text = ''
    client.on('data', (bytes) => {
      text += bytes
    })
    server.send('last words')
    const clock = createSystemClock()
    const before = clock.monotonic()
    const done = server.abort()
    const [error] = await once(client, 'error')
    expect(error.code).toBe('ECONNRESET')
    expect(clock.monotonic() - before).toBeGreaterThanOrEqual(190)
    expect(text).toBe('last words\n')
    await done
  })
})

describe('listening', () => {
  test('a port that is in use is refused with the system’s code', async () => {
    const listener = await closeAfterTest(listenTcp(ANY, () => {}))
    await expect(listenTcp(listener.address, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('localhost is 127.0.0.1, to which the worksheets’ clients connect', async () => {
    const listener = await closeAfterTest(listenTcp({ host: 'localhost', port: 0 }, () => {}))
    expect(listener.address.host).toBe('127.0.0.1')
    const client = await connectTcp({ host: 'localhost', port: listener.address.port }, 0)
    expect(client.remote.host).toBe('127.0.0.1')
    client.destroy()
  })

  test('an IPv4 peer of a listener for both families has its IPv4 address', async () => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTcp({ host: '::', port: 0 }, arrivals.accept))
    lineConnection(await connectTcp({ host: '127.0.0.1', port: listener.address.port }, 0))
    const server = await arrivals.next()
    expect(server.remote.host).toBe('127.0.0.1')
    expect(server.loopback).toBe(true)
    server.destroy()
  })

  test('closing takes effect immediately, accepts no client any more, and leaves open connections', async () => {
    const { listener, client, server } = await pair('127.0.0.1')
    await listener.close()
    await listener.close()
    await expect(connectTcp(listener.address, 0)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    const [here, there] = [lineConnection(client), lineConnection(server)]
    here.send('still here')
    expect(await there.receive()).toBe('still here')
  })
})

describe('connecting', () => {
  test('waits for a server that starts later, with one connection for one conversation', async () => {
    const at = await unusedAddress()
    const arrivals = new Arrivals()
    const clock = impatientClock(async (waits) => {
      if (waits === 3) await closeAfterTest(listenTcp(at, arrivals.accept))
    })
    const client = lineConnection(await connectTcp(at, 60_000, clock))
    lineConnection(await arrivals.next()).send('Hello')
    expect(await client.receive()).toBe('Hello')
    expect(arrivals.count).toBe(1)
  })

  test('gives up when its time is over', async () => {
    const at = await unusedAddress()
    let waited = 0
    const clock = impatientClock((waits) => {
      waited = waits
    })
    await expect(connectTcp(at, 1000, clock)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(waited).toBe(10)
  })

  test('tries once without a waiting time', async () => {
    const clock = impatientClock(() => expect.unreachable())
    await expect(connectTcp(await unusedAddress(), 0, clock)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('waits only for a server: other failures reject immediately', async () => {
    const clock = impatientClock(() => expect.unreachable())
    await expect(connectTcp({ host: '127.0.0.1', port: 65_536 }, 60_000, clock)).rejects.toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' })
  })

  test('does not connect again to a server that accepts and sends nothing', async () => {
    const first = Promise.withResolvers<void>()
    let connections = 0
    const at = await plainServer(() => {
      connections++
      first.resolve()
    })
    const client = await connectTcp(at, 60_000)
    onTestFinished(() => client.destroy())
    await first.promise
    await settled()
    expect(connections).toBe(1)
  })
})
