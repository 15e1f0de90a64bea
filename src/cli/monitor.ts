import type { Store } from '../hall/ports.ts'
import type { Config } from '../server/config.ts'
import type { Health, Web } from '../server/http.ts'
import type { Metrics } from '../server/metrics.ts'
import type { Premises } from '../server/premises.ts'
import type { Place, Server } from '../server/server.ts'
import { cannotListen, place as placeOf } from '../terminal/trouble.ts'
import type { Address } from '../wire/transport.ts'
import { called } from './same-port.ts'
import { NOWHERE } from './stores.ts'

/** Monitor is metrics and health over HTTP, or why they are not shown. */
export interface Monitor {
  /** Where it listens, or was to. */
  readonly address: Address
  readonly failure?: unknown
  /** The metrics that it shows; none if it does not listen. */
  readonly metrics?: Metrics
  /** Shows the health of a server from now on; before, it is `starting`. */
  watch(server: Server, premises: Premises, store: Store): void
  close(): Promise<void>
}

/** Listens where metrics and health are to be shown; resolves to `undefined` if they are not to be. */
export async function openMonitor(http: Config['http']): Promise<Monitor | undefined> {
  if (http === NOWHERE) return undefined
  const metrics = new (await import('../server/metrics.ts')).Metrics()
  const { openWeb } = await import('../server/http.ts')
  let health = (): Health => ({ status: 'starting', connections: 0, tables: 0 })
  let web: Web
  try {
    web = await openWeb(http, { health: () => health(), metrics })
  } catch (failure) {
    return { address: http, failure, watch() {}, async close() {} }
  }
  return {
    address: web.address,
    metrics,
    watch(server, premises, store) {
      metrics.watch(server, premises)
      health = () => ({
        ...statusOf(server, store),
        connections: [...server.tallies.values()].reduce((sum, { open }) => sum + open, 0),
        tables: premises.hall.size,
      })
    },
    close: () => web.close(),
  }
}

/** Returns the server's status: degraded while its store cannot write. */
function statusOf({ stopping }: Server, { availability }: Store): Pick<Health, 'status' | 'reason'> {
  if (stopping) return { status: 'stopping' }
  return availability?.failure ? { status: 'degraded', reason: availability.failure.message } : { status: 'serving' }
}

/** Explains that nothing is served, because an address for metrics and health that was asked for cannot be had. */
export function refusedFor({ address, failure }: Monitor): string {
  const at = placeOf(address)
  const why = cannotListen(address, failure).replace('--port', '--http')
  return `nothing is served: ${why.replace(`${at}:`, () => `${at} for metrics and health:`)}`
}

/** Explains why metrics and health are not shown: another program has their port, or one of those that are served. */
export function notShown({ address, failure }: Monitor, places: readonly Place[]): string {
  const own = places.find((one) => one.failure === undefined && one.transport === 'tcp' && one.address.port === address.port)
  const why = own
    ? `${called(own.program.name)} has that port, ${address.port}: choose another with --http`
    : cannotListen(address, failure).replace('--port', '--http')
  return `metrics and health are not shown: ${why}`
}
