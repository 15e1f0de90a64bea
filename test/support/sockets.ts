import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Clock } from '../../src/base/clock.ts'
import { Connection, type ConnectionOptions } from '../../src/wire/connection.ts'
import { lines } from '../../src/wire/framing/lines.ts'
import type { Address, Listener, Transport } from '../../src/wire/transport.ts'

/** Opens a connection of lines over a transport, which the end of the test destroys. */
export function lineConnection(transport: Transport, options: Partial<ConnectionOptions> = {}): Connection {
  const connection = new Connection(transport, { incoming: lines(), outgoing: lines(), ...options })
  onTestFinished(() => transport.destroy())
  return connection
}

/** Peers as they arrive, to be awaited one after the other. */
export class Arrivals {
  /** The number of peers that have arrived. */
  count = 0
  #waiting: Transport[] = []
  #wanted: ((transport: Transport) => void)[] = []

  readonly accept = (transport: Transport): void => {
    this.count++
    const wanted = this.#wanted.shift()
    if (wanted) wanted(transport)
    else this.#waiting.push(transport)
  }

  /** Returns the next peer, now or when it arrives. */
  next(): Promise<Transport> {
    const here = this.#waiting.shift()
    return here ? Promise.resolve(here) : new Promise((resolve) => this.#wanted.push(resolve))
  }
}

/** Resolves with a listener, which the end of the test closes. */
export async function closeAfterTest<L extends Listener>(listener: Promise<L>): Promise<L> {
  const opened = await listener
  onTestFinished(() => opened.close())
  return opened
}

/** Connects a plain TCP client, like a foreign program. */
export async function plainClient({ host, port }: Address): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true })
  onTestFinished(() => {
    socket.destroy()
  })
  await once(socket, 'connect')
  return socket.on('error', () => {})
}

/** Starts a plain TCP server on any free port, like a foreign program; returns its address. */
export async function plainServer(serve: (socket: Socket) => void): Promise<Address> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    onTestFinished(() => {
      socket.destroy()
    })
    serve(socket.on('error', () => {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return addressOf(server.address())
}

/** Returns an address at which no server listens. */
export async function unusedAddress(host = '127.0.0.1'): Promise<Address> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const address = addressOf(server.address())
  server.close()
  await once(server, 'close')
  return address
}

/** Returns all bytes that a socket receives until its end. */
export async function readToEnd(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes
  })
  await once(socket, 'end')
  return text
}

/**
 * Resolves after a message has passed to another server of this process and back several times: then everything that was sent
 * over this machine before has arrived, and the event loop has had turns to handle it.
 */
export async function roundTrips(count = 20): Promise<void> {
  const socket = await plainClient(await plainServer((peer) => peer.pipe(peer)))
  for (let trip = 0; trip < count; trip++) {
    socket.write('ping')
    await once(socket, 'data')
  }
  socket.destroy()
}

/** Resolves when a socket is closed or reset; received bytes are dropped. */
export function untilClosed(socket: Socket): Promise<void> {
  if (socket.readableEnded) socket.end()
  socket.on('end', () => socket.end()).resume()
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
  })
}

/** A clock without long waits: each short wait ends immediately, after `meanwhile` has run. */
export function impatientClock(meanwhile: (waits: number) => Promise<void> | void = () => {}): Clock {
  let now = 0
  let waits = 0
  return {
    now: () => now,
    monotonic: () => now,
    after(ms, then) {
      let due = ms <= 1000
      setImmediate(async () => {
        if (!due) return
        now += ms
        await meanwhile(++waits)
        then()
      })
      return () => {
        due = false
      }
    },
  }
}

function addressOf(address: AddressInfo | string | null): Address {
  if (address === null || typeof address === 'string') throw new Error('no TCP server')
  return { host: address.address, port: address.port }
}
