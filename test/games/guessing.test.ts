import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../src/games/game.ts'
import { type Guessing, guessing, type Try } from '../../src/games/guessing.ts'
import { LocalTable } from '../../src/games/local-table.ts'
import { chance, scriptedRandom, seededRandom } from '../../src/games/random.ts'
import { tictactoe } from '../../src/games/tictactoe.ts'

const anyTry: fc.Arbitrary<Try> = fc.oneof(fc.integer(), fc.constant('wasted' as const), fc.double({ noNaN: true }))

describe('guessing', () => {
  test('the whole tree with two tries has 1 game that ends with its first move, and 99 × 100 others', () => {
    const state = guessing.setup({ tries: 2, secret: 42 }, chance)
    let ends = 0
    const count = (at: Guessing): void => {
      if (guessing.outcome(at)) ends++
      for (const guess of guessing.moves?.(at, 0) ?? []) count(guessing.play(at, 0, guess, chance) as Guessing)
    }
    count(state)
    expect(ends).toBe(1 + 99 * 100)
  })

  test('judges every try by the secret, and ends with the last try', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.array(anyTry, { maxLength: 8 }), (secret, tries) => {
        let state = guessing.setup({ tries: 5, secret }, chance)
        for (const [at, guess] of tries.entries()) {
          const next = guessing.play(state, 0, guess, chance)
          if (isRefusal(next)) {
            expect(guessing.outcome(state)).toBeDefined()
            continue
          }
          state = next
          const verdict = guess === 'wasted' ? 'wasted' : guess === secret ? 'right' : guess < secret ? 'low' : 'high'
          expect(state).toEqual({ secret, left: 4 - at, last: verdict, guess })
          if (verdict === 'right') expect(guessing.outcome(state)).toEqual({ winners: [0] })
          else expect(guessing.outcome(state)).toEqual(at === 4 ? { winners: [] } : undefined)
        }
      }),
    )
  })

  test('chooses the secret from 1 to 100, and never shows it', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const state = guessing.setup({}, seededRandom(seed))
        expect(state.secret).toBeGreaterThanOrEqual(1)
        expect(state.secret).toBeLessThanOrEqual(100)
        expect(guessing.view(state, 0)).toStrictEqual({ left: undefined, last: undefined })
        expect(guessing.view(state, 'watcher')).not.toHaveProperty('secret')
      }),
    )
  })

  test('allows tries without limit', () => {
    let state = guessing.setup({ secret: 42 }, chance)
    for (let n = 0; n < 1000; n++) state = guessing.play(state, 0, 1, chance) as Guessing
    expect(guessing.outcome(state)).toBeUndefined()
  })
})

describe('a lenient guessing game', () => {
  test('refuses numbers out of range, which cost no try', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (guess) => {
        const state = guessing.setup({ tries: 3, secret: 42, lenient: true }, seededRandom(1))
        const next = guessing.play(state, 0, guess, seededRandom(1))
        if (guess >= 1 && guess <= 100) expect(next).toMatchObject({ left: 2 })
        else expect(next).toEqual({ refused: 'the number is from 1 to 100; this costs no try' })
      }),
    )
    expect(guessing.play(guessing.setup({ tries: 3, lenient: true }, seededRandom(1)), 0, 'wasted', seededRandom(1))).toHaveProperty(
      'refused',
    )
  })

  test('shows the number after the end, and not before', () => {
    const state = guessing.setup({ tries: 3, secret: 42 }, seededRandom(1))
    expect(guessing.view(state, 0)).not.toHaveProperty('secret')
    expect(guessing.view(state, 'watcher', { winners: [], left: 0, resigned: true })).toHaveProperty('secret', 42)
  })
})

describe('a local table', () => {
  test('every event gives each seat a situation; a refusal gives none', async () => {
    const table = new LocalTable(guessing, { tries: 2, secret: 42 }, chance)
    const seat = table.seat(0)
    expect(await seat.next()).toEqual({ view: { left: 2 }, turn: true })
    expect(await seat.play(Number.NaN)).toEqual({ refused: 'a guess is a number' })
    expect(await seat.play(50)).toBeUndefined()
    expect(await seat.next()).toEqual({ view: { left: 1, last: 'high', guess: 50 }, turn: true })
    expect(await seat.play(41)).toBeUndefined()
    expect(await seat.next()).toEqual({ view: { left: 0, last: 'low', guess: 41, secret: 42 }, turn: false, outcome: { winners: [] } })
    expect(await seat.play(42)).toEqual({ refused: 'the game is over' })
    expect(() => table.seat(1)).toThrow(RangeError)
  })

  test('turn() resolves only with situations in which the seat is to move', async () => {
    const table = new LocalTable(tictactoe, {}, chance)
    const [one, other] = [table.seat(0), table.seat(1)]
    expect(await one.turn()).toMatchObject({ view: { cells: '---------' } })
    one.play(1)
    const waiting = one.turn()
    expect(await other.turn()).toMatchObject({ view: { cells: 'O--------' } })
    other.play(2)
    expect(await waiting).toMatchObject({ view: { cells: 'OX-------' }, turn: true })
    one.play(4)
    other.play(3)
    expect(await one.turn()).toMatchObject({ view: { cells: 'OXXO-----' } })
    one.play(7)
    // the player's own last move ends it
    expect(await one.turn()).toMatchObject({ view: { cells: 'OXXO--O--' }, turn: false, outcome: { winners: [0] } })
    expect(await other.next()).toMatchObject({ view: { cells: 'OX-------' }, turn: false })
  })

  test('leaving ends the game, and closing rejects all waiting seats', async () => {
    const left = new LocalTable(guessing, { secret: 42 }, chance)
    await left.seat(0).next()
    left.seat(0).leave()
    expect(await left.seat(0).next()).toMatchObject({ outcome: { left: 0, winners: [] } })
    const closed = new LocalTable(guessing, { secret: 42 }, chance)
    await closed.seat(0).next()
    const waiting = closed.seat(0).next()
    closed.close(new Error('the house has burnt down'))
    await expect(waiting).rejects.toThrow('the house has burnt down')
    await expect(closed.seat(0).next()).rejects.toThrow('the house has burnt down')
  })
})

describe('randomness', () => {
  test('scripted choices repeat in turn, and a choice outside the list throws an error', () => {
    const random = scriptedRandom(['H', 't'])
    expect([1, 2, 3, 4].map(() => random.choice(['H', 'T']))).toEqual(['H', 'T', 'H', 'T'])
    expect(() => scriptedRandom(['X']).choice(['H', 'T'])).toThrow('"X" is not one of H, T')
  })

  test('a seed repeats the numbers; whole numbers stay in their bounds and reach them', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -5, max: 5 }), fc.nat(3), (seed, low, width) => {
        const draw = (random = seededRandom(seed)) => Array.from({ length: 200 }, () => random.integer(low, low + width))
        expect(draw()).toEqual(draw())
        expect([...new Set(draw())].sort((a, b) => a - b)).toEqual(Array.from({ length: width + 1 }, (_, at) => low + at))
      }),
    )
  })
})
