import { createHash } from 'node:crypto'
import type { Refusal } from '../games/game.ts'
import { codewords } from './codewords.ts'

/** RandomBytes is where secrets come from: so many bytes that nobody can foresee, as `crypto.randomBytes` gives them. */
export type RandomBytes = (bytes: number) => Uint8Array

/** Words in an invitation: 27 bits, enough where guesses are throttled. */
const WORDS = 3
/** Characters of a token, 5 bits each: 130 bits, which need no throttle. */
const TOKEN = 26
/** Crockford's Base32: no I, L, O (read as 1, 1, 0), and no U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** The code of an invitation, to be said aloud: `amber-otter-seven`. */
export function inviteCode(random: RandomBytes): string {
  const words: string[] = []
  const bytes = random(2 * WORDS)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let word = 0; word < WORDS; word++) words.push(codewords[view.getUint16(2 * word) % codewords.length] ?? '')
  return words.join('-')
}

/** The code that somebody typed, in any case, with blanks or hyphens between the words; a refusal for what is none. */
export function readCode(typed: string): string | Refusal {
  const words = typed.toLowerCase().match(/[^\s\p{Dash}_.,]+/gu) ?? []
  if (words.length !== WORDS) return { refused: `an invitation is ${WORDS} words, such as amber-otter-seven` }
  const unknown = words.findIndex((word) => !codewords.includes(word))
  if (unknown >= 0) return { refused: `no invitation has a word such as your word ${unknown + 1}: compare it with what you were given` }
  return words.join('-')
}

/** A token that nobody can guess: whoever shows it again is let back in. 26 characters of Crockford's Base32. */
export function secretToken(random: RandomBytes): string {
  return Array.from(random(TOKEN), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('')
}

/** The token that somebody typed: case, blanks and hyphens do not matter, O is 0, I and L are 1. A refusal for what is none. */
export function readToken(typed: string): string | Refusal {
  const token = typed
    .replace(/[\s\p{Dash}]+/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  if (token.length === TOKEN && [...token].every((character) => ALPHABET.includes(character))) return token
  return { refused: `a token is ${TOKEN} letters and digits: type it as you were given it` }
}

/** The SHA-256 of a token as `readToken` has it, in hex, which is all that is kept of it. Tokens are random, so a slow hash would add nothing. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
