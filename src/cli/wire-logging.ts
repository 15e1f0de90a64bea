import { randomBytes } from 'node:crypto'
import type { Config } from '../config/config.ts'
import { HOUSE } from '../hall/ports.ts'
import { toWatchedProtocol, type WatchedProtocol } from '../lab/monitor/monitor.ts'
import { ConnectionLogs } from '../lab/wire/connection-logs.ts'
import type { LobbyService } from '../lobby/service.ts'
import type { Options, Program } from '../protocol/definition.ts'
import { WireAccess } from '../server/gateway/wire-access.ts'
import type { WireServices } from '../server/gateway/wire-session.ts'
import type { ConnectionInfo, Logs } from '../server/observe/logs.ts'
import type { ListenStatus } from '../server/server.ts'
import type { Transport } from '../wire/transport.ts'
import { wallClock } from './clock.ts'

/** The front door is not a program of a worksheet: at the front door, users log in and write to each other. */
const DOOR = 'parlor/door'

/** WireLoggingOptions are the parts of a server that show the wire to browsers. */
export interface WireLoggingOptions {
  readonly config: Pick<Config, 'lab' | 'tls' | 'unix'>
  /** The settings of programs. */
  readonly options: Options
  readonly logs: Logs
}

/**
 * WireLogging connects the logs of connections to a server. It wraps the transports, and gets the seats and the ends of conversations from
 * the logs of the server. Only a server with a port for browsers has a WireLogging.
 */
export class WireLogging {
  readonly #options: WireLoggingOptions
  readonly #connections = new ConnectionLogs(wallClock)
  readonly #protocols = new Map<Program, WatchedProtocol>()
  readonly #ports = new Map<string, number>()
  readonly access: WireAccess

  constructor(options: WireLoggingOptions) {
    this.#options = options
    const { lab = false } = options.config
    this.access = new WireAccess({ logs: this.#connections, clock: wallClock, bytes: randomBytes, isLab: lab })
  }

  /** Returns the logs for the server: the logs of the options, which now also note seats and the ends of conversations. */
  get logs(): Logs {
    const { logs } = this.#options
    return {
      ...logs,
      seated: (info, table, seat) => {
        this.#connections.seat(info.connection, table)
        logs.seated?.(info, table, seat)
      },
      noticed: (info, what, sentence) => {
        if (what === 'rejected') this.#connections.refuseMessage(info.connection, sentence)
        logs.noticed?.(info, what, sentence)
      },
      ended: (info, ending) => {
        const { outcome, trouble } = ending
        if (trouble) this.#connections.endConversation(info.connection, { outcome, sentence: trouble.message })
        logs.ended?.(info, ending)
      },
    }
  }

  /** Sets the addresses on which the programs listen. */
  setPlaces(places: readonly ListenStatus[]): void {
    for (const { program, address, failure } of places) if (failure === undefined) this.#ports.set(program.name, address.port)
  }

  /** Wraps the transport of a client, so that the log of its connection has the bytes. */
  watch(transport: Transport, program: Program, info: ConnectionInfo): Transport {
    const { options, config } = this.#options
    const port = this.#ports.get(program.name)
    // a browser does not connect to the port of a program
    if (port === undefined || (program.name === DOOR && !config.lab) || !this.#connections.mayOpen()) return transport
    const { connection, client } = info
    const protocol = this.#protocols.get(program) ?? toWatchedProtocol(program, options)
    this.#protocols.set(program, protocol)
    const kind = transport.datagrams ? 'udp' : config.unix !== undefined ? 'unix' : config.tls ? 'tls' : 'tcp'
    const server = { host: client.host.includes(':') ? '::1' : '127.0.0.1', port }
    return this.#connections.open(transport, { connection, protocol, client, server, transport: kind })
  }

  /** Returns the services of the gateway. */
  services(lobby: LobbyService): WireServices {
    const programs = Array.from(this.#ports, ([program, port]) => ({ program, port })).filter(({ program }) => program !== DOOR)
    return { access: this.access, isSecret: (table) => hasSecrets(lobby, table), programs }
  }
}

/** Returns true if a game is not over, and its players have secrets from each other. */
function hasSecrets({ hall }: LobbyService, table: number): boolean {
  const state = hall.table(table)?.state
  if (!state || state.outcome !== undefined || state.ended || !state.rules.withOtherSecrets) return false
  return state.opened.seats.filter(({ person }) => person !== HOUSE).length > 1
}
