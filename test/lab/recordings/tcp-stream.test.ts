import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type StreamPacket, type StreamPiece, TcpStream } from '../../../src/lab/recordings/tcp-stream.ts'

const FIRST = 0xffff_fff0

/** A packet with the bytes of a stream from `start` to `end`; byte N of the stream has the value N modulo 256. */
function packet(start: number, end: number, rest: Partial<StreamPacket> = {}): StreamPacket {
  const payload = Uint8Array.from({ length: end - start }, (_, at) => (start + at) % 256)
  return { at: start, sequence: (FIRST + start) >>> 0, payload, length: payload.length, isFin: false, comments: [], ...rest }
}

/** Pushes packets to a stream; returns all pieces. */
function push(packets: readonly StreamPacket[]): StreamPiece[] {
  const stream = new TcpStream()
  stream.begin(FIRST)
  return [...packets.flatMap((each) => stream.push(each)), ...stream.finish()]
}

const bytesOf = (pieces: readonly StreamPiece[]) => pieces.flatMap(({ bytes }) => [...bytes])
const shapes = (pieces: readonly StreamPiece[]) =>
  pieces.map(({ bytes, missing, isFin }) => (isFin ? `fin+${missing}` : `${bytes.length}+${missing}`))

/** The bounds of packets that cover a stream of up to 600 bytes, sent again and with other bounds, in any order. */
const deliveries = fc
  .record({
    cuts: fc.uniqueArray(fc.integer({ min: 1, max: 599 }), { maxLength: 12 }),
    again: fc.array(fc.tuple(fc.integer({ min: 0, max: 599 }), fc.integer({ min: 1, max: 80 })), { maxLength: 8 }),
  })
  .chain(({ cuts, again }) => {
    const bounds = [0, ...cuts.toSorted((one, other) => one - other), 600]
    const whole = bounds.slice(1).map((end, at): [number, number] => [bounds[at] ?? 0, end])
    const repeated = again.map(([start, length]): [number, number] => [start, Math.min(600, start + length)])
    return fc.shuffledSubarray([...whole, ...repeated], { minLength: whole.length + repeated.length })
  })

describe('a TCP stream', () => {
  test('delivers every byte once and in order, however its packets are cut, repeated and mixed up', () => {
    fc.assert(
      fc.property(deliveries, (bounds) => {
        const pieces = push(bounds.map(([start, end]) => packet(start, end)))
        expect(bytesOf(pieces)).toEqual(Array.from({ length: 600 }, (_, at) => at % 256))
        expect(pieces.map(({ missing }) => missing)).toEqual(pieces.map(() => 0))
      }),
      { numRuns: 500 },
    )
  })

  test('says for any lost packets how many bytes are missing, and where', () => {
    fc.assert(
      fc.property(deliveries, fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }), (bounds, lost) => {
        const left = bounds.filter((_, at) => !lost[at % lost.length])
        const pieces = push(left.map(([start, end]) => packet(start, end)))
        const covered = (at: number) => left.some(([start, end]) => start <= at && at < end)
        const expected = Array.from({ length: 600 }, (_, at) => at).filter(covered)
        expect(bytesOf(pieces)).toEqual(expected.map((at) => at % 256))
        let place = 0
        for (const { bytes, missing } of pieces) {
          place += missing
          expect([...bytes]).toEqual(Array.from(bytes, (_, at) => (place + at) % 256))
          place += bytes.length
        }
      }),
      { numRuns: 500 },
    )
  })

  test('delivers a late packet at the time at which it fills the gap', () => {
    const pieces = push([packet(10, 20, { at: 5 }), packet(0, 10, { at: 8 }), packet(20, 30, { at: 9 })])
    expect(pieces.map(({ at, bytes }) => [at, bytes[0]])).toEqual([
      [8, 0],
      [8, 10],
      [9, 20],
    ])
  })

  test('retains the first version of a byte that is sent twice', () => {
    const other = { payload: new Uint8Array(20).fill(99), length: 20 }
    expect(bytesOf(push([packet(0, 10), packet(0, 20, other)]))).toEqual([...packet(0, 10).payload, ...new Array(10).fill(99)])
  })

  test('stops waiting for missing bytes as soon as the other side has acknowledged them', () => {
    const stream = new TcpStream()
    stream.begin(FIRST)
    expect(stream.push(packet(10, 20))).toEqual([])
    expect(shapes(stream.acknowledge((FIRST + 9) >>> 0))).toEqual([])
    expect(shapes(stream.acknowledge((FIRST + 20) >>> 0))).toEqual(['10+10'])
    // an acknowledgment that came before counts, too
    stream.acknowledge((FIRST + 40) >>> 0)
    expect(shapes(stream.push(packet(35, 50)))).toEqual(['15+15'])
    expect(shapes(stream.push(packet(20, 35)))).toEqual([])
  })

  test('holds a bounded number of packets behind a gap', () => {
    const stream = new TcpStream()
    stream.begin(FIRST)
    const pieces = Array.from({ length: 5000 }, (_, at) => stream.push(packet(at + 1, at + 2))).flat()
    expect(shapes(pieces.slice(0, 2))).toEqual(['1+1', '1+0'])
    expect(pieces.length).toBe(5000)
  })

  test('ends at its FIN when all bytes before it are there, and ignores later bytes', () => {
    expect(shapes(push([packet(10, 20, { isFin: true }), packet(0, 10), packet(20, 30)]))).toEqual(['10+0', '10+0', 'fin+0'])
    expect(shapes(push([packet(0, 10), packet(10, 10, { isFin: true }), packet(10, 10, { isFin: true })]))).toEqual(['10+0', 'fin+0'])
    expect(shapes(push([packet(0, 10), packet(30, 30, { isFin: true })]))).toEqual(['10+0', 'fin+20'])
  })

  test('counts the bytes that the capture cut off a packet as missing', () => {
    const cut = packet(0, 10, { length: 25 })
    expect(shapes(push([cut, packet(25, 30)]))).toEqual(['10+0', '5+15'])
    expect(shapes(push([{ ...cut, isFin: true }]))).toEqual(['10+0', 'fin+15'])
  })

  test('takes its first packet as its beginning if the capture has no SYN', () => {
    const stream = new TcpStream()
    expect(shapes(stream.push(packet(100, 110)))).toEqual(['10+0'])
    expect(shapes(stream.push(packet(110, 120)))).toEqual(['10+0'])
  })

  test('gives the comments of a packet to its bytes, or to its end', () => {
    const noted = { comments: ['note'] }
    const pieces = push([packet(0, 10, noted), packet(0, 10, { comments: ['again'] }), packet(10, 12, { ...noted, isFin: true })])
    expect(pieces.map(({ comments }) => comments)).toEqual([['note'], ['note'], []])
    expect(push([packet(0, 0, { ...noted, isFin: true })]).map(({ comments }) => comments)).toEqual([['note']])
  })
})
