import { createHash } from 'node:crypto'
import type { Refusal } from '../../games/game.ts'
import { codewords } from './invite-words.ts'

/** RandomBytes returns the given number of unpredictable bytes, as `crypto.randomBytes` does. */
export type RandomBytes = (bytes: number) => Uint8Array

/** Number of words in an invitation code. The words have 27 bits together, which are enough because a rate limit applies to guesses. */
const WORDS = 3
/** Number of characters of a token. Each character has 5 bits and a token has 130 bits, so guesses need no rate limit. */
const TOKEN = 26
/** Crockford's Base32. The alphabet has no U. It has no I, L and O either, because `parseToken` reads these letters as 1, 1 and 0. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Makes an invitation code that users can say aloud: `amber-otter-seven`. */
export function makeInviteCode(random: RandomBytes): string {
  const words: string[] = []
  const bytes = random(2 * WORDS)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let word = 0; word < WORDS; word++) words.push(codewords[view.getUint16(2 * word) % codewords.length] ?? '')
  return words.join('-')
}

/** Parses an invitation code in upper or lower case, with blanks or hyphens between the words; refuses any other text. */
export function parseInviteCode(typed: string): string | Refusal {
  const words = typed.toLowerCase().match(/[^\s\p{Dash}_.,]+/gu) ?? []
  if (words.length !== WORDS) return { refused: `an invitation is ${WORDS} words, such as amber-otter-seven` }
  const unknown = words.findIndex((word) => !codewords.includes(word))
  if (unknown >= 0) return { refused: `word ${unknown + 1} of your code is in no invitation: compare it with the invitation` }
  return words.join('-')
}

/** Makes a secret token, 26 characters of Crockford's Base32, which proves its owner's identity, or its owner's right to a seat. */
export function makeToken(random: RandomBytes): string {
  return Array.from(random(TOKEN), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('')
}

/**
 * Parses a token, or another text of `length` characters of the same alphabet: ignores case, blanks and hyphens, reads O as 0, and I
 * and L as 1; refuses any other text.
 */
export function parseToken(typed: string, length = TOKEN): string | Refusal {
  const token = typed
    .replace(/[\s\p{Dash}]+/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  if (token.length === length && [...token].every((character) => ALPHABET.includes(character))) return token
  return { refused: `a token is ${length} letters and digits: type it exactly as the server showed it` }
}

/**
 * Returns the SHA-256 of a token in hex, the only form in which the store has a token. Tokens are random, so a slow hash would add
 * no security.
 */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
