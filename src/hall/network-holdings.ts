import { createHash } from 'node:crypto'
import type { RandomBytes } from './accounts/tokens.ts'
import type { SeatOwner } from './ports.ts'

/*
 * The server limits the open tables and open seeks of each network. The count survives a restart, so the log has, for each seat, a
 * mark of the network from which its owner took the seat. The mark is not the address, but 24 bits of a hash of the address with a
 * random salt; each process generates its own salt. 256 IPv4 addresses share a mark, so the log does not reveal the address. Two
 * networks of one classroom or town are unlikely to have the same mark; if they have the same mark, they share a limit.
 */

/** Number of bytes of the salt, and number of hexadecimal digits of the hash. */
const SALT = 4
const HASH = 6
/** Maximum number of cached marks. */
const KNOWN = 1000

/** NetworkHoldings counts the holdings of each network by its mark. */
export class NetworkHoldings {
  readonly #salt: string
  /** Holdings of each mark, for each salt: every process whose tables are still open has its own salt. */
  readonly #counts = new Map<string, Map<string, number>>()
  readonly #known = new Map<string, string>()

  constructor(random: RandomBytes) {
    this.#salt = Buffer.from(random(SALT)).toString('hex')
  }

  /** Returns 24 bits of the salted hash of a network, for the log. */
  toMark(network: string): string {
    const known = this.#known.get(network)
    if (known !== undefined) return known
    if (this.#known.size >= KNOWN) this.#known.clear()
    const mark = makeNetworkMark(this.#salt, network)
    this.#known.set(network, mark)
    return mark
  }

  add(mark: string): void {
    const salt = saltOf(mark)
    const counts = this.#counts.get(salt) ?? new Map<string, number>()
    this.#counts.set(salt, counts)
    counts.set(mark, (counts.get(mark) ?? 0) + 1)
  }

  remove(mark: string): void {
    const counts = this.#counts.get(saltOf(mark))
    const left = (counts?.get(mark) ?? 0) - 1
    if (left > 0) counts?.set(mark, left)
    else counts?.delete(mark)
    if (counts?.size === 0) this.#counts.delete(saltOf(mark))
  }

  /** Returns the holdings of a network, including its holdings from earlier processes. */
  count(network: string): number {
    let sum = 0
    for (const [salt, counts] of this.#counts) {
      const mark = salt === this.#salt ? this.toMark(network) : makeNetworkMark(salt, network)
      sum += counts.get(mark) ?? 0
    }
    return sum
  }
}

/** Lists the marks of the networks from which the owners took their seats, each mark once. */
export function listMarks(seats: readonly SeatOwner[]): readonly string[] {
  let marks = NONE
  for (const { from } of seats) if (from !== undefined && !marks.includes(from)) marks = marks.length === 0 ? [from] : [...marks, from]
  return marks
}

const NONE: readonly string[] = []

/** Makes the mark of a network with a salt. */
export function makeNetworkMark(salt: string, network: string): string {
  return `${salt}.${createHash('sha256').update(`${salt} ${network}`).digest('hex').slice(0, HASH)}`
}

function saltOf(mark: string): string {
  return mark.slice(0, mark.indexOf('.'))
}
