import { z } from 'zod'
import { encode } from '../../wire/text.ts'
import { type Recording, type RecordingEntry, RecordingError } from './recording.ts'

/*
 * The JSON Lines format of recordings: a header, and then one entry on each line, as `RecordingEntry` declares it. The writer
 * writes bytes as `text` if they are valid UTF-8, so that people can read them, and otherwise as `hex`.
 */

const LF = 0x0a
/** Maxima of a file. They bound the memory that the reader needs. */
const LIMITS = { entries: 500_000, bytes: 256 * 1024 * 1024 } as const
const HEADER = { type: 'recording', version: 1 } as const

const whole = z.int().min(0)
const base = { connection: whole, at: whole, comments: z.array(z.string()).exactOptional() }
const sent = { ...base, from: z.enum(['client', 'server']), missing: whole.exactOptional() }
const address = z.strictObject({ host: z.string(), port: z.int().min(0).max(65_535) })

const Opening = z.strictObject({
  ...base,
  type: z.literal('open'),
  transport: z.enum(['tcp', 'udp']),
  client: address,
  server: address,
  isPartial: z.boolean().exactOptional(),
})
const Segment = z
  .strictObject({
    ...sent,
    type: z.literal('segment'),
    text: z.string().exactOptional(),
    hex: z
      .string()
      .regex(/^(?:[0-9a-f]{2})*$/)
      .exactOptional(),
    masked: z.array(z.tuple([whole, whole])).exactOptional(),
  })
  .refine(({ text, hex }) => (text === undefined) !== (hex === undefined), 'expected either text or hex')
const Ending = z.strictObject({ ...sent, type: z.literal('end'), how: z.enum(['fin', 'reset']) })

const Header = z.looseObject({ type: z.literal(HEADER.type), version: z.literal(HEADER.version) })
const Line = z.discriminatedUnion('type', [Opening, Segment, Ending])

/** Maximum number of bytes in UTF-8 for each unit of a string. */
const UTF8 = 3

/** JsonlEncoder writes entries as lines of JSON. It writes each entry when the entry arrives. */
export class JsonlEncoder {
  readonly #encoder = new TextEncoder()
  /** The bytes of the current line. All lines share one array, because it takes longer to allocate a new array than to encode a line. */
  #line = new Uint8Array(4096)

  /** Returns the header line of the file. */
  begin(): Uint8Array {
    return encode(`${JSON.stringify(HEADER)}\n`)
  }

  /** Returns the line of an entry, in memory that the next call overwrites. */
  encode(entry: RecordingEntry): Uint8Array {
    const line = formatEntry(entry)
    if (UTF8 * line.length > this.#line.length) this.#line = new Uint8Array(2 * UTF8 * line.length)
    return this.#line.subarray(0, this.#encoder.encodeInto(line, this.#line).written)
  }
}

function formatEntry(entry: RecordingEntry): string {
  if (entry.type !== 'segment') return `${JSON.stringify(entry)}\n`
  const { connection, at, from, comments, masked, missing } = entry
  const text = toText(entry.bytes)
  // almost all segments have only these fields, and V8 needs half the time for a line if the names of its fields are in the code
  if (text !== undefined && comments === undefined && masked === undefined && missing === undefined)
    return `{"type":"segment","connection":${connection},"at":${at},"from":"${from}","text":${JSON.stringify(text)}}\n`
  const { bytes, ...rest } = entry
  return `${JSON.stringify({ ...rest, ...(text === undefined ? { hex: toHex(bytes) } : { text }) })}\n`
}

/** Encodes all entries as a whole file. */
export function encodeJsonl(entries: Iterable<RecordingEntry>): Uint8Array {
  return encode([JSON.stringify(HEADER), '\n', ...Array.from(entries, formatEntry)].join(''))
}

/** Checks whether a file begins like a recording in JSON Lines. */
export function isJsonl(file: Uint8Array): boolean {
  return file[0] === 0x7b
}

/**
 * Reads a recording in JSON Lines. Warns of a last line that was cut. Throws a RecordingError for any other line that is not an entry,
 * and for a file that is larger than the limits.
 */
export function readJsonl(file: Uint8Array, limits: { readonly entries: number; readonly bytes: number } = LIMITS): Recording {
  if (file.length > limits.bytes) throw tooMuch(`${limits.bytes} bytes`)
  if (countLines(file) > limits.entries + 1) throw tooMuch(`${limits.entries} entries`)
  const end = file.lastIndexOf(LF) + 1
  const lines = decodeWhole(file.subarray(0, end)).split('\n').slice(0, -1)
  const warnings: string[] = []
  const rest = parseRest(file.subarray(end))
  if (rest !== undefined) lines.push(rest)
  // a recorder that the system killed may have written a part of its last line
  else if (end < file.length) warnings.push(`the recording ends inside line ${lines.length + 1}: its rest is missing`)
  if (!Header.safeParse(parseJson(lines[0] ?? '', 1)).success)
    throw new RecordingError(`line 1 is not the header of a recording: expected ${JSON.stringify(HEADER)}`)
  return { entries: lines.slice(1).map((line, at) => toEntry(parseJson(line, at + 2), at + 2)), warnings }
}

function tooMuch(limit: string): RecordingError {
  return new RecordingError(`the recording has more than ${limit}: take its beginning, such as head -n 100000 FILE > PART.jsonl`)
}

function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines++
  return lines
}

function decodeWhole(bytes: Uint8Array): string {
  const text = toText(bytes)
  if (text === undefined) throw new RecordingError('the recording is damaged: it is not UTF-8')
  return text
}

/** Returns the text after the last line end, if it is a whole entry. */
function parseRest(bytes: Uint8Array): string | undefined {
  const text = toText(bytes)
  return text?.endsWith('}') && isJson(text) ? text : undefined
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function parseJson(line: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new RecordingError(`line ${number} is not JSON`, { cause })
  }
}

function toEntry(value: unknown, number: number): RecordingEntry {
  const { data: line, error } = Line.safeParse(value)
  if (!line) {
    const { path = [], message = '' } = error?.issues[0] ?? {}
    throw new RecordingError(
      `line ${number} is not an entry of a recording: ${[path.join('.'), message].filter((part) => part !== '').join(': ')}`,
    )
  }
  if (line.type !== 'segment') return line
  const { text, hex = '', ...rest } = line
  const bytes = text === undefined ? fromHex(hex) : encode(text)
  let place = 0
  for (const [from, to] of line.masked ?? []) {
    if (from < place || to <= from || to > bytes.length) throw new RecordingError(`line ${number} masks bytes that it does not have`)
    place = to
  }
  return { ...rest, bytes }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Returns the text of bytes that are valid UTF-8; `undefined` for other bytes. */
function toText(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16))
}
