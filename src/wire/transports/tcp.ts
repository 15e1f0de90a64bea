import { connect, createServer, type ListenOptions, type NetConnectOpts, type Server, type Socket } from 'node:net'
import { type Clock, wallClock } from '../clock.ts'
import type { Address, Listener, Transport } from '../transport.ts'
import { SocketTransport } from './socket.ts'

/** Peers that the system keeps waiting for `accept`, at most. */
const BACKLOG = 4096
/** Milliseconds between two attempts to reach a server that is not there yet. */
const RETRY = 100

/** Listens for TCP peers at `host` and `port` (0: any free one). Rejects with the system's error, as EADDRINUSE. */
export async function listenTcp(at: Address, accept: (transport: Transport) => void): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    accept(new SocketTransport(socket, remoteOf(socket)))
  })
  return listening(server, { host: at.host, port: at.port, backlog: BACKLOG })
}

/** Reaches the TCP server at an address, waiting up to `patience` milliseconds while it refuses connections. */
export async function connectTcp(to: Address, patience: number, clock: Clock = wallClock): Promise<Transport> {
  const socket = await connected(() => connect({ ...target(to), allowHalfOpen: true, noDelay: true }), patience, clock)
  return new SocketTransport(socket, remoteOf(socket))
}

/** Where to dial: IPv4 comes first where a name has both, for the worksheets' servers have no other. */
export function target({ host, port }: Address): NetConnectOpts & { host: string; port: number } {
  return host === 'localhost' ? { host, port, family: 4 } : { host, port }
}

/** The peer's address as its socket gives it; a peer that has gone already has none. */
export function remoteOf(socket: Socket): Address {
  return { host: socket.remoteAddress ?? 'gone', port: socket.remotePort ?? 0 }
}

/** Starts a server of `node:net` or `node:tls` and answers when it listens. */
export function listening(server: Server, options: ListenOptions): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => {
      server.off('error', reject)
      const at = server.address()
      const address = at === null || typeof at === 'string' ? { host: at ?? '', port: 0 } : { host: at.address, port: at.port }
      resolve({ address, close: () => new Promise((closed) => server.close(() => closed())) })
    })
  })
}

/** Opens a socket, again and again while the connection is refused; never merely to see whether somebody is there. */
export async function connected<S extends Socket>(open: () => S, patience: number, clock: Clock, event = 'connect'): Promise<S> {
  const limit = clock.now() + patience
  for (;;) {
    try {
      return await once(open(), event)
    } catch (error) {
      const refused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'
      if (!refused || clock.now() + RETRY > limit) throw error
      await new Promise<void>((resolve) => clock.after(RETRY, resolve))
    }
  }
}

function once<S extends Socket>(socket: S, event: string): Promise<S> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once(event, () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}
