import type { Clock } from '../../base/clock.ts'
import { errorMessage } from '../../base/errors.ts'
import type { Address, Transport } from '../../wire/transport.ts'
import type { WatchedProtocol } from '../monitor/monitor.ts'
import { type ClassChange, type ClassConnection, type ClassLimits, type ClassObservation, classLimits } from './class-view.ts'
import type { Roster } from './roster.ts'
import { type ConnectionOrigin, WatchedConnection } from './watched-connection.ts'
import { WatchedTransport } from './watched-transport.ts'

/** ClassConsoleOptions are the services and limits of a class console. */
export interface ClassConsoleOptions {
  readonly clock: Clock
  /** Called with a sentence at the first failure of a monitor, and at the first connection that the console does not watch. */
  readonly warn: (sentence: string) => void
  readonly limits?: Partial<ClassLimits>
}

/** Milliseconds between two checks of silent connections. */
const LOOK = 1000
/** Milliseconds of silence after which a monitor may report an unfinished message. */
const QUIET = 2000

/**
 * ClassConsole watches the connections of a server for the server's operator. Each connection has a monitor, which has no effect on the
 * conversation. The console masks and bounds the data that it stores (`ClassLimits`), and stores the data of closed connections for a
 * limited time. A monitor that fails is a bug of Parlor; its connection continues unwatched.
 */
export class ClassConsole {
  readonly #clock: Clock
  readonly #warn: (sentence: string) => void
  readonly #limits: ClassLimits
  readonly #open = new Map<number, WatchedConnection>()
  /** The closed connections, in the order of their ends. */
  readonly #closed = new Map<number, WatchedConnection>()
  /** Connections that play at a table, by the number of the table. */
  readonly #tables = new Map<number, Set<number>>()
  readonly #subscribers = new Set<(change: ClassChange) => void>()
  readonly #warned = new Set<'failed' | 'full'>()
  #size = 0
  #roster: Roster | undefined
  #unwatched = 0
  #cancelLook: (() => void) | undefined

  constructor({ clock, warn, limits = {} }: ClassConsoleOptions) {
    this.#clock = clock
    this.#warn = warn
    this.#limits = { ...classLimits, ...limits }
  }

  /** Number of connections that were not watched, because too many were open. */
  get unwatched(): number {
    return this.#unwatched
  }

  /** Returns the transport of a connection, watched from now on; the same transport if too many connections are open. */
  watch(transport: Transport, protocol: WatchedProtocol, origin: Omit<ConnectionOrigin, 'openedAt' | 'since'>): Transport {
    if (this.#open.size >= this.#limits.open) {
      this.#unwatched++
      this.#warnOnce('full', `more than ${this.#limits.open} connections are open: the class console does not watch further connections`)
      return transport
    }
    const { connection, client } = origin
    // a closed transport has no address, so the console copies the address now
    const opened = { openedAt: this.#clock.now(), since: this.#clock.monotonic() }
    const start = { ...origin, client: { host: client.host, port: client.port }, ...opened }
    this.#open.set(connection, new WatchedConnection(protocol, start, this.#limits, transport.datagrams))
    this.#publish(connection)
    this.#cancelLook ??= this.#clock.after(LOOK, this.#look)
    return new WatchedTransport(transport, { clock: this.#clock, connection, since: opened.since, watcher: this })
  }

  /** Passes an event to the monitor of its connection. Never throws. Called by its transport alone. */
  observe(connection: number, event: Parameters<WatchedConnection['observe']>[0]): void {
    const watched = this.#open.get(connection)
    if (!watched) return
    const before = watched.size
    try {
      if (watched.observe(event)) this.#publish(connection)
    } catch (error) {
      watched.lose()
      this.#publish(connection)
      const { program } = watched.toRow(this.#clock.monotonic())
      this.#warnOnce(
        'failed',
        `a mistake in Parlor itself: the monitor of ${program} has failed, and the connection continues without it: ${errorMessage(error)}`,
      )
    }
    this.#size += watched.size - before
    if (this.#size > this.#limits.allBytes) this.#forgetQuiet(connection)
  }

  /** Notes the table at which the client of a connection plays, and the client's name there. */
  seat(connection: number, table: number, name?: string): void {
    const watched = this.#open.get(connection)
    if (!watched) return
    watched.addSeat()
    if (name !== undefined) watched.setName(name)
    const seated = this.#tables.get(table)
    if (seated) seated.add(connection)
    else this.#tables.set(table, new Set([connection]))
    while (this.#tables.size > 2 * this.#limits.open) {
      const [oldest] = this.#tables.keys()
      if (oldest !== undefined) this.#tables.delete(oldest)
    }
    this.#publish(connection)
  }

  /** Notes that the game at a table has ended; `isFinished` is false if a player has given the game up. */
  endGame(table: number, isFinished: boolean): void {
    for (const connection of this.#tables.get(table) ?? []) {
      if (!isFinished) break
      this.#watched(connection)?.addGame()
      this.#publish(connection)
    }
    this.#tables.delete(table)
  }

  /** Notes that the server has refused a message that the protocol allows, for example a move against the rules; `sentence` says why. */
  refuseMessage(connection: number, sentence: string): void {
    const watched = this.#watched(connection)
    if (!watched) return
    watched.refuseMessage(sentence, this.#clock.monotonic() - watched.origin.since)
    this.#publish(connection)
  }

  /** Notes how the server has ended a conversation: the outcome, as in the logs, and the sentence of its error. */
  endConversation(connection: number, outcome: string, sentence: string): void {
    const watched = this.#watched(connection)
    if (!watched) return
    watched.endConversation(outcome, sentence, this.#clock.monotonic() - watched.origin.since)
    this.#publish(connection)
  }

  /** Moves a connection to the closed connections. Called by its transport alone. */
  close(connection: number): void {
    const watched = this.#open.get(connection)
    if (!watched) return
    watched.close(this.#clock.monotonic())
    this.#open.delete(connection)
    this.#closed.set(connection, watched)
    this.#publish(connection)
    this.#dropClosed()
  }

  /** Returns all connections, in the order in which they were opened. */
  list(): readonly ClassConnection[] {
    this.#dropClosed()
    const now = this.#clock.monotonic()
    const all = [...this.#closed.values(), ...this.#open.values()].map((watched) => this.#toRow(watched, now))
    return all.sort((one, other) => one.connection - other.connection)
  }

  /** Returns a connection by its number; `undefined` if it is not stored. */
  get(connection: number): ClassConnection | undefined {
    const watched = this.#watched(connection)
    return watched && this.#toRow(watched, this.#clock.monotonic())
  }

  /** Returns the newest connection from an address. */
  find({ host, port }: Address): ClassConnection | undefined {
    return this.list().findLast((row) => row.host === host && row.port === port)
  }

  /** Returns the stored observations of a connection whose numbers are above `since`. */
  observations(connection: number, since = 0): readonly ClassObservation[] {
    return this.#watched(connection)?.observations(since) ?? []
  }

  /** Calls `onChange` with each change, until the returned function is called. `onChange` must not throw. */
  subscribe(onChange: (change: ClassChange) => void): () => void {
    this.#subscribers.add(onChange)
    return () => void this.#subscribers.delete(onChange)
  }

  /** Names the desks of all connections by a roster from now on. */
  setRoster(roster: Roster): void {
    this.#roster = roster
    for (const connection of [...this.#closed.keys(), ...this.#open.keys()]) this.#publish(connection)
  }

  /** Ends the checks of silent connections. */
  stop(): void {
    this.#cancelLook?.()
    this.#cancelLook = undefined
  }

  #toRow(watched: WatchedConnection, now: number): ClassConnection {
    const row = watched.toRow(now)
    const desk = this.#roster?.find(row)
    return desk === undefined ? row : { ...row, desk }
  }

  #watched(connection: number): WatchedConnection | undefined {
    return this.#open.get(connection) ?? this.#closed.get(connection)
  }

  /** Passes the time to the monitors of silent connections, and drops old closed connections. */
  readonly #look = (): void => {
    const now = this.#clock.monotonic()
    for (const [connection, watched] of this.#open) {
      const at = now - watched.origin.since
      if (watched.isQuiet(at, QUIET)) this.observe(connection, { kind: 'time', at })
    }
    this.#dropClosed()
    this.#cancelLook = this.#open.size + this.#closed.size > 0 ? this.#clock.after(LOOK, this.#look) : undefined
  }

  #dropClosed(): void {
    const { closed, closedFor } = this.#limits
    const now = this.#clock.monotonic()
    for (const [connection, watched] of this.#closed) {
      if (this.#closed.size <= closed && now - (watched.closedAt ?? now) < closedFor) return
      this.#closed.delete(connection)
      this.#size -= watched.size
      this.#publish(connection, true)
    }
  }

  /** Drops observations of closed connections, and then of the connections that have been quiet for longest, until the limit holds. */
  #forgetQuiet(busy: number): void {
    const quietest = [...this.#open.values()].sort((one, other) => lastTime(one) - lastTime(other))
    for (const watched of [...this.#closed.values(), ...quietest]) {
      if (this.#size <= this.#limits.allBytes / 2) return
      if (watched.origin.connection === busy) continue
      this.#size -= watched.size
      watched.forget()
    }
  }

  #publish(connection: number, isGone = false): void {
    for (const onChange of this.#subscribers) onChange({ connection, isGone })
  }

  #warnOnce(what: 'failed' | 'full', sentence: string): void {
    if (this.#warned.has(what)) return
    this.#warned.add(what)
    this.#warn(sentence)
  }
}

function lastTime({ origin, lastAt }: WatchedConnection): number {
  return origin.since + lastAt
}
