import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TableEvent } from '../../src/hall/ports.ts'
import { encodeEvent, OpeningCache } from '../../src/storage/event-codec.ts'
import type { AppendBatch } from '../../src/storage/event-store.ts'
import { Batch, BatchReader, parseParts } from '../../src/storage/sqlite/journal.ts'
import { eventData } from './contract-properties.ts'

/** Generates the content of a commit. */
const additions: fc.Arbitrary<AppendBatch[]> = fc.array(
  fc
    .record({
      table: fc.integer({ min: 1 }),
      expected: fc.nat(30),
      allData: fc.array(eventData, { minLength: 1, maxLength: 3 }),
      ending: fc.constantFrom(undefined, 'ended' as const, 'counts' as const),
    })
    .map(({ table, expected, allData, ending }) => {
      const events = allData.map((one, at): TableEvent => ({ ...one, n: expected + 1 + at, at }))
      const openings = new OpeningCache()
      const [beginning = '', ...beginnings] = events.map((one) => openings.encodePrefix(table, one))
      const lines = events.map((one, at) => (at > 0 ? beginnings[at - 1] : '') + encodeEvent(table, one)).join('')
      return { table, expected, count: events.length, prefix: beginning, lines, endKind: ending }
    }),
)

function batchOf(all: readonly AppendBatch[]): { readonly batch: string; readonly places: readonly number[] } {
  const batch = new Batch()
  const places = all.map((one) => batch.add(one, one.endKind))
  return { batch: batch.text, places }
}

/** Returns additions as they are read, without the shared beginnings. */
const whole = ({ prefix, lines, ...rest }: AppendBatch) => ({ ...rest, lines: prefix + lines })

describe('a batch', () => {
  test('returns its parts, with their positions and any text', () => {
    fc.assert(
      fc.property(additions, fc.array(fc.nat()), (some, again) => {
        const all = [...some, ...again.flatMap((at) => some[at % Math.max(1, some.length)] ?? [])]
        const { batch, places } = batchOf(all)
        const parts = [...parseParts(batch, 1)]
        expect(parts).toEqual(all.map((one) => expect.objectContaining(whole(one))))
        expect(parts.map(({ from }) => from)).toEqual(places)
        for (const part of parts) expect(new BatchReader(batch).partAt(part.from)).toEqual(part)
        const beginnings = batch
          .split('')
          .map((_, from) => from)
          .filter((from) => new BatchReader(batch).partAt(from))
        expect(beginnings).toEqual(places)
      }),
    )
  })

  test('has a stable form in the file', () => {
    const gone = '\n{"type":"gone","seat":0,"n":1,"at":5}'
    const one = { expected: 0, count: 2, lines: '7,"at":5}\n[0,5]', endKind: undefined }
    const last = '\n{"type":"ended","outcome":{"winners":[]},"counts":true,"at":5}'
    const all: AppendBatch[] = [
      { table: 17, expected: 0, count: 1, prefix: '', lines: gone, endKind: undefined },
      { table: 3, expected: 4, count: 2, prefix: '', lines: '\n[0,5,17]\n[[0]]', endKind: 'ended' },
      { ...one, table: 5, prefix: '\n{"game":"g","seed":' },
      { table: 4, expected: 1, count: 1, prefix: '', lines: last, endKind: 'counts' },
      { ...one, table: 6, prefix: '\n{"game":"g","seed":' },
      { ...one, table: 7, prefix: '\n{"game":"h","seed":' },
    ]
    const batch = `
17 0${gone}
3 4 ended
[0,5,17]
[[0]]
=
{"game":"g","seed":
5 0
^7,"at":5}
[0,5]
4 1 counts${last}
6 0
^7,"at":5}
[0,5]
=
{"game":"h","seed":
7 0
^7,"at":5}
[0,5]`
    expect(batchOf(all).batch).toBe(batch)
    expect([...parseParts(batch, 1)]).toEqual(all.map((part) => expect.objectContaining(whole(part))))
  })

  test.each([
    ['\n17 0', 1],
    ['17 0\n[0,5,17]', 1],
    ['\n17 0\n[0,5,17]\n', 15],
    ['\n17 0\n[0,5,17]\nx', 15],
    ['\n17 0\n[0,5,17]\n17 -1\n[0,5,17]', 15],
    ['\n17 0 over\n[0,5,17]', 1],
    ['\n17 0\n\n[0,5,17]', 1],
    ['\n17 0\n^7}', 1],
    ['\n17 0\n^7}\n=\n{"game"', 1],
    ['\n=\n{"game"\n17 0\n^7}\n=', 20],
    ['\n=\n{"game"\n17 0\n^7}\n=x\n{"name"\n18 0\n^8}', 20],
    ['\n=\n{"game"', 11],
    ['\n=', 1],
  ])('throws for %j with the position of the fault', (batch, character) => {
    const sentence = `the store is damaged: place 9 of its journal cannot be read from character ${character} on: put back a copy, or`
    expect(() => [...parseParts(batch, 9)]).toThrow(sentence)
    expect(() => [...parseParts(batch, 9)]).toThrow(expect.objectContaining({ code: 'damaged' }))
  })

  test.each(['>', 'x=', '', '=x'])('a part whose beginning is damaged (%j for =) does not take the beginning of others', (instead) => {
    const batch = `\n=\n{"A":\n1 0\n^7}\n${instead}\n{"B":\n2 0\n^8}`
    expect(new BatchReader(batch).partAt(batch.indexOf('\n1 0'))).toMatchObject({ table: 1, lines: '\n{"A":7}' })
    expect(new BatchReader(batch).partAt(batch.indexOf('\n2 0'))).toBeUndefined()
  })
})
