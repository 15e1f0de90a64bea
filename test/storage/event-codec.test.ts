import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TableEvent, TableEventData } from '../../src/hall/ports.ts'
import { decodeEvent, encodeEvent, OpeningCache } from '../../src/storage/event-codec.ts'
import { eventData } from './contract-properties.ts'
import { event, move } from './samples.ts'

/** The line of an event, without its line break. */
function lineOf(one: TableEvent, before?: number, openings = new OpeningCache()): string {
  const line = openings.encodePrefix(1, one) + encodeEvent(1, one, before)
  expect(line).toMatch(/^\n[[{][^\n]*$/)
  return line.slice(1)
}

describe('an event as a line', () => {
  test('is read unchanged, after any previous line', () => {
    const time = fc.double({ noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(eventData, fc.nat(), time, fc.boolean(), (what, n, double, sameTime) => {
        // JSON has no -0
        const before = double || 0
        const one: TableEvent = { ...what, n, at: (sameTime ? before : before / 2) || 0 }
        expect(decodeEvent(1, n, lineOf(one))).toEqual(one)
        expect(decodeEvent(1, n, lineOf(one, before), before)).toEqual(one)
      }),
    )
  })

  test.each<[unknown, string]>([
    [5, '[0,5'],
    [-0, '[0,0'],
    ['5', '[0,"5"'],
    [{ from: 'e2', to: 'e4' }, '[0,{"from":"e2","to":"e4"}'],
    [null, '[0,null'],
    [Number.NaN, '[0,null'],
  ])('a move %j is short', (what, text) => {
    const moved = event(2, { type: 'moved', seat: 0, move: what })
    expect([lineOf(moved), lineOf(moved, 5), lineOf(moved, moved.at)]).toEqual([
      `${text},1760000000002]`,
      `${text},1760000000002]`,
      `${text}]`,
    ])
  })

  test.each<[TableEventData, string, string]>([
    [{ type: 'moved', seat: 0, move: undefined }, '{"type":"moved","seat":0', '}'],
    [{ type: 'ended', outcome: { winners: [0, 2] } }, '[[0,2]', ']'],
    [{ type: 'ended', outcome: { winners: [] } }, '[[]', ']'],
    [{ type: 'ended', outcome: { winners: [0] }, counts: true }, '{"type":"ended","outcome":{"winners":[0]},"counts":true', '}'],
    [{ type: 'ended', outcome: { winners: [0], left: 1 } }, '{"type":"ended","outcome":{"winners":[0],"left":1}', '}'],
    [{ type: 'gone', seat: 1 }, '{"type":"gone","seat":1', '}'],
  ])('contains neither its number nor the time of the previous line: %j', (what, text, end) => {
    const one = event(2, what)
    expect(lineOf(one, one.at)).toBe(text + end)
    expect(lineOf(one)).toBe(`${text}${end === ']' ? ',' : ',"at":'}1760000000002${end}`)
  })

  const opening = { type: 'opened', game: 'g', options: {}, state: 0, seed: 7, seats: [], rated: false, private: false, clock: {} } as const

  test('omits the defaults of an opening, and reads them back', () => {
    const usual = event(1, opening)
    const short = '{"type":"opened","game":"g","options":{},"state":0,"seats":[],"seed":7,"at":1760000000001}'
    const long = short.replace('{', '{"rated":false,"private":false,"clock":{},"n":1,')
    expect(lineOf(usual, usual.at)).toBe(short)
    for (const text of [short, long]) expect(decodeEvent(1, 1, text)).toEqual(usual)
    const other = { ...opening, rated: true, private: true, clock: { turn: 5 } }
    expect(JSON.parse(lineOf(event(1, other)))).toMatchObject({ rated: true, private: true, clock: { turn: 5 } })
  })

  test('writes a seed with a version as a text, in the place of the number', () => {
    const seeded = event(1, { ...opening, seed: '1:AAAAAAAAAAAAAAAAAAAA-_' })
    const line = '{"type":"opened","game":"g","options":{},"state":0,"seats":[],"seed":"1:AAAAAAAAAAAAAAAAAAAA-_","at":1760000000001}'
    expect(lineOf(seeded, seeded.at)).toBe(line)
    expect(decodeEvent(1, 1, line)).toEqual(seeded)
    const reseeded = event(2, { type: 'reseeded', seed: '1:AAAAAAAAAAAAAAAAAAAA-_' })
    expect(decodeEvent(1, 2, lineOf(reseeded))).toEqual(reseeded)
  })

  test.each(['', '1:', '1:AAAAAAAAAAAAAAAAAAAAA', '2:AAAAAAAAAAAAAAAAAAAAAA', '1:AAAAAAAAAAAAAAAAAAAAA"', null, true])(
    'throws for an invalid seed such as %j in writing and reading',
    (seed) => {
      const wrong = { ...opening, seed } as unknown as TableEventData
      expect(() => lineOf(event(1, wrong))).toThrow('event 1 of table 1 cannot be appended: the fields of an event opened are wrong')
      const text = JSON.stringify({ type: 'reseeded', seed, at: 1 })
      expect(() => decodeEvent(1, 1, text)).toThrow('event 1 of table 1 cannot be read: the fields of an event reseeded are wrong')
    },
  )

  test('shares the beginning of equal openings only', () => {
    const text = (one: object) => JSON.stringify(one)
    const plain = fc.constantFrom<unknown>(undefined, null, 0, '', {}, [], { a: 1 }, { a: 2 }, { b: 1 }, { a: [1] }, { a: undefined }, [1])
    const more = fc.constantFrom<unknown>({ a: 1, b: 2 }, { b: 2, a: 1 }, { b: undefined }, new Date(5), { a: { b: 1 } })
    const owner = fc.record({ person: fc.constantFrom('p', 'q'), name: fc.constantFrom('n', 'm') })
    const fields = {
      game: fc.constantFrom('g', 'h'),
      options: fc.oneof(plain, more),
      state: fc.oneof(plain, more),
      seats: fc.array(owner, { maxLength: 2 }),
      rated: fc.boolean(),
      private: fc.boolean(),
      clock: fc.constantFrom({}, { turn: 5 }, { turn: 6 }, { turn: undefined }, { total: 5 }),
    }
    const changed = fc.constantFrom(...(Object.keys(fields) as (keyof typeof fields)[]))
    fc.assert(
      fc.property(fc.record(fields), fc.record(fields), changed, (first, other, field) => {
        const openings = new OpeningCache()
        const all = [first, structuredClone(first), { ...first, [field]: other[field] }, first].map((what) => ({ ...opening, ...what }))
        const lines = all.map((what) => lineOf(event(1, what), undefined, openings))
        expect(lines).toEqual(all.map((what) => lineOf(event(1, what))))
        for (const [at, line] of lines.entries())
          expect(text(decodeEvent(1, 1, line))).toBe(text(decodeEvent(1, 1, lineOf(event(1, all[at] ?? opening)))))
      }),
      { numRuns: 2000 },
    )
  })

  test('reuses the same string for an equal beginning, so that no comparison is needed', () => {
    const openings = new OpeningCache()
    const beginning = (state: unknown) => openings.encodePrefix(1, event(1, { ...opening, state }))
    expect(beginning({ a: 1 })).toBe(beginning({ a: 1 }))
    expect(beginning({ a: 1 })).not.toBe(beginning({ a: 2 }))
  })

  test('writes an object that was changed since the last write in its new state', () => {
    const flat = { last: 1 }
    const deep = { cells: [1] }
    const linesOf = (state: object, change: () => void) => {
      const openings = new OpeningCache()
      const line = () => lineOf(event(1, { ...opening, state }), undefined, openings)
      const before = line()
      change()
      return [before, line()].map((one) => decodeEvent(1, 1, one))
    }
    const flatter = linesOf(flat, () => (flat.last = 2))
    const deeper = linesOf(deep, () => deep.cells.push(2))
    expect(flatter).toMatchObject([{ state: { last: 1 } }, { state: { last: 2 } }])
    expect(deeper).toMatchObject([{ state: { cells: [1] } }, { state: { cells: [1, 2] } }])
  })

  test.each<[TableEventData, RegExp]>([
    [{ ...opening, options: 1n }, /^event 1 of table 1 cannot be appended: .*BigInt/],
    [{ type: 'moved', seat: 0, move: 1n }, /^event 1 of table 1 cannot be appended: .*BigInt/],
    [
      { type: 'ended', outcome: { winners: Object.assign(Array<number>(2), { 1: 1 }) } },
      /^event 1 of table 1 cannot be appended: the fields of an event ended are wrong/,
    ],
  ])('names the table and number of an event that cannot be written: %#', (what, sentence) => {
    expect(() => lineOf(event(1, what))).toThrow(TypeError)
    expect(() => lineOf(event(1, what))).toThrow(sentence)
  })

  test('a move can also be written in the long form', () => {
    expect(decodeEvent(1, 2, JSON.stringify(move(1, 2)), 5)).toEqual(move(1, 2))
  })

  test.each([
    ['', 'it is not JSON'],
    ['[0,5', 'it is not JSON'],
    ['2', 'it is not a JSON object'],
    ['null', 'it is not a JSON object'],
    ['[0,5]', 'it has no time'],
    ['[0,5,null]', 'it has no time'],
    ['[[0]]', 'it has no time'],
    ['[]', 'it has no number'],
    ['[0]', 'it has no number'],
    ['[[0],17,0]', 'it has no number'],
    ['[["0"],17]', 'the fields of an event ended are wrong'],
    ['[0,5,17,0]', 'it has no number'],
    ['[0,5,"17"]', 'it has no time'],
    ['[-1,5,17]', 'the fields of an event moved are wrong'],
    ['{"type":"gone","seat":0,"n":3,"at":17}', 'its number is 3'],
    ['{"type":"gone","seat":0,"n":"2","at":17}', 'it has no number'],
    ['{"type":"gone","seat":0}', 'it has no time'],
    ['{"type":"went","seat":0,"n":2,"at":17}', 'there is no event of the type "went"'],
    ['{"type":"gone","seat":0.5,"n":2,"at":17}', 'the fields of an event gone are wrong'],
  ])('reports %s as damaged', (text, amiss) => {
    expect(() => decodeEvent(7, 2, text)).toThrow(`event 2 of table 7 cannot be read: ${amiss}`)
    expect(() => decodeEvent(7, 2, text)).toThrow(expect.objectContaining({ code: 'damaged' }))
  })
})
