import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Match, mergeClocks, mergeOptions, type OpenSeek } from '../../src/hall/open-seek.ts'
import { type ClockRules, PEER } from '../../src/hall/ports.ts'
import { SeekPools } from '../../src/hall/seek-pools.ts'

function openSeek(more: Partial<OpenSeek> = {}): OpenSeek {
  return { person: 'guest:ada', name: 'ada', game: 'tictactoe', options: {}, seats: [0, 1], rated: false, ...more }
}

/** Returns the first waiting seek that matches the new seek. */
function pair(waiting: Iterable<OpenSeek>, coming: OpenSeek): Match<OpenSeek> | undefined {
  const seeks = new SeekPools<OpenSeek>()
  for (const one of waiting) seeks.add(one)
  return seeks.match(coming)
}

const PEOPLE = ['guest:ada', 'guest:grace', PEER]
const OPTIONS = [undefined, {}, { size: 4 }]
const SEATS = [[0], [1], [0, 1], [1, 0]]
const CODES = [undefined, 'amber-otter-seven']
const AGAINST = [undefined, 'guest:ada', 'guest:grace']

/** All seeks of a small set, each once. */
function* world(): Iterable<OpenSeek> {
  for (const person of PEOPLE)
    for (const options of OPTIONS)
      for (const seats of SEATS)
        for (const rated of [false, true])
          for (const code of CODES)
            for (const against of AGAINST)
              yield {
                ...openSeek({ person, options, seats, rated }),
                ...(code === undefined ? {} : { code }),
                ...(against === undefined ? {} : { against }),
              }
}

/** Returns the violated conditions of a match, one sentence each. */
const RULES: Readonly<Record<string, (one: OpenSeek, other: OpenSeek) => boolean>> = {
  'nobody plays against oneself': (one, other) => one.person !== other.person || one.person === PEER,
  'both want the same kind of game': (one, other) => one.rated === other.rated,
  'an invitation is for who has it': (one, other) => one.code === other.code,
  'who wants somebody gets no other': (one, other) =>
    (one.against ?? other.person) === other.person && (other.against ?? one.person) === one.person,
  'who cares how it is set up gets that': (one, other) =>
    one.options === undefined || other.options === undefined || JSON.stringify(one.options) === JSON.stringify(other.options),
  'there is a seat for each': (one, other) => new Set([...one.seats, ...other.seats]).size === 2,
}

describe('all pairs of a small set of seeks', () => {
  const all = [...world()]

  test(`of ${all.length} seeks, two match if and only if no term contradicts`, () => {
    const wrong: unknown[] = []
    let pairs = 0
    for (const waiting of all) {
      for (const coming of all) {
        const match = pair([waiting], coming)
        if (match) pairs++
        const against = Object.keys(RULES).filter((rule) => !RULES[rule]?.(waiting, coming))
        if ((match === undefined) !== against.length > 0) wrong.push({ waiting, coming, match, against })
        if (!match) continue
        const [first, second] = match.seats
        const fits = match.waiting === waiting && first !== second && waiting.seats.includes(first) && coming.seats.includes(second)
        if (!fits) wrong.push({ waiting, coming, match })
      }
    }
    expect(wrong.slice(0, 3)).toEqual([])
    expect(pairs).toBe(6664)
  })

  test('the order of two seeks does not decide whether they match', () => {
    const wrong: unknown[] = []
    for (const [at, one] of all.entries())
      for (const other of all.slice(at)) if (!pair([one], other) !== !pair([other], one)) wrong.push({ one, other })
    expect(wrong.slice(0, 3)).toEqual([])
  })

  test('the first waiting seek that matches is taken', () => {
    const some = fc.array(fc.constantFrom(...all), { maxLength: 12 })
    fc.assert(
      fc.property(some, fc.constantFrom(...all), (waiting, coming) => {
        const match = pair(waiting, coming)
        const suits = waiting.findIndex((one) => pair([one], coming) !== undefined)
        expect(match === undefined).toBe(suits < 0)
        if (!match) return
        expect(match.waiting).toBe(waiting[suits])
        expect(match).toEqual(pair([match.waiting], coming))
      }),
      { numRuns: 2000 },
    )
  })

  test('a match changes neither seek', () => {
    const before = JSON.stringify(all)
    for (const coming of all.slice(0, 20)) pair(all, coming)
    expect(JSON.stringify(all)).toBe(before)
  })
})

describe('seats', () => {
  test.each([
    [
      [0, 1],
      [0, 1],
      [0, 1],
    ],
    [
      [1, 0],
      [0, 1],
      [1, 0],
    ],
    [[0, 1], [0], [1, 0]],
    [[1], [0, 1], [1, 0]],
    [[0], [1, 0], [0, 1]],
  ])('a waiting seek with %j and a new seek with %j get %j: the seek that waited longer has the choice', (waiting, coming, seats) => {
    const match = pair([openSeek({ seats: waiting })], openSeek({ person: 'guest:grace', seats: coming }))
    expect(match?.seats).toEqual(seats)
  })

  test.each([
    [[0], [0]],
    [[1], [1]],
    [[], [0, 1]],
    [[0, 1], []],
  ])('%j and %j do not match', (waiting, coming) => {
    expect(pair([openSeek({ seats: waiting })], openSeek({ person: 'guest:grace', seats: coming }))).toBeUndefined()
  })
})

test('seeks for different games do not match', () => {
  expect(pair([openSeek({ game: 'hands' })], openSeek({ person: 'guest:grace' }))).toBeUndefined()
})

describe('the setup', () => {
  test('ignores the order of fields, and absent fields', () => {
    const one = openSeek({ options: { size: 4, first: 0, more: { a: 1, b: [1, 2] } } })
    const same = openSeek({ person: 'guest:grace', options: { more: { b: [1, 2], a: 1 }, first: 0, size: 4, none: undefined } })
    expect(pair([one], same)).toBeDefined()
    expect(pair([one], { ...same, options: { more: { b: [2, 1], a: 1 }, first: 0, size: 4 } })).toBeUndefined()
  })

  test('is that of the seek with a clock, whether it waits or is new', () => {
    const { options: _, ...any } = openSeek()
    const four = openSeek({ options: { size: 4 } })
    expect([mergeOptions(any, four), mergeOptions(four, any), mergeOptions(any, any)]).toEqual([{ size: 4 }, { size: 4 }, undefined])
  })
})

describe('clocks', () => {
  const timed = (clock: ClockRules, person = 'guest:grace') => openSeek({ person, clock })
  const ada = (clock?: ClockRules) => openSeek(clock === undefined ? {} : { clock })

  test.each([
    [{ turn: 10_000 }, { turn: 20_000 }],
    [{ turn: 10_000 }, { total: 10_000 }],
    [{ turn: 10_000 }, { turn: 10_000, total: 60_000 }],
  ])('a seek with %j does not match %j', (one, other) => {
    expect(pair([ada(one)], timed(other))).toBeUndefined()
    expect(pair([ada(other)], timed(one))).toBeUndefined()
  })

  test.each([[undefined], [{}], [{ grace: 60_000 }]])('a seek without a limit, as %j, takes the other’s clock', (free) => {
    const limited = timed({ turn: 10_000, total: 60_000, grace: 120_000 })
    expect(pair([ada(free)], limited)).toBeDefined()
    expect(pair([limited], ada(free))).toBeDefined()
    for (const clock of [mergeClocks(ada(free), limited), mergeClocks(limited, ada(free))])
      expect(clock).toMatchObject({ turn: 10_000, total: 60_000 })
  })

  test('the grace period is that of the seek that waited longer', () => {
    expect(mergeClocks(ada({ grace: 1 }), timed({ grace: 2 }))).toEqual({ grace: 1 })
  })
})
