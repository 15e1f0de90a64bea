import type { Clock } from '../../base/clock.ts'
import type { ClassConsole } from '../../lab/class/class-console.ts'
import type { ClassConnection } from '../../lab/class/class-view.ts'
import type { LobbyService } from '../../lobby/service.ts'
import type { Address } from '../../wire/transport.ts'
import type { Batcher } from '../../wire/transports/batching.ts'
import type { Health } from '../http.ts'
import type { Entrance, StreamTransport } from '../server.ts'
import type { OriginRules } from './request-origin.ts'
import type { ProtocolServices } from './served-protocols.ts'
import type { WireServices } from './wire-session.ts'

/** GatewayOptions are the address, the transport and the limits of the gateway. */
export interface GatewayOptions {
  readonly at: Address
  /** Listens for TCP or TLS. */
  readonly listen: StreamTransport['listen']
  /** Batches the input of all connections, together with the input of the server's other ports. */
  readonly batcher: Batcher
  readonly clock: Clock
  /** Path under which the gateway serves, such as `/parlor`; empty for the root. */
  readonly prefix: string
  readonly rules: OriginRules
  /** False on a server without limits of connections, for benchmarks. */
  readonly isLimited: boolean
  /** The folder with the files of the page. */
  readonly folder: string
  /** Called with errors that do not stop the gateway. */
  readonly onError: (sentence: string, reason: unknown) => void
}

/** GatewayClass is the class console of a server with `lab`, which the gateway shows to the operator. */
export interface GatewayClass {
  readonly console: ClassConsole
  /** Hash of the operator's password, in the PHC form. */
  readonly passwordHash: string
  /** Functions that format connections as the files that the operator downloads. */
  readonly formatCsv: (rows: readonly ClassConnection[]) => string
  readonly formatJUnit: (rows: readonly ClassConnection[]) => string
}

/** GatewayServices has the parts of the server that the gateway serves. */
export interface GatewayServices {
  /** The access to conversations in the native protocol. */
  readonly entrance: Entrance
  readonly lobby: LobbyService
  readonly protocols: ProtocolServices
  readonly health: () => Pick<Health, 'status'>
  /** The class console; missing without `lab`. */
  readonly classConsole?: GatewayClass | undefined
  /** The logs of the server’s connections; missing on a server that shows no wire. */
  readonly wire?: WireServices | undefined
}
