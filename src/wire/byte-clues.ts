// biome-ignore-all lint/suspicious/noControlCharactersInRegex: the patterns describe binary data
import { describePackedNumber, describePackedReal } from './packed-numbers.ts'
import type { Raw } from './text.ts'
import { decode, encode } from './text.ts'

/**
 * Clue recognizes one kind of wrong message by the bytes alone, and describes the message with a noun phrase. In `CLUES` the most certain
 * clue is first, because a short message can match several clues: the bytes `00 35` can be a number, or the digit 5 in UTF-16.
 */
type Clue = (bytes: Uint8Array, text: string, end: string) => string | undefined

/**
 * Describes, with a noun phrase, the likely meaning of bytes that are not plain text: "Java's writeUTF, ..."; `undefined` for plain
 * text. `end` is the line end that the decoder has removed, because this line end may be a part of a binary message.
 */
export function describeBytes(bytes: Uint8Array, end = ''): string | undefined {
  const head = bytes.subarray(0, HEAD)
  const text = decode(head, 'bytes')
  if (isPlain(text)) return undefined
  // an unframed message includes its line end, which would hide the other clues
  const ending = end === '' ? (/(?<=\0)\r?\n$/.exec(text)?.[0] ?? '') : ''
  if (ending !== '') return describeBytes(head.subarray(0, -ending.length), ending)
  for (const clue of CLUES) {
    const found = clue(head, text, end)
    if (found !== undefined) return found
  }
  return undefined
}

/** Describes a decoded message like `describeBytes`. `raw` has the bytes of the message, if these bytes differ from the UTF-8 of `text`. */
export function describeMessage(text: string, raw: Raw | undefined): string | undefined {
  return raw ? describeBytes(raw.body, raw.end) : describeBytes(encode(text.slice(0, HEAD)))
}

/** Checks whether a text matches no clue: this check is the fast path, because most wrong messages are plain text. */
function isPlain(text: string): boolean {
  return (
    /^[\t -~]*$/.test(text) &&
    !/^(?:b['"]|u?'.*'$|\s*[[{"]|\(.*,.*\)$|[A-Z]{3,7} \S+ HTTP|HTTP\/|SSH-|RFB |220[ -]|-ERR |None$|null$|undefined$|NaN$|nan$)|\\n$/.test(
      text,
    ) &&
    !HABITS.some(([pattern]) => pattern.test(text)) &&
    digitsBefore(text) === undefined
  )
}

/** Mistakes in plain characters, and framings that tutorials teach. */
const HABITS: readonly (readonly [RegExp, string])[] = [
  [/\S(?:\/r)?\/n\r?\n?$/, 'a slash and an n in place of a line end: write the line end with a backslash, as "\\n"'],
  [
    /^(?:f(['"]).*\1\r?\n?|[^{}]*\{[A-Za-z_]\w*(?:[.:![][^{}]*)?\}[^{}]*)$/,
    'a text that contains a name in { }: in Python, put an f before the quotation marks, as in f"{guess}"',
  ],
  [/^bytearray\(b(['"]).*\1\)\r?\n?$/s, "the repr of Python's bytearray: send the bytes themselves"],
  [
    /^<[\w.]+(?: [\w.]+)* (?:object |at )?at 0x[\da-fA-F]+>\r?\n?$/,
    'an object of Python printed by its address: send the value of the object',
  ],
  [/^<(?:class|function|bound method|built-in) .*>\r?\n?$/, 'a function or class of Python printed by its name: send a value'],
  [/^\S+(?: \S+)* {8,}\r?\n?$/, 'a text, or its length, padded with blanks to a fixed size: send the text without these blanks'],
  [/^[^<]*\w<(?:\/?(?:END|EOF|EOM|STOP|MSG))>\r?\n?$/i, 'a text with an end marker: leave out the marker'],
  [/^\w+[$#|;]\r?\n?$/, 'a text with an end character: leave out that character'],
]

/** Recognizes a length in digits before the text, as in headers of a fixed size and netstrings. */
function digitsBefore(text: string): string | undefined {
  const [, digits = '', blanks = '', rest = ''] = /^(\d{1,6})( {2,}|:)(.*)$/s.exec(text) ?? []
  const body = rest.replace(/\r?\n$/, '')
  if (
    digits !== '' &&
    Number(digits) > 0 &&
    (blanks === ':' ? body.replace(/,$/, '').length === Number(digits) : body.length >= Number(digits))
  )
    return blanks === ':'
      ? 'a length and a colon before the text: send the text alone'
      : 'a length padded with blanks before the text: send the text alone'
  const whole = text.replace(/\r?\n$/, '')
  if (!whole.startsWith('0')) return undefined
  const widths = [2, 3, 4, 5, 6, 8, 10].filter(
    (width) => /^0\d+$/.test(whole.slice(0, width)) && Number(whole.slice(0, width)) === whole.length - width,
  )
  const width = widths.find((one) => whole.length > one && (one >= 4 || /\D/.test(whole)))
  return width === undefined ? undefined : `a length of ${width} digits before the text: send the text alone`
}

/** Maximum number of bytes that a clue inspects. */
const HEAD = 4096
/** Maximum of a plausible length. */
const SMALL = 65_535
/** First bytes of other protocols and formats. */
const BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^\x16\x03(?!\0\0)/, 'TLS: use TLS on both sides, or on neither side'],
  [/^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|PRI) \S+ HTTP\//, 'an HTTP request, from a browser or a library for the web'],
  [/^HTTP\/\d/, 'an HTTP response, from a web server: connect to another program, or to another port'],
  [/^SSH-\d/, 'SSH: connect with another program, or to another port'],
  [/^RFB \d{3}\.\d{3}/, 'VNC: connect with another program, or to another port'],
  [/^220[ -][\w.-]+ .*(?:SMTP|FTP)/i, 'the greeting of a mail or file server: connect to another port'],
  [/^-ERR /, 'an error of Redis or POP3: connect to another port'],
  [
    /^\xff(?:[\xfb-\xfd](?:[\x00-\x1f]|[ -'](?:\xff|$))|\xfe[\x01-'](?:\xff|$))/,
    "telnet's negotiation of options: use nc, or a telnet that sends lines",
  ],
  [/^\x1f\x8b/, 'gzip: send the text itself'],
  [/^x[\x01\x9c\xda]/, 'zlib: send the text itself'],
  [/^PK\x03\x04/, 'a zip file'],
  [/^\x80[\x02-\x05][^ -9;<>-F]/, "Python's pickle: send text, such as str(x).encode(), and not pickle.dumps(x)"],
  [/^\xac\xed\0\x05/, "Java's ObjectOutputStream: send text, by a PrintWriter for example"],
  [/^[\x81\x82][\x80-\xff]/, 'a WebSocket frame: connect with a plain socket'],
  [/^\xef\xbb\xbf/, 'UTF-8 with a byte order mark (BOM): encode as "utf-8", and not as "utf-8-sig"'],
  [/^(?:\xff\xfe\0\0|\0\0\xfe\xff)/, 'UTF-32: encode as UTF-8'],
  [/^(?:\xff\xfe|\xfe\xff)(?!\xff\xff)/, 'UTF-16 with a byte order mark: encode as UTF-8'],
]

/** Control characters around a text, and uninitialized memory. */
const CONTROLS: readonly (readonly [RegExp, string])[] = [
  [/^(?:\x02[ -~]*\x03)+\r?\n?$/, 'a text between STX and ETX (\\x02 and \\x03): leave these bytes out'],
  [/^[ -~]+[\x03\x04\x17\x1c-\x1f]\r?\n?$/, 'a text with a control character at its end: leave that character out'],
  [/(?<![\xcc\xcd])[\xcc\xcd]{4,}\r?\n?$/, 'uninitialized memory of C, sent by sizeof of a buffer: send only strlen bytes of the buffer'],
]

/** The hint for a line that ends in CR LF, if the protocol treats the CR as a part of the message. */
const CR_LF = 'a line that ends in \\r\\n, whose CR is a part of the message here: end the line with \\n alone'

/** The hint for a program that sends the two characters of a line end in the wrong order. */
export const LF_CR = '\\n\\r, which is \\r\\n in the wrong order: end the line with \\n alone'

const CLUES: readonly Clue[] = [
  (_, text) => (/\S\\n\r?\n?$/.test(text) ? 'a backslash and an n in place of a line end: write the line end, as "\\n"' : undefined),
  (_, text) => BEGINNINGS.find(([pattern]) => pattern.test(text))?.[1],
  (bytes, _, end) => withEnd(utf16, bytes, end),
  (_, text) => (/^[ -~]+\r\0/.test(text) ? 'CR NUL, the line end of telnet: use nc, or make telnet send \\n' : undefined),
  (_, text) => CONTROLS.find(([pattern]) => pattern.test(text))?.[1],
  (bytes, _, end) => withEnd(lengthBefore, bytes, end),
  (bytes, text, end) => withEnd(describePackedNumber, bytes, text.startsWith('\0') ? end : ''),
  (bytes, text, end) => (end !== '' && text.startsWith('\0') ? undefined : lengthAhead(bytes)),
  (bytes, text) =>
    /^[ -~]\0$/.test(text)
      ? `a text with NUL after it, as C stores it, or the number ${bytes[0]} of struct.pack("h", ...), or one character of UTF-16: send text, without NUL`
      : undefined,
  (bytes, text) =>
    /^[^\0]{6}\0\0$/.test(text) && !isText(bytes.subarray(0, 6))
      ? 'an address of C, as write(s, &p, sizeof p) sends it: send the text at that address'
      : undefined,
  (bytes, text) => (/^[^\0]+\0+$/.test(text) && isText(bytes.subarray(0, text.indexOf('\0'))) ? endedText(bytes) : undefined),
  (_, text, end) =>
    end !== '' && /^\0+[^\0]+$/.test(text)
      ? 'a text with NUL before it, which C stored after the previous text: send strlen bytes of each text'
      : undefined,
  (_, text) =>
    /^(?:\0{3}|\0{7})$/.test(text)
      ? 'the rest of a number as bytes, such as struct.pack("I", 10), whose first byte is a line end'
      : undefined,
  (_, text) => (text.includes('\0') ? 'bytes that contain NUL, which no text contains' : undefined),
  (_, text, end) => (end === '\n' && text.endsWith('\r') ? CR_LF : undefined),
  (_, text, end) =>
    end === '\r\n' && text.endsWith('\r')
      ? 'a line that ends in \\r\\r\\n, as text mode on Windows writes \\r\\n: send \\n alone'
      : undefined,
  (_, text, end) =>
    end === '' && /^[^\n]*[^\r\n]\r$/.test(text) ? 'a line that ends in CR alone: end the line with \\n, or with \\r\\n' : undefined,
  (_, text) => (/^\r[^\r\n]/.test(text) ? `a line that ends in ${LF_CR}` : undefined),
  (_, text) => HABITS.find(([pattern]) => pattern.test(text))?.[1] ?? digitsBefore(text),
  (_, text) =>
    /^b(['"]).*\1\r?\n?$/s.test(text) ? "the repr of Python's bytes, as str(b'...') returns it: send the bytes themselves" : undefined,
  (_, text) =>
    /^u?'.*'\r?\n?$/s.test(text) ? 'the repr of a text, as repr(x) or {x!r} of Python returns it: send the text itself' : undefined,
  (_, text) =>
    /^\[[A-Z]@[\da-f]+\r?\n?$/.test(text) ? 'an array of Java printed by its address: send new String(bytes), or the bytes' : undefined,
  (_, text) => (isJson(text) ? 'JSON: send the plain text' : undefined),
  (_, text) =>
    /^(?:\[.*\]|\(.*,.*\)|\{.+\})\r?\n?$/s.test(text) && text.trimEnd() !== '[object Object]'
      ? 'a list, tuple or dictionary as Python prints it: send only the text'
      : undefined,
  (_, text) =>
    text.trimEnd() === '[object Object]' ? 'an object of JavaScript converted to a text: send the value of the object' : undefined,
  (_, text) => (MISSING.test(text) ? 'a value that was never set, printed as a text: send the value' : undefined),
  (bytes) => (isUtf8(bytes) ? undefined : `text that is not UTF-8, such as Latin-1, or ${smallNumber(bytes) ?? 'no text at all'}`),
]

/** Describes bytes that are a text and NUL. The bytes may also be a real number whose last bytes are 0. */
function endedText(bytes: Uint8Array): string {
  const number = describePackedReal(bytes)
  const or = number === undefined ? '' : `, or ${number}`
  return `a text with NUL after it, as C stores it${or}: send ${number === undefined ? 'strlen bytes of the text' : 'text'}, without the NUL`
}

/** Texts that programs print for a missing value. */
const MISSING = /^(?:None|null|undefined|NaN|nan)\r?\n?$/

/** Describes one or two bytes as a number, although the bytes may be text in another encoding. Returns `undefined` for more bytes. */
function smallNumber(bytes: Uint8Array): string | undefined {
  const [first = 0, second = 0] = bytes
  if (bytes.length === 1) return `the number ${first} of struct.pack("B", ...)`
  if (bytes.length !== 2 || (first !== 0xff && second !== 0xff)) return undefined
  return second === 0xff ? `the number ${first - 256} of struct.pack("h", ...)` : `the number ${second - 256} of struct.pack("!h", ...)`
}

/** Applies a clue to the bytes and, if the clue does not match, to the bytes with the line end. */
function withEnd(clue: (bytes: Uint8Array) => string | undefined, bytes: Uint8Array, end: string): string | undefined {
  return clue(bytes) ?? (end === '' ? undefined : clue(Uint8Array.of(...bytes, ...encode(end))))
}

/** Recognizes UTF-16 without a byte order mark: every second byte is 0, and all other bytes are ASCII. A single character is ambiguous. */
function utf16(bytes: Uint8Array): string | undefined {
  const whole = bytes.length - (bytes.length % 2)
  const zeros = (from: number) => everyOther(bytes, from, whole, (byte) => byte === 0) && everyOther(bytes, 1 - from, whole, isAscii)
  if (whole < 4) return undefined
  if (zeros(1)) return 'UTF-16 (little-endian): encode as UTF-8'
  if (zeros(0)) return 'UTF-16 (big-endian), as writeChars of Java sends it: encode as UTF-8'
  return undefined
}

/** Length is a binary encoding of a length before a text. */
interface Length {
  readonly size: 1 | 2 | 4 | 8
  readonly little: boolean
  readonly name: string
}

const LENGTHS: readonly Length[] = [
  { size: 8, little: true, name: 'an 8-byte length before the text, little-endian, as in struct.pack("<Q", ...) or a size_t of C' },
  { size: 8, little: false, name: 'an 8-byte length before the text, big-endian, as in struct.pack("!Q", ...) or writeLong of Java' },
  { size: 4, little: false, name: 'a 4-byte length before the text, big-endian, as in struct.pack("!I", ...) or writeInt of Java' },
  { size: 4, little: true, name: 'a 4-byte length before the text, little-endian, as in struct.pack("I", ...) or an int of C' },
  { size: 2, little: false, name: 'a 2-byte length before the text, as in Java\'s writeUTF or struct.pack("!H", ...)' },
  { size: 2, little: true, name: 'a 2-byte length before the text, little-endian, as in struct.pack("H", ...)' },
  { size: 1, little: true, name: 'a 1-byte length before the text, as in the BinaryWriter of C#' },
]

/** Recognizes the length of a text before the whole text. */
function lengthBefore(bytes: Uint8Array): string | undefined {
  return LENGTHS.find((form) => {
    const length = lengthAt(bytes, form)
    const body = bytes.subarray(form.size, form.size + length)
    const rest = bytes.subarray(form.size + length)
    const ends = rest.length === 0 || (!isText(rest.subarray(0, 1)) && (form.size > 1 || rest[0] !== 0)) || rest[0] === 10 || rest[0] === 13
    // a 1-byte length that is also an ASCII character is more likely the first character of a text
    const hasText = body.some((byte) => byte !== 10 && byte !== 13)
    return length > 0 && hasText && (form.size > 1 || (length < 0x80 && !isAscii(length))) && body.length === length && isText(body) && ends
  })?.name
}

/** Recognizes the length of a text before the beginning of this text; the rest of the text is missing. */
function lengthAhead(bytes: Uint8Array): string | undefined {
  if (bytes.length >= HEAD) return undefined
  const form = LENGTHS.find((one) => {
    const body = bytes.subarray(one.size)
    const length = lengthAt(bytes, one)
    const filled = one.little ? one.size > 2 : bytes[0] === 0
    return one.size > 1 && filled && length <= SMALL && body.length > 0 && body.length < length && isText(body)
  })
  return form && `${form.name}: the length is ${lengthAt(bytes, form)} bytes, but ${bytes.length - form.size} bytes have arrived`
}

function lengthAt(bytes: Uint8Array, { size, little }: Length): number {
  return bytes.length < size ? 0 : numberIn(bytes.subarray(0, size), little)
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

/** Checks whether bytes are text that a person can type. */
function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => isAscii(byte) || byte >= 0x80) && isUtf8(bytes)
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    // the last character of a long text may be cut
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: bytes.length >= HEAD })
    return true
  } catch {
    return false
  }
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
