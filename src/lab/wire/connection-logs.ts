import type { Clock } from '../../base/clock.ts'
import { TokenBucket } from '../../base/rate-limit.ts'
import type { Address, Transport } from '../../wire/transport.ts'
import type { WatchedProtocol } from '../monitor/monitor.ts'
import { ConnectionLog } from './connection-log.ts'
import { LoggedTransport } from './logged-transport.ts'

/** LoggedConnection is a connection of the server with its log. */
export interface LoggedConnection {
  /** Number of the connection, from 1 since the server started. */
  readonly connection: number
  readonly protocol: WatchedProtocol
  readonly client: Address
  readonly server: Address
  readonly transport: 'tcp' | 'tls' | 'unix' | 'udp'
  /** Wall time, in milliseconds since the Unix epoch, and monotonic time. */
  readonly openedAt: number
  readonly since: number
  readonly log: ConnectionLog
  readonly isOpen: boolean
  /** True if another connection of the same address was open at the same time. */
  readonly isShared: boolean
  /** The table at which its client plays, or has played last. */
  readonly table: number | undefined
  /** The messages that the program has refused, such as a guess that is not a number; only the first such messages. */
  readonly refusals: readonly LoggedRefusal[]
  readonly ending: LoggedEnding | undefined
}

/** LoggedEnding is the early end of a conversation: its outcome, as in the logs of the server, and the reason as a sentence. */
export interface LoggedEnding {
  readonly outcome: string
  readonly sentence: string
}

/** LoggedRefusal is a message that the program has refused, although the protocol allows it. */
export interface LoggedRefusal {
  /** Time since the opening of the connection, in milliseconds. */
  readonly at: number
  /** The end of the log at that time: the message is before this end, and the answer is behind it. */
  readonly end: number
  readonly sentence: string
}

type Mutable = { -readonly [Name in keyof LoggedConnection]: LoggedConnection[Name] }

/** ConnectionLogsLimits bound the logs of a server. */
export interface ConnectionLogsLimits {
  /** Maximum number of open connections with a log; further connections have no log. */
  readonly open: number
  /**
   * Maximum number of closed connections with a log: in total, and of one address. The server stores the log of a closed connection for
   * `closedFor` milliseconds.
   */
  readonly closed: number
  readonly closedOfAddress: number
  readonly closedFor: number
}

/** With these limits, the logs have at most 22 MB: 32 KB for each connection. */
const defaultLimits: ConnectionLogsLimits = { open: 500, closed: 200, closedOfAddress: 10, closedFor: 600_000 }

/**
 * Rate of connections that get a log: a burst of 200, then 50 a second. A log costs 0.3 µs for each read or write and 3 µs for its
 * connection, so a server that is busier than a class does not pay for it.
 */
const RATE = { burst: 200, refill: 20 }

/** Maximum number of refusals that a connection stores. */
const REFUSALS = 100

/** The key of all addresses of this machine. */
const THIS_MACHINE = 'this machine'

/**
 * The connections of one address: the open connections in the order of their openings, and the closed connections in the order of their
 * ends.
 */
interface AddressLogs {
  readonly open: Set<Mutable>
  readonly closed: Set<Mutable>
}

/** ConnectionLogs logs the bytes of the connections of a server, and stores the logs of closed connections for a limited time. */
export class ConnectionLogs {
  readonly #clock: Clock
  readonly #limits: ConnectionLogsLimits
  readonly #bucket = new TokenBucket(RATE)
  readonly #addresses = new Map<string, AddressLogs>()
  readonly #open = new Map<number, Mutable>()
  /** Closed connections in the order of their ends, with the monotonic time of the end. */
  readonly #closed = new Map<Mutable, number>()

  constructor(clock: Clock, limits: ConnectionLogsLimits = defaultLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /**
   * Checks whether a new connection gets a log. It gets none if too many connections are open, or if too many have opened in the last
   * seconds.
   */
  mayOpen(): boolean {
    return this.#open.size < this.#limits.open && this.#bucket.take(this.#clock.monotonic()) === 0
  }

  /** Returns a transport that logs the bytes of a new connection. */
  open(
    transport: Transport,
    opening: Pick<LoggedConnection, 'connection' | 'protocol' | 'client' | 'server' | 'transport'>,
  ): LoggedTransport {
    const { connection, protocol, client, server } = opening
    const key = toAddressKey(client.host, transport.loopback)
    const own = this.#addresses.get(key) ?? { open: new Set(), closed: new Set() }
    this.#addresses.set(key, own)
    const since = this.#clock.monotonic()
    const logged: Mutable = {
      ...{ connection, protocol, server, transport: opening.transport, since, openedAt: this.#clock.now(), log: new ConnectionLog() },
      // a closed transport has no address, so this copies the address now
      client: { host: client.host, port: client.port },
      ...{ isOpen: true, isShared: own.open.size > 0, table: undefined, refusals: [], ending: undefined },
    }
    if (own.open.size === 1) for (const other of own.open) other.isShared = true
    own.open.add(logged)
    this.#open.set(connection, logged)
    return new LoggedTransport(transport, { clock: this.#clock, log: logged.log, since, onClosed: () => this.#close(logged, key) })
  }

  /** Notes that the client of a connection plays at a table. */
  seat(connection: number, table: number): void {
    const logged = this.#open.get(connection)
    if (logged) logged.table = table
  }

  /** Notes that the program has refused a message, with the reason as a sentence. */
  refuseMessage(connection: number, sentence: string): void {
    const logged = this.#open.get(connection)
    if (!logged || logged.refusals.length >= REFUSALS) return
    const at = this.#clock.monotonic() - logged.since
    logged.refusals = [...logged.refusals, { at, end: logged.log.end, sentence }]
  }

  /** Notes how the server ends a conversation early. */
  endConversation(connection: number, ending: LoggedEnding): void {
    const logged = this.#open.get(connection)
    if (logged) logged.ending = ending
  }

  /** Lists the connections of an address, open and closed, in the order of their openings. */
  listOf(host: string, loopback: boolean): readonly LoggedConnection[] {
    this.#dropOld()
    const own = this.#addresses.get(toAddressKey(host, loopback))
    return own ? sortByOpening([...own.closed, ...own.open]) : []
  }

  /** Lists all connections, open and closed, in the order of their openings. */
  list(): readonly LoggedConnection[] {
    this.#dropOld()
    return sortByOpening([...this.#closed.keys(), ...this.#open.values()])
  }

  #close(logged: Mutable, key: string): void {
    if (!logged.isOpen) return
    logged.isOpen = false
    this.#open.delete(logged.connection)
    this.#closed.set(logged, this.#clock.monotonic())
    const own = this.#addresses.get(key)
    own?.open.delete(logged)
    own?.closed.add(logged)
    const [oldest] = own?.closed ?? []
    if (own && oldest && own.closed.size > this.#limits.closedOfAddress) this.#drop(oldest)
    if (this.#closed.size > this.#limits.closed) this.#dropOld()
  }

  #dropOld(): void {
    const { closed, closedFor } = this.#limits
    const now = this.#clock.monotonic()
    for (const [logged, at] of this.#closed) {
      if (this.#closed.size <= closed && now - at < closedFor) return
      this.#drop(logged)
    }
  }

  #drop(logged: Mutable): void {
    this.#closed.delete(logged)
    for (const [key, own] of this.#addressesOf(logged)) {
      own.closed.delete(logged)
      if (own.open.size + own.closed.size === 0) this.#addresses.delete(key)
    }
  }

  /** Returns the two entries in which a connection may be: the entry of its address, and the entry of this machine. */
  #addressesOf({ client }: LoggedConnection): readonly (readonly [string, AddressLogs])[] {
    return [client.host, THIS_MACHINE].flatMap((key) => {
      const own = this.#addresses.get(key)
      return own ? [[key, own] as const] : []
    })
  }
}

function toAddressKey(host: string, loopback: boolean): string {
  return loopback ? THIS_MACHINE : host
}

function sortByOpening(all: LoggedConnection[]): readonly LoggedConnection[] {
  return all.sort((one, other) => one.connection - other.connection)
}
