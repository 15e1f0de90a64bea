/**
 * Text from outside as it may be shown: control characters, except LF, TAB and a CR directly before LF, stand as their
 * escapes, `\x1b`, and so do those that turn the direction of what follows, `\u202e`. (HOUSE rule 7: nothing raw reaches a
 * terminal.)
 */
export function visible(text: string): string {
  return HARMLESS.test(text) ? text : text.replace(CONTROL, escaped)
}

function escaped(char: string): string {
  const code = char.charCodeAt(0).toString(16)
  return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`
}

/** Text from outside as a short quotation on one line, for a sentence. */
export function quoted(text: string, length = 60): string {
  const shown = JSON.stringify(text.length > length ? `${text.slice(0, length)}…` : text)
  return visible(shown)
}

const HARMLESS = /^[\t\n\x20-\x7e\u00a0-\u2029\u202f-\u2065\u206a-\u{10ffff}]*$/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROL = /\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g
