import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPackets } from '../../../src/lab/recordings/capture-file.ts'
import { readCapture } from '../../../src/lab/recordings/capture-reader.ts'
import { buildTcpPacket, buildUdpPacket, toPacketHosts } from '../../../src/lab/recordings/packet-builder.ts'
import { FLAG, LINK_TYPE } from '../../../src/lab/recordings/packet-format.ts'
import { encodePcapng } from '../../../src/lab/recordings/pcapng-encoder.ts'
import { RecordingError } from '../../../src/lab/recordings/recording.ts'
import { block, body, join, pcap, type SamplePacket, section } from './capture-samples.ts'
import { CLIENT, CONVERSATION, recordings, SERVER, START, text, withoutNumbers } from './samples.ts'

const hosts = toPacketHosts(CLIENT, SERVER)

/** Builds the frame of a TCP packet; sequence numbers count from 1000 of the client, and from 2000 of the server. */
function tcp(from: 'client' | 'server', sequence: number, acknowledgment: number, flags: number, payload = ''): Uint8Array {
  const [own, other] = from === 'client' ? [hosts.client, hosts.server] : [hosts.server, hosts.client]
  return buildTcpPacket(own, other, { sequence, acknowledgment, flags }, text(payload))
}

const { syn, acknowledges, fin, push, reset } = FLAG
const HANDSHAKE = [tcp('client', 1000, 0, syn), tcp('server', 2000, 1001, syn | acknowledges), tcp('client', 1001, 2001, acknowledges)]
const HELLO = tcp('client', 1001, 2001, acknowledges | push, 'hello\n')

/** Reads frames that were captured a second apart; returns what each side sent, and the warnings. */
function read(...frames: readonly (Uint8Array | SamplePacket)[]) {
  const packets = frames.map((frame, seconds) => (frame instanceof Uint8Array ? { seconds, data: frame } : { seconds, ...frame }))
  const { entries, warnings } = readCapture(pcap(packets))
  const shown = entries.map((entry) => {
    if (entry.type === 'open')
      return `open ${entry.transport} ${entry.client.port} ${entry.server.port}${entry.isPartial ? ' partial' : ''}`
    const missing = entry.missing === undefined ? '' : ` after ${entry.missing} missing`
    return `${entry.from} ${entry.type === 'end' ? entry.how : JSON.stringify(new TextDecoder().decode(entry.bytes))}${missing}`
  })
  return { shown, warnings, times: entries.map(({ at }) => at / 1_000_000) }
}

const OPEN = 'open tcp 50123 3456'

describe('a capture', () => {
  test.each([
    ['little-endian microseconds', { isLittle: true, isNano: false }, 123_456],
    ['big-endian microseconds', { isLittle: false, isNano: false }, 123_456],
    ['little-endian nanoseconds', { isLittle: true, isNano: true }, 123_456_789],
    ['big-endian nanoseconds', { isLittle: false, isNano: true }, 123_456_789],
  ])('in pcap with %s gives times and bytes', (_, format, fraction) => {
    const file = pcap(
      [...HANDSHAKE, HELLO].map((data) => ({ seconds: 1_760_000_000, fraction, data })),
      format,
    )
    const { entries, warnings } = readCapture(file)
    expect(entries).toEqual([
      { type: 'open', connection: 1, at: START + 123_456, transport: 'tcp', client: CLIENT, server: SERVER },
      { type: 'segment', connection: 1, at: START + 123_456, from: 'client', bytes: text('hello\n') },
    ])
    expect(warnings).toEqual([])
  })

  test.each([
    ['no resolution, which means microseconds', [], START, START],
    ['nanoseconds', [9, 1, 9], START * 1000 + 789, START],
    ['seconds', [9, 1, 0], START / 1e6, START],
    ['1/1024 of a second', [9, 1, 0x8a], 1024 * 7 + 512, 7_500_000],
    ['an offset of seconds', [14, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe], START + 2_000_000, START],
  ])('in pcapng of either byte order has timestamps with %s', (_, option, ticks, expected) => {
    for (const isLittle of [true, false]) {
      const [code, length, ...value] = option
      const ordered = length === 8 && isLittle ? value.toReversed() : value
      const head = new DataView(new ArrayBuffer(4))
      head.setUint16(0, code ?? 0, isLittle)
      head.setUint16(2, length ?? 0, isLittle)
      const options = option.length === 0 ? new Uint8Array() : join(new Uint8Array(head.buffer), Uint8Array.from(ordered))
      const linkType = isLittle ? 1 : 0x1_0000
      const [high, low] = [Math.floor(ticks / 2 ** 32), ticks % 2 ** 32]
      const file = join(
        section(isLittle),
        block(1, body([linkType, 0], isLittle, options), isLittle),
        block(0x0bad, body([1, 2, 3], isLittle), isLittle),
        ...[...HANDSHAKE, HELLO].map((data) => block(6, body([0, high, low, data.length, data.length], isLittle, data), isLittle)),
      )
      expect(readCapture(file).entries.map(({ at, type }) => [type, at])).toEqual([
        ['open', expected],
        ['segment', expected],
      ])
    }
  })

  test('in pcapng may have several sections, simple packets and old packet blocks', () => {
    const simple = (data: Uint8Array) => block(3, body([data.length], true, data))
    const old = block(2, body([0, Math.floor(START / 2 ** 32), START % 2 ** 32, HELLO.length, HELLO.length], true, HELLO))
    const described = [section(), block(1, body([1, 0]))]
    const [one, two, three] = HANDSHAKE.map(simple)
    if (!one || !two || !three) return expect.fail('a handshake has three packets')
    const { entries, warnings } = readCapture(join(...described, one, two, ...described, three, old))
    expect(entries.map(({ type, at }) => [type, at])).toEqual([
      ['open', 0],
      ['segment', START],
    ])
    expect(warnings).toEqual([])
  })

  const ip = HELLO.subarray(14)
  const udpOverIpv6 = buildUdpPacket(
    ...(Object.values(toPacketHosts({ host: '::1', port: 50_123 }, { host: '::1', port: 3456 })) as [
      typeof hosts.client,
      typeof hosts.server,
    ]),
    text('hello\n'),
  ).subarray(14)
  /** Puts a header of an extension between IPv6 and what it carries. */
  const extended = (header: number, ...extension: number[]) => {
    const packet = join(udpOverIpv6.subarray(0, 40), Uint8Array.from(extension), udpOverIpv6.subarray(40))
    packet[6] = header
    packet[5] = packet.length - 40
    return packet
  }

  test.each([
    ['Ethernet', LINK_TYPE.ethernet, [...new Array(12).fill(0), 8, 0], ip],
    ['Ethernet with a tag of a VLAN', LINK_TYPE.ethernet, [...new Array(12).fill(0), 0x81, 0, 0, 7, 8, 0], ip],
    ['Ethernet with two tags', LINK_TYPE.ethernet, [...new Array(12).fill(0), 0x88, 0xa8, 0, 7, 0x81, 0, 0, 7, 0x86, 0xdd], udpOverIpv6],
    ['Linux cooked v1', LINK_TYPE.linuxCooked, [...new Array(14).fill(0), 8, 0], ip],
    ['Linux cooked v2', LINK_TYPE.linuxCooked2, [8, 0, ...new Array(18).fill(0)], ip],
    ['BSD loopback', LINK_TYPE.bsdLoopback, [2, 0, 0, 0], ip],
    ['BSD loopback in the other byte order', LINK_TYPE.bsdLoopback, [0, 0, 0, 30], udpOverIpv6],
    ['OpenBSD loopback', LINK_TYPE.openBsdLoopback, [0, 0, 0, 24], udpOverIpv6],
    ['raw IPv4', LINK_TYPE.raw, [], ip],
    ['raw IPv6', LINK_TYPE.raw, [], udpOverIpv6],
    ['raw IP by its version', LINK_TYPE.ipv6, [], udpOverIpv6],
    ['IPv6 with options', LINK_TYPE.raw, [], extended(0, 17, 0, 0, 0, 0, 0, 0, 0)],
    ['IPv6 with a fragment that is whole', LINK_TYPE.raw, [], extended(44, 17, 0, 0, 6, 0, 0, 0, 9)],
    ['IPv6 with authentication', LINK_TYPE.raw, [], extended(51, 17, 4, ...new Array(22).fill(0))],
  ])('of %s is read', (_, linkType, header, packet) => {
    const { entries, warnings } = readCapture(pcap([{ data: join(Uint8Array.from(header), packet) }], { linkType }))
    const [first, last] = entries
    expect(first).toMatchObject({ client: { port: 50_123 }, server: { port: 3456 } })
    expect(last).toMatchObject({ from: 'client', bytes: text('hello\n') })
    expect(warnings.filter((sentence) => !sentence.includes('begins in its middle'))).toEqual([])
  })

  test('is trimmed to the length in its headers, because short Ethernet frames are padded', () => {
    expect(read(...HANDSHAKE, join(tcp('client', 1001, 2001, acknowledges, 'hi'), new Uint8Array(4))).shown).toEqual([OPEN, 'client "hi"'])
  })

  test.each([
    ['of other link types', { linkType: 105 }, HELLO, 'skipped 1 packet: link type 105 is not supported'],
    ['that are fragments', {}, HELLO.with(20, 0x20), 'skipped 1 packet: fragments of IP are not put together'],
    ['with cut headers', {}, HELLO.subarray(0, 40), 'skipped 1 packet: headers are cut or invalid'],
  ])('says how many packets %s it skips', (_, format, data, sentence) => {
    expect(readCapture(pcap([{ data }], format))).toEqual({ entries: [], warnings: [sentence] })
  })

  test('ignores packets of other protocols without a warning', () => {
    expect(readCapture(pcap([{ data: HELLO.with(23, 1) }, { data: HELLO.with(12, 8).with(13, 6) }]))).toEqual({ entries: [], warnings: [] })
  })
})

describe('a captured connection', () => {
  test('has its segments in order, for any order of its packets', () => {
    const one = tcp('client', 1001, 2001, acknowledges, 'MOVE')
    const two = tcp('client', 1005, 2001, acknowledges | push, '5\n')
    const end = tcp('client', 1007, 2001, acknowledges | fin)
    const { shown, times, warnings } = read(...HANDSHAKE, end, two, two, one, one)
    expect(shown).toEqual([OPEN, 'client "MOVE"', 'client "5\\n"', 'client fin'])
    expect(times).toEqual([0, 6, 6, 6])
    expect(warnings).toEqual([])
  })

  test('shows how many bytes are missing, before the answer that acknowledges them', () => {
    const late = tcp('client', 1011, 2001, acknowledges, 'rest\n')
    const { shown, warnings } = read(...HANDSHAKE, late, tcp('server', 2001, 1016, acknowledges, 'ok\n'))
    expect(shown).toEqual([OPEN, 'client "rest\\n" after 10 missing', 'server "ok\\n"'])
    expect(warnings).toEqual([
      'connection 1, from 127.0.0.1 port 50123 to 127.0.0.1 port 3456: the capture lacks 10 bytes that the client sent',
    ])
  })

  test('shows at its end what waited for missing bytes', () => {
    const { shown, times } = read(
      ...HANDSHAKE,
      tcp('client', 1011, 2001, acknowledges, 'rest\n'),
      tcp('server', 2001, 1001, acknowledges, 'ok\n'),
    )
    expect(shown).toEqual([OPEN, 'client "rest\\n" after 10 missing', 'server "ok\\n"'])
    expect(times).toEqual([0, 3, 4])
  })

  test('that begins in its middle takes the side with the lower port as the server', () => {
    const { shown, warnings } = read(tcp('server', 5000, 7000, acknowledges, 'GUESS\n'), tcp('client', 7000, 5006, acknowledges, '5\n'))
    expect(shown).toEqual([`${OPEN} partial`, 'server "GUESS\\n"', 'client "5\\n"'])
    expect(warnings).toEqual(['connection 1, from 127.0.0.1 port 50123 to 127.0.0.1 port 3456: the capture begins in its middle'])
  })

  test('without its SYN, but with the answer to it, is whole', () => {
    const { shown, warnings } = read(...HANDSHAKE.slice(1), HELLO)
    expect([shown, warnings]).toEqual([[OPEN, 'client "hello\\n"'], []])
  })

  test('that is refused is opened and reset', () => {
    expect(read(tcp('client', 1000, 0, syn), tcp('server', 0, 1001, reset | acknowledges)).shown).toEqual([OPEN, 'server reset'])
  })

  test('ends with a reset, after which nothing counts', () => {
    const shown = [OPEN, 'client "hello\\n"', 'client reset']
    const gone = tcp('client', 1007, 2001, reset | acknowledges)
    expect(read(...HANDSHAKE, HELLO, gone, gone, tcp('server', 2001, 1007, acknowledges, 'late\n')).shown).toEqual(shown)
  })

  test('retains half-close and the reset that follows it', () => {
    const end = tcp('client', 1007, 2001, acknowledges | fin)
    const answer = tcp('server', 2001, 1008, acknowledges, 'bye\n')
    const { shown } = read(...HANDSHAKE, HELLO, end, answer, tcp('client', 1008, 0, reset))
    expect(shown).toEqual([OPEN, 'client "hello\\n"', 'client fin', 'server "bye\\n"', 'client reset'])
  })

  test('is not begun by an acknowledgment, a keep-alive or a reset of a connection that was there before', () => {
    expect(read(tcp('client', 7000, 5000, acknowledges), tcp('server', 5000, 7000, reset)).shown).toEqual([])
    const alive = [tcp('client', 1006, 2001, acknowledges), tcp('server', 2001, 1007, acknowledges)]
    expect(read(...HANDSHAKE, HELLO, ...alive, tcp('client', 1007, 2001, acknowledges, 'more')).shown).toEqual([
      OPEN,
      'client "hello\\n"',
      'client "more"',
    ])
  })

  test('with a SYN that is sent again is one connection, and with another number is two', () => {
    const [first] = HANDSHAKE
    if (!first) return expect.fail('a handshake has a SYN')
    expect(read(first, ...HANDSHAKE, HELLO).shown).toEqual([OPEN, 'client "hello\\n"'])
    const second = [tcp('client', 90_000, 0, syn), tcp('client', 90_001, 0, acknowledges, 'again')]
    expect(read(...HANDSHAKE, HELLO, ...second).shown).toEqual([OPEN, 'client "hello\\n"', OPEN, 'client "again"'])
  })

  test('retains its order if the clock is set back', () => {
    const packets = [...HANDSHAKE, HELLO, tcp('server', 2001, 1007, acknowledges, 'ok\n')].map((data, at) => ({ seconds: 100 - at, data }))
    const { entries } = readCapture(pcap(packets))
    expect(entries.map((entry) => ('from' in entry ? entry.from : 'open'))).toEqual(['open', 'client', 'server'])
  })
})

describe('a captured conversation over UDP', () => {
  const udp = (from: 'client' | 'server', payload: string) => {
    const [own, other] = from === 'client' ? [hosts.client, hosts.server] : [hosts.server, hosts.client]
    return buildUdpPacket(own, other, text(payload))
  }

  test('belongs to the client that speaks first', () => {
    const { shown, warnings } = read(udp('client', 'TIME'), udp('server', '12:00'), udp('client', ''))
    expect(shown).toEqual(['open udp 50123 3456', 'client "TIME"', 'server "12:00"', 'client ""'])
    expect(warnings).toEqual([])
  })

  test('says how many datagrams the capture cut', () => {
    const whole = udp('client', 'a long question')
    const { shown, warnings } = read({ data: whole.subarray(0, whole.length - 9), length: whole.length })
    expect([shown.at(-1), warnings]).toEqual(['client "a long"', ['the capture lacks the end of 1 datagram']])
  })
})

describe('a damaged or hostile capture', () => {
  const files = [
    encodePcapng(CONVERSATION),
    pcap([...HANDSHAKE, HELLO].map((data) => ({ data }))),
    pcap([{ data: HELLO }], { linkType: 105 }),
  ]

  test('that ends anywhere gives what comes before, and a warning', () => {
    for (const file of files.slice(0, 2)) {
      const whole = withoutNumbers(readCapture(file).entries)
      let cut = 0
      for (let length = 28; length < file.length; length++) {
        const { entries, warnings } = readCapture(file.subarray(0, length))
        const found = entries.map(({ connection: _, ...entry }) => entry)
        expect(entries.length === 0 ? [] : found).toEqual(([whole].flat(2) as unknown[]).slice(0, found.length))
        if (warnings.some((sentence) => /^the capture ends inside (?:block|packet) \d+: its rest is missing$/.test(sentence))) cut++
      }
      expect(cut).toBeGreaterThan(file.length / 2)
    }
  })

  test('throws no error except a RecordingError, for any bytes', () => {
    let refused = 0
    const bytes = fc.tuple(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
    )
    fc.assert(
      fc.property(bytes, ([file, changes]) => {
        const changed = file.slice()
        for (const [at, value] of changes) changed[at % file.length] = value
        try {
          readCapture(changed)
        } catch (error) {
          expect(error).toBeInstanceOf(RecordingError)
          refused++
        }
      }),
      { numRuns: 3000 },
    )
    expect(refused).toBeGreaterThan(100)
  })

  test.each([
    ['that is none', text('GET / HTTP/1.0\r\n'), 'this is not a capture'],
    ['whose header is cut', pcap([]).subarray(0, 20), 'the capture ends inside its header'],
    ['with a section without a byte order', block(0x0a0d0d0a, body([1, 1, 1, 1])), 'the section at byte 0 has no byte order'],
    [
      'with a block that is too short',
      join(section(), block(5, body([])).fill(8, 4, 5)),
      'block 2, at byte 28, cannot have a length of 8 bytes',
    ],
    ['with a block of an odd length', join(section(), block(5, body([1])).fill(13, 4, 5)), 'cannot have a length of 13 bytes'],
    ['with two lengths', join(section(), block(5, body([1])).fill(12, 12, 13)), 'the two lengths of block 2, at byte 28, differ'],
    [
      'with a packet of an unknown interface',
      join(section(), block(6, body([3, 0, 0, 0, 0]))),
      'through interface 3, which it does not describe',
    ],
    [
      'with a packet that is longer than its block',
      join(section(), block(1, body([1, 0])), block(6, body([0, 0, 0, 4_000_000_000, 4]))),
      'a packet block is shorter than its declared length',
    ],
    [
      'with an impossible time',
      join(section(), block(1, body([1, 0])), block(6, body([0, 0xffff_ffff, 0, 0, 0]))),
      'a packet has an impossible time',
    ],
  ])('%s is refused with a sentence', (_, file, sentence) => {
    expect(() => readCapture(file)).toThrow(RecordingError)
    expect(() => readCapture(file)).toThrow(sentence)
  })

  test('with more connections or entries than the limits is refused with advice', () => {
    const file = encodePcapng(CONVERSATION)
    const advice = /^the capture has more than (?:0 connections|3 entries): cut it by a filter, such as tcpdump -r FILE/
    expect(() => readCapture(file, { connections: 0, entries: 100 })).toThrow(advice)
    expect(() => readCapture(file, { connections: 1, entries: 3 })).toThrow(advice)
    expect(readCapture(file, { connections: 1, entries: CONVERSATION.length }).entries).toHaveLength(CONVERSATION.length)
  })

  test('with a packet of tags of VLANs alone is skipped', () => {
    const tags = Uint8Array.from({ length: 262_144 }, (_, at) => (at % 2 === 0 ? 0x81 : 0))
    expect(readCapture(pcap([{ data: tags }])).warnings).toEqual(['skipped 1 packet: headers are cut or invalid'])
  })

  test('holds parts of the file, and no copy of its bytes', () => {
    fc.assert(
      fc.property(recordings, (entries) => {
        const file = encodePcapng(entries)
        for (const { data } of readPackets(file, (sentence) => expect.fail(sentence))) expect(data.buffer).toBe(file.buffer)
        for (const entry of readCapture(file).entries) if (entry.type === 'segment') expect(entry.bytes.buffer).toBe(file.buffer)
      }),
      { numRuns: 20 },
    )
  })
})
