import { formatCount } from '../../base/counts.ts'
import { decode } from '../../wire/text.ts'
import { BLOCK, BYTE_ORDER_MAGIC, OPTION } from './packet-format.ts'
import { RecordingError } from './recording.ts'

/** CapturedPacket is a packet of a capture file. `data` is a part of the file, not a copy. */
export interface CapturedPacket {
  readonly linkType: number
  /** Time in whole microseconds since the Unix epoch. */
  readonly at: number
  readonly data: Uint8Array
  readonly comments: readonly string[]
}

/** OnWarning is called with a sentence about data that a file lacks. */
export type OnWarning = (sentence: string) => void

/** The magic numbers of pcap, each with the number of timestamp units in a microsecond. */
const PCAP_MAGIC: Readonly<Record<number, number>> = { 2712847316: 1, 2712812621: 1000 }
const PCAP_HEADER = 24
const PCAP_RECORD = 16
/** Length of the shortest block of pcapng, which has only its type, and its length twice. */
const SHORTEST_BLOCK = 12

/** Checks whether a file begins like a capture in pcapng or in pcap. */
export function isCaptureFile(file: Uint8Array): boolean {
  return isPcapng(file) || toPcapFormat(file) !== undefined
}

/**
 * Reads the packets of a capture in pcapng or in pcap, of either byte order. For a file that ends inside a packet, returns the
 * packets before it, and warns. Throws a RecordingError for a damaged file, or for a file of another format.
 */
export function readPackets(file: Uint8Array, onWarning: OnWarning): Generator<CapturedPacket> {
  return isPcapng(file) ? readPcapng(file, onWarning) : readPcap(file, onWarning)
}

function isPcapng(file: Uint8Array): boolean {
  return file.length >= 4 && toView(file).getUint32(0) === BLOCK.section
}

function toView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Returns the byte order and the unit of the timestamps of a pcap file; `undefined` for a file of another format. */
function toPcapFormat(file: Uint8Array): { readonly isLittle: boolean; readonly unit: number } | undefined {
  if (file.length < 4) return undefined
  for (const isLittle of [true, false]) {
    const unit = PCAP_MAGIC[toView(file).getUint32(0, isLittle)]
    if (unit !== undefined) return { isLittle, unit }
  }
  return undefined
}

function* readPcap(file: Uint8Array, onWarning: OnWarning): Generator<CapturedPacket> {
  const format = toPcapFormat(file)
  if (!format) throw new RecordingError('this is not a capture: it begins neither like a .pcapng nor like a .pcap')
  if (file.length < PCAP_HEADER) throw new RecordingError('the capture ends inside its header')
  const { isLittle, unit } = format
  const view = toView(file)
  // the upper bits say whether frames end with a checksum
  const linkType = view.getUint32(20, isLittle) & 0x0fff_ffff
  let place = PCAP_HEADER
  for (let number = 1; place < file.length; number++) {
    const start = place + PCAP_RECORD
    const end = start + (start > file.length ? 0 : view.getUint32(place + 8, isLittle))
    if (end > file.length) return onWarning(`the capture ends inside packet ${number}: its rest is missing`)
    const at = view.getUint32(place, isLittle) * 1_000_000 + Math.floor(view.getUint32(place + 4, isLittle) / unit)
    yield { linkType, at, data: file.subarray(start, end), comments: [] }
    place = end
  }
}

/** CaptureInterface has the properties of an interface that apply to its packets. */
interface CaptureInterface {
  readonly linkType: number
  /** Maximum length of a captured packet; 0 for no maximum. */
  readonly longest: number
  /** Converts a timestamp of the interface to whole microseconds since the Unix epoch. */
  readonly toMicroseconds: (high: number, low: number) => number
}

/** PcapngBlock is a block of pcapng, without its type and lengths. */
interface PcapngBlock {
  readonly type: number
  readonly body: Uint8Array
  readonly isLittle: boolean
}

function* readPcapng(file: Uint8Array, onWarning: OnWarning): Generator<CapturedPacket> {
  let interfaces: CaptureInterface[] = []
  let at = 0
  for (const { type, body, isLittle } of readBlocks(file, onWarning)) {
    const view = toView(body)
    if (type === BLOCK.section) interfaces = []
    if (type === BLOCK.interface) interfaces.push(toInterface(body, isLittle))
    if (type === BLOCK.packet || type === BLOCK.oldPacket) {
      requireLength(body, 20, 'a packet block')
      const number = type === BLOCK.packet ? view.getUint32(0, isLittle) : view.getUint16(0, isLittle)
      const { linkType, toMicroseconds } = requireInterface(interfaces, number)
      const length = view.getUint32(12, isLittle)
      requireLength(body, 20 + length, 'a packet block')
      at = toMicroseconds(view.getUint32(4, isLittle), view.getUint32(8, isLittle))
      const options = readOptions(body, 20 + length + (-length & 3), isLittle)
      const comments = options.filter(({ code }) => code === OPTION.comment).map(({ value }) => decode(value))
      yield { linkType, at, data: body.subarray(20, 20 + length), comments }
    }
    if (type === BLOCK.simplePacket) {
      requireLength(body, 4, 'a packet block')
      const { linkType, longest } = requireInterface(interfaces, 0)
      const length = Math.min(view.getUint32(0, isLittle), longest || Number.POSITIVE_INFINITY, body.length - 4)
      // a simple packet has no time, so it gets the time of the packet before it
      yield { linkType, at, data: body.subarray(4, 4 + length), comments: [] }
    }
  }
}

function* readBlocks(file: Uint8Array, onWarning: OnWarning): Generator<PcapngBlock> {
  const view = toView(file)
  let isLittle = true
  let place = 0
  for (let number = 1; place < file.length; number++) {
    const left = file.length - place
    if (left < SHORTEST_BLOCK) return onWarning(`the capture ends inside block ${number}: its rest is missing`)
    const isSection = view.getUint32(place) === BLOCK.section
    if (isSection) {
      const magic = view.getUint32(place + 8, true)
      isLittle = magic === BYTE_ORDER_MAGIC
      if (!isLittle && view.getUint32(place + 8) !== BYTE_ORDER_MAGIC)
        throw new RecordingError(`the capture is damaged: the section at byte ${place} has no byte order`)
    }
    const length = view.getUint32(place + 4, isLittle)
    if (length < SHORTEST_BLOCK || length % 4 !== 0)
      throw new RecordingError(
        `the capture is damaged: block ${number}, at byte ${place}, cannot have a length of ${formatCount(length, 'byte')}`,
      )
    if (length > left) return onWarning(`the capture ends inside block ${number}: its rest is missing`)
    if (view.getUint32(place + length - 4, isLittle) !== length)
      throw new RecordingError(`the capture is damaged: the two lengths of block ${number}, at byte ${place}, differ`)
    yield { type: view.getUint32(place, isLittle), body: file.subarray(place + 8, place + length - 4), isLittle }
    place += length
  }
}

function toInterface(body: Uint8Array, isLittle: boolean): CaptureInterface {
  requireLength(body, 8, 'an interface block')
  const view = toView(body)
  const options = readOptions(body, 8, isLittle)
  const resolution = options.find(({ code }) => code === OPTION.resolution)?.value[0] ?? 6
  const offset = options.find(({ code, value }) => code === OPTION.timeOffset && value.length === 8)?.value
  const seconds = offset === undefined ? 0n : toView(offset).getBigInt64(0, isLittle)
  const longest = view.getUint32(4, isLittle)
  return { linkType: view.getUint16(0, isLittle), longest, toMicroseconds: toTimeReader(resolution, seconds) }
}

/**
 * Returns a function that reads timestamps of a resolution. If the highest bit of the resolution is 0, the other bits are a number n, and
 * the unit is 10^-n seconds. If the highest bit is 1, the unit is 2^-n seconds.
 */
function toTimeReader(resolution: number, offset: bigint): CaptureInterface['toMicroseconds'] {
  if (resolution === 6 && offset === 0n) return (high, low) => toTime(high * 0x1_0000_0000 + low)
  const perSecond = (resolution & 0x80) === 0 ? 10n ** BigInt(resolution) : 2n ** BigInt(resolution & 0x7f)
  return (high, low) => {
    const units = (BigInt(high) << 32n) | BigInt(low)
    return toTime(Number((units * 1_000_000n) / perSecond + offset * 1_000_000n))
  }
}

function toTime(microseconds: number): number {
  if (!Number.isSafeInteger(microseconds)) throw new RecordingError('the capture is damaged: a packet has an impossible time')
  return microseconds
}

/** Reads the options at the end of a block. Ignores options that exceed the block. */
function readOptions(body: Uint8Array, start: number, isLittle: boolean): { readonly code: number; readonly value: Uint8Array }[] {
  const view = toView(body)
  const options: { code: number; value: Uint8Array }[] = []
  for (let place = start; place + 4 <= body.length; ) {
    const code = view.getUint16(place, isLittle)
    const length = view.getUint16(place + 2, isLittle)
    if (code === OPTION.end || place + 4 + length > body.length) break
    options.push({ code, value: body.subarray(place + 4, place + 4 + length) })
    place += 4 + length + (-length & 3)
  }
  return options
}

function requireLength(body: Uint8Array, length: number, what: string): void {
  if (body.length < length) throw new RecordingError(`the capture is damaged: ${what} is shorter than its declared length`)
}

function requireInterface(interfaces: readonly CaptureInterface[], number: number): CaptureInterface {
  const found = interfaces[number]
  if (!found) throw new RecordingError(`the capture is damaged: a packet came through interface ${number}, which it does not describe`)
  return found
}
