import { createHmac } from 'node:crypto'
import type { Random } from '../games/game.ts'
import { seededRandom, WordRandom } from '../games/random.ts'
import type { Seed } from './ports.ts'

/*
 * The seed and the number of the event determine the random numbers of a game at a move, so that a replay of the table's log
 * produces the same numbers. The random numbers of event n are the blocks HMAC-SHA-256(seed, "n:0"), HMAC-SHA-256(seed, "n:1") and
 * so on, with eight words of 32 bits each, the least significant byte first. HMAC-SHA-256 is a pseudorandom function (RFC 2104,
 * FIPS 198-1): the key has 128 random bits, and a player without the key cannot compute a random number from any earlier or later
 * random numbers of the same table. The source computes a block when the game needs it, so moves without random numbers cost
 * nothing.
 *
 * Older logs have seeds without a version: 31 bits for mulberry32, which about fifty coin tosses reveal. A replay of such a log
 * produces the same numbers as before; a game that is not over gets a new seed (`reseeded`).
 */

const VERSION = 1
/** Number of words of 32 bits in a seed. */
const WORDS = 4
/** Number of words in a block of random numbers. */
const BLOCK = 8

/** Makes a seed of the current version, with 128 bits from `random`. */
export function newSeed(random: Random): Seed {
  const digits = Array<number>(LENGTH).fill(0)
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

/** Number of digits of a seed. */
const LENGTH = 22
/** The digits of base64url (RFC 4648); the encoding in this file takes a fifth of the time of a Buffer. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Checks whether players can compute a seed from random numbers that they see. */
export function isWeak(seed: Seed): boolean {
  return typeof seed === 'number'
}

/** Returns the source of the random numbers of the event `n` at a table with this seed. */
export function toDraws(seed: Seed, n: number): Random {
  return typeof seed === 'number' ? seededRandom(Math.imul(seed ^ n, 0x9e3779b1)) : new EventRandom(seed, n)
}

class EventRandom extends WordRandom {
  readonly #seed: string
  readonly #n: number
  /** The current block, the number of blocks up to the current block, and the index of the next word. */
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
