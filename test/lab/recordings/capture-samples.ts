import { LINK_TYPE } from '../../../src/lab/recordings/packet-format.ts'

export interface SamplePacket {
  readonly seconds?: number
  /** Microseconds, or nanoseconds if the file has these. */
  readonly fraction?: number
  readonly data: Uint8Array
  /** Length on the wire, if the capture cut the packet. */
  readonly length?: number
}

/** Builds a capture in pcap. */
export function pcap(
  packets: readonly SamplePacket[],
  { isLittle = true, isNano = false, linkType = LINK_TYPE.ethernet as number } = {},
): Uint8Array {
  const file = new Uint8Array(24 + packets.reduce((length, { data }) => length + 16 + data.length, 0))
  const view = new DataView(file.buffer)
  view.setUint32(0, isNano ? 0xa1b23c4d : 0xa1b2c3d4, isLittle)
  view.setUint16(4, 2, isLittle)
  view.setUint16(6, 4, isLittle)
  view.setUint32(16, 262_144, isLittle)
  view.setUint32(20, linkType, isLittle)
  let place = 24
  for (const { seconds = 0, fraction = 0, data, length = data.length } of packets) {
    view.setUint32(place, seconds, isLittle)
    view.setUint32(place + 4, fraction, isLittle)
    view.setUint32(place + 8, data.length, isLittle)
    view.setUint32(place + 12, length, isLittle)
    file.set(data, place + 16)
    place += 16 + data.length
  }
  return file
}

/** Builds a block of pcapng from its body. */
export function block(type: number, body: Uint8Array, isLittle = true): Uint8Array {
  const length = 12 + body.length + (-body.length & 3)
  const built = new Uint8Array(length)
  const view = new DataView(built.buffer)
  view.setUint32(0, type, isLittle)
  view.setUint32(4, length, isLittle)
  built.set(body, 8)
  view.setUint32(length - 4, length, isLittle)
  return built
}

/** Builds the body of a block from 32-bit numbers, and bytes behind them. */
export function body(numbers: readonly number[], isLittle = true, rest: Uint8Array = new Uint8Array()): Uint8Array {
  const built = new Uint8Array(numbers.length * 4 + rest.length)
  const view = new DataView(built.buffer)
  for (const [at, number] of numbers.entries()) view.setUint32(at * 4, number, isLittle)
  built.set(rest, numbers.length * 4)
  return built
}

/** Joins the parts of a file. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

/** Builds the block that begins a section. */
export function section(isLittle = true): Uint8Array {
  return block(0x0a0d0d0a, body([0x1a2b3c4d, isLittle ? 1 : 0x1_0000, 0xffff_ffff, 0xffff_ffff], isLittle), isLittle)
}
