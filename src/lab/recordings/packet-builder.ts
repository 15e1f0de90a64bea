import ipaddr from 'ipaddr.js'
import type { Address } from '../../wire/transport.ts'
import { ByteWriter } from './byte-writer.ts'
import { ETHERTYPE, FLAG, PROTOCOL } from './packet-format.ts'
import { RecordingError } from './recording.ts'

/** PacketHost has the addresses of one end of a connection, for headers. */
export interface PacketHost {
  /** Four bytes of IPv4, or 16 bytes of IPv6. */
  readonly ip: Uint8Array
  readonly port: number
  /** An Ethernet address that no vendor uses. */
  readonly mac: Uint8Array
}

/** TcpHeader has the fields of a TCP header that differ from packet to packet. */
export interface TcpHeader {
  /** The header has the lowest 32 bits. */
  readonly sequence: number
  readonly acknowledgment: number
  readonly flags: number
}

/** The window that each side announces: at most this many bytes are unacknowledged. */
const WINDOW = 65_535
const HOP_LIMIT = 64
const IPV4_HEADER = 20
const TCP_HEADER = 20
const UDP_HEADER = 8
const DONT_FRAGMENT = 0x4000
/** The maximum segment size of the SYN. Packets may be longer, as they are on a loopback interface. */
const SEGMENT_SIZE = 65_495
/** Maximum number of payload bytes in a UDP packet over IPv4. */
const LONGEST_DATAGRAM = 65_535 - IPV4_HEADER - UDP_HEADER

/**
 * Returns both ends as hosts of one IP version: maps an IPv4 address to IPv6 if the other address is IPv6. Throws a RecordingError
 * for addresses that are neither IPv4 nor IPv6.
 */
export function toPacketHosts(client: Address, server: Address): { readonly client: PacketHost; readonly server: PacketHost } {
  const [one, other] = [parseIp(client.host), parseIp(server.host)]
  const toBytes = (ip: Ip) => Uint8Array.from(ip.kind() === other.kind() && ip.kind() === one.kind() ? ip.toByteArray() : toIpv6(ip))
  return {
    client: { ip: toBytes(one), port: client.port, mac: Uint8Array.of(2, 0, 0, 0, 0, 1) },
    server: { ip: toBytes(other), port: server.port, mac: Uint8Array.of(2, 0, 0, 0, 0, 2) },
  }
}

/**
 * Builds an Ethernet frame with a TCP packet. A SYN contains the maximum segment size. With `into`, the frame is in the memory of that
 * writer, until the next call.
 */
export function buildTcpPacket(
  from: PacketHost,
  to: PacketHost,
  header: TcpHeader,
  payload: Uint8Array = new Uint8Array(),
  into = new ByteWriter(),
): Uint8Array {
  const isSyn = (header.flags & FLAG.syn) !== 0
  const headerLength = TCP_HEADER + (isSyn ? 4 : 0)
  const frame = beginFrame(into.clear(), from, to, PROTOCOL.tcp, headerLength + payload.length)
  const start = frame.length
  frame.uint16(from.port).uint16(to.port).uint32(header.sequence).uint32(header.acknowledgment)
  frame.uint8((headerLength / 4) << 4).uint8(header.flags)
  frame.uint16(WINDOW).uint32(0) // checksum and urgent pointer
  if (isSyn) frame.uint8(2).uint8(4).uint16(SEGMENT_SIZE)
  frame.bytes(payload)
  return withChecksum(frame, start, start + 16, { from, to, protocol: PROTOCOL.tcp })
}

/** Builds an Ethernet frame with a UDP packet. Throws a RecordingError for a payload that is too long for a packet. */
export function buildUdpPacket(from: PacketHost, to: PacketHost, payload: Uint8Array): Uint8Array {
  if (payload.length > LONGEST_DATAGRAM) throw new RecordingError(`a datagram has at most ${LONGEST_DATAGRAM} bytes, not ${payload.length}`)
  const frame = beginFrame(new ByteWriter(), from, to, PROTOCOL.udp, UDP_HEADER + payload.length)
  const start = frame.length
  frame.uint16(from.port).uint16(to.port)
  frame
    .uint16(UDP_HEADER + payload.length)
    .uint16(0)
    .bytes(payload)
  return withChecksum(frame, start, start + 6, { from, to, protocol: PROTOCOL.udp })
}

/** Begins a frame with the headers of Ethernet and IP, for a packet of `length` bytes. */
function beginFrame(frame: ByteWriter, from: PacketHost, to: PacketHost, protocol: number, length: number): ByteWriter {
  frame.bytes(to.mac).bytes(from.mac)
  if (from.ip.length === 4) {
    frame.uint16(ETHERTYPE.ipv4)
    const start = frame.length
    frame
      .uint16(0x4500)
      .uint16(IPV4_HEADER + length)
      .uint16(0)
      .uint16(DONT_FRAGMENT)
      .uint8(HOP_LIMIT)
      .uint8(protocol)
      .uint16(0)
    frame.bytes(from.ip).bytes(to.ip)
    return frame.setUint16(start + 10, checksum(frame.view(start)))
  }
  frame.uint16(ETHERTYPE.ipv6).uint32(0x6000_0000).uint16(length).uint8(protocol).uint8(HOP_LIMIT)
  return frame.bytes(from.ip).bytes(to.ip)
}

/** Writes the checksum of TCP or UDP, which covers a pseudo-header with the addresses (RFC 9293, RFC 8200). */
function withChecksum(
  frame: ByteWriter,
  start: number,
  place: number,
  { from, to, protocol }: { readonly from: PacketHost; readonly to: PacketHost; readonly protocol: number },
): Uint8Array {
  const built = frame.view(start)
  const pseudo = addWords(addWords(built.length + protocol, from.ip), to.ip)
  const sum = checksum(built, pseudo)
  // in UDP, zero means that there is no checksum
  return frame.setUint16(place, sum === 0 && protocol === PROTOCOL.udp ? 0xffff : sum).view(0)
}

/** Computes the Internet checksum (RFC 1071) of bytes, beginning with the sum `sum` of other words. */
export function checksum(bytes: Uint8Array, before = 0): number {
  let sum = addWords(before, bytes)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000)
  return ~sum & 0xffff
}

/** Adds bytes to a sum as 16-bit words; an odd byte at the end is the upper half of a word. */
function addWords(before: number, bytes: Uint8Array): number {
  let sum = before
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0)
  return sum
}

type Ip = ipaddr.IPv4 | ipaddr.IPv6

function parseIp(host: string): Ip {
  // a header has no field for the zone of an address
  const [address = ''] = host.split('%')
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address)
  if (ipaddr.IPv6.isValid(address)) return ipaddr.IPv6.parse(address)
  throw new RecordingError(`${JSON.stringify(host)} is not an IP address, so it has no place in a packet`)
}

function toIpv6(ip: Ip): number[] {
  return (ip instanceof ipaddr.IPv4 ? ip.toIPv4MappedAddress() : ip).toByteArray()
}
