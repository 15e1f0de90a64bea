import { createHmac } from 'node:crypto'
import type { Random } from '../games/game.ts'
import { DrawnRandom, seeded } from '../games/random.ts'
import type { Seed } from './ports.ts'

/*
 * What a game draws at a move follows from its table's log, so that the log can be replayed: from the seed and the number
 * of the event. The draws of event n are the blocks HMAC-SHA-256(seed, "n:0"), HMAC-SHA-256(seed, "n:1") and so on, eight
 * words of 32 bits each, the least significant byte first. HMAC-SHA-256 is a pseudorandom function (RFC 2104, FIPS 198-1):
 * who does not have the key, which has 128 random bits, can compute no draw from any number of others, be they earlier or
 * later ones of the same table. A block is computed when a game draws, so games that draw nothing at a move cost nothing.
 *
 * Seeds without a version are those of logs that were begun before: 31 bits for mulberry32, which some fifty tosses of a
 * coin tell. Such logs are replayed as they are; a game that goes on gets a new seed (`reseeded`).
 */

const VERSION = 1
/** Words of 32 bits in a seed. */
const WORDS = 4
/** Words in a block of draws. */
const BLOCK = 8

/** A new seed of the present version, of 128 bits from `random`. */
export function newSeed(random: Random): Seed {
  let bits = 0
  let count = 0
  let at = 0
  for (let word = 0; word < WORDS; word++) {
    let rest = random.integer(0, 2 ** 32 - 1)
    for (let byte = 0; byte < 4; byte++) {
      bits = ((bits << 8) | (rest & 0xff)) & 0x3fff
      rest >>>= 8
      for (count += 8; count >= 6; count -= 6) digits[at++] = DIGITS.charCodeAt((bits >>> (count - 6)) & 0x3f)
    }
  }
  digits[at] = DIGITS.charCodeAt((bits << (6 - count)) & 0x3f)
  return `${VERSION}:${String.fromCharCode(...digits)}`
}

/** The digits of the seed that is made, in an array that is there already. */
const digits: number[] = Array(22).fill(0)
/** The digits of base64url (RFC 4648); what is put together by hand costs a fifth of what a Buffer does. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Checks whether a seed's draws can be computed from some of them. */
export function isWeak(seed: Seed): boolean {
  return typeof seed === 'number'
}

/** Returns the draws of the event `n` at a table with this seed. */
export function drawsAt(seed: Seed, n: number): Random {
  return typeof seed === 'number' ? seeded(Math.imul(seed ^ n, 0x9e3779b1)) : new EventRandom(seed, n)
}

class EventRandom extends DrawnRandom {
  readonly #seed: string
  readonly #n: number
  /** The block that is drawn from, how many there were, and the place of the next word in it. */
  #block: Buffer | undefined
  #blocks = 0
  #at = 0

  constructor(seed: string, n: number) {
    super()
    this.#seed = seed
    this.#n = n
  }

  protected word(): number {
    if (!this.#block || this.#at === BLOCK) {
      this.#block = createHmac('sha256', this.#seed)
        .update(`${this.#n}:${this.#blocks++}`)
        .digest()
      this.#at = 0
    }
    return this.#block.readUInt32LE(4 * this.#at++)
  }
}
