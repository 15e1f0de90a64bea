import type { Config } from '../config/config.ts'
import type { Store } from '../hall/ports.ts'
import type { LobbyService } from '../lobby/service.ts'
import type { Health, HttpServer } from '../server/http.ts'
import type { Metrics } from '../server/observe/metrics.ts'
import type { ListenStatus, Server } from '../server/server.ts'
import { cannotListen, formatAddress as placeOf } from '../terminal/system-errors.ts'
import type { Address } from '../wire/transport.ts'
import { wallClock } from './clock.ts'
import { shortName } from './same-port.ts'
import { NOWHERE } from './stores.ts'

/** MetricsServer serves metrics and health over HTTP, or has the reason why it cannot serve them. */
export interface MetricsServer {
  /** Address at which the MetricsServer listens; if there is a `failure`, the address in the settings. */
  readonly address: Address
  readonly failure?: unknown
  /** The metrics that the MetricsServer serves; `undefined` if there is a `failure`. */
  readonly metrics?: Metrics
  /** Reports the health of a server from now on; before the first call, the status is `starting`. */
  watch(server: Server, service: LobbyService, store: Store): void
  close(): Promise<void>
}

/**
 * Listens at the HTTP address of the settings, for clients that reach the server by an IP address or by one of `names`. Resolves to
 * `undefined` for the setting `none`.
 */
export async function openMetricsServer(http: Config['http'], names: readonly string[] = []): Promise<MetricsServer | undefined> {
  if (http === NOWHERE) return undefined
  const metrics = new (await import('../server/observe/metrics.ts')).Metrics()
  const { openHttpServer } = await import('../server/http.ts')
  let health = (): Health => ({ status: 'starting', connections: 0, tables: 0 })
  let web: HttpServer
  try {
    web = await openHttpServer(http, { health: () => health(), metrics, names: [...names, http.host] }, wallClock)
  } catch (failure) {
    return { address: http, failure, watch() {}, async close() {} }
  }
  return {
    address: web.address,
    metrics,
    watch(server, service, store) {
      metrics.watch(server, service)
      health = () => ({
        ...serverStatus(server, store),
        connections: [...server.stats.values()].reduce((sum, { open }) => sum + open, 0),
        tables: service.hall.size,
      })
    },
    close: () => web.close(),
  }
}

/** Returns the status of a server: `degraded` while its store cannot write. */
export function serverStatus({ stopping }: Server, { availability }: Store): Pick<Health, 'status' | 'reason'> {
  if (stopping) return { status: 'stopping' }
  return availability?.failure ? { status: 'degraded', reason: availability.failure.message } : { status: 'serving' }
}

/** Returns the sentence for a start that fails because the server cannot listen at the address of `--http`. */
export function formatRefusal({ address, failure }: MetricsServer): string {
  const at = placeOf(address)
  const why = cannotListen(address, failure).replace('--port', '--http')
  return `nothing is served: ${why.replace(`${at}:`, () => `${at} for metrics and health:`)}`
}

/** Returns the sentence for a server without metrics and health, because another process or a program of this server uses their port. */
export function formatNotShown({ address, failure }: MetricsServer, places: readonly ListenStatus[]): string {
  const own = places.find((one) => one.failure === undefined && one.transport !== 'udp' && one.address.port === address.port)
  const why = own
    ? `${shortName(own.program)} has that port, ${address.port}: choose another port with --http`
    : cannotListen(address, failure).replace('--port', '--http')
  return `metrics and health are not shown: ${why}`
}
