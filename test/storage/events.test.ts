import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TableEvent } from '../../src/hall/ports.ts'
import { decodeEvent, encodeEvent } from '../../src/storage/events.ts'
import { happening } from './contract-properties.ts'
import { event, move } from './samples.ts'

describe('an event as text', () => {
  test('is read as it was, and stands in one line', () => {
    fc.assert(
      fc.property(happening, fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }), (what, n, at) => {
        const one: TableEvent = { ...what, n, at: at || 0 }
        const text = encodeEvent(1, one)
        expect(text).toMatch(/^[[{][^\n]*$/)
        expect(decodeEvent(1, n, text)).toEqual(one)
      }),
    )
  })

  test.each<[unknown, string]>([
    [5, '[0,5,1760000000002]'],
    [-0, '[0,0,1760000000002]'],
    ['5', '[0,"5",1760000000002]'],
    [{ from: 'e2', to: 'e4' }, '[0,{"from":"e2","to":"e4"},1760000000002]'],
    [null, '[0,null,1760000000002]'],
    [Number.NaN, '[0,null,1760000000002]'],
    [undefined, '{"n":2,"at":1760000000002,"type":"moved","seat":0}'],
  ])('a move %j is short', (what, text) => {
    expect(encodeEvent(1, event(2, { type: 'moved', seat: 0, move: what }))).toBe(text)
  })

  const opening = { type: 'opened', game: 'g', options: {}, state: 0, seed: 7, seats: [], rated: false, private: false, clock: {} } as const
  const LONG = `{"type":"opened","game":"g","options":{},"state":0,"seed":7,"seats":[],"rated":false,"private":false,"clock":{},"n":1,"at":1760000000001}`

  test('an opening has nothing that is as usual, and is read with all that too', () => {
    const short = LONG.replace('"rated":false,"private":false,"clock":{},', '')
    const usual = event(1, opening)
    expect(JSON.parse(encodeEvent(1, usual))).toEqual(JSON.parse(short))
    for (const text of [short, LONG]) expect(decodeEvent(1, 1, text)).toEqual(usual)
    const other = { ...opening, rated: true, private: true, clock: { turn: 5 } }
    expect(JSON.parse(encodeEvent(1, event(1, other)))).toMatchObject({ rated: true, private: true, clock: { turn: 5 } })
  })

  test('a move can be written like any other event, too', () => {
    expect(decodeEvent(1, 2, JSON.stringify(move(1, 2)))).toEqual(move(1, 2))
  })

  test.each([
    ['', 'it is no JSON'],
    ['[0,5', 'it is no JSON'],
    ['2', 'it is no JSON object'],
    ['null', 'it is no JSON object'],
    ['[0,5]', 'it has no number'],
    ['[0,5,17,0]', 'it has no number'],
    ['[0,5,"17"]', 'it has no time'],
    ['[-1,5,17]', 'it is not as an event moved should be'],
    ['{"type":"gone","seat":0,"n":3,"at":17}', 'its number is 3'],
    ['{"type":"gone","seat":0,"at":17}', 'it has no number'],
    ['{"type":"went","seat":0,"n":2,"at":17}', 'there is no event of the type "went"'],
    ['{"type":"gone","seat":0.5,"n":2,"at":17}', 'it is not as an event gone should be'],
  ])('%s is told as damaged', (text, amiss) => {
    expect(() => decodeEvent(7, 2, text)).toThrow(`event 2 of table 7 cannot be read: ${amiss}`)
    expect(() => decodeEvent(7, 2, text)).toThrow(expect.objectContaining({ code: 'damaged' }))
  })
})
