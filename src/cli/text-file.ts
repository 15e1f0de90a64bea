import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { cannotRead } from '../terminal/system-errors.ts'
import { UsageError } from './diagnostics.ts'

/**
 * Reads a text file that a user names: words, questions, settings, certificates. Rejects with a UsageError if the file
 * cannot be read or is not UTF-8.
 */
export async function readTextFile(file: string): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (error) {
    throw new UsageError(cannotRead(file, error))
  }
  return decodeTextFile(file, bytes)
}

/**
 * Decodes UTF-8 and drops a byte order mark. Throws a UsageError for a file that is not UTF-8: the sentence names the probable
 * encoding, the first line that shows it, and a command for the conversion. The function never replaces a
 * character.
 */
export function decodeTextFile(file: string, bytes: Uint8Array): string {
  const signature = SIGNATURES.find(({ begin }) => begin.every((byte, at) => bytes[at] === byte))
  if (signature) throw new UsageError(foreign(file, signature))
  const wide = wideOf(bytes)
  if (wide)
    throw new UsageError(
      `${file}, line ${lineAt(bytes, bytes.indexOf(0))}: this is ${wide} without a byte order mark, and not UTF-8; ${convert(file, wide)}`,
    )
  const nul = bytes.indexOf(0)
  if (nul >= 0)
    throw new UsageError(`${file}, line ${lineAt(bytes, nul)}: there is a NUL byte, which no text has; give a text file in UTF-8`)
  const wrong = firstInvalid(bytes)
  if (wrong === undefined) return new TextDecoder().decode(bytes)
  const byte = bytes[wrong] ?? 0
  const meant = new TextDecoder('windows-1252').decode(Uint8Array.of(byte))
  const hex = byte.toString(16).toUpperCase()
  throw new UsageError(
    `${file}, line ${lineAt(bytes, wrong)}: the byte ${hex} is not UTF-8; in Latin-1 (Windows-1252) it is ${JSON.stringify(meant)}; ${convert(file, 'WINDOWS-1252')}`,
  )
}

/** Signature has the first bytes of files in another encoding. Without `encoding`, it has the first bytes of ZIP archives. */
interface Signature {
  readonly begin: readonly number[]
  readonly encoding?: string
}

const SIGNATURES: readonly Signature[] = [
  { begin: [0xff, 0xfe, 0, 0], encoding: 'UTF-32' },
  { begin: [0, 0, 0xfe, 0xff], encoding: 'UTF-32' },
  { begin: [0xff, 0xfe], encoding: 'UTF-16' },
  { begin: [0xfe, 0xff], encoding: 'UTF-16' },
  { begin: [0x50, 0x4b, 3, 4] },
]

function foreign(file: string, { encoding }: Signature): string {
  return encoding === undefined
    ? `${file} is a ZIP archive, such as .xlsx, .ods and .docx files, and not text; save it as "CSV UTF-8" or as plain text in UTF-8`
    : `${file}, line 1: this is ${encoding}, as its byte order mark says, and not UTF-8; ${convert(file, encoding)}`
}

function convert(file: string, from: string): string {
  return `convert it: iconv -f ${from} -t UTF-8 ${shellWord(file)} > utf8${extname(file) || '.txt'}, or save it as UTF-8 in your editor`
}

function shellWord(text: string): string {
  return /^[\w./+@%-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** Recognizes UTF-16 without a byte order mark by its zero bytes, because ASCII text in UTF-16 has a zero byte in every second place. */
function wideOf(bytes: Uint8Array): 'UTF-16LE' | 'UTF-16BE' | undefined {
  const start = bytes.subarray(0, 1024)
  const pairs = Math.floor(start.length / 2)
  const zeros = [0, 0]
  for (const [at, byte] of start.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (pairs === 0 || Math.max(even, odd) < pairs / 4 || Math.min(even, odd) > pairs / 20) return undefined
  return odd > even ? 'UTF-16LE' : 'UTF-16BE'
}

/** Returns the index of the first byte that is not UTF-8. */
function firstInvalid(bytes: Uint8Array): number | undefined {
  if (isUtf8(bytes)) return undefined
  let valid = 0
  let invalid = bytes.length
  // the limit may cut a character, and then at most three bytes of this character are at the end
  while (invalid - valid > 4) {
    const middle = (valid + invalid) >> 1
    if (isUtf8(bytes.subarray(0, middle), true)) valid = middle
    else invalid = middle
  }
  let at = Math.max(0, valid - 4)
  while (at < bytes.length && isUtf8(bytes.subarray(0, at + 1), true)) at++
  // the decoder may report the byte after the invalid byte
  while (!isUtf8(bytes.subarray(0, at))) at--
  return at
}

/** Checks whether bytes are UTF-8. If `more` is true, the bytes may end inside a character. */
function isUtf8(bytes: Uint8Array, more = false): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: more })
    return true
  } catch {
    return false
  }
}

/** Returns the number of the line that contains a byte; the first line is 1. */
function lineAt(bytes: Uint8Array, at: number): number {
  const before = new TextDecoder('windows-1252').decode(bytes.subarray(0, Math.max(0, at))).replaceAll('\0', '')
  return before.split(/\r\n|\n|\r/).length
}
