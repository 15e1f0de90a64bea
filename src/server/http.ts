import { fastify } from 'fastify'
import { type Clock, createSystemClock } from '../base/clock.ts'
import { TokenBucket } from '../base/rate-limit.ts'
import type { Address } from '../wire/transport.ts'
import { OneRequest, openGate } from './http-gate.ts'
import { KnownHosts } from './known-hosts.ts'
import type { Metrics } from './observe/metrics.ts'

/**
 * Rate at which the server computes metrics: a burst of 100, then twice a second. If requests exceed the rate, the server sends the last
 * result.
 */
const FRESH = { burst: 100, refill: 500 }

/** Paths that answer GET and HEAD. */
const PATHS: readonly string[] = ['/health', '/metrics']

const BAD_HOST =
  'this server does not know the name in the address: use the IP address of the server; the operator adds a name with webHosts'

/** Health is the state of a server, for its operator. */
export interface Health {
  readonly status: 'starting' | 'serving' | 'degraded' | 'stopping'
  /** Reason why the server is degraded, and advice for the operator. */
  readonly reason?: string
  /** Numbers of open connections and of open tables. */
  readonly connections: number
  readonly tables: number
}

/** HttpSources has the data of the two pages of the HTTP server. */
export interface HttpSources {
  health(): Health
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>
  /** The names under which clients reach the server, in addition to its addresses and `localhost`. */
  readonly names?: readonly string[]
}

/** HttpServer is the running server of `/health` and `/metrics`. */
export interface HttpServer {
  /** The address on which the server listens, with the actual port, even if the setting is 0. */
  readonly address: Address
  close(): Promise<void>
}

/**
 * Serves HTTP at an address, with one request per connection. `/health` answers 200 while the server serves, and 503 while the server
 * starts, stops or cannot write. `/metrics` answers with the metrics. Answers HEAD like GET, but without a body, and answers any other
 * method with 405. Answers a request that names another host with 421. Rejects with the system's error, such as EADDRINUSE.
 */
export async function openHttpServer(
  at: Address,
  { health, metrics, names = [] }: HttpSources,
  clock: Clock = createSystemClock(),
): Promise<HttpServer> {
  const app = fastify({ maxRequestsPerSocket: 1 })
  const text = limitRate(() => metrics.text(), clock)
  const hosts = new KnownHosts(names)
  app.addHook('onRequest', async (request, reply) => {
    const { socket } = request.raw
    if (socket instanceof OneRequest) socket.stopReading()
    reply.header('connection', 'close')
    if (!hosts.has(request.headers.host)) return reply.code(421).send({ error: BAD_HOST })
    // the answer does not wait for a body
    if (!request.is404) return undefined
    const [path = ''] = request.url.split('?')
    if (!PATHS.includes(path)) return reply.code(404).send({ error: `there is nothing here but ${PATHS.join(' and ')}` })
    // an answer with status 405 names the allowed methods (RFC 9110 section 15.5.6)
    reply.code(405).header('allow', 'GET, HEAD')
    return reply.send({ error: `the method ${request.method} is not allowed for ${path}: use GET or HEAD` })
  })
  app.get('/health', (_, reply) => {
    const now = health()
    return reply.code(now.status === 'serving' ? 200 : 503).send(now)
  })
  app.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await text()))
  await app.ready()
  const gate = await openGate(at, (connection) => void app.server.emit('connection', connection), clock)
  return {
    address: gate.address,
    async close() {
      await gate.close()
      await app.close()
    },
  }
}

/** Returns a function that calls `read` at the rate of `FRESH`. If a call exceeds this rate, the function resolves to the last result. */
export function limitRate(read: () => Promise<string>, clock: Clock): () => Promise<string> {
  const bucket = new TokenBucket(FRESH)
  let last: Promise<string> | undefined
  return () => {
    if (!last || bucket.take(clock.monotonic()) === 0) last = read()
    return last
  }
}
