import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPackets } from '../../../src/lab/recordings/capture-file.ts'
import { readCapture } from '../../../src/lab/recordings/capture-reader.ts'
import { checksum } from '../../../src/lab/recordings/packet-builder.ts'
import { encodePcapng, PcapngEncoder } from '../../../src/lab/recordings/pcapng-encoder.ts'
import { RecordingError } from '../../../src/lab/recordings/recording.ts'
import { CONVERSATION, ending, opening, recordings, START, segment, text, withoutNumbers } from './samples.ts'

/** Returns the frames of a file. */
function framesOf(file: Uint8Array): Uint8Array[] {
  return [...readPackets(file, (sentence) => expect.fail(sentence))].map(({ data }) => data)
}

/** Sums up what the checksum of TCP or UDP covers, with the checksum itself. */
function sumOf(frame: Uint8Array): number {
  const isIpv4 = frame[12] === 0x08
  const [addresses, start] = isIpv4 ? [frame.subarray(26, 34), 34] : [frame.subarray(22, 54), 54]
  const protocol = isIpv4 ? frame[23] : frame[20]
  const rest = frame.subarray(start)
  return checksum(Uint8Array.of(...addresses, 0, 0, rest.length >> 8, rest.length & 0xff, 0, 0, 0, protocol ?? 0, ...rest))
}

describe('a recording in pcapng', () => {
  test('is read as the same connections, bytes, times, ends and comments', () => {
    fc.assert(
      fc.property(recordings, (entries) => {
        expect(withoutNumbers(readCapture(encodePcapng(entries)).entries)).toEqual(withoutNumbers(entries))
      }),
      { numRuns: 300 },
    )
  })

  test('has valid checksums in every packet', () => {
    fc.assert(
      fc.property(recordings, (entries) => {
        for (const frame of framesOf(encodePcapng(entries))) {
          expect(sumOf(frame)).toBe(0)
          if (frame[12] === 0x08) expect(checksum(frame.subarray(14, 34))).toBe(0)
        }
      }),
    )
    expect(framesOf(encodePcapng(CONVERSATION)).length).toBeGreaterThan(CONVERSATION.length)
  })

  test('never has the checksum 0 over UDP, which would mean that there is none', () => {
    const first = { ...opening, transport: 'udp' as const }
    const frameOf = (...bytes: number[]) =>
      framesOf(encodePcapng([first, { ...segment('client', '', 0), bytes: Uint8Array.from(bytes) }]))[0]
    const [one = 0, two = 0] = frameOf(0, 0)?.subarray(40, 42) ?? []
    // a payload that is the checksum of zeros makes the sum 0
    expect(frameOf(one, two)?.subarray(40, 42)).toEqual(Uint8Array.of(0xff, 0xff))
  })

  test('is the same whether its entries come one by one or all together', () => {
    const encoder = new PcapngEncoder()
    const parts = [encoder.begin(), ...CONVERSATION.map((entry) => encoder.encode(entry).slice())]
    expect(Uint8Array.from(parts.flatMap((part) => [...part]))).toEqual(encodePcapng(CONVERSATION))
  })

  test('numbers its bytes from the handshake on, and acknowledges all that came before', () => {
    const numbers = framesOf(encodePcapng(CONVERSATION)).map((frame) => {
      const view = new DataView(frame.buffer, frame.byteOffset)
      return { port: view.getUint16(34), sequence: view.getUint32(38), acknowledgment: view.getUint32(42), flags: view.getUint8(47) }
    })
    const [syn, answer] = numbers
    const relative = numbers.slice(2).map(({ port, sequence, acknowledgment, flags }) => {
      const isClient = port === 50_123
      const [own, other] = isClient ? [syn, answer] : [answer, syn]
      return [
        isClient ? 'client' : 'server',
        (sequence - (own?.sequence ?? 0)) >>> 0,
        (acknowledgment - (other?.sequence ?? 0)) >>> 0,
        flags,
      ]
    })
    expect([syn?.flags, answer?.flags]).toEqual([0x02, 0x12])
    expect(relative).toEqual([
      ['client', 1, 1, 0x10],
      ['server', 1, 1, 0x18],
      ['client', 1, 9, 0x18],
      ['client', 9, 9, 0x18],
      ['server', 9, 13, 0x11],
      ['client', 13, 10, 0x18],
      ['client', 17, 10, 0x11],
    ])
  })

  test('splits a segment that is too long for a packet, and shifts its masked ranges', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251)
    const sent = { ...segment('client', '', 5), bytes, comments: ['long'], masked: [[32_760, 32_770]] as const }
    const { entries, warnings } = readCapture(encodePcapng([opening, sent, ending('client', 'reset', 9)]))
    const parts = entries.filter((entry) => entry.type === 'segment')
    expect(parts.map((part) => part.bytes.length)).toEqual([32_768, 32_768, 32_768, 1696])
    expect(Uint8Array.from(parts.flatMap((part) => [...part.bytes]))).toEqual(bytes)
    expect(parts.map(({ comments, masked }) => ({ comments, masked }))).toEqual([
      { comments: ['long'], masked: [[32_760, 32_768]] },
      { masked: [[0, 2]] },
      {},
      {},
    ])
    expect(warnings).toEqual([])
  })

  test('acknowledges a long one-sided stream before a window is full', () => {
    const entries = Array.from({ length: 20 }, (_, at) => ({ ...segment('server', '', at), bytes: new Uint8Array(30_000) }))
    let open = 0
    for (const frame of framesOf(encodePcapng([opening, ...entries]))) {
      const isServer = frame[34] === 3456 >> 8 && frame[35] === (3456 & 0xff)
      open = isServer ? open + frame.length - 54 : 0
      expect(open).toBeLessThanOrEqual(65_535)
    }
  })

  test('cuts a comment that is too long between two characters', () => {
    const { entries } = readCapture(encodePcapng([opening, segment('client', 'x', 1, { comments: ['é'.repeat(40_000)] })]))
    expect(entries.at(-1)?.comments).toEqual(['é'.repeat(32_766)])
  })

  test('distinguishes a second connection between the same ports from the first', () => {
    const again = { ...opening, connection: 2, at: START + 50 }
    const entries = [opening, segment('client', 'one', 10), again, { ...segment('client', 'two', 60), connection: 2 }]
    expect(withoutNumbers(readCapture(encodePcapng(entries)).entries)).toEqual(withoutNumbers(entries))
  })

  test('marks a connection that the recorder did not see begin', () => {
    const entries = [{ ...opening, at: START + 10, isPartial: true }, segment('server', 'GUESS\n', 10), segment('client', '5\n', 20)]
    const { entries: found, warnings } = readCapture(encodePcapng(entries))
    expect(withoutNumbers(found)).toEqual(withoutNumbers(entries))
    expect(warnings).toEqual([expect.stringContaining('the capture begins in its middle')])
  })

  test.each([
    ['an entry of a connection that is not open', [segment('client', 'x', 1)], 'connection 1 is not open'],
    ['an entry after both ends', [opening, ending('client', 'reset', 1), segment('client', 'x', 2)], 'connection 1 is not open'],
    ['a second opening', [opening, opening], 'connection 1 is open already'],
    ['a name in place of an address', [{ ...opening, client: { host: 'localhost', port: 1 } }], '"localhost" is not an IP address'],
    [
      'a datagram that no packet can hold',
      [
        { ...opening, transport: 'udp' as const },
        { ...segment('client', '', 1), bytes: new Uint8Array(65_508) },
      ],
      'a datagram has at most 65507 bytes, not 65508',
    ],
    ['the end of a conversation over UDP', [{ ...opening, transport: 'udp' as const }, ending('client', 'fin', 1)], 'has no end'],
  ])('refuses %s', (_, entries, sentence) => {
    expect(() => encodePcapng(entries)).toThrow(RecordingError)
    expect(() => encodePcapng(entries)).toThrow(sentence)
  })

  test('holds every datagram that UDP can carry, an empty one too', () => {
    const first = { ...opening, transport: 'udp' as const }
    const entries = [
      first,
      { ...segment('client', '', 0), bytes: new Uint8Array(65_507) },
      { ...segment('server', '', 1), bytes: text('') },
    ]
    expect(withoutNumbers(readCapture(encodePcapng(entries)).entries)).toEqual(withoutNumbers(entries))
  })
})
