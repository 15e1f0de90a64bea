import { createHash } from 'node:crypto'
import type { RandomBytes } from './codes.ts'

/*
 * Tables, and seeks that wait for one, are counted by the networks from which their seats were taken. The count survives a
 * restart, so what stands for a network is part of the log. It is not the network's address: of a hash of that with a
 * salt, which each process draws anew, 24 bits are kept. 256 addresses of IPv4 have the same, so that the log does not tell
 * which it was; that two networks of a class room or a town do is unlikely, and would only make them share a limit.
 */

/** Bytes of salt, and hexadecimal digits of the hash; networks with the same hash share both. */
const SALT = 4
const HASH = 6
/** Marks whose hash is remembered, at most. */
const KNOWN = 1000

/** Owners counts what networks hold, by their marks. */
export class Owners {
  readonly #salt: string
  /** Holdings of each mark, by the salt that it was made with: there are as many salts as processes whose tables go on. */
  readonly #counts = new Map<string, Map<string, number>>()
  readonly #known = new Map<string, string>()

  constructor(random: RandomBytes) {
    this.#salt = Buffer.from(random(SALT)).toString('hex')
  }

  /** Returns the mark of a network in the log. */
  markOf(network: string): string {
    const known = this.#known.get(network)
    if (known !== undefined) return known
    if (this.#known.size >= KNOWN) this.#known.clear()
    const mark = makeMark(this.#salt, network)
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

  /** Returns the holdings of a network, with those of earlier processes. */
  count(network: string): number {
    let sum = 0
    for (const [salt, counts] of this.#counts) {
      const mark = salt === this.#salt ? this.markOf(network) : makeMark(salt, network)
      sum += counts.get(mark) ?? 0
    }
    return sum
  }
}

/** Makes the mark of a network with a salt: so few digits of a hash that many addresses share it. */
export function makeMark(salt: string, network: string): string {
  return `${salt}.${createHash('sha256').update(`${salt} ${network}`).digest('hex').slice(0, HASH)}`
}

function saltOf(mark: string): string {
  return mark.slice(0, mark.indexOf('.'))
}
