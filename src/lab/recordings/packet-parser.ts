import { ETHERTYPE, FLAG, LINK_TYPE, PROTOCOL } from './packet-format.ts'

/** PacketEnd has the address and the port of one end of a packet, as in the headers. */
export interface PacketEnd {
  readonly ip: Uint8Array
  readonly port: number
}

/** TcpPacket has the parts of a TCP packet that a recording needs. Its arrays are parts of the capture, not copies. */
export interface TcpPacket {
  readonly protocol: 'tcp'
  readonly from: PacketEnd
  readonly to: PacketEnd
  /** Sequence number of the first byte of the payload. */
  readonly sequence: number
  /** Sequence number of the next byte that the sender expects; `undefined` for a packet without an acknowledgment. */
  readonly acknowledgment: number | undefined
  readonly isSyn: boolean
  readonly isFin: boolean
  readonly isReset: boolean
  readonly payload: Uint8Array
  /** Length of the payload on the wire, which is longer than `payload` if the capture cut the packet. */
  readonly length: number
}

/** UdpPacket has the parts of a UDP packet that a recording needs. */
export interface UdpPacket {
  readonly protocol: 'udp'
  readonly from: PacketEnd
  readonly to: PacketEnd
  readonly payload: Uint8Array
  readonly length: number
}

/** SkippedPacket is the reason why a recording leaves a packet out. */
export type SkippedPacket = 'link' | 'other' | 'fragment' | 'malformed'

/** Payload has the protocol and the bytes in an IP packet. */
interface Payload {
  readonly from: Uint8Array
  readonly to: Uint8Array
  readonly protocol: number
  readonly bytes: Uint8Array
  /** Length on the wire, in bytes. */
  readonly length: number
}

const toView = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Parses a packet that begins with the link layer. Returns a reason for a packet that a recording leaves out; never throws. */
export function parsePacket(linkType: number, data: Uint8Array): TcpPacket | UdpPacket | SkippedPacket {
  const ip = findIp(linkType, data)
  if (typeof ip === 'string') return ip
  const version = (ip[0] ?? 0) >> 4
  const payload = version === 4 ? parseIpv4(ip) : version === 6 ? parseIpv6(ip) : 'other'
  if (typeof payload === 'string') return payload
  if (payload.protocol === PROTOCOL.tcp) return parseTcp(payload)
  return payload.protocol === PROTOCOL.udp ? parseUdp(payload) : 'other'
}

/** Finds the IP packet in a frame. */
function findIp(linkType: number, data: Uint8Array): Uint8Array | SkippedPacket {
  switch (linkType) {
    case LINK_TYPE.ethernet:
      return findByEthertype(data, 12)
    case LINK_TYPE.linuxCooked:
      return findByEthertype(data, 14)
    case LINK_TYPE.linuxCooked2: {
      // in this link type, the type comes first, and 18 further bytes follow
      if (data.length < 20) return 'malformed'
      return isIp(toView(data).getUint16(0)) ? data.subarray(20) : 'other'
    }
    case LINK_TYPE.bsdLoopback:
    case LINK_TYPE.openBsdLoopback:
      // in this link type, the number before the packet is an address family, whose number differs from system to system
      return data.length < 4 ? 'malformed' : data.subarray(4)
    case LINK_TYPE.raw:
    case LINK_TYPE.rawBsd:
    case LINK_TYPE.rawOpenBsd:
    case LINK_TYPE.ipv4:
    case LINK_TYPE.ipv6:
      return data
    default:
      return 'link'
  }
}

/** Finds the content of a frame, behind its type and any tags of VLANs. */
function findByEthertype(data: Uint8Array, start: number): Uint8Array | SkippedPacket {
  const view = toView(data)
  for (let place = start; place + 2 <= data.length; place += 4) {
    const type = view.getUint16(place)
    if (isIp(type)) return data.subarray(place + 2)
    if (type !== ETHERTYPE.vlan && type !== ETHERTYPE.serviceVlan && type !== ETHERTYPE.oldVlan) return 'other'
  }
  return 'malformed'
}

function isIp(type: number): boolean {
  return type === ETHERTYPE.ipv4 || type === ETHERTYPE.ipv6
}

function parseIpv4(packet: Uint8Array): Payload | SkippedPacket {
  if (packet.length < 20) return 'malformed'
  const view = toView(packet)
  const header = ((packet[0] ?? 0) & 0x0f) * 4
  // if an interface divides packets itself, they are captured before it writes their length
  const total = view.getUint16(2) || packet.length
  if (header < 20 || header > packet.length || total < header) return 'malformed'
  // the mask leaves out the bit "don't fragment"; if any other bit is set, the packet is a fragment
  if ((view.getUint16(6) & 0x3fff) !== 0) return 'fragment'
  const [from, to] = [packet.subarray(12, 16), packet.subarray(16, 20)]
  return { from, to, protocol: packet[9] ?? 0, bytes: packet.subarray(header, total), length: total - header }
}

function parseIpv6(packet: Uint8Array): Payload | SkippedPacket {
  if (packet.length < 40) return 'malformed'
  const view = toView(packet)
  const total = 40 + (view.getUint16(4) || packet.length - 40)
  const [from, to] = [packet.subarray(8, 24), packet.subarray(24, 40)]
  let protocol = packet[6] ?? 0
  let place = 40
  for (;;) {
    const isExtension =
      protocol === PROTOCOL.hopByHop ||
      protocol === PROTOCOL.routing ||
      protocol === PROTOCOL.options ||
      protocol === PROTOCOL.authentication
    if (!isExtension && protocol !== PROTOCOL.fragment) break
    if (place + 8 > Math.min(packet.length, total)) return 'malformed'
    // a packet may be a single fragment: the offset is 0, and no fragment follows
    if (protocol === PROTOCOL.fragment && (view.getUint16(place + 2) & 0xfff9) !== 0) return 'fragment'
    const units = packet[place + 1] ?? 0
    const length = protocol === PROTOCOL.fragment ? 8 : protocol === PROTOCOL.authentication ? (units + 2) * 4 : (units + 1) * 8
    protocol = packet[place] ?? 0
    place += length
  }
  if (place > total) return 'malformed'
  return { from, to, protocol, bytes: packet.subarray(place, total), length: total - place }
}

function parseTcp({ from, to, bytes, length }: Payload): TcpPacket | SkippedPacket {
  if (bytes.length < 20) return 'malformed'
  const view = toView(bytes)
  const header = ((bytes[12] ?? 0) >> 4) * 4
  if (header < 20 || header > length) return 'malformed'
  const flags = bytes[13] ?? 0
  const isSyn = (flags & FLAG.syn) !== 0
  return {
    protocol: 'tcp',
    from: { ip: from, port: view.getUint16(0) },
    to: { ip: to, port: view.getUint16(2) },
    // a SYN takes one sequence number
    sequence: (view.getUint32(4) + (isSyn ? 1 : 0)) >>> 0,
    acknowledgment: (flags & FLAG.acknowledges) === 0 ? undefined : view.getUint32(8),
    isSyn,
    isFin: (flags & FLAG.fin) !== 0,
    isReset: (flags & FLAG.reset) !== 0,
    payload: bytes.subarray(header),
    length: length - header,
  }
}

function parseUdp({ from, to, bytes, length }: Payload): UdpPacket | SkippedPacket {
  if (bytes.length < 8) return 'malformed'
  const view = toView(bytes)
  const said = view.getUint16(4) || length
  if (said < 8 || said > length) return 'malformed'
  const [one, other] = [view.getUint16(0), view.getUint16(2)]
  return { protocol: 'udp', from: { ip: from, port: one }, to: { ip: to, port: other }, payload: bytes.subarray(8, said), length: said - 8 }
}
