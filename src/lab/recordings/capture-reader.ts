import ipaddr from 'ipaddr.js'
import { formatCount } from '../../base/counts.ts'
import type { Side } from '../../protocol/message-spec.ts'
import type { Address } from '../../wire/transport.ts'
import { readPackets } from './capture-file.ts'
import { MASKED_COMMENT } from './packet-format.ts'
import { type PacketEnd, parsePacket, type SkippedPacket, type TcpPacket, type UdpPacket } from './packet-parser.ts'
import { type ByteRange, type Recording, type RecordingEntry, RecordingError } from './recording.ts'
import { type StreamPiece, TcpStream } from './tcp-stream.ts'

/** CaptureLimits has the maxima of a capture. They bound the memory that the reader needs. */
export interface CaptureLimits {
  readonly connections: number
  readonly entries: number
}

const LIMITS: CaptureLimits = { connections: 100_000, entries: 500_000 }
/** The lowest port number that systems give to clients. */
const EPHEMERAL = 32_768

/** Flow is the state of the reader for one connection. */
interface Flow {
  readonly number: number
  /** The key of the client's end. */
  readonly client: string
  /** Sequence number of the client's first byte, if the capture has its SYN. */
  readonly start: number | undefined
  readonly streams: Readonly<Record<Side, TcpStream>>
  /** Number of bytes that the capture lacks. */
  readonly missing: Record<Side, number>
  readonly name: string
  isReset: boolean
}

/**
 * Reads a capture in pcapng or pcap: puts the packets of TCP in order, and groups the packets of UDP by client. The comment of a packet
 * becomes a comment of the entry that comes from the packet. If no entry comes from a packet, the reader drops the comment. Throws a
 * RecordingError for a damaged file.
 */
export function readCapture(file: Uint8Array, limits: CaptureLimits = LIMITS): Recording {
  const warnings: string[] = []
  const reader = new CaptureReader(limits, warnings)
  let at = 0
  for (const { linkType, at: captured, data, comments } of readPackets(file, (sentence) => warnings.push(sentence))) {
    // the order stays, even if the system's clock was set back during the capture
    at = Math.max(at, captured)
    const packet = parsePacket(linkType, data)
    if (typeof packet === 'string') reader.skip(packet, linkType)
    else if (packet.protocol === 'tcp') reader.readTcp(packet, at, comments)
    else reader.readUdp(packet, at, comments)
  }
  return { entries: reader.finish(), warnings }
}

class CaptureReader {
  readonly #limits: CaptureLimits
  readonly #warnings: string[]
  readonly #entries: RecordingEntry[] = []
  /** The latest connection of each pair of ends, by protocol. */
  readonly #flows = new Map<string, Flow>()
  readonly #skipped = new Map<string, number>()
  #connections = 0
  #cut = 0

  constructor(limits: CaptureLimits, warnings: string[]) {
    this.#limits = limits
    this.#warnings = warnings
  }

  /** Counts a packet that the recording leaves out. */
  skip(reason: SkippedPacket, linkType: number): void {
    if (reason === 'other') return
    const why = {
      link: `link type ${linkType} is not supported`,
      fragment: 'fragments of IP are not put together',
      malformed: 'headers are cut or invalid',
    }[reason]
    this.#skipped.set(why, (this.#skipped.get(why) ?? 0) + 1)
  }

  readUdp({ from, to, payload, length }: UdpPacket, at: number, comments: readonly string[]): void {
    const [one, other] = [toKey(from), toKey(to)]
    const known = this.#flows.get(toFlowKey('udp', one, other))
    // the client is the side whose packet comes first
    const flow = known ?? this.#open('udp', { client: from, server: to, at })
    if (payload.length < length) this.#cut++
    this.#addSegment(flow, flow.client === one ? 'client' : 'server', { at, bytes: payload, missing: 0, comments })
  }

  readTcp(packet: TcpPacket, at: number, comments: readonly string[]): void {
    const { from, to, sequence, acknowledgment, isSyn, isReset } = packet
    const [one, other] = [toKey(from), toKey(to)]
    const flow = this.#findTcp(packet, one, other, at, comments)
    if (!flow || flow.isReset) return
    const side = flow.client === one ? 'client' : 'server'
    const opposite = side === 'client' ? 'server' : 'client'
    if (acknowledgment !== undefined) this.#add(flow, opposite, flow.streams[opposite].acknowledge(acknowledgment))
    // only a packet with a SYN, with bytes or with a FIN shows at which number a stream begins, because a keep-alive repeats an old number
    if (isSyn) flow.streams[side].begin(sequence)
    if (packet.payload.length > 0 || packet.isFin) this.#add(flow, side, flow.streams[side].push({ ...packet, at, comments }))
    if (!isReset) return
    this.#finish(flow)
    flow.isReset = true
    this.#push({ type: 'end', connection: flow.number, at, from: side, how: 'reset', ...(comments.length > 0 ? { comments } : {}) })
  }

  /** Returns all entries by time, also the entries that still waited for missing bytes. */
  finish(): readonly RecordingEntry[] {
    for (const flow of this.#flows.values()) this.#finish(flow)
    for (const [why, count] of this.#skipped) this.#warnings.push(`skipped ${formatCount(count, 'packet')}: ${why}`)
    if (this.#cut > 0) this.#warnings.push(`the capture lacks the end of ${formatCount(this.#cut, 'datagram')}`)
    // sorting does not change the order of entries with equal times
    return this.#entries.sort((one, other) => one.at - other.at)
  }

  /** Finds the connection of a packet, or opens a connection if the packet can begin a connection. */
  #findTcp(packet: TcpPacket, one: string, other: string, at: number, comments: readonly string[]): Flow | undefined {
    const { from, to, sequence, acknowledgment, isSyn, isFin, payload } = packet
    const known = this.#flows.get(toFlowKey('tcp', one, other))
    if (isSyn && acknowledgment === undefined) {
      // a SYN with the number of an earlier SYN is a repetition; a SYN with another number opens another connection
      if (known?.start === sequence && known.client === one) return known
      if (known) this.#finish(known)
      return this.#open('tcp', { client: from, server: to, at, start: sequence, comments })
    }
    if (known) return known
    if (isSyn) return this.#open('tcp', { client: to, server: from, at, comments })
    if (payload.length === 0 && !isFin) return undefined
    const isAnswer = from.port < EPHEMERAL && to.port >= EPHEMERAL
    return this.#open(
      'tcp',
      isAnswer ? { client: to, server: from, at, isPartial: true } : { client: from, server: to, at, isPartial: true },
    )
  }

  #open(transport: 'tcp' | 'udp', { client, server, at, start, comments = [], isPartial = false }: FlowOpening): Flow {
    if (++this.#connections > this.#limits.connections) throw tooMuch(formatCount(this.#limits.connections, 'connection'))
    const [one, other] = [toAddress(client), toAddress(server)]
    const number = this.#connections
    const flow: Flow = {
      number,
      client: toKey(client),
      start,
      streams: { client: new TcpStream(), server: new TcpStream() },
      missing: { client: 0, server: 0 },
      name: `connection ${number}, from ${one.host} port ${one.port} to ${other.host} port ${other.port}`,
      isReset: false,
    }
    this.#flows.set(toFlowKey(transport, toKey(client), toKey(server)), flow)
    const opening = { type: 'open', connection: number, at, transport, client: one, server: other } as const
    this.#push({ ...opening, ...(comments.length > 0 ? { comments } : {}), ...(isPartial ? { isPartial } : {}) })
    if (isPartial) this.#warnings.push(`${flow.name}: the capture begins in its middle`)
    return flow
  }

  /** Adds the packets that wait for missing bytes, and says how many bytes are missing. */
  #finish(flow: Flow): void {
    if (flow.isReset) return
    for (const side of ['client', 'server'] as const) {
      this.#add(flow, side, flow.streams[side].finish())
      const count = flow.missing[side]
      if (count > 0) this.#warnings.push(`${flow.name}: the capture lacks ${formatCount(count, 'byte')} that the ${side} sent`)
      flow.missing[side] = 0
    }
  }

  #add(flow: Flow, side: Side, pieces: readonly StreamPiece[]): void {
    for (const piece of pieces) {
      flow.missing[side] += piece.missing
      if (!piece.isFin) {
        this.#addSegment(flow, side, piece)
        continue
      }
      const { at, missing, comments } = piece
      const rest = { ...(missing > 0 ? { missing } : {}), ...(comments.length > 0 ? { comments } : {}) }
      this.#push({ type: 'end', connection: flow.number, at, from: side, how: 'fin', ...rest })
    }
  }

  #addSegment(flow: Flow, from: Side, { at, bytes, missing, comments }: Omit<StreamPiece, 'isFin'>): void {
    const masked = comments.flatMap((comment) => (MASKED_COMMENT.test(comment) ? parseMasked(comment, bytes.length) : []))
    const others = comments.filter((comment) => !MASKED_COMMENT.test(comment))
    this.#push({
      ...({ type: 'segment', connection: flow.number, at, from, bytes } as const),
      ...(others.length > 0 ? { comments: others } : {}),
      ...(masked.length > 0 ? { masked } : {}),
      ...(missing > 0 ? { missing } : {}),
    })
  }

  #push(entry: RecordingEntry): void {
    if (this.#entries.length >= this.#limits.entries) throw tooMuch(`${this.#limits.entries} entries`)
    this.#entries.push(entry)
  }
}

/** FlowOpening describes a connection at its first packet. */
interface FlowOpening {
  readonly client: PacketEnd
  readonly server: PacketEnd
  readonly at: number
  readonly start?: number
  readonly comments?: readonly string[]
  readonly isPartial?: boolean
}

function tooMuch(limit: string): RecordingError {
  return new RecordingError(`the capture has more than ${limit}: cut it by a filter, such as tcpdump -r FILE -w PART 'tcp port 3456'`)
}

/** Parses the comment that lists masked ranges. Ignores ranges that the segment does not have. */
function parseMasked(comment: string, length: number): readonly ByteRange[] {
  return Array.from(comment.matchAll(/(\d+)-(\d+)/g), ([, from, to]): ByteRange => [Number(from), Number(to)]).filter(
    ([from, to], at, all) => from >= (all[at - 1]?.[1] ?? 0) && from < to && to <= length,
  )
}

/** Returns a key for one end of a connection. */
function toKey({ ip, port }: PacketEnd): string {
  return `${String.fromCharCode(...ip)}${port}`
}

/** Returns a key for a pair of ends, the same in both directions. */
function toFlowKey(transport: 'tcp' | 'udp', one: string, other: string): string {
  return one < other ? `${transport} ${one} ${other}` : `${transport} ${other} ${one}`
}

/** Formats an end as an address; formats an IPv4 address that is mapped to IPv6 as IPv4. */
function toAddress({ ip, port }: PacketEnd): Address {
  const parsed = ipaddr.fromByteArray([...ip])
  if (parsed instanceof ipaddr.IPv4) return { host: parsed.toString(), port }
  return { host: parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.toRFC5952String(), port }
}
