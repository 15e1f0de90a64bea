/** Span is a part of a text, from one place to another. */
export type Span = readonly [from: number, to: number]

/** SecretsContext is what is known of a conversation before a message. */
export interface SecretsContext {
  /** What the other side has said last, up to this side's next whole message; `undefined` if it is not known. */
  readonly asked?: string | undefined
  /** What this side has said since then, in lines. */
  readonly before?: string
  /** The message of this side before this one, if it is known. */
  readonly last?: string | undefined
  /** True if the message is whole: of a part, more is hidden, because its rest is not known. */
  readonly whole?: boolean
}

/** SecretFinder finds the parts of a message that are not to be shown, in order. */
export type SecretFinder<From> = (from: From, text: string, context: SecretsContext) => readonly Span[]

/**
 * Compact is a text without what can stand between its letters by mistake: the NUL of UTF-16, a byte order mark, other
 * bytes that are no ASCII. `places` has the place of each of its characters in the text.
 */
export interface Compact {
  readonly text: string
  readonly places: readonly number[]
}

/** Checks whether a line has a word in it behind which a password stands. */
export function hasKeyword(said: string): boolean {
  return KEYWORD.test(compactText(said))
}

/** Makes a text compact, if the places of its characters do not matter. */
export function compactText(text: string): string {
  return text.replace(/[^\t\n\r -~]+/g, '')
}

/** Makes a text compact. */
export function compact(text: string): Compact {
  const places: number[] = []
  for (const { 0: kept, index } of text.matchAll(/[\t\n\r -~]+/g)) {
    for (let at = 0; at < kept.length; at++) places.push(index + at)
  }
  return { text: compactText(text), places }
}

/** Words behind which a password stands, also as people misspell them. */
const KEYWORD =
  /r(?:e?g|eg?)iste?re?d?|log[ _-]?(?:in|on)|sign[ _-]?(?:in|up|on)|p?ass?w(?:or?)?[dt]|\bpasse?\b|\bpwd?\b|kennwort|authenticate|authorization/i
/** A name and a blank behind it, as `REGISTER` and `LOGIN` have them. */
const NAME = /^[ \t]+[\p{L}\p{N}_.-]+[ \t]+(?=\S)/u
const TAKES_NAME = /^(?:register|login)$/i

/**
 * Finds the passwords in a line that has a keyword such as `LOGIN` in it, however the line is written otherwise: all that
 * stands behind the keyword, except the name in a line that is written as it should be. A single word behind the keyword can
 * be a name and a password without a blank, so it is a secret too.
 */
export function secretsBehindKeyword(said: string): readonly Span[] {
  // most messages have no such word, and nothing between their letters
  if (said.length < 4 || (!KEYWORD.test(said) && !/[^\t\n\r -~]/.test(said))) return []
  const { text, places } = compact(said)
  const found = KEYWORD.exec(text)
  if (!found) return []
  const [word] = found
  const end = found.index + word.length
  const behind = (places[end - 1] ?? 0) + 1
  const isFirst = !/[a-z\d]/i.test(text.slice(0, found.index))
  const name = isFirst && TAKES_NAME.test(word) ? NAME.exec(said.slice(behind)) : null
  return hide(said, behind + (name?.[0].length ?? 0))
}

/** The span from a place, without the blanks there, to the end of a line; empty if nothing else stands there. */
export function hide(said: string, from: number): readonly Span[] {
  const start = from + (/^[\s\0:]*/.exec(said.slice(from))?.[0].length ?? 0)
  const end = said.length - (/[\s\0]*$/.exec(said.slice(start))?.[0].length ?? 0)
  return end > start ? [[start, end]] : []
}

/** The text with `***` in place of its secrets. */
export function withoutSecrets(text: string, secrets: readonly Span[]): string {
  return secrets.toReversed().reduce((shown, [from, to]) => `${shown.slice(0, from)}***${shown.slice(to)}`, text)
}
