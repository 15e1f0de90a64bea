// biome-ignore-all lint/suspicious/noControlCharactersInRegex: bytes of all kinds are what this is about
import { decode, encode } from './text.ts'

/**
 * Clues: what bytes look like that are not what this side reads. Each tells a form of sending by its bytes alone, the
 * surest first, because a short text can look like several: two bytes `00 35` are a number and the 5 of UTF-16.
 */
type Clue = (bytes: Uint8Array, text: string) => string | undefined

/** What bytes look like where they are no plain text, as a noun: "Java's writeUTF, ..."; `undefined` for plain text. */
export function looksLike(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, HEAD)
  const text = decode(head, 'bytes')
  if (isPlain(text)) return undefined
  for (const clue of CLUES) {
    const found = clue(head, text)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * As `looksLike`, for a message that was decoded already: what was no UTF-8 there stands as `ff`. The last byte of a packed
 * number can be that of a line end, which the message is without.
 */
export function textLooksLike(text: string): string | undefined {
  if (isPlain(text)) return undefined
  const bytes = text.includes('\ufffd') ? encode(text.replaceAll('\ufffd', '\u00ff'), 'bytes') : encode(text)
  return (text.startsWith('\0') ? packed(Uint8Array.of(...bytes, LF), `${text}\n`) : undefined) ?? looksLike(bytes)
}

/** Whether nothing in a text needs a closer look: most that is wrong is plain text all the same. */
function isPlain(text: string): boolean {
  return /^[\t -~]*$/.test(text) && !/^(?:b['"]|u?'.*'$|\s*[[{"]|\(.*,.*\)$|[A-Z]{3,7} \S+ HTTP|SSH-)|\\n$/.test(text)
}

const LF = 10
/** Bytes that are looked at. */
const HEAD = 4096
/** A number that `struct.pack` has packed is mostly small. */
const SMALL = 65_535
/** What a program sends that takes this side for another kind of server, by how it begins; `ff` stands for what was no UTF-8. */
const BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^\x16\x03/, 'TLS: both sides must speak it, or neither'],
  [/^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|PRI) \S+ HTTP\//, 'an HTTP request, from a browser or a library for the web'],
  [/^SSH-\d/, 'SSH: the client of another program has dialled this port'],
  [/^\xff[\xfb-\xff][\x01-\x27](?!\0)/, "telnet's negotiation of options: use nc, or a telnet that sends lines"],
  [/^\x1f[\x8b\xff]/, 'gzip: send the text itself'],
  [/^x(?:[\x01\x9c\xda]|\xff[^ -~])/, 'zlib: send the text itself'],
  [/^PK\x03\x04/, 'a zip file'],
  [/^[\x80\xff][\x02-\x05][^ -9;<>-F]/, "Python's pickle: send text, such as str(x).encode(), and not pickle.dumps(x)"],
  [/^[\xac\xff][\xed\xff]\0\x05/, "Java's ObjectOutputStream: send text, by a PrintWriter for example"],
  [/^[\x81\x82][\x80-\xff]/, 'a WebSocket frame: this is a plain socket'],
  [/^\xef\xbb\xbf/, 'UTF-8 with a byte order mark (BOM): encode as "utf-8", and not as "utf-8-sig"'],
  [/^(?:\xff[\xfe\xff]\0\0|\0\0[\xfe\xff]\xff)/, 'UTF-32: encode as UTF-8'],
  [/^[\xfe\xff][\xfe\xff](?:\0|.\0|$)/s, 'UTF-16 with a byte order mark: encode as UTF-8'],
]

const CLUES: readonly Clue[] = [
  (_, text) => BEGINNINGS.find(([pattern]) => pattern.test(text))?.[1],
  utf16,
  (_, text) => (/^[ -~]+\r\0/.test(text) ? 'CR NUL, as telnet ends a line: use nc, or have \\n sent' : undefined),
  lengthBefore,
  packed,
  lengthAhead,
  (_, text) => (/^[^\0]+\0+$/.test(text) ? 'a text with NUL behind it, as C keeps it: send strlen bytes of it, and \\n' : undefined),
  (_, text) =>
    /^(?:\0{3}|\0{7})$/.test(text)
      ? 'the rest of a number as bytes, such as struct.pack("I", 10), whose first byte is a line end'
      : undefined,
  (_, text) => (text.includes('\0') ? 'bytes with NUL among them, which no text has' : undefined),
  (_, text) => (/^[^\n]*[^\r\n]\r$/.test(text) ? 'a line that ends in CR alone: end it with \\n, or with \\r\\n' : undefined),
  (_, text) => (/^\r[^\r\n]/.test(text) ? 'a line that ends in \\n\\r: the other way round, or \\n alone' : undefined),
  (_, text) => (/^b(['"]).*\1$/s.test(text) ? "the repr of Python's bytes, as str(b'...') gives it: send the bytes themselves" : undefined),
  (_, text) => (/^u?'.*'$/s.test(text) ? 'the repr of a text, as repr(x) or {x!r} of Python gives it: send the text itself' : undefined),
  (_, text) => (/\S\\n$/.test(text) ? 'a backslash and an n in place of a line end: quote it so that it is one, as "\\n"' : undefined),
  (_, text) => (isJson(text) ? 'JSON: send the plain text' : undefined),
  (_, text) =>
    /^(?:\[.*\]|\(.*,.*\)|\{.+\})$/s.test(text) && text !== '[object Object]'
      ? 'a list, tuple or dictionary as Python prints it: send the text in it'
      : undefined,
  (_, text) => (text === '[object Object]' ? 'an object of JavaScript made a text: send its value' : undefined),
  (bytes) => (isUtf8(bytes) ? undefined : 'text that is not UTF-8, such as Latin-1, or no text at all'),
]

/** UTF-16 without a mark: every other byte is 0, and the others are ASCII. Of one character, its bytes do not tell. */
function utf16(bytes: Uint8Array): string | undefined {
  const whole = bytes.length - (bytes.length % 2)
  const zeros = (from: number) => everyOther(bytes, from, whole, (byte) => byte === 0) && everyOther(bytes, 1 - from, whole, isAscii)
  if (whole < 4) return undefined
  if (zeros(1)) return 'UTF-16 (little-endian): encode as UTF-8'
  if (zeros(0)) return 'UTF-16 (big-endian), as writeChars of Java sends it: encode as UTF-8'
  return undefined
}

/** Length is a way in which the length of a text stands before it. */
interface Length {
  readonly size: 1 | 2 | 4 | 8
  readonly little: boolean
  readonly name: string
}

const LENGTHS: readonly Length[] = [
  { size: 8, little: true, name: 'an 8-byte length before the text, little-endian, as struct.pack("<Q", ...) or a size_t of C' },
  { size: 8, little: false, name: 'an 8-byte length before the text, big-endian, as struct.pack("!Q", ...) or writeLong of Java' },
  { size: 4, little: false, name: 'a 4-byte length before the text, big-endian, as struct.pack("!I", ...) or writeInt of Java' },
  { size: 4, little: true, name: 'a 4-byte length before the text, little-endian, as struct.pack("I", ...) or an int of C' },
  { size: 2, little: false, name: 'a 2-byte length before the text, as Java\'s writeUTF, or struct.pack("!H", ...)' },
  { size: 2, little: true, name: 'a 2-byte length before the text, little-endian, as struct.pack("H", ...)' },
  { size: 1, little: true, name: 'a 1-byte length before the text, as the BinaryWriter of C#' },
]

/** A length, and the text of which it is the length. */
function lengthBefore(bytes: Uint8Array): string | undefined {
  return LENGTHS.find((form) => {
    const length = lengthAt(bytes, form)
    const body = bytes.subarray(form.size, form.size + length)
    const rest = bytes.subarray(form.size + length)
    const ends = rest.length === 0 || !isText(rest.subarray(0, 1)) || rest[0] === 10 || rest[0] === 13
    // a single byte that is a character is sooner the first of a text
    return length > 0 && (form.size > 1 || !isAscii(length)) && body.length === length && isText(body) && ends
  })?.name
}

/** A length, and the beginning of a text that is to be longer. */
function lengthAhead(bytes: Uint8Array): string | undefined {
  const form = LENGTHS.find((one) => {
    const body = bytes.subarray(one.size)
    const length = lengthAt(bytes, one)
    const filled = one.little ? one.size > 2 : bytes[0] === 0
    return one.size > 1 && filled && length <= SMALL && body.length > 0 && body.length < length && isText(body)
  })
  return form && `${form.name}: it says ${lengthAt(bytes, form)} bytes, and ${bytes.length - form.size} have come`
}

function lengthAt(bytes: Uint8Array, { size, little }: Length): number {
  return bytes.length < size ? 0 : numberIn(bytes.subarray(0, size), little)
}

/** What `struct.pack` calls a number of so many bytes. */
const CODES: Readonly<Record<number, string>> = { 2: 'h', 4: 'i', 8: 'q' }

/** What writes such a number in Java. */
const WRITERS: Readonly<Record<number, string>> = { 2: 'writeShort', 4: 'writeInt', 8: 'writeLong' }

/** A number alone, as `struct.pack` makes it. */
function packed(bytes: Uint8Array, text: string): string | undefined {
  const code = CODES[bytes.length]
  // two bytes are sooner a character and its NUL
  if (code === undefined || isText(bytes) || /^[ -~]\0$/.test(text)) return undefined
  const double = bytes.length === 8 ? doubleIn(bytes) : undefined
  if (double !== undefined) return `the number ${double} as 8 bytes, as struct.pack("d", ...) or writeDouble of Java: send it as text`
  for (const little of [false, true]) {
    const number = numberIn(bytes, little)
    if (number > SMALL) continue
    const how = little
      ? `little-endian, as struct.pack("${code}", ...) or C`
      : `big-endian, as struct.pack("!${code}", ...) or ${WRITERS[bytes.length]} of Java`
    return `the number ${number} as ${bytes.length} bytes, ${how}: send it as text`
  }
  return undefined
}

/** A double that a person could have meant. */
function doubleIn(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8)
  const values = [view.getFloat64(0, true), view.getFloat64(0)]
  return values.find((value) => Math.abs(value) >= 0.001 && Math.abs(value) <= SMALL && String(value).length <= 10)
}

function numberIn(bytes: Uint8Array, little: boolean): number {
  return (little ? bytes.toReversed() : bytes).reduce((number, byte) => number * 256 + byte, 0)
}

function everyOther(bytes: Uint8Array, from: number, to: number, test: (byte: number) => boolean): boolean {
  for (let at = from; at < to; at += 2) if (!test(bytes[at] ?? 0)) return false
  return true
}

function isAscii(byte: number): boolean {
  return byte === 9 || byte === 10 || byte === 13 || (byte >= 0x20 && byte < 0x7f)
}

/** Whether bytes are text that a person could have typed. */
function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => isAscii(byte) || byte >= 0x80) && isUtf8(bytes)
}

function isUtf8(bytes: Uint8Array): boolean {
  return bytes.length >= HEAD || !decode(bytes).includes('\ufffd')
}

function isJson(text: string): boolean {
  if (!/^\s*[[{"]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return /^\s*\{\s*"[^"]*"\s*:/.test(text)
  }
}
