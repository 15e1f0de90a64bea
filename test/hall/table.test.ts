import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coin } from '../../src/games/coin.ts'
import { isRefusal, type SeatNumber } from '../../src/games/game.ts'
import { guessing } from '../../src/games/guessing.ts'
import type { AnyGame } from '../../src/games/index.ts'
import { chance, seededRandom } from '../../src/games/random.ts'
import { hands } from '../../src/games/scissors.ts'
import { tictactoe } from '../../src/games/tictactoe.ts'
import { type ClockRules, HOUSE, type TableEvent } from '../../src/hall/ports.ts'
import { timeLeft, turnLeft } from '../../src/hall/seat-clocks.ts'
import { answer, decide, evolve, nextTick, type Opened, type TableCommand, type TableState, toOpenedTable } from '../../src/hall/table.ts'

const START = 1_000_000

function openedTable(rules: AnyGame, options: unknown = {}, clock: ClockRules = {}, more: Partial<Opened> = {}): TableState {
  const seats = Array.from({ length: rules.seats.max }, (_, seat) => ({ person: `guest:${seat}`, name: `player ${seat}` }))
  const opening: Opened = {
    type: 'opened',
    game: rules.name,
    options,
    state: rules.setup(options, seededRandom(1)),
    seed: 7,
    seats,
    rated: false,
    private: false,
    clock,
    ...more,
  }
  return toOpenedTable({ ...opening, n: 1, at: START }, rules)
}

/** Returns the table after a command, with its events, and checks that replaying them gives the same. Throws on a refusal. */
function having(table: TableState, command: TableCommand, now = START): { table: TableState; events: TableEvent[] } {
  const steps = decide(table, command, now)
  if (isRefusal(steps)) throw new Error(steps.refused)
  let after = table
  for (const [at, { event, state }] of steps.entries()) {
    expect([event.n, event.at]).toEqual([table.n + 1 + at, now])
    after = evolve(after, event)
    expect(plain(state)).toEqual(plain(after))
  }
  return { table: after, events: steps.map(({ event }) => event) }
}

const plain = ({ rules: _, ...state }: TableState) => state

function refused(table: TableState, command: TableCommand, now = START): string | undefined {
  const before = JSON.stringify(table)
  const steps = decide(table, command, now)
  expect(JSON.stringify(table)).toBe(before)
  return isRefusal(steps) ? steps.refused : undefined
}

/** Returns every position that legal moves can reach, each once. */
function* reachable(start: TableState): Iterable<TableState> {
  const visited = new Set<string>()
  const open = [start]
  for (let table = open.pop(); table; table = open.pop()) {
    const key = table.rules.key?.(table.position) ?? JSON.stringify(table.position)
    if (visited.has(key)) continue
    visited.add(key)
    yield table
    for (const seat of table.toMove) {
      for (const move of table.rules.moves?.(table.position, seat) ?? []) open.push(having(table, { type: 'play', seat, move }).table)
    }
  }
}

describe('a table decides', () => {
  const small: [name: string, rules: AnyGame, options: unknown, moves: readonly unknown[], states: number][] = [
    ['tic-tac-toe', tictactoe, {}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -1, 1.5, Number.NaN], 5478],
    ['tic-tac-toe of four cells', tictactoe, { size: 2 }, [0, 1, 2, 3, 4, 5], 29],
    ['scissor, paper, stone', hands, undefined, ['Scissor', 'Paper', 'Stone', 'Well', 'scissor', ''], 1366],
    ['guessing twice', guessing, { tries: 2, secret: 40 }, [Number.NaN, ...Array.from({ length: 100 }, (_, at) => at + 1)], 201],
  ]

  test.each(small)(
    '%s: refuses an illegal command in every reachable state, without a change to the state',
    (_, rules, options, moves, states) => {
      let count = 0
      for (const table of reachable(openedTable(rules, options))) {
        count++
        const seats = [...table.opened.seats.keys(), table.opened.seats.length, -1]
        for (const seat of seats) {
          const legal = table.toMove.includes(seat) ? [...(rules.moves?.(table.position, seat) ?? [])] : []
          for (const move of moves) {
            const refusal = decide(table, { type: 'play', seat, move }, START)
            expect({ move, seat, refused: isRefusal(refusal) }).toEqual({ move, seat, refused: !legal.includes(move) })
          }
        }
        if (!table.ended) continue
        for (const seat of table.opened.seats.keys())
          for (const type of ['leave', 'resign'] as const) expect(refused(table, { type, seat })).toBe('the game is over')
        expect(having(table, { type: 'tick' }, START + 1e9).events).toEqual([])
        expect(having(table, { type: 'gone', seat: 0 }).events).toEqual([])
      }
      expect(count).toBe(states)
    },
  )

  test('a move that ends the game is followed by the end, with the outcome of the rules', () => {
    let table = openedTable(tictactoe)
    for (const [at, move] of [1, 4, 2, 5].entries()) table = having(table, { type: 'play', seat: at % 2, move }).table
    const { table: over, events } = having(table, { type: 'play', seat: 0, move: 3 })
    expect(events).toEqual([
      { type: 'moved', seat: 0, move: 3, n: 6, at: START },
      { type: 'ended', outcome: { winners: [0] }, n: 7, at: START },
    ])
    expect(over).toMatchObject({ ended: true, toMove: [], outcome: { winners: [0] } })
  })

  test('a player who leaves or resigns loses, and the event distinguishes the two', () => {
    const end = (type: 'leave' | 'resign') => having(openedTable(tictactoe), { type, seat: 0 }).events
    expect(end('leave')).toMatchObject([{ type: 'ended', outcome: { winners: [1], left: 0 } }])
    expect(end('leave')[0]).not.toHaveProperty('outcome.resigned')
    expect(end('resign')).toMatchObject([{ type: 'ended', outcome: { winners: [1], left: 0, resigned: true } }])
  })

  test('the house moves as long as the house has the turn', () => {
    const seats = [0, 1].map(() => ({ person: HOUSE, name: 'house' }))
    const steps = answer(openedTable(tictactoe, {}, {}, { seats }), START, seededRandom(3))
    expect(steps.map(({ event }) => event.type)).toEqual([...Array(9).fill('moved'), 'ended'])
    expect(steps.map(({ event }) => event.n)).toEqual(steps.map((_, at) => at + 2))
    expect(steps.at(-1)?.state).toMatchObject({ ended: true, outcome: { winners: [] } })
    expect(answer(openedTable(tictactoe), START, seededRandom(3))).toEqual([])
  })

  test('marks only rated tables as rated', () => {
    const end = (rated: boolean) => having(openedTable(tictactoe, {}, {}, { rated }), { type: 'leave', seat: 1 }).events.at(-1)
    expect(end(true)).toHaveProperty('counts', true)
    expect(end(false)).not.toHaveProperty('counts')
  })

  test('randomness follows from the log: the same events give the same state, with any random source', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('H', 'T'), { minLength: 1, maxLength: 20 }), fc.integer(), (guesses, seed) => {
        let table = openedTable(coin, undefined, {}, { seed })
        const log: TableEvent[] = []
        for (const move of guesses) {
          const step = having(table, { type: 'play', seat: 0, move })
          table = step.table
          log.push(...step.events)
        }
        chance.integer(1, 2)
        expect(log.reduce(evolve, openedTable(coin, undefined, {}, { seed })).position).toEqual(table.position)
      }),
    )
  })

  test('talk is limited in length, and not empty', () => {
    const table = openedTable(tictactoe)
    expect(having(table, { type: 'say', name: 'ada', text: 'hello' }).events).toEqual([
      { type: 'said', name: 'ada', text: 'hello', n: 2, at: START },
    ])
    expect(refused(table, { type: 'say', name: 'ada', text: ' \t' })).toBe('say something')
    expect(refused(table, { type: 'say', name: 'ada', text: 'x'.repeat(1001) })).toBe('write at most 1000 characters in one message')
  })

  test('throws for an impossible log', () => {
    const table = openedTable(tictactoe)
    expect(() => evolve(table, { type: 'gone', seat: 0, n: 3, at: START })).toThrow('event 3 cannot follow event 1')
    expect(() => evolve(table, { type: 'moved', seat: 1, move: 1, n: 2, at: START })).toThrow('the rules refuse')
    expect(() => toOpenedTable({ type: 'suspended', n: 1, at: START }, tictactoe)).toThrow('begins with its opening')
    expect(() => evolve(table, { ...table.opened, n: 2, at: START })).toThrow('opened once')
  })
})

describe('offers', () => {
  const offer = (seat: SeatNumber): TableCommand => ({ type: 'offer', seat })

  test('a draw is agreed when the other offers it too', () => {
    const { table } = having(openedTable(tictactoe), offer(1))
    expect(having(table, offer(0)).events).toMatchObject([
      { type: 'offered', what: 'draw' },
      { type: 'ended', outcome: { winners: [], agreed: true } },
    ])
  })

  test('the house declines a draw immediately, so that it can be offered again', () => {
    const seats = [HOUSE, 'guest:1'].map((person) => ({ person, name: person }))
    const { table, events } = having(openedTable(tictactoe, {}, {}, { seats }), offer(1))
    expect(events).toMatchObject([
      { type: 'offered', seat: 1, what: 'draw' },
      { type: 'declined', seat: 0 },
    ])
    expect(having(table, offer(1)).events).toHaveLength(2)
  })

  test('of a rematch end when a player leaves, with an event; without offers there is no event', () => {
    const over = having(openedTable(tictactoe), { type: 'leave', seat: 0 }).table
    expect(having(over, { type: 'gone', seat: 0 }).events).toEqual([])
    const wanted = having(over, offer(0)).table
    for (const seat of [0, 1]) {
      const { table, events } = having(wanted, { type: 'gone', seat })
      expect(events).toMatchObject([{ type: 'gone', seat }])
      expect(table.offers).toEqual([])
    }
    const on = having(having(wanted, offer(1)).table, { type: 'continue', table: 9 }).table
    expect(having(on, { type: 'gone', seat: 0 }).events).toEqual([])
  })

  test('a move declines the opponent’s offer; a player’s own move leaves its offer open', () => {
    const { table } = having(openedTable(tictactoe), offer(1))
    expect(having(table, { type: 'play', seat: 0, move: 1 }).table.offers).toEqual([])
    const own = having(having(openedTable(tictactoe), offer(0)).table, { type: 'play', seat: 0, move: 1 }).table
    expect(own.offers).toEqual([0])
  })

  test('an offer can be made once, and declined by the opponent only', () => {
    const { table } = having(openedTable(tictactoe), offer(1))
    expect(refused(table, offer(1))).toBe('you have offered a draw already; wait for the answer')
    expect(refused(table, { type: 'decline', seat: 1 })).toBe('there is no offer to decline')
    expect(having(table, { type: 'decline', seat: 0 }).table.offers).toEqual([])
    expect(refused(openedTable(tictactoe), { type: 'decline', seat: 0 })).toBe('there is no offer to decline')
    expect(refused(openedTable(guessing), offer(0))).toBe('this game has no opponent who could accept an offer')
  })

  test('a rematch that both players offer after the game leads to another table once', () => {
    const over = having(openedTable(tictactoe), { type: 'leave', seat: 0 }).table
    const wanted = having(having(over, offer(0)).table, offer(1)).table
    expect(wanted.offers).toEqual([0, 1])
    const on = having(wanted, { type: 'continue', table: 18 }).table
    expect(on.successor).toBe(18)
    expect(refused(on, { type: 'continue', table: 19 })).toBe('the players have moved to another table already')
    expect(refused(on, offer(0))).toBe('the players have moved to another table already')
    expect(refused(openedTable(tictactoe), { type: 'continue', table: 19 })).toBe('the game is not over')
  })
})

describe('clocks', () => {
  const play = (table: TableState, seat: SeatNumber, move: number, now: number) => having(table, { type: 'play', seat, move }, now).table

  test('a turn has its time, and a player whose time runs out loses', () => {
    const table = play(openedTable(tictactoe, {}, { turn: 10_000 }), 0, 1, START + 9_999)
    expect(nextTick(table)).toBe(START + 19_999)
    expect(having(table, { type: 'tick' }, START + 19_998).events).toEqual([])
    expect(having(table, { type: 'tick' }, START + 19_999).events).toMatchObject([
      { type: 'ended', outcome: { winners: [0], left: 1, late: true } },
    ])
  })

  test('all turns of a seat together have a time', () => {
    const clock = { total: 10_000 }
    let table = openedTable(tictactoe, {}, clock)
    table = play(table, 0, 1, START + 6_000)
    table = play(table, 1, 5, START + 9_000)
    expect([0, 1].map((seat) => timeLeft(table.clocks, clock, seat, START + 10_000))).toEqual([3_000, 7_000])
    expect(nextTick(table)).toBe(START + 13_000)
    expect(having(table, { type: 'tick' }, START + 13_000).table.outcome).toEqual({ winners: [1], left: 0, late: true })
  })

  test('both clocks run if both players are to move, and each stops with its own move', () => {
    const clock = { total: 5_000 }
    let table = openedTable(hands, undefined, clock)
    table = having(table, { type: 'play', seat: 1, move: 'Paper' }, START + 1_000).table
    expect([0, 1].map((seat) => timeLeft(table.clocks, clock, seat, START + 2_000))).toEqual([3_000, 4_000])
  })

  test('the time for a move runs during a turn, and is complete again afterwards', () => {
    const clock = { turn: 5_000 }
    let table = openedTable(hands, undefined, clock)
    const left = (now: number) => [0, 1].map((seat) => turnLeft(table.clocks, clock, seat, now))
    expect(left(START + 2_000)).toEqual([3_000, 3_000])
    table = having(table, { type: 'play', seat: 1, move: 'Paper' }, START + 2_000).table
    expect(left(START + 4_500)).toEqual([500, 5_000])
    expect(left(START + 9_000)).toEqual([0, 5_000])
    expect(turnLeft(table.clocks, { total: 5_000 }, 0, START)).toBeUndefined()
  })

  test('an absent player has a grace period, which ends with the return', () => {
    const gone = having(openedTable(tictactoe, {}, { grace: 60_000 }), { type: 'gone', seat: 1 }, START + 5).table
    expect(nextTick(gone)).toBe(START + 60_005)
    const back = having(gone, { type: 'back', seat: 1 }, START + 50_000).table
    expect(nextTick(back)).toBeUndefined()
    expect(having(gone, { type: 'tick' }, START + 60_005).table.outcome).toEqual({ winners: [0], left: 1 })
    expect(having(gone, { type: 'gone', seat: 1 }).events).toEqual([])
    expect(having(back, { type: 'back', seat: 1 }).events).toEqual([])
  })

  test('after a restart clocks are stopped until a player returns; then the others have their grace period', () => {
    const clock = { turn: 10_000, grace: 60_000, total: 30_000 }
    const table = having(play(openedTable(tictactoe, {}, clock), 0, 1, START + 1_000), { type: 'suspend' }, START + 4_000).table
    expect(nextTick(table)).toBeUndefined()
    expect(having(table, { type: 'tick' }, START + 1e9).events).toEqual([])
    expect(having(table, { type: 'suspend' }).events).toEqual([])
    const later = START + 1e8
    const back = having(table, { type: 'back', seat: 1 }, later).table
    expect(timeLeft(back.clocks, clock, 1, later)).toBe(27_000)
    expect(nextTick(back)).toBe(later + 10_000)
    expect(back.clocks.gone).toEqual([later, undefined])
  })

  test('the house has no clock', () => {
    const seats = [
      { person: 'guest:ada', name: 'ada' },
      { person: HOUSE, name: 'house' },
    ]
    const table = having(openedTable(tictactoe, {}, { grace: 60_000 }, { seats }), { type: 'suspend' }).table
    expect(nextTick(having(table, { type: 'back', seat: 0 }).table)).toBeUndefined()
  })

  test('a wait begins the absence of an opponent again, in any order of events, and changes no clock of a turn', () => {
    let waits = 0
    const act = fc.constantFrom('gone', 'wait', 'gone', 'wait', 'back', 'suspend')
    const commands = fc.array(fc.tuple(fc.integer({ min: 0, max: 60_000 }), act), { maxLength: 20 })
    fc.assert(
      fc.property(commands, (steps) => {
        const clock = { total: 1e12, grace: 1e9 }
        let table = openedTable(tictactoe, {}, clock)
        let now = START
        /** Time since which seat 1 is absent, computed without the table. */
        let absent: number | undefined
        for (const [time, type] of steps) {
          now += time
          const before = table
          const result = decide(table, type === 'suspend' ? { type } : { type, seat: type === 'wait' ? 0 : 1 }, now)
          if (type === 'wait') {
            const isDue = !before.suspended && absent !== undefined && now - absent >= 30_000
            expect(isRefusal(result)).toBe(!isDue)
            if (isDue) waits++
          }
          if (isRefusal(result)) continue
          for (const { event } of result) table = evolve(table, event)
          if (type === 'wait') {
            absent = now
            expect([table.clocks.used, table.clocks.since]).toEqual([before.clocks.used, before.clocks.since])
            expect(refused(table, { type: 'claim', seat: 0 }, now + 29_999)).toContain('has more time to return')
            expect(decide(table, { type: 'claim', seat: 0 }, now + 30_000)).toMatchObject([{ event: { type: 'ended' } }])
          } else if (result.length > 0) absent = type === 'gone' ? now : undefined
          expect(table.clocks.gone[1]).toBe(absent)
          if (absent !== undefined && !table.suspended && table.clocks.gone[0] === undefined) expect(nextTick(table)).toBe(absent + 1e9)
        }
      }),
    )
    expect(waits).toBeGreaterThan(10)
  })

  test('time never decreases, in any order of events', () => {
    let accepted = 0
    const commands = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('play', 'gone', 'back', 'wait', 'tick', 'suspend'),
      ),
    )
    fc.assert(
      fc.property(commands, (steps) => {
        const clock = { total: 20_000, turn: 8_000, grace: 9_000 }
        let table = openedTable(tictactoe, {}, clock)
        let now = START
        for (const [wait, cell, type] of steps) {
          now += wait
          const seat = table.toMove[0] ?? 0
          const before = [0, 1].map((one) => timeLeft(table.clocks, clock, one, now) ?? 0)
          const command: TableCommand =
            type === 'play' ? { type, seat, move: cell } : type === 'tick' || type === 'suspend' ? { type } : { type, seat }
          const steps = decide(table, command, now)
          if (isRefusal(steps)) continue
          accepted++
          for (const { event } of steps) table = evolve(table, event)
          for (const one of [0, 1]) expect(timeLeft(table.clocks, clock, one, now)).toBeLessThanOrEqual(before[one] ?? 0)
        }
      }),
    )
    expect(accepted).toBeGreaterThan(10)
  })
})
