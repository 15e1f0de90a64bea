import { describeBytes, describeMessage } from '../../wire/byte-clues.ts'
import type { Raw } from '../../wire/text.ts'
import type { Cause } from './report.ts'

/** The causes that the description of bytes names, the most certain first. */
const NAMED: readonly (readonly [RegExp, Cause])[] = [
  [/\bn in place of a line end/, 'missing-newline'],
  [/^a text with NUL (?:after|before) it|^an address of C|^uninitialized memory/, 'wrong-serialization'],
  [/UTF-16|UTF-32|byte order mark|Latin-1/, 'wrong-encoding'],
  [/pickle|ObjectOutputStream|JSON|as Python prints it|object of JavaScript/, 'wrong-serialization'],
  [/\brepr\b/, 'repr-of-bytes'],
  [/\blength\b/, 'length-prefix'],
  [/struct\.pack|writeInt|writeLong|\bNUL\b/, 'wrong-serialization'],
  [/\\r|\bCR\b/, 'crlf'],
]

/** Returns the cause that the bytes of a whole message show by themselves; `undefined` for plain text. */
export function causeOfMessage(text: string, raw: Raw | undefined): Cause | undefined {
  const found = toCause(describeMessage(text, raw))
  // without a line framing, the line end is a part of the message
  return found ?? (/\S\r\n?$/.test(text) ? 'crlf' : undefined)
}

/** Returns the cause that the bytes of a message without its end show by themselves. */
export function causeOfBytes(bytes: Uint8Array): Cause | undefined {
  return toCause(describeBytes(bytes))
}

function toCause(clue: string | undefined): Cause | undefined {
  return clue === undefined ? undefined : NAMED.find(([pattern]) => pattern.test(clue))?.[1]
}
