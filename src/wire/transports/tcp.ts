import { connect, createServer, type ListenOptions, type NetConnectOpts, type Server, type Socket } from 'node:net'
import { type Clock, wallClock } from '../clock.ts'
import { NoTransport } from '../ends.ts'
import type { Address, Listener, Transport } from '../transport.ts'
import { isLoopbackHost, SocketTransport } from './socket.ts'
import { arriveTogether } from './together.ts'

/** Peers that the system keeps waiting for `accept`, at most. */
const BACKLOG = 4096
/**
 * Milliseconds of silence after which the system asks whether a client is still there; if its machine does not answer ten
 * times, a second apart, the connection is over. So what is half open (a closed lid, a lost network) holds a seat or a name
 * for 40 s, while a client that only thinks keeps both.
 */
export const ALIVE = 30_000
/** Milliseconds between two attempts to reach a server that is not there yet. */
const RETRY = 100
/** Milliseconds that one attempt may take at least: a network that loses things tries again after 1, 3 and 7 seconds. */
const ATTEMPT = 10_000
/** What the system says while nobody listens at an address. */
const ABSENT = ['ECONNREFUSED']

/** Listens for TCP peers at `host` and `port` (0: any free one). Rejects with the system's error, as EADDRINUSE. */
export async function listenTcp(at: Address, accept: (transport: Transport) => void): Promise<Listener> {
  const options = here(at)
  const known: { readonly loopback?: string } = isLoopbackHost(options.host) ? { loopback: options.host } : {}
  // a peer that can only be on this machine is never half open: its system is ours
  const keepAlive = known.loopback === undefined ? { keepAlive: true, keepAliveInitialDelay: ALIVE } : {}
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true, ...keepAlive }, (socket) => {
    const transport = SocketTransport.accepted(socket, known)
    arriveTogether(() => {
      // of many that come at once some are gone when it is their turn: to serve them too would keep the others waiting
      if (transport.isGone) return
      // who came just before the end is not let in after it
      if (server.listening) accept(transport)
      else transport.reset()
    })
  })
  return listening(server, options)
}

/**
 * Reaches the TCP server at an address, waiting up to `patience` milliseconds while it refuses connections. `family`
 * says which address of a name is meant, where it has several.
 */
export async function connectTcp(to: Address, patience: number, clock: Clock = wallClock, family?: 4 | 6): Promise<Transport> {
  const socket = await connectedTcp(to, patience, clock, family)
  return new SocketTransport(socket)
}

/** A TCP socket that is connected, for what speaks TCP or stands upon it. */
export function connectedTcp(to: Address, patience: number, clock: Clock, family?: 4 | 6): Promise<Socket> {
  return connected(() => connect({ ...target(to, family), allowHalfOpen: true, noDelay: true }), patience, clock)
}

/** Returns where to listen for what stands upon TCP. A name of this machine means 127.0.0.1, which clients try first. */
export function here({ host, port }: Address): ListenOptions & { readonly host: string } {
  return { host: host === 'localhost' ? '127.0.0.1' : host, port, backlog: BACKLOG }
}

/** Starts a server of `node:net` and answers when it listens. */
export function listening(server: Server, options: ListenOptions): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => {
      server.off('error', reject)
      // a peer that cannot be let in, as when there are no files left, is refused by that; the others stay
      server.on('error', () => {})
      const at = server.address()
      const address = at === null || typeof at === 'string' ? { host: at ?? '', port: 0 } : { host: at.address, port: at.port }
      resolve({
        address,
        async close() {
          server.close()
        },
      })
    })
  })
}

/**
 * Opens a socket, again and again while the system says that nobody listens; never merely to see whether somebody is
 * there. Gives up after `patience` milliseconds, or when an attempt that began by then has no answer.
 */
export async function connected(open: () => Socket, patience: number, clock: Clock, absent: readonly string[] = ABSENT): Promise<Socket> {
  const limit = clock.monotonic() + patience
  for (;;) {
    try {
      return await attempt(open(), Math.max(limit - clock.monotonic(), ATTEMPT), clock)
    } catch (error) {
      const notYet = error instanceof Error && 'code' in error && absent.includes(String(error.code))
      if (!notYet || clock.monotonic() + RETRY > limit) throw error
      await new Promise<void>((resolve) => clock.after(RETRY, resolve))
    }
  }
}

function attempt(socket: Socket, limit: number, clock: Clock): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limit, () => socket.destroy(new NoTransport('ETIMEDOUT', `it does not answer within ${limit / 1000} s`)))
    const failed = (error: Error) => {
      cancel()
      reject(error)
    }
    socket.once('error', failed)
    socket.once('connect', () => {
      cancel()
      socket.off('error', failed)
      resolve(socket)
    })
  })
}

function target({ host, port }: Address, family?: 4 | 6): NetConnectOpts {
  // IPv4 comes first, for the worksheets' servers have nothing else
  const chosen = family ?? (host === 'localhost' ? 4 : undefined)
  return chosen === undefined ? { host, port } : { host, port, family: chosen }
}
