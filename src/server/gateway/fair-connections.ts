import { toNetwork } from '../../base/network-address.ts'

/** FairEntry is the place of one connection in a FairConnections. */
export interface FairEntry<Connection> {
  readonly network: string
  readonly connection: Connection
}

/** Link is an entry of a linked list. */
class Link<Connection> implements FairEntry<Connection> {
  readonly network: string
  readonly connection: Connection
  before: Link<Connection> | undefined
  after: Link<Connection> | undefined
  isListed = true

  constructor(network: string, connection: Connection, before: Link<Connection> | undefined) {
    this.network = network
    this.connection = connection
    this.before = before
  }
}

/**
 * FairConnections has the open connections of all addresses, in order of arrival, up to a maximum. If there are too many connections, the
 * server closes the oldest connection of the network with the most connections. So if a client opens connections without end, the server
 * closes only connections of the client's network.
 *
 * The connections are in a linked list. When connections come and go, a `Map` replaces its hash table again and again. Each old hash table
 * retains the later hash tables until the next full garbage collection; after 10,000 refused upgrades, they took 2 MB.
 */
export class FairConnections<Connection> {
  readonly #counts = new Map<string, number>()
  readonly #most: number
  #first: Link<Connection> | undefined
  #last: Link<Connection> | undefined
  #size = 0

  /** `most` is the maximum number of connections. */
  constructor(most: number) {
    this.#most = most
  }

  /** Number of connections. */
  get size(): number {
    return this.#size
  }

  /** Iterates over the connections in order of arrival. Meanwhile the caller may delete the current connection, but no other connection. */
  *values(): Iterable<FairEntry<Connection>> {
    for (let link = this.#first, next = link?.after; link; link = next, next = link?.after) yield link
  }

  /** Adds a connection from a host. Then the caller must close and delete the connection `excess`, unless it is missing. */
  add(connection: Connection, host: string): FairEntry<Connection> {
    const link = new Link(toNetwork(host), connection, this.#last)
    if (this.#last) this.#last.after = link
    else this.#first = link
    this.#last = link
    this.#size++
    this.#counts.set(link.network, (this.#counts.get(link.network) ?? 0) + 1)
    return link
  }

  /** Deletes a connection; does nothing for a connection that was deleted before. */
  delete(entry: FairEntry<Connection>): void {
    if (!(entry instanceof Link) || !entry.isListed) return
    const { before, after, network } = entry
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    // a deleted link must not retain other links
    entry.before = undefined
    entry.after = undefined
    entry.isListed = false
    this.#size--
    const left = (this.#counts.get(network) ?? 1) - 1
    if (left > 0) this.#counts.set(network, left)
    else this.#counts.delete(network)
  }

  /** The connection that the server must close, if there are more connections than the maximum; otherwise `undefined`. */
  get excess(): FairEntry<Connection> | undefined {
    if (this.size <= this.#most) return undefined
    const most = Math.max(...this.#counts.values())
    for (const entry of this.values()) if (this.#counts.get(entry.network) === most) return entry
    return undefined
  }
}
