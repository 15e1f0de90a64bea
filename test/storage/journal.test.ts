import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TableEvent } from '../../src/hall/ports.ts'
import { encodeEvent } from '../../src/storage/events.ts'
import type { Addition } from '../../src/storage/log.ts'
import { partAt, partOf, partsOf } from '../../src/storage/sqlite/journal.ts'
import { happening } from './contract-properties.ts'

/** Whatever a commit may bring. */
const additions: fc.Arbitrary<Addition[]> = fc.array(
  fc
    .record({
      table: fc.integer({ min: 1 }),
      expected: fc.nat(30),
      happenings: fc.array(happening, { minLength: 1, maxLength: 3 }),
      ending: fc.constantFrom(undefined, 'ended' as const, 'counts' as const),
    })
    .map(({ table, expected, happenings, ending }) => {
      const events = happenings.map((one, at): TableEvent => ({ ...one, n: expected + 1 + at, at }))
      const lines = events.map((one) => `\n${encodeEvent(table, one)}`).join('')
      return { table, expected, count: events.length, lines, ending }
    }),
)

const batchOf = (all: readonly Addition[]) => all.map((one) => partOf(one, one.ending)).join('')

describe('a batch', () => {
  test('has the parts that it was made of, and where they are, whatever people say in them', () => {
    fc.assert(
      fc.property(additions, (all) => {
        const batch = batchOf(all)
        const parts = [...partsOf(batch, 1)]
        expect(parts).toEqual(all.map((one) => expect.objectContaining(one)))
        expect(parts.map(({ from, to }) => batch.slice(from, to))).toEqual(all.map((one) => partOf(one, one.ending)))
        for (const part of parts) expect(partAt(batch, part.from)).toEqual(part)
        const beginnings = batch
          .split('')
          .map((_, from) => from)
          .filter((from) => partAt(batch, from))
        expect(beginnings).toEqual(parts.map(({ from }) => from))
      }),
    )
  })

  test('stands in the file as it always has', () => {
    const gone = '\n{"type":"gone","seat":0,"n":1,"at":5}'
    const all: Addition[] = [
      { table: 17, expected: 0, count: 1, lines: gone, ending: undefined },
      { table: 3, expected: 4, count: 2, lines: '\n[0,5,17]\n{"type":"ended","outcome":{"winners":[0]},"n":6,"at":5}', ending: 'ended' },
      {
        table: 4,
        expected: 1,
        count: 1,
        lines: '\n{"type":"ended","outcome":{"winners":[]},"counts":true,"n":2,"at":5}',
        ending: 'counts',
      },
    ]
    const batch = `
17 0${gone}
3 4 ended
[0,5,17]
{"type":"ended","outcome":{"winners":[0]},"n":6,"at":5}
4 1 counts
{"type":"ended","outcome":{"winners":[]},"counts":true,"n":2,"at":5}`
    expect(batchOf(all)).toBe(batch)
    expect([...partsOf(batch, 1)]).toEqual(all.map((one) => expect.objectContaining(one)))
  })

  test.each([
    ['\n17 0', 1],
    ['17 0\n[0,5,17]', 1],
    ['\n17 0\n[0,5,17]\n', 15],
    ['\n17 0\n[0,5,17]\nx', 15],
    ['\n17 0\n[0,5,17]\n17 -1\n[0,5,17]', 15],
    ['\n17 0 over\n[0,5,17]', 1],
    ['\n17 0\n\n[0,5,17]', 1],
  ])('%j is none, and it is told where', (batch, character) => {
    const sentence = `the store is damaged: place 9 of its journal cannot be read from character ${character} on: put back a copy, or`
    expect(() => [...partsOf(batch, 9)]).toThrow(sentence)
    expect(() => [...partsOf(batch, 9)]).toThrow(expect.objectContaining({ code: 'damaged' }))
  })
})
