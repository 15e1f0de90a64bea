import type { Side } from '../../protocol/message-spec.ts'
import { encode } from '../../wire/text.ts'
import { ByteWriter } from './byte-writer.ts'
import { buildTcpPacket, buildUdpPacket, type PacketHost, toPacketHosts } from './packet-builder.ts'
import { BLOCK, BYTE_ORDER_MAGIC, FLAG, LINK_TYPE, OPTION } from './packet-format.ts'
import { type ByteRange, type ConnectionOpening, type RecordedSegment, type RecordingEntry, RecordingError } from './recording.ts'

/*
 * The monitor and the tap see bytes, and Wireshark needs packets. The encoder invents packets that could have transported the bytes: an
 * Ethernet frame for each segment, with the real addresses and ports, the time of the recording, and headers that fit together.
 *
 * - A connection begins with a handshake, unless the recording lacks its beginning. Each side counts its sequence numbers from the
 *   beginning. These numbers depend on the number of the connection, so Wireshark distinguishes two connections between the same ports.
 * - Each packet acknowledges all bytes that the other side has sent before. A side that only receives also sends an acknowledgment when half a
 *   window is unacknowledged; otherwise Wireshark would report a full window.
 * - Missing bytes advance the sequence number, so Wireshark reports them, and the reader of captures finds them again.
 * - The encoder cuts a segment that is too long for a packet; the first packet has its comments.
 *
 * The pcapng draft (draft-ietf-opsawg-pcapng) defines the block format.
 */

/** Maximum payload of a TCP packet: half a window, so that an acknowledgment comes before the window is full. */
const LONGEST_PAYLOAD = 32_768
/** Maximum number of bytes in a comment, because its length is a 16-bit number. */
const LONGEST_COMMENT = 65_532

/** Stream has the sequence numbers of one side of a connection. */
interface Stream {
  readonly host: PacketHost
  /** Sequence number of the next byte. The encoder writes its lowest 32 bits. */
  next: number
  /** The highest number that the other side has acknowledged. */
  acknowledged: number
  isOpen: boolean
}

interface Flow {
  readonly transport: 'tcp' | 'udp'
  readonly client: Stream
  readonly server: Stream
}

/** Output has the memory for packets: the blocks of the file, and one frame. */
interface Output {
  readonly file: ByteWriter
  readonly frame: ByteWriter
}

/** Packet has the parts of a block except the frame. */
interface Packet {
  readonly at: number
  readonly comments?: readonly string[] | undefined
}

/**
 * PcapngEncoder writes entries as the blocks of a pcapng file. It writes each entry when the entry arrives, and stores only the state of
 * the open connections.
 */
export class PcapngEncoder {
  readonly #flows = new Map<number, Flow>()
  /**
   * The blocks of the present entry: one buffer for all entries, because it takes longer to allocate a new buffer than to encode an entry.
   */
  readonly #file = newFile()
  /** The frame of the present packet, for the same reason. */
  readonly #frame = new ByteWriter()

  /** Returns the blocks at the beginning of the file. */
  begin(): Uint8Array {
    const file = newFile()
    writeBlock(file, BLOCK.section, () => {
      file.uint32(BYTE_ORDER_MAGIC).uint16(1).uint16(0)
      // -1: the writer does not know the length of the section
      file.uint32(0xffff_ffff).uint32(0xffff_ffff)
      writeOptions(file, [[OPTION.application, encode('Parlor')]])
    })
    writeBlock(file, BLOCK.interface, () => {
      file.uint16(LINK_TYPE.ethernet).uint16(0).uint32(0)
      writeOptions(file, [
        [OPTION.name, encode('parlor')],
        [OPTION.resolution, Uint8Array.of(6)],
      ])
    })
    return file.finish()
  }

  /**
   * Returns the blocks of an entry, in memory that the next call overwrites. Throws a RecordingError if the entry's connection is not open,
   * or if packets cannot contain the entry.
   */
  encode(entry: RecordingEntry): Uint8Array {
    const file = this.#file.clear()
    if (entry.type === 'open') {
      this.#open(file, entry)
      return file.view(0)
    }
    const flow = this.#flows.get(entry.connection)
    if (!flow) throw new RecordingError(`connection ${entry.connection} is not open`)
    const [from, to] = entry.from === 'client' ? [flow.client, flow.server] : [flow.server, flow.client]
    if (entry.type === 'segment') {
      if (flow.transport === 'udp') writePacket(file, buildUdpPacket(from.host, to.host, entry.bytes), toPacket(entry, entry.bytes.length))
      else writeSegment({ file, frame: this.#frame }, from, to, entry)
      return file.view(0)
    }
    if (flow.transport === 'udp') throw new RecordingError('a connection over UDP has no end')
    if (entry.missing !== undefined) from.next += entry.missing
    const flags = (entry.how === 'fin' ? FLAG.fin : FLAG.reset) | FLAG.acknowledges
    writeTcp({ file, frame: this.#frame }, from, to, flags, entry)
    if (entry.how === 'fin') from.next++
    from.isOpen = false
    if (!to.isOpen || entry.how === 'reset') this.#flows.delete(entry.connection)
    return file.view(0)
  }

  #open(file: ByteWriter, { connection, transport, client, server, at, comments, isPartial }: ConnectionOpening): void {
    if (this.#flows.has(connection)) throw new RecordingError(`connection ${connection} is open already`)
    const hosts = toPacketHosts(client, server)
    const flow: Flow = {
      transport,
      client: toStream(hosts.client, connection, 'client'),
      server: toStream(hosts.server, connection, 'server'),
    }
    this.#flows.set(connection, flow)
    if (transport === 'udp') return
    const [one, other] = [flow.client, flow.server]
    if (!isPartial) {
      writePacket(file, buildTcpPacket(one.host, other.host, { sequence: one.next - 1, acknowledgment: 0, flags: FLAG.syn }), {
        at,
        comments,
      })
      const answer = { sequence: other.next - 1, acknowledgment: one.next, flags: FLAG.syn | FLAG.acknowledges }
      writePacket(file, buildTcpPacket(other.host, one.host, answer), { at })
      writeTcp({ file, frame: this.#frame }, one, other, FLAG.acknowledges, { at })
    }
  }
}

/** Encodes all entries as a whole pcapng file. */
export function encodePcapng(entries: Iterable<RecordingEntry>): Uint8Array {
  const encoder = new PcapngEncoder()
  const file = newFile().bytes(encoder.begin())
  for (const entry of entries) file.bytes(encoder.encode(entry))
  return file.finish()
}

function toStream(host: PacketHost, connection: number, side: Side): Stream {
  // a multiplicative hash (Knuth), so that the numbers of two connections are far apart
  const next = (Math.imul(connection * 2 + (side === 'client' ? 0 : 1) + 1, 0x9e37_79b1) >>> 0) + 1
  return { host, next, acknowledged: next, isOpen: true }
}

function writeSegment(output: Output, from: Stream, to: Stream, segment: RecordedSegment): void {
  const { bytes, missing = 0 } = segment
  from.next += missing
  for (let start = 0; start < bytes.length; start += LONGEST_PAYLOAD) {
    const end = Math.min(bytes.length, start + LONGEST_PAYLOAD)
    const flags = FLAG.acknowledges | (end === bytes.length ? FLAG.push : 0)
    const payload = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)
    writeTcp(output, from, to, flags, toPacket(segment, end, start), payload)
    from.next += end - start
    if (from.next - from.acknowledged >= LONGEST_PAYLOAD) writeTcp(output, to, from, FLAG.acknowledges, { at: segment.at })
  }
}

/** Writes a packet that acknowledges all bytes that the other side has sent. */
function writeTcp({ file, frame }: Output, from: Stream, to: Stream, flags: number, packet: Packet, payload?: Uint8Array): void {
  to.acknowledged = to.next
  const header = { sequence: from.next, acknowledgment: to.next, flags }
  writePacket(file, buildTcpPacket(from.host, to.host, header, payload, frame), packet)
}

/** Returns the time and the comments of the part of a segment from `start` to `end`. The masked ranges of the part become a comment. */
function toPacket(segment: RecordedSegment, end: number, start = 0): Packet {
  const { at, comments = [], masked = [] } = segment
  if (comments.length === 0 && masked.length === 0) return { at }
  const ranges = masked
    .map(([from, to]): ByteRange => [Math.max(from, start) - start, Math.min(to, end) - start])
    .filter(([from, to]) => from < to)
  const list = ranges.map(([from, to]) => ` ${from}-${to}`).join('')
  return { at, comments: [...(start === 0 ? comments : []), ...(list === '' ? [] : [`parlor: masked${list}`])] }
}

function writePacket(file: ByteWriter, frame: Uint8Array, { at, comments = [] }: Packet): void {
  writeBlock(file, BLOCK.packet, () => {
    file.uint32(0)
    file.uint32(Math.floor(at / 0x1_0000_0000)).uint32(at)
    file.uint32(frame.length).uint32(frame.length)
    file.bytes(frame).pad()
    if (comments.length === 0) return
    const options = comments.map((comment) => [OPTION.comment, toComment(comment)] as const)
    writeOptions(file, options)
  })
}

/** Encodes a comment, and cuts it at the maximum length. */
function toComment(text: string): Uint8Array {
  const bytes = encode(text)
  if (bytes.length <= LONGEST_COMMENT) return bytes
  let end = LONGEST_COMMENT
  // the cut is not inside a character
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.subarray(0, end)
}

/** Returns a writer with the byte order of the file. The length of every block is a multiple of four bytes. */
function newFile(): ByteWriter {
  return new ByteWriter('little')
}

/** Writes a block: its type, its length, the body that `write` writes, and the length again. */
function writeBlock(file: ByteWriter, type: number, write: () => void): void {
  const start = file.length
  file.uint32(type).uint32(0)
  write()
  const length = file.length + 4 - start
  file.uint32(length).setUint32(start + 4, length)
}

function writeOptions(file: ByteWriter, options: readonly (readonly [code: number, value: Uint8Array])[]): void {
  for (const [code, value] of options) file.uint16(code).uint16(value.length).bytes(value).pad()
  file.uint16(OPTION.end).uint16(0)
}
