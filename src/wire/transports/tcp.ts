import { connect, createServer, type ListenOptions, type Server, type Socket, type TcpSocketConnectOpts } from 'node:net'
import { type Clock, createSystemClock } from '../../base/clock.ts'
import { TransportError } from '../disconnect.ts'
import type { Address, Listener, Transport } from '../transport.ts'
import { Batcher } from './batching.ts'
import { isLoopbackHost, SocketTransport } from './socket.ts'

/** Maximum number of peers that wait in the system for `accept`. */
const BACKLOG = 4096
/**
 * Milliseconds of silence after which the system sends TCP keep-alive probes. If the peer's machine answers none of ten probes, with a
 * second between two probes, the system breaks the connection. Therefore a half-open connection (a closed lid, a lost network) occupies a
 * seat or a name for at most 40 s, but a client whose user is only thinking retains the seat and the name.
 */
export const KEEP_ALIVE = 30_000
/** Milliseconds between two attempts to connect. */
const RETRY = 100
/** Minimum timeout of one attempt in milliseconds, because TCP sends a lost SYN again after 1, 3 and 7 seconds. */
const ATTEMPT = 10_000
/** Errors of the system if no server listens at an address. */
const ABSENT = ['ECONNREFUSED']

/**
 * Listens for TCP peers at `host` and `port` (0: a free port). A server with several ports passes the same batcher to each call. Rejects
 * with the system's error, such as EADDRINUSE.
 */
export async function listenTcp(at: Address, accept: (transport: Transport) => void, batcher = new Batcher()): Promise<Listener> {
  const options = toListenOptions(at)
  const known: { readonly loopback?: string } = isLoopbackHost(options.host) ? { loopback: options.host } : {}
  // a peer on this machine is never half open, because the same system runs both sides
  const keepAlive = known.loopback === undefined ? { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE } : {}
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true, ...keepAlive }, (socket) => {
    const transport = SocketTransport.fromAccepted(socket, batcher, known)
    batcher.queueArrival(() => {
      // if many peers connect together, some peers disconnect before their turn, and serving these peers would delay the other peers
      if (transport.isBroken) return
      // the listener resets a peer that connected just before `close`
      if (server.listening) accept(transport)
      else transport.reset()
    })
  })
  return startListening(server, options)
}

/**
 * Connects to the TCP server at an address. Retries for up to `timeout` milliseconds while the system refuses the connection.
 * `family` selects an address if the host name has several addresses.
 */
export async function connectTcp(to: Address, timeout: number, clock: Clock = createSystemClock(), family?: 4 | 6): Promise<Transport> {
  const socket = await connectTcpSocket(to, timeout, clock, family)
  return new SocketTransport(socket, new Batcher())
}

/** Connects a TCP socket, for TCP itself or for a layer above TCP. */
export function connectTcpSocket(to: Address, timeout: number, clock: Clock, family?: 4 | 6): Promise<Socket> {
  return connectWithRetry(() => connect({ ...toConnectOptions(to, family), allowHalfOpen: true, noDelay: true }), timeout, clock)
}

/** Returns the options to listen at an address. `localhost` means 127.0.0.1, which clients try first. */
export function toListenOptions({ host, port }: Address): ListenOptions & { readonly host: string } {
  return { host: host === 'localhost' ? '127.0.0.1' : host, port, backlog: BACKLOG }
}

/** Starts a server of `node:net`, and resolves when the server listens. */
export function startListening(server: Server, options: ListenOptions): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => {
      server.off('error', reject)
      // if the system cannot accept a peer, for example because no file descriptor is free, the other connections stay open
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
 * Connects a socket, and retries while the system reports that no server listens. Never opens a connection only to test the address,
 * because an iterative server would treat this connection as a client. Rejects after `timeout` milliseconds, or when the last attempt has
 * timed out.
 */
export async function connectWithRetry(
  open: () => Socket,
  timeout: number,
  clock: Clock,
  absent: readonly string[] = ABSENT,
): Promise<Socket> {
  const limit = clock.monotonic() + timeout
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
    const cancel = clock.after(limit, () => socket.destroy(new TransportError('ETIMEDOUT', `it does not answer within ${limit / 1000} s`)))
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

/** Returns the options to connect to an address. */
export function toConnectOptions({ host, port }: Address, family?: 4 | 6): TcpSocketConnectOpts {
  // IPv4 is first, because the worksheets' servers listen only at IPv4 addresses
  const chosen = family ?? (host === 'localhost' ? 4 : undefined)
  return chosen === undefined ? { host, port } : { host, port, family: chosen }
}
