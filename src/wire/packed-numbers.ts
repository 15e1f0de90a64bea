import { formatCount } from '../base/counts.ts'
import { decode, escapeControls } from './text.ts'

/** Form is a binary encoding of a number. */
interface Form {
  readonly size: number
  read(view: DataView): number
  /** Name of the form in Python, and in another language. */
  readonly code: string
  readonly other: string
  readonly isReal?: true
}

/** The first form of a pair is big-endian (network order), and the second form is little-endian (the order of most machines). */
const FORMS: readonly Form[] = [
  { size: 1, read: (view) => view.getUint8(0), code: 'b', other: 'write of a number in Java' },
  { size: 2, read: (view) => view.getUint16(0), code: '!h', other: 'writeShort of Java' },
  { size: 2, read: (view) => view.getUint16(0, true), code: 'h', other: 'C' },
  { size: 4, read: (view) => view.getInt32(0), code: '!i', other: 'writeInt of Java' },
  { size: 4, read: (view) => view.getInt32(0, true), code: 'i', other: 'C' },
  { size: 8, read: (view) => Number(view.getBigInt64(0)), code: '!q', other: 'writeLong of Java' },
  { size: 8, read: (view) => Number(view.getBigInt64(0, true)), code: 'q', other: 'C' },
  { size: 4, read: (view) => view.getFloat32(0), code: '!f', other: 'writeFloat of Java', isReal: true },
  { size: 4, read: (view) => view.getFloat32(0, true), code: 'f', other: 'a float of C', isReal: true },
  { size: 8, read: (view) => view.getFloat64(0), code: '!d', other: 'writeDouble of Java', isReal: true },
  { size: 8, read: (view) => view.getFloat64(0, true), code: 'd', other: 'a double of C', isReal: true },
]

/** Limits of a likely number: most numbers that programs send are small and have few digits. */
const SMALL = 65_535
const LEAST = 0.001
const NEGATIVE = 256
const DIGITS = 7
/** Maximum number of characters of a likely real number; for a longer real number, a text of the same bytes is likelier. */
const FEW = 5

/**
 * Describes bytes as a single binary number, with a noun phrase; `undefined` if the bytes are more likely text. If two readings are likely,
 * names both readings; the shorter number is first.
 */
export function describePackedNumber(bytes: Uint8Array): string | undefined {
  if (isRatherText(bytes)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const readings = FORMS.filter(({ size }) => size === bytes.length)
    .map((form) => ({ form, value: shorter(form.read(view), form) }))
    .filter(({ value, form }) => isLikely(value, form))
    .sort((a, b) => String(a.value).length - String(b.value).length)
  const [first, second] = readings.filter(({ value }, at) => readings.findIndex((one) => one.value === value) === at)
  if (!first) return undefined
  const also = second ? `, or ${second.value}, as struct.pack("${second.form.code}", ...)` : ''
  return `the number ${first.value} as ${formatCount(bytes.length, 'byte')}, ${formatEncoding(first.form)}${also}: send it as text`
}

/**
 * Describes bytes as a single real number with few digits; `undefined` if the bytes are no such number. The bytes may also be a text with a
 * NUL after it.
 */
export function describePackedReal(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const form = FORMS.find((one) => {
    if (!one.isReal || one.size !== bytes.length) return false
    const value = shorter(one.read(view), one)
    return isLikely(value, one) && String(value).length <= FEW
  })
  return form && `the number ${shorter(form.read(view), form)} as ${formatCount(bytes.length, 'byte')}, ${formatEncoding(form)}`
}

function formatEncoding({ code, other, isReal }: Form): string {
  const order = isReal || code === 'b' ? '' : code.startsWith('!') ? 'big-endian, ' : 'little-endian, '
  return `${order}as struct.pack("${code}", ...) or ${other}`
}

/** Rounds a real number of four bytes to the digits with which it was probably written. */
function shorter(value: number, { size, isReal }: Form): number {
  if (!isReal || size === 8) return value
  const short = Number(value.toPrecision(DIGITS - 1))
  return Math.fround(short) === value ? short : value
}

function isLikely(value: number, { size, isReal }: Form): boolean {
  const amount = Math.abs(value)
  if (isReal) return amount >= LEAST && amount <= SMALL && String(amount).length <= (size === 8 ? DIGITS + 3 : DIGITS)
  return value <= SMALL && value >= -NEGATIVE
}

/** Control characters that one key sends: line ends, TAB, backspace, Esc, Ctrl-C and Ctrl-D. */
const KEYS = [3, 4, 8, 9, 10, 13, 0x1b]

/**
 * Checks whether bytes are more likely text than a number. Text has no control characters in any encoding. In a small negative number, all
 * bytes except one byte are `ff`.
 */
function isRatherText(bytes: Uint8Array): boolean {
  const isBare = bytes.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13)
  const negative = bytes.length > 2 && [bytes.subarray(1), bytes.subarray(0, -1)].some((all) => all.every((byte) => byte === 0xff))
  const isReal = bytes.length > 2 && bytes.some((byte) => byte >= 0x7f && byte < 0xa0) && !isTextOfUtf8(bytes)
  if (bytes.length === 1) return KEYS.includes(bytes[0] ?? 0) || bytes[0] === 0 || (bytes[0] ?? 0) > 0x1f
  // two ASCII bytes may be a control key and another key
  const isTyped = bytes.length === 2 && bytes.every((byte) => byte > 0 && byte < 0x80)
  return (isBare && !negative && !isReal) || isTyped || isNulTerminated(bytes)
}

/** Checks whether bytes are UTF-8 without control characters, such as "ß9y": the second byte of this text occurs in no text in Latin-1. */
function isTextOfUtf8(bytes: Uint8Array): boolean {
  const text = decode(bytes)
  return escapeControls(text) === text && !text.includes('\ufffd')
}

/**
 * Checks whether bytes are printable characters with NULs after the characters, because C ends a text with NUL. There must be at least two
 * characters, or one character with a single NUL.
 */
function isNulTerminated(bytes: Uint8Array): boolean {
  const length = bytes.indexOf(0)
  const isText = bytes.subarray(0, length).every((byte) => byte >= 0x20 && byte < 0x7f)
  return length > 0 && isText && bytes.subarray(length).every((byte) => byte === 0) && (length > 1 || bytes.length === 2)
}
