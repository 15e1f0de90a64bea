import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SeekEntry } from '../../src/hall/ports.ts'
import { isOpening, parseSeekClaim, parseSeekEntry } from '../../src/hall/seek-entry.ts'

const text = fc.string({ maxLength: 12 })
const owner = fc.record({ person: text, name: text, token: text, from: text }, { requiredKeys: ['person', 'name'] })
const limit = fc.nat(1e9)
const entries: fc.Arbitrary<SeekEntry> = fc.record(
  {
    owner,
    since: fc.nat(),
    game: text,
    options: fc.jsonValue({ maxDepth: 2 }),
    clock: fc.record({ total: limit, turn: limit, grace: limit }, { requiredKeys: [] }),
    seats: fc.array(fc.nat(5), { maxLength: 3 }),
    rated: fc.boolean(),
    against: text,
    code: text,
  },
  { requiredKeys: ['owner', 'since', 'game', 'seats', 'rated'] },
)
const opened = { game: 'coin', state: {}, seed: 7, seats: [{ person: 'guest:ada', name: 'ada' }], rated: false, private: false, clock: {} }
const opening = { type: 'opened', options: {}, ...opened, n: 1, at: 5 }

describe('an entry of another server', () => {
  test('is read as it was put, after a journey as JSON', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const arrived: unknown = JSON.parse(JSON.stringify(entry))
        expect(JSON.stringify(parseSeekEntry(arrived))).toBe(JSON.stringify(entry))
      }),
    )
  })

  test.each<[string, unknown]>([
    ['owner', { person: 'guest:ada' }],
    ['owner', { person: 'guest:ada', name: 'ada', token: 5 }],
    ['since', -1],
    ['since', Number.NaN],
    ['game', undefined],
    ['clock', { turn: '5' }],
    ['seats', [-1]],
    ['seats', '01'],
    ['rated', 'yes'],
    ['against', 7],
    ['code', null],
  ])('is rejected if the field %s is %j', (field, value) => {
    const [valid] = fc.sample(entries, 1)
    expect(() => parseSeekEntry({ ...valid, [field]: value })).toThrow(`the field "${field}" of a seek or of its claim is not valid`)
  })

  test.each([undefined, null, 'seek', [], 7])('is rejected if it is %j', (data) => {
    expect(() => parseSeekEntry(data)).toThrow('a seek must be an object')
  })

  test('is never accepted, and never fails otherwise, if it is anything else', () => {
    fc.assert(
      fc.property(fc.anything(), (data) => {
        expect(() => parseSeekEntry(data)).toThrow(TypeError)
      }),
    )
  })
})

describe('a claim of another server', () => {
  const matched = { type: 'matched', by: 'x', table: 7, seat: 1, opening }

  test.each([matched, { type: 'withdrawn', by: 'x' }, { type: 'refused', by: 'x', name: 'ada' }])('is accepted: %j', (claim) => {
    expect(parseSeekClaim(JSON.parse(JSON.stringify(claim)))).toEqual(claim)
  })

  test.each<[string, unknown]>([
    ['by', { ...matched, by: undefined }],
    ['type', { ...matched, type: 'canceled' }],
    ['table', { ...matched, table: 0 }],
    ['seat', { ...matched, seat: '1' }],
    ['opening', { ...matched, opening: { ...opening, n: 2 } }],
    ['opening', { ...matched, opening: { ...opening, seats: 'ada' } }],
    ['name', { type: 'refused', by: 'x' }],
  ])('is rejected if its field %s is wrong', (field, claim) => {
    expect(() => parseSeekClaim(claim)).toThrow(`the field "${field}" of a seek or of its claim is not valid`)
  })

  test('has an opening only as the first event of a table', () => {
    expect(isOpening(opening)).toBe(true)
    for (const wrong of [undefined, { ...opening, at: -1 }, { ...opening, type: 'moved' }, { ...opening, seed: {} }])
      expect(isOpening(wrong)).toBe(false)
  })
})
