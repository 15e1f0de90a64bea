import { argon2, timingSafeEqual } from 'node:crypto'
import { isRefusal } from '../../games/game.ts'
import { type AuthError, WRONG } from './auth-errors.ts'
import { LoginQueue } from './login-queue.ts'
import type { RandomBytes } from './tokens.ts'

/** Cost has the cost parameters of argon2 (RFC 9106). */
interface Cost {
  /** Memory in KiB. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** Hash is the hash of a password, with the parameters of its computation. */
interface Hash extends Cost {
  readonly salt: Uint8Array
  readonly tag: Uint8Array
}

/** Cost of a new hash: the minimum of OWASP's Password Storage Cheat Sheet, which takes about 30 ms. */
const COST: Cost = { memory: 19 * 1024, passes: 2, parallelism: 1 }
/** Lengths of salt and tag, in bytes. */
const SALT = 16
const TAG = 32
/** Maximum memory that a stored hash may need, in KiB. */
const MOST_MEMORY = 256 * 1024
/** Length of a password, in code points. */
const LENGTH = { least: 8, most: 128 }
/** The hash that `verify` computes for an unknown name, so that the answer takes as long as for a registered name. */
const DUMMY: Hash = { ...COST, salt: new Uint8Array(SALT), tag: new Uint8Array(TAG) }

/** The error for a request while too many hashes wait. */
export const BUSY: AuthError = { code: 'throttled', refused: 'too many users are logging in: try again in a few seconds' }

export interface PasswordsOptions {
  /** Source of salts. */
  readonly random: RandomBytes
  /** Maximum number of hashes that run at the same time, because each takes 19 MiB and one of the platform's four threads. */
  readonly atOnce?: number
  /** Maximum number of hashes that wait: from one address, and from all addresses together. */
  readonly waiting?: { readonly each: number; readonly all: number }
}

/** Default maximum numbers of waiting hashes: all students of one year at one address, and ten times as many from all addresses. */
const WAITING = { each: 400, all: 4000 }

/** Passwords hashes and verifies passwords, a few at a time, on threads of the platform. The class neither stores nor logs a password. */
export class Passwords {
  readonly #random: RandomBytes
  readonly #turns: LoginQueue

  constructor({ random, atOnce = 2, waiting = WAITING }: PasswordsOptions) {
    this.#random = random
    this.#turns = new LoginQueue({ atOnce, waiting })
  }

  /**
   * Hashes a new password; returns the PHC form `$argon2id$...`, or an error if the rules do not allow the password or too many
   * hashes wait. The hashes of different addresses take turns.
   */
  async hash(password: string, address = ''): Promise<string | AuthError> {
    const message = checkNew(password)
    if (isRefusal(message)) return message
    const salt = this.#random(SALT)
    const tag = await this.#inTurn(address, () => derive(message, { ...COST, salt }, TAG))
    return isRefusal(tag) ? tag : print({ ...COST, salt, tag })
  }

  /**
   * Compares a password with a hash in the PHC form, of any cost; returns an error for a wrong password, or if too many hashes
   * wait. Without a hash, for an unknown name, the comparison takes as long as with a new hash. Rejects with a RangeError for an
   * invalid hash.
   */
  async verify(password: string, phc: string | undefined, address = ''): Promise<AuthError | undefined> {
    const hash = phc === undefined ? DUMMY : parse(phc)
    const message = prepare(password)
    if (isRefusal(message)) return message.refused === BROKEN ? message : WRONG
    const tag = await this.#inTurn(address, () => derive(message, hash, hash.tag.length))
    if (isRefusal(tag)) return tag
    return timingSafeEqual(tag, hash.tag) && phc !== undefined ? undefined : WRONG
  }

  async #inTurn<T>(address: string, work: () => Promise<T>): Promise<T | AuthError> {
    if (!(await this.#turns.take(address))) return BUSY
    try {
      return await work()
    } finally {
      this.#turns.done()
    }
  }
}

/** The error for a password with replacement characters, which would make different passwords equal. */
const BROKEN = 'the password is not UTF-8: set your terminal or program to UTF-8, or use letters and digits without accents'
/** Matches a text without a visible character. */
const BLANK = /^[\p{Z}\p{Default_Ignorable_Code_Point}\u2800]*$/u

/** Returns a new password in the form that the server hashes, or an error if the rules do not allow the password. */
export function checkNew(password: string): string | AuthError {
  const message = prepare(password)
  if (isRefusal(message)) return message
  const length = [...message].length
  if (length < LENGTH.least) return bad(`a password has at least ${LENGTH.least} characters, and this password has ${length}`)
  return BLANK.test(message) ? bad('a password is not blank: use visible characters') : message
}

/**
 * Returns a password in the form that the server hashes (OpaqueString of RFC 8265): in NFC, with every blank as U+0020.
 * Returns an error for a password that is too long or has characters that keyboards type in different ways: controls, invisible
 * characters (except the joiners of some scripts), and unassigned characters.
 */
function prepare(password: string): string | AuthError {
  if (password.includes('\ufffd')) return bad(BROKEN)
  if (/[[\p{C}\p{Zl}\p{Zp}]--[\u200c\u200d]]/v.test(password)) return bad('a password has only visible characters')
  const message = password.replace(/\p{Zs}/gu, ' ').normalize('NFC')
  const length = [...message].length
  if (length > LENGTH.most) return bad(`a password has at most ${LENGTH.most} characters, and this password has ${length}`)
  return message
}

function bad(refused: string): AuthError {
  return { code: 'bad-password', refused }
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

/** Parses the PHC form. Throws a RangeError for a hash that is not in its canonical spelling. */
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

/** Encodes Base64 without padding, as in the PHC form. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
