import { argon2, timingSafeEqual } from 'node:crypto'
import { isRefusal } from '../games/game.ts'
import type { RandomBytes } from './codes.ts'
import type { Denial } from './denial.ts'
import { Turns } from './turns.ts'

/** What argon2 (RFC 9106) is asked for, beside the password. */
interface Cost {
  /** KiB. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** Hash is a password's hash, and how to compute it again. */
interface Hash extends Cost {
  readonly salt: Uint8Array
  readonly tag: Uint8Array
}

/** What a new hash costs: what OWASP's Password Storage Cheat Sheet asks for at least. It takes some 30 ms. */
const COST: Cost = { memory: 19 * 1024, passes: 2, parallelism: 1 }
/** Bytes. */
const SALT = 16
/** Bytes. */
const TAG = 32
/** KiB that a stored hash may ask for, at most. */
const MOST_MEMORY = 256 * 1024
/** Characters (code points) of a password. */
const LENGTH = { least: 8, most: 128 }
/** What is computed for a name that nobody has. */
const NOBODY: Hash = { ...COST, salt: new Uint8Array(SALT), tag: new Uint8Array(TAG) }

/** The refusal of a wrong password, and of a name that nobody has: nobody learns which. */
export const WRONG: Denial = { why: 'bad-password', refused: 'the name or the password is wrong' }

/** The refusal when too many wait already. */
export const BUSY: Denial = { why: 'throttled', refused: 'too many are logging in just now: try again in a few seconds' }

/** PasswordsOptions is what passwords need. */
export interface PasswordsOptions {
  /** Where salts come from. */
  readonly random: RandomBytes
  /** Hashes computed at once, at most: each takes 19 MiB and one of the platform's four threads. */
  readonly atOnce?: number
  /** Hashes that may wait, at most: from one address, and from all together. */
  readonly waiting?: { readonly each: number; readonly all: number }
}

/** Hashes that may wait by default: a year of students at one address at once, and ten of those. */
const WAITING = { each: 400, all: 4000 }

/** Passwords hashes passwords and compares them, a few at a time, beside the event loop. It keeps none, and tells of none. */
export class Passwords {
  readonly #random: RandomBytes
  readonly #turns: Turns

  constructor({ random, atOnce = 2, waiting = WAITING }: PasswordsOptions) {
    this.#random = random
    this.#turns = new Turns({ atOnce, waiting })
  }

  /**
   * The hash of a new password, in the PHC form `$argon2id$...`; a refusal where it can be none, or when too many wait. Of
   * those who wait, each address has its turn.
   */
  async hash(password: string, address = ''): Promise<string | Denial> {
    const message = checkNew(password)
    if (isRefusal(message)) return message
    const salt = this.#random(SALT)
    const tag = await this.#inTurn(address, () => derive(message, { ...COST, salt }, TAG))
    return isRefusal(tag) ? tag : print({ ...COST, salt, tag })
  }

  /**
   * Compares a password with a hash in the PHC form, whatever that costs: a refusal where it is not the one, or when too
   * many wait. Without a hash, for a name that nobody has, this takes as long as with a new one. Rejects with a
   * RangeError for a hash that cannot be read.
   */
  async verify(password: string, phc: string | undefined, address = ''): Promise<Denial | undefined> {
    const hash = phc === undefined ? NOBODY : parse(phc)
    const message = prepare(password)
    if (isRefusal(message)) return message.refused === BROKEN ? message : WRONG
    const tag = await this.#inTurn(address, () => derive(message, hash, hash.tag.length))
    if (isRefusal(tag)) return tag
    return timingSafeEqual(tag, hash.tag) && phc !== undefined ? undefined : WRONG
  }

  /** Does some work as soon as it is its turn. */
  async #inTurn<T>(address: string, work: () => Promise<T>): Promise<T | Denial> {
    if (!(await this.#turns.take(address))) return BUSY
    try {
      return await work()
    } finally {
      this.#turns.done()
    }
  }
}

/** Refusal of a password in which characters were replaced: no two such passwords could be told apart. */
const BROKEN =
  'the password arrived broken, for it is not UTF-8: set your terminal or program to UTF-8, or use letters and digits without accents'
/** Nothing but what is not seen. */
const BLANK = /^[\p{Z}\p{Default_Ignorable_Code_Point}\u2800]*$/u

/** A new password as it is hashed; a refusal, with a sentence for its user, for one that cannot be one. */
export function checkNew(password: string): string | Denial {
  const message = prepare(password)
  if (isRefusal(message)) return message
  const length = [...message].length
  if (length < LENGTH.least) return bad(`a password has at least ${LENGTH.least} characters, and this has ${length}`)
  return BLANK.test(message) ? bad('a password is not blank: use characters that can be seen') : message
}

/**
 * A password as it is hashed (OpaqueString of RFC 8265): every blank is the common one, and there is one spelling, NFC.
 * A refusal where it is too long, or has characters that cannot be typed everywhere in the same way: controls, those
 * that are not seen (but the joiners that some scripts need), those that Unicode does not have.
 */
function prepare(password: string): string | Denial {
  if (password.includes('\ufffd')) return bad(BROKEN)
  if (/[[\p{C}\p{Zl}\p{Zp}]--[\u200c\u200d]]/v.test(password)) return bad('a password has only characters that can be seen')
  const message = password.replace(/\p{Zs}/gu, ' ').normalize('NFC')
  const length = [...message].length
  if (length > LENGTH.most) return bad(`a password has at most ${LENGTH.most} characters, and this has ${length}`)
  return message
}

function bad(refused: string): Denial {
  return { why: 'bad-password', refused }
}

function derive(message: string, { memory, passes, parallelism, salt }: Omit<Hash, 'tag'>, tagLength: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength }, (error, tag) => {
      if (error) reject(error)
      else resolve(tag)
    })
  })
}

const PHC = /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z\d+/]{11,86})\$([A-Za-z\d+/]{16,86})$/

/** Reads the PHC form. Whatever could be written in another way as well is not read. */
function parse(phc: string): Hash {
  const [, memory, passes, parallelism, salt = '', tag = ''] = PHC.exec(phc) ?? []
  const hash = {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
  if (print(hash) !== phc || hash.memory > MOST_MEMORY) {
    throw new RangeError(
      `a password hash cannot be read; expected is $argon2id$v=19$m=...,t=...,p=...$salt$hash, with m=${MOST_MEMORY} at most`,
    )
  }
  return hash
}

function print({ memory, passes, parallelism, salt, tag }: Hash): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`
}

/** Base64 as the PHC form has it, without padding. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
