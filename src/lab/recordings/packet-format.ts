/** Numbers of packet and capture formats, for the writer and the reader. */

/** The types of the packets in an Ethernet frame. */
export const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd, vlan: 0x8100, serviceVlan: 0x88a8, oldVlan: 0x9100 } as const

/** The protocols in an IP packet, or the next headers of IPv6. */
export const PROTOCOL = { hopByHop: 0, tcp: 6, udp: 17, routing: 43, fragment: 44, authentication: 51, options: 60 } as const

/** The flags of TCP. */
export const FLAG = { fin: 0x01, syn: 0x02, reset: 0x04, push: 0x08, acknowledges: 0x10 } as const

/** The link types of captures, registered at tcpdump.org. */
export const LINK_TYPE = {
  bsdLoopback: 0,
  ethernet: 1,
  rawBsd: 12,
  rawOpenBsd: 14,
  raw: 101,
  openBsdLoopback: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const

/** The blocks of pcapng. */
export const BLOCK = { section: 0x0a0d0d0a, interface: 1, oldPacket: 2, simplePacket: 3, packet: 6 } as const

/** The options of blocks of pcapng. The meaning of a number above 1 depends on the block. */
export const OPTION = { end: 0, comment: 1, name: 2, application: 4, resolution: 9, timeOffset: 14 } as const

/** A number whose bytes show the byte order of a section. */
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d

/** The form of a comment that lists the masked parts of a segment, for which pcapng has no field. */
export const MASKED_COMMENT = /^parlor: masked(?: \d{1,10}-\d{1,10})+$/
