import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Clock } from '../../src/base/clock.ts'
import { guessing } from '../../src/games/guessing.ts'
import { hangman } from '../../src/games/hangman.ts'
import type { AnyGame } from '../../src/games/index.ts'
import { quiz } from '../../src/games/quiz.ts'
import { seededRandom } from '../../src/games/random.ts'
import { hands } from '../../src/games/scissors.ts'
import { tictactoe } from '../../src/games/tictactoe.ts'
import { type ClockRules, HOUSE, type SeatOwner, type TableEvent, type TableLog } from '../../src/hall/ports.ts'
import { evolve, type TableCommand } from '../../src/hall/table.ts'
import { TableActor } from '../../src/hall/table-actor.ts'
import type { TableObserver, TableUpdate } from '../../src/hall/table-updates.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const START = 1_000_000
const ADA: SeatOwner = { person: 'guest:ada', name: 'ada' }
const GRACE: SeatOwner = { person: 'guest:grace', name: 'grace' }
const HOUSE_SITTER: SeatOwner = { person: HOUSE, name: 'house' }
const QUESTIONS = [
  { text: '1 + 1?', options: ['1', '2', '3'], right: 1 },
  { text: '2 + 2?', options: ['4', '5'], right: 0 },
]

/** One append whose result the test decides. */
interface Append {
  readonly expected: number
  readonly events: readonly TableEvent[]
  /** Persists it, and notifies the followers. */
  keep(): Promise<void>
  fail(reason: Error): Promise<void>
}

/** A journal that persists an append at the command of the test. */
class SlowLog implements TableLog {
  readonly appends: Append[] = []
  #next = 1
  #followers: { table: number; then: (events: readonly TableEvent[]) => void }[] = []

  async newTable(): Promise<number> {
    throw new Error('the test numbers the tables')
  }

  /** The number of the next table. */
  nextTable(): number {
    return this.#next++
  }

  async claim(tables: readonly number[]): Promise<readonly number[]> {
    return tables
  }

  append(table: number, expected: number, events: readonly TableEvent[], then: (failure?: Error) => void): undefined {
    this.appends.push({
      expected,
      events,
      keep: () => {
        this.tell(table, events)
        then()
        return settled()
      },
      fail: (reason) => {
        then(reason)
        return settled()
      },
    })
  }

  /** Publishes events to the followers of a table, as if they were persisted. */
  tell(table: number, events: readonly TableEvent[]): void {
    for (const one of this.#followers) if (one.table === table) one.then(events)
  }

  follow(table: number, then: (events: readonly TableEvent[]) => void): () => void {
    const follower = { table, then }
    this.#followers.push(follower)
    return () => {
      this.#followers = this.#followers.filter((one) => one !== follower)
    }
  }

  get followers(): number {
    return this.#followers.length
  }

  async read(): Promise<readonly TableEvent[]> {
    return []
  }

  async *readAll(): AsyncIterable<never> {}

  async unfinished(): Promise<readonly number[]> {
    return []
  }

  async ended(): Promise<readonly number[]> {
    return []
  }
}

/** An observer that records its notifications. */
class Listener implements TableObserver {
  readonly viewer: number | 'watcher'
  readonly received: TableUpdate[] = []
  ended: Error | undefined
  readonly #then: ((news: TableUpdate) => void) | undefined

  constructor(who: number | 'watcher', then?: (news: TableUpdate) => void) {
    this.viewer = who
    this.#then = then
  }

  update(news: TableUpdate): void {
    this.received.push(news)
    this.#then?.(news)
  }

  closed(reason: Error): void {
    this.ended = reason
  }

  /** The types of the recorded updates. */
  get types(): string[] {
    return this.received.map(({ event }) => event.type)
  }
}

interface Setup {
  rules?: AnyGame
  options?: unknown
  seats?: readonly SeatOwner[]
  clock?: ClockRules
  time?: Clock
}

/** A table on a slow journal, with its clock and its observers. */
function slow({ rules = tictactoe, options = {}, seats = [ADA, GRACE], clock = {}, time = new TestClock(START) }: Setup = {}) {
  const log = new SlowLog()
  const troubles: string[] = []
  const tools = { log, clock: time, random: seededRandom(1), onError: (sentence: string) => troubles.push(sentence) }
  const open = () => {
    const state = rules.setup(options, seededRandom(1))
    const opening = { type: 'opened', game: rules.name, options, state, seed: 7, seats, rated: false, private: false, clock } as const
    return TableActor.open(log.nextTable(), { ...opening, n: 1, at: time.now() }, rules, tools)
  }
  return { log, troubles, tools, open, table: open() }
}

/** Does the same as `slow`, with a persisted opening. */
async function opened(setup: Setup = {}) {
  const made = slow(setup)
  await made.log.appends[0]?.keep()
  return made
}

const play = (seat: number, move: unknown): TableCommand => ({ type: 'play', seat, move })

describe('append before publish', () => {
  test('publishes no event that is not persisted', async () => {
    const { log, table } = slow()
    const ada = new Listener(0)
    const watcher = new Listener('watcher')
    table.subscribe(ada)
    table.subscribe(watcher)
    expect(table.submit(play(0, 5))).toBeUndefined()
    await settled()
    expect([ada.received, watcher.received, table.situation(0), table.isPublished]).toEqual([[], [], undefined, false])
    await log.appends[0]?.keep()
    expect(ada.types).toEqual(['opened'])
    expect(table.situation('watcher')).toMatchObject({ view: { cells: '---------' }, turn: false })
    expect(table.isPublished).toBe(true)
    await log.appends[1]?.keep()
    expect(ada.types).toEqual(['opened', 'moved'])
    expect(watcher.received[1]).toEqual({
      n: 2,
      at: START,
      event: { type: 'moved', seat: 0 },
      situation: { view: { cells: '----O----', size: 3, turn: 1, last: 5 }, turn: false },
      shared: {},
    })
  })

  test('decides commands immediately, in order, and each append follows the previous append', async () => {
    const { log, table } = await opened()
    const watcher = new Listener('watcher')
    table.subscribe(watcher)
    expect([play(0, 1), play(1, 5), play(0, 2)].map((one) => table.submit(one))).toEqual([undefined, undefined, undefined])
    expect(table.submit(play(0, 3))).toEqual({ refused: 'it is the other player’s turn' })
    expect(log.appends.slice(1).map(({ expected, events }) => [expected, events.map(({ n }) => n)])).toEqual([
      [1, [2]],
      [2, [3]],
      [3, [4]],
    ])
    expect(table.state.n).toBe(1)
    for (const append of log.appends.slice(1)) await append.keep()
    expect(watcher.received.map(({ n }) => n)).toEqual([2, 3, 4])
    expect(table.state.position).toMatchObject({ cells: 'OO--X----' })
  })

  test('appends nothing for a command that changes nothing', async () => {
    const { log, table } = await opened()
    expect(table.submit({ type: 'back', seat: 0 })).toBeUndefined()
    expect(table.submit({ type: 'tick' })).toBeUndefined()
    expect(log.appends).toHaveLength(1)
  })

  test('appends a move together with the end that it causes, and with the house’s answer', async () => {
    const { log, table } = await opened({ seats: [ADA, HOUSE_SITTER] })
    table.submit(play(0, 5))
    const [, answered] = log.appends
    expect(answered?.events).toMatchObject([
      { n: 2, type: 'moved', seat: 0, move: 5 },
      { n: 3, type: 'moved', seat: 1 },
    ])
    expect(log.appends).toHaveLength(2)
    const alone = await opened({ rules: guessing, options: { secret: 42 }, seats: [ADA] })
    alone.table.submit(play(0, 42))
    expect(alone.log.appends[1]?.events).toMatchObject([{ type: 'moved' }, { type: 'ended', outcome: { winners: [0] } }])
  })

  test('appends the house’s first move together with the opening', async () => {
    const { log, table } = await opened({ seats: [HOUSE_SITTER, GRACE] })
    expect(log.appends).toMatchObject([{ expected: 0, events: [{ type: 'opened' }, { n: 2, type: 'moved', seat: 0 }] }])
    expect(table.waitsForOthers(1)).toBe(false)
  })

  test('kept() resolves when all earlier decisions are published', async () => {
    const { log, table } = await opened()
    const order: string[] = []
    table.subscribe(new Listener('watcher', ({ n }) => order.push(`told ${n}`)))
    expect(await table.persisted()).toBe(true)
    table.submit(play(0, 1))
    void table.persisted().then((isPersisted) => order.push(`2 is kept: ${isPersisted}`))
    table.submit(play(1, 2))
    void table.persisted().then((isPersisted) => order.push(`3 is kept: ${isPersisted}`))
    await log.appends[1]?.keep()
    await log.appends[2]?.keep()
    expect(order).toEqual(['told 2', '2 is kept: true', 'told 3', '3 is kept: true'])
  })
})

describe('events that cannot be persisted', () => {
  test('close their table with a sentence, once; other tables continue', async () => {
    const { log, table, open, troubles } = await opened()
    const other = open()
    await log.appends[1]?.keep()
    const listeners = [new Listener(0), new Listener('watcher')]
    for (const one of listeners) table.subscribe(one)
    const quiet: string[] = []
    table.whenQuiet(() => quiet.push('quiet'))
    table.submit(play(0, 1))
    table.submit(play(1, 2))
    const isPersisted = table.persisted()
    await log.appends[2]?.fail(new Error('the disk is full'))
    await log.appends[3]?.fail(new Error('the disk is full'))
    expect(await isPersisted).toBe(false)
    expect(troubles).toEqual(['writing the log of table 1 failed'])
    expect(quiet).toEqual(['quiet'])
    for (const { received, ended } of listeners) {
      expect(received).toEqual([])
      expect(ended).toMatchObject({ message: 'writing the log of table 1 failed', cause: { message: 'the disk is full' } })
    }
    expect(table.submit(play(1, 2))).toEqual({ refused: 'this table is closed' })
    expect(await table.persisted()).toBe(false)
    const late = new Listener(1)
    table.subscribe(late)
    table.unsubscribe(late)
    expect(late.ended?.message).toBe('writing the log of table 1 failed')

    expect(other.submit(play(0, 1))).toBeUndefined()
    await log.appends[4]?.keep()
    expect(other.state.n).toBe(2)
  })

  test('reach the error handler also if the table was closed before the failure', async () => {
    const { log, table, troubles } = await opened()
    table.submit(play(0, 1))
    table.close(new Error('the server was stopped'))
    await log.appends[1]?.fail(new Error('the disk is full'))
    expect(troubles).toEqual(['writing the log of table 1 failed'])
  })

  test('settled() waits for pending appends, whether they succeed or fail', async () => {
    const { log, table } = await opened()
    await table.settled()
    table.submit(play(0, 1))
    let settledNow = false
    void table.settled().then(() => {
      settledNow = true
    })
    table.close(new Error('the server was stopped'))
    await settled()
    expect(settledNow).toBe(false)
    await log.appends[1]?.fail(new Error('the disk is full'))
    expect(settledNow).toBe(true)
  })
})

describe('faults', () => {
  const silent = (): AnyGame => ({
    ...tictactoe,
    choose: () => {
      throw new Error('no idea')
    },
  })

  test('a failure of the house closes its table, and no part of the move is persisted', async () => {
    const { log, table, troubles } = await opened({ rules: silent(), seats: [ADA, HOUSE_SITTER] })
    const ada = new Listener(0)
    table.subscribe(ada)
    expect(table.submit(play(0, 1))).toEqual({ refused: 'this table is closed' })
    expect(log.appends).toHaveLength(1)
    expect(ada.ended?.message).toBe('the house cannot move at table 1')
    expect(troubles).toEqual(['the house cannot move at table 1'])
    const begins = slow({ rules: silent(), seats: [HOUSE_SITTER, ADA] })
    expect(await begins.table.persisted()).toBe(false)
    expect(begins.troubles).toEqual(['the house cannot move at table 1'])
  })

  test('an exception from the rules propagates to the caller, and the state is unchanged', async () => {
    const { log, table, troubles } = await opened({ rules: quiz, options: { questions: QUESTIONS, count: 2 }, seats: [ADA] })
    expect(() => table.submit(play(0, 7))).toThrow(TypeError)
    expect(table.submit(play(0, 'A'))).toBeUndefined()
    expect(log.appends[1]).toMatchObject({ expected: 1, events: [{ n: 2, move: 'A' }] })
    expect(troubles).toEqual([])
  })

  test('an observer that throws is removed; all others are notified, and the table continues', async () => {
    const { log, table, troubles } = await opened()
    const bad = new Listener('watcher', () => {
      throw new Error('a broken pipe')
    })
    const [before, after] = [new Listener(0), new Listener(1)]
    for (const one of [before, bad, after]) table.subscribe(one)
    table.submit(play(0, 1))
    table.submit(play(1, 2))
    for (const append of log.appends.slice(1)) await append.keep()
    expect([before.types, bad.types, after.types]).toEqual([['moved', 'moved'], ['moved'], ['moved', 'moved']])
    expect(bad.ended).toMatchObject({
      message: 'the server could not deliver an event of table 1',
      cause: { message: 'a broken pipe' },
    })
    expect(troubles).toEqual(['the server could not deliver an event of table 1'])
    expect(table.observers).toEqual([before, after])
  })

  test('a table closes for all observers, also if one of them throws', async () => {
    const { table, troubles } = await opened()
    const bad = new Listener(0)
    bad.closed = () => {
      throw new Error('a broken pipe')
    }
    const good = new Listener(1)
    for (const one of [bad, good]) table.subscribe(one)
    table.close(new Error('the server was stopped'))
    expect(good.ended?.message).toBe('the server was stopped')
    expect(troubles).toEqual(['the server could not close an observer of table 1'])
  })
})

describe('commands during a publication', () => {
  test('an observer may send a command while it is notified: all observers receive all events in order', async () => {
    const { log, table } = await opened()
    const first = new Listener(1, ({ n }) => {
      if (n === 2) expect(table.submit(play(1, 5))).toBeUndefined()
    })
    const second = new Listener('watcher')
    for (const one of [first, second]) table.subscribe(one)
    table.submit(play(0, 1))
    await log.appends[1]?.keep()
    expect(second.received.map(({ n }) => n)).toEqual([2])
    await log.appends[2]?.keep()
    for (const { received } of [first, second]) expect(received.map(({ n }) => n)).toEqual([2, 3])
  })

  test('an observer that leaves is not notified any more, and a new observer does not receive earlier events', async () => {
    const { log, table } = await opened()
    const added: Listener[] = []
    const first = new Listener(0, () => {
      table.unsubscribe(second)
      const newcomer = new Listener('watcher')
      expect(table.situation('watcher')?.view).toMatchObject({ cells: 'O--------' })
      table.subscribe(newcomer)
      added.push(newcomer)
    })
    const second = new Listener(1)
    table.subscribe(first)
    table.subscribe(second)
    table.submit(play(0, 1))
    await log.appends[1]?.keep()
    expect(second.received).toEqual([])
    expect(added[0]?.received).toEqual([])
    table.submit({ type: 'say', name: 'ada', text: 'hello' })
    await log.appends[2]?.keep()
    expect(added[0]?.types).toEqual(['said'])
  })

  test('a table that is closed meanwhile publishes nothing more, and leaves no timer behind', async () => {
    const time = new TestClock(START)
    const { log, table } = await opened({ clock: { turn: 10_000 }, time })
    const first = new Listener(0, () => table.close(new Error('the server was stopped')))
    const second = new Listener(1)
    for (const one of [first, second]) table.subscribe(one)
    table.submit(play(0, 1))
    await log.appends[1]?.keep()
    expect(second.received).toEqual([])
    expect(second.ended?.message).toBe('the server was stopped')
    expect(time.waiting).toBe(0)
    expect(log.followers).toBe(0)
  })
})

describe('events that another server appends', () => {
  const event = (n: number, more: object) => ({ n, at: START, ...more }) as TableEvent

  test('are published, and the next command follows them', async () => {
    const { log, table } = await opened()
    const watcher = new Listener('watcher')
    table.subscribe(watcher)
    log.tell(1, [event(2, { type: 'moved', seat: 0, move: 9 }), event(3, { type: 'moved', seat: 1, move: 1 })])
    expect(watcher.received.map(({ n }) => n)).toEqual([2, 3])
    expect(table.submit(play(0, 1))).toEqual({ refused: 'cell 1 is taken by X' })
    table.submit(play(0, 2))
    expect(log.appends[1]?.expected).toBe(3)
  })

  test.each([
    ['comes before what is on its way here', [event(2, { type: 'moved', seat: 0, move: 9 })]],
    ['has a gap', [event(3, { type: 'moved', seat: 0, move: 9 })]],
    ['breaks the rules', [event(2, { type: 'moved', seat: 1, move: 9 })]],
  ])('close the table if the event %s', async (what, events) => {
    const { log, table, troubles } = await opened()
    const watcher = new Listener('watcher')
    table.subscribe(watcher)
    if (what.startsWith('comes')) table.submit(play(0, 1))
    log.tell(1, events)
    expect(watcher.received).toEqual([])
    expect(watcher.ended?.message).toBe('another process has changed table 1')
    expect(troubles).toEqual(['another process has changed table 1'])
  })
})

describe('time', () => {
  const lasting: readonly [string, ClockRules, TableCommand | undefined, object][] = [
    ['a turn', { turn: 10_000 }, undefined, { winners: [1], left: 0, late: true }],
    ['all turns', { total: 10_000 }, undefined, { winners: [1], left: 0, late: true }],
    ['the grace of who is gone', { grace: 10_000 }, { type: 'gone', seat: 1 }, { winners: [0], left: 1 }],
  ]

  test.each(lasting)('%s ends after its time, and not before', async (_, clock, before, outcome) => {
    const time = new TestClock(START)
    const { log, table } = await opened({ clock, time })
    if (before) table.submit(before)
    for (const append of log.appends.slice(1)) await append.keep()
    await time.pass(9_999)
    expect(table.over).toBe(false)
    await time.pass(1)
    expect(log.appends.at(-1)?.events).toMatchObject([{ type: 'ended', at: START + 10_000, outcome }])
    await log.appends.at(-1)?.keep()
    expect(time.waiting).toBe(0)
  })

  test('a player who returns in time loses nothing; a move starts the opponent’s time', async () => {
    const time = new TestClock(START)
    const { log, table } = await opened({ clock: { grace: 10_000, turn: 30_000 }, time })
    const submit = async (command: TableCommand) => {
      expect(table.submit(command)).toBeUndefined()
      await log.appends.at(-1)?.keep()
    }
    await submit({ type: 'gone', seat: 1 })
    await time.pass(9_999)
    await submit({ type: 'back', seat: 1 })
    await time.pass(15_000)
    await submit(play(0, 5))
    await time.pass(29_999)
    expect(table.over).toBe(false)
    await time.pass(1)
    expect(table.over).toBe(true)
  })

  test('a move that is decided in time counts, although it is persisted later', async () => {
    const time = new TestClock(START)
    const { log, table } = await opened({ clock: { turn: 10_000 }, time })
    await time.pass(9_999)
    table.submit(play(0, 5))
    await time.pass(1_000)
    expect(table.over).toBe(false)
    await log.appends[1]?.keep()
    await time.pass(8_999)
    expect(table.over).toBe(false)
    await time.pass(1)
    expect(table.over).toBe(true)
  })

  test('a timer that fires too early is set again', async () => {
    const time = new TestClock(START)
    // as for timers that cannot be as long as necessary
    const hasty: Clock = {
      now: () => time.now(),
      monotonic: () => time.monotonic(),
      after: (ms, then) => time.after(Math.min(ms, 4_000), then),
    }
    const { table } = await opened({ clock: { turn: 10_000 }, time: hasty })
    await time.pass(9_999)
    expect(table.over).toBe(false)
    await time.pass(1)
    expect(table.over).toBe(true)
  })
})

describe('the end of a table', () => {
  test('a table is quiet once, when its game is over, all events are persisted and no observer is left', async () => {
    const { log, table } = await opened()
    let quiet = 0
    table.whenQuiet(() => quiet++)
    const watcher = new Listener('watcher')
    table.subscribe(watcher)
    table.submit({ type: 'leave', seat: 0 })
    expect(quiet).toBe(0)
    await log.appends[1]?.keep()
    expect(quiet).toBe(0)
    table.submit({ type: 'say', name: 'ada', text: 'thanks' })
    table.unsubscribe(watcher)
    expect(quiet).toBe(0)
    await log.appends[2]?.keep()
    expect([quiet, log.followers]).toEqual([1, 0])
    table.unsubscribe(watcher)
    table.close(new Error('the server was stopped'))
    expect(quiet).toBe(1)
  })

  test('a closed table is released once, also if an observer leaves it later', async () => {
    const { log, table } = await opened()
    let quiet = 0
    table.whenQuiet(() => quiet++)
    const watcher = new Listener('watcher')
    table.subscribe(watcher)
    table.submit({ type: 'leave', seat: 0 })
    await log.appends[1]?.keep()
    table.close(new Error('the server was stopped'))
    table.unsubscribe(watcher)
    expect(quiet).toBe(1)
  })
})

/** Generates random actions at a table: a wait, or a command of a seat. */
const steps = fc.array(
  fc.record({
    wait: fc.integer({ min: 0, max: 900 }),
    seat: fc.integer({ min: 0, max: 1 }),
    type: fc.constantFrom('play', 'play', 'play', 'play', 'say', 'offer', 'decline', 'gone', 'back', 'suspend', 'leave'),
    pick: fc.nat(),
  }),
  { maxLength: 40 },
)

const played: readonly [string, AnyGame, unknown][] = [
  ['tic-tac-toe', tictactoe, {}],
  ['scissor, paper, stone', hands, undefined],
  ['hangman', hangman, { secret: 'banana' }],
  ['a quiz', quiz, { questions: QUESTIONS, count: 2 }],
]

/** Plays at random at a table in a store, with all seats observed; returns the result. */
async function playedOut(rules: AnyGame, options: unknown, wanted: readonly { wait: number; seat: number; type: string; pick: number }[]) {
  const time = new TestClock(START)
  const store = memoryStore()
  const troubles: string[] = []
  const tools = { log: store.tables, clock: time, random: seededRandom(1), onError: (sentence: string) => troubles.push(sentence) }
  const seats = [ADA, GRACE].slice(0, rules.seats.max)
  const state = rules.setup(options, seededRandom(3))
  const clock = { turn: 2_000, total: 9_000, grace: 1_000 }
  const opening = {
    type: 'opened',
    game: rules.name,
    options: undefined,
    state,
    seed: 5,
    seats,
    rated: false,
    private: false,
    clock,
  } as const
  const table = TableActor.open(1, { ...opening, n: 1, at: time.now() }, rules, tools)
  const listeners = [...seats.keys(), 'watcher' as const].map((who) => new Listener(who))
  for (const one of listeners) table.subscribe(one)
  for (const { wait, seat, type, pick } of wanted) {
    await time.pass(wait)
    const moves = [...(rules.moves?.(table.state.position, seat) ?? 'abcdefnop')]
    if (type === 'play') table.submit(play(seat, moves[pick % Math.max(moves.length, 1)]))
    else if (type === 'say') table.submit({ type, name: 'ada', text: 'hello' })
    else if (type === 'suspend') table.submit({ type })
    else table.submit({ type, seat } as TableCommand)
  }
  await settled()
  return { table, listeners, tools, troubles, events: await store.tables.read(table.id, 0) }
}

describe.each(played)('%s, played at random', (_, rules, options) => {
  test('restores the state from the log, with clocks stopped', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (wanted) => {
        const { table, tools, troubles, events } = await playedOut(rules, options, wanted)
        expect(troubles).toEqual([])
        const { n, ended, suspended } = table.state
        const at = events.at(-1)?.at ?? 0
        const still = ended || suspended ? table.state : evolve(table.state, { type: 'suspended', n: n + 1, at })
        expect(TableActor.restore(table.id, events, rules, tools).state).toEqual(still)
      }),
      { numRuns: 40 },
    )
  })

  test('notifies each observer of every event once, in order, and shows only its own view', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (wanted) => {
        const { table, listeners, events } = await playedOut(rules, options, wanted)
        for (const { viewer, received } of listeners) {
          expect(received.map(({ n }) => n)).toEqual(events.map(({ n }) => n))
          const last = received.findLast(({ situation }) => situation)
          expect(last?.situation?.view).toEqual(rules.view(table.state.position, viewer, last?.situation?.outcome))
          for (const { event } of received) expect(event).not.toHaveProperty('move')
          for (const { event } of received) expect(event).not.toHaveProperty('state')
        }
      }),
      { numRuns: 40 },
    )
  })
})

test('a watcher does not see a player’s choice before both have chosen', async () => {
  const { log, table } = await opened({ rules: hands, options: undefined })
  const listeners = [new Listener(0), new Listener(1), new Listener('watcher')]
  for (const one of listeners) table.subscribe(one)
  table.submit(play(0, 'Paper'))
  await log.appends[1]?.keep()
  const shown = listeners.map(({ received }) => JSON.stringify(received))
  expect(shown.map((text) => text.includes('Paper'))).toEqual([true, false, false])
})

test('refuses to restore an invalid log', () => {
  const { tools } = slow()
  expect(() => TableActor.restore(3, [], tictactoe, tools)).toThrow('table 3 has no events')
})
