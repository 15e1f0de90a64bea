import { looksLike, textLooksLike } from '../wire/clues.ts'
import type { Unfinished } from '../wire/ends.ts'
import { decode } from '../wire/text.ts'
import { quoted, quotedBytes } from '../wire/visible.ts'
import type { Automaton } from './automaton.ts'

/** A message of the peer as a quotation, without the passwords in it. */
export function quotedMessage({ mask }: Pick<Automaton, 'mask'>, text: string): string {
  return quoted(mask?.(text) ?? text)
}

/** What the peer has sent of a message that is not whole, and what that lacks: `"50" and no line end (\n)`. */
export function quotedUnfinished({ mask }: Pick<Automaton, 'mask'>, { bytes, lacks }: Unfinished): string {
  const text = decode(bytes)
  const masked = mask?.(text) ?? text
  return `${masked === text ? quotedBytes(bytes) : quoted(masked)} and ${lacks}`
}

/** What unfinished bytes look like, as the end of a sentence; nothing for plain text. */
export function clueOfBytes({ bytes }: Unfinished): string {
  return clause(looksLike(bytes))
}

/** What a whole message looks like, as the end of a sentence; nothing for plain text. */
export function clueOfText(text: string): string {
  return clause(textLooksLike(text))
}

function clause(found: string | undefined): string {
  return found === undefined ? '' : `; that looks like ${found}`
}
