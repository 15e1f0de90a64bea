import type { Clock } from '../base/clock.ts'
import type { HallOptions } from '../hall/hall.ts'
import { ClassConsole } from '../lab/class/class-console.ts'
import type { ClassConnection } from '../lab/class/class-view.ts'
import type { Roster } from '../lab/class/roster.ts'
import { toWatchedProtocol, type WatchedProtocol } from '../lab/monitor/monitor.ts'
import type { LobbyService } from '../lobby/service.ts'
import type { Options, Program } from '../protocol/definition.ts'
import type { ConnectionInfo, Logs } from '../server/observe/logs.ts'
import type { Transport } from '../wire/transport.ts'

/** ClassWatchOptions are the parts of a server that its class console uses. */
export interface ClassWatchOptions {
  /** The settings of programs. */
  readonly options: Options
  /** The transport of the server's streams. */
  readonly streams: 'tcp' | 'tls' | 'unix'
  /** The desks of the class. */
  readonly roster?: Roster | undefined
  readonly logs: Logs
  readonly clock: Clock
}

/** Maximum number of characters of a player's default name, which is the name of the program. The lobby cuts a longer name. */
const DEFAULT_NAME = 20

/**
 * ClassWatch connects a class console to a server. It watches the transports, gets the seats of clients from the logs, and gets the ends of
 * games from the lobby. The server has a ClassWatch only with `--lab`.
 */
export class ClassWatch {
  readonly console: ClassConsole
  readonly #options: ClassWatchOptions
  readonly #protocols = new Map<Program, WatchedProtocol>()
  #lobby: LobbyService | undefined

  constructor(options: ClassWatchOptions) {
    const { clock, logs, roster } = options
    this.#options = options
    this.console = new ClassConsole({ clock, warn: (sentence) => logs.log('warn', sentence) })
    if (roster) this.console.setRoster(roster)
  }

  /** Returns the logs for the server: the logs of the options, which now also notify the console of seats, rejected messages and ends. */
  get logs(): Logs {
    const { logs } = this.#options
    return {
      ...logs,
      seated: (info, table, seat) => {
        this.console.seat(info.connection, table, this.#nameAt(table, seat, info.program))
        logs.seated?.(info, table, seat)
      },
      noticed: (info, what, sentence) => {
        if (what === 'rejected') this.console.refuseMessage(info.connection, sentence)
        logs.noticed?.(info, what, sentence)
      },
      ended: (info, ending) => {
        if (ending.trouble) this.console.endConversation(info.connection, ending.outcome, ending.trouble.message)
        logs.ended?.(info, ending)
      },
    }
  }

  /** Sets the lobby, from which ClassWatch reads the names of the players. */
  setLobby(lobby: LobbyService): void {
    this.#lobby = lobby
  }

  /** Wraps the transport of a client, so that the console sees its messages. */
  watch(transport: Transport, program: Program, { connection, client }: ConnectionInfo): Transport {
    const { options, streams } = this.#options
    const protocol = this.#protocols.get(program) ?? toWatchedProtocol(program, options)
    this.#protocols.set(program, protocol)
    const kind: ClassConnection['transport'] = transport.datagrams ? 'udp' : streams
    return this.console.watch(transport, protocol, { connection, client, transport: kind })
  }

  /** Notifies the console that a table has ended, and whether the game was played to its end. */
  readonly onEnded: NonNullable<HallOptions['onEnded']> = ({ id, state }) => {
    this.console.endGame(id, state.outcome !== undefined && state.outcome.left === undefined)
  }

  /** Returns the name of a player; `undefined` for the default name, which is the name of the program. */
  #nameAt(table: number, seat: number, program: string): string | undefined {
    const name = this.#lobby?.hall.table(table)?.state.opened.seats[seat]?.name
    return name === undefined || name === [...program].slice(0, DEFAULT_NAME).join('') ? undefined : name
  }
}
