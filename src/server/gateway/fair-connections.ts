import { ChurnMap } from '../../base/churn-map.ts'
import { toNetwork } from '../../base/network-address.ts'

/** FairEntry is the place of one connection in a FairConnections. */
export interface FairEntry<Connection> {
  readonly number: number
  readonly network: string
  readonly connection: Connection
}

/**
 * FairConnections has the open connections of all addresses, in order of arrival, up to a maximum. If there are too many connections, the
 * server closes the oldest connection of the network with the most connections. So a client that opens connections without end closes only
 * connections of its own network.
 *
 * The connections are values of a `ChurnMap`, and not keys of a `Map`: the old hash tables of a `Map` retain closed connections until the
 * next full garbage collection, and 10,000 refused upgrades filled 16 MB in that way.
 */
export class FairConnections<Connection> {
  readonly #entries = new ChurnMap<number, FairEntry<Connection>>()
  readonly #counts = new Map<string, number>()
  readonly #most: number
  #last = 0

  /** `most` is the maximum number of connections. */
  constructor(most: number) {
    this.#most = most
  }

  /** Number of connections. */
  get size(): number {
    return this.#entries.size
  }

  /** Iterates over the connections in order of arrival. */
  values(): Iterable<FairEntry<Connection>> {
    return this.#entries.values()
  }

  /** Adds a connection from a host. The caller then closes and deletes `excess`. */
  add(connection: Connection, host: string): FairEntry<Connection> {
    const entry = { number: ++this.#last, network: toNetwork(host), connection }
    this.#entries.set(entry.number, entry)
    this.#counts.set(entry.network, (this.#counts.get(entry.network) ?? 0) + 1)
    return entry
  }

  delete({ number, network }: FairEntry<Connection>): void {
    if (!this.#entries.get(number)) return
    this.#entries.delete(number)
    const left = (this.#counts.get(network) ?? 1) - 1
    if (left > 0) this.#counts.set(network, left)
    else this.#counts.delete(network)
  }

  /** The connection that the server must close, if there are more than the maximum; otherwise `undefined`. */
  get excess(): FairEntry<Connection> | undefined {
    if (this.size <= this.#most) return undefined
    const most = Math.max(...this.#counts.values())
    for (const entry of this.#entries.values()) if (this.#counts.get(entry.network) === most) return entry
    return undefined
  }
}
