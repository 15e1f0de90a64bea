import { fastify } from 'fastify'
import type { Address } from '../wire/transport.ts'
import type { Metrics } from './metrics.ts'

/** Milliseconds in which a request must have come. */
const REQUEST = 10_000

/** Health is how a server is, for whoever looks after it. */
export interface Health {
  readonly status: 'serving' | 'degraded' | 'stopping'
  /** Why it is degraded: what cannot be written, and what to do. */
  readonly reason?: string
  /** Connections that are open, and tables at which something goes on. */
  readonly connections: number
  readonly tables: number
}

/** What is shown over HTTP. */
export interface Shown {
  health(): Health
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>
}

/** Web is the place that answers HTTP. */
export interface Web {
  /** Where it listens; the port is the real one, also where 0 was asked for. */
  readonly address: Address
  close(): Promise<void>
}

/**
 * Answers HTTP at an address: `/health`, with 200 while the server serves and 503 when it stops or cannot write, and `/metrics`. Rejects
 * with the system's error, as EADDRINUSE.
 */
export async function openWeb({ host, port }: Address, { health, metrics }: Shown): Promise<Web> {
  // whoever keeps a connection open does not keep the server from ending
  const app = fastify({ forceCloseConnections: true, requestTimeout: REQUEST })
  app.get('/health', (_, reply) => {
    const now = health()
    return reply.code(now.status === 'serving' ? 200 : 503).send(now)
  })
  app.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()))
  app.setNotFoundHandler((_, reply) => reply.code(404).send({ error: 'there is nothing here but /health and /metrics' }))
  await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port })
  const at = app.server.address()
  const address = at === null || typeof at === 'string' ? { host, port } : { host: at.address, port: at.port }
  return { address, close: () => app.close() }
}
