/** SecretSpan is the part of a text from one index to another index; the second index is exclusive. */
export type SecretSpan = readonly [from: number, to: number]

/** SecretsContext describes the conversation before a message. */
export interface SecretsContext {
  /** Text of the other side's last turn before this side's next whole message; `undefined` if the caller does not have this text. */
  readonly asked?: string | undefined
  /** The lines that this side has sent after the other side's last turn. */
  readonly before?: string
  /** The previous message of this side; `undefined` if the caller does not have this message. */
  readonly last?: string | undefined
  /** True for a whole message. In a part of a message, the finder masks more, because the other part is unknown. */
  readonly whole?: boolean
}

/** SecretFinder finds the parts of a message that no output may show. The parts are in the order of the text. */
export type SecretFinder<From> = (from: From, text: string, context: SecretsContext) => readonly SecretSpan[]

/**
 * Compact is a text without characters that an encoding error can put between letters: the NUL of UTF-16, a byte order mark, other
 * characters beyond ASCII. `places` has the index of each character in the original text.
 */
export interface Compact {
  readonly text: string
  readonly places: readonly number[]
}

/** Checks whether a line contains a keyword that a password follows. */
export function hasKeyword(line: string): boolean {
  return KEYWORD.test(compactText(line))
}

/** Returns the compact text without places. */
export function compactText(text: string): string {
  return text.replace(/[^\t\n\r -~]+/g, '')
}

/** Returns the compact form of a text. */
export function compact(text: string): Compact {
  const places: number[] = []
  for (const { 0: ascii, index } of text.matchAll(/[\t\n\r -~]+/g)) {
    for (let at = 0; at < ascii.length; at++) places.push(index + at)
  }
  return { text: compactText(text), places }
}

/** Keywords that a password follows, with common misspellings. */
const KEYWORD =
  /r(?:e?g|eg?)iste?re?d?|log[ _-]?(?:in|on)|sign[ _-]?(?:in|up|on)|p?ass?w(?:or?)?[dt]|\bpasse?\b|\bpwd?\b|kennwort|authenticate|authorization/i
/** Matches a name and a space, which follow `REGISTER` and `LOGIN`. */
const NAME = /^[ \t]+[\p{L}\p{N}_.-]+[ \t]+(?=\S)/u
const TAKES_NAME = /^(?:register|login)$/i

/**
 * Finds the password in a line with a keyword such as `LOGIN`, even if the rest of the line is not well-formed. The password is all text
 * after the keyword, except the name in a well-formed line. A single word after the keyword is a secret, too, because the word can be a
 * name and a password without a space in between.
 */
export function findSecretsAfterKeyword(line: string): readonly SecretSpan[] {
  // this return is the fast path, because most messages have no keyword, and are plain ASCII
  if (line.length < 4 || (!KEYWORD.test(line) && !/[^\t\n\r -~]/.test(line))) return []
  const { text, places } = compact(line)
  const found = KEYWORD.exec(text)
  if (!found) return []
  const [word] = found
  const end = found.index + word.length
  const behind = (places[end - 1] ?? 0) + 1
  const isFirst = !/[a-z\d]/i.test(text.slice(0, found.index))
  const name = isFirst && TAKES_NAME.test(word) ? NAME.exec(line.slice(behind)) : null
  return toSpan(line, behind + (name?.[0].length ?? 0))
}

/** Returns the span from an index to the end of a line, without blanks at both ends; empty if nothing is left. */
export function toSpan(line: string, from: number): readonly SecretSpan[] {
  const start = from + (/^[\s\0:]*/.exec(line.slice(from))?.[0].length ?? 0)
  const end = line.length - (/[\s\0]*$/.exec(line.slice(start))?.[0].length ?? 0)
  return end > start ? [[start, end]] : []
}

/** Returns the text with `***` in place of the secrets. */
export function maskSecrets(text: string, secrets: readonly SecretSpan[]): string {
  return secrets.toReversed().reduce((shown, [from, to]) => `${shown.slice(0, from)}***${shown.slice(to)}`, text)
}
