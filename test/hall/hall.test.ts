import { describe, expect, test } from 'vitest'
import type { SeatNumber } from '../../src/games/game.ts'
import { type AnyGame, games } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { tictactoe } from '../../src/games/tictactoe.ts'
import { Hall } from '../../src/hall/hall.ts'
import type { SeekRequest } from '../../src/hall/local-seek.ts'
import { HOUSE, PEER, type SeatOwner, type Store, type TableEvent } from '../../src/hall/ports.ts'
import type { TableActor } from '../../src/hall/table-actor.ts'
import type { TableObserver, TableUpdate } from '../../src/hall/table-updates.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { appendEvents } from '../support/append-events.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const START = 1_000_000
const WEEK = 7 * 24 * 3_600_000
const ADA: SeatOwner = { person: 'guest:ada', name: 'ada' }
const GRACE: SeatOwner = { person: 'guest:grace', name: 'grace' }
const ALAN: SeatOwner = { person: 'account:1', name: 'alan' }
const HOUSE_SITTER: SeatOwner = { person: HOUSE, name: 'house' }
const STRANGER: SeatOwner = { person: PEER, name: 'tjc/tictactoe' }
const QUESTIONS = [
  { text: '1 + 1?', options: ['1', '2', '3'], right: 1 },
  { text: '2 + 2?', options: ['4', '5'], right: 0 },
]

/** A game that the house cannot play. */
const { whole: _, ...unplayable } = { ...tictactoe, name: 'unplayable' }
const ALL = new Map<string, AnyGame>([...games, ['unplayable', unplayable as AnyGame]])

/** One process with a hall on a store. */
function process(store: Store = memoryStore(), time = new TestClock(START)) {
  const troubles: string[] = []
  const hall = new Hall({ store, games: ALL, clock: time, random: seededRandom(1), onError: (sentence) => troubles.push(sentence) })
  /** The seats that seeks were given, in order. */
  const seated: { seatOwner: SeatOwner; table: TableActor; seat: SeatNumber }[] = []
  /** Opens a seek; resolves when it is open or matched. */
  const seek = async (seatOwner: SeatOwner, more: Partial<SeekRequest> = {}) => {
    const handle = hall.seek({
      owner: seatOwner,
      game: 'tictactoe',
      options: {},
      seats: [0, 1],
      rated: false,
      wait: Number.POSITIVE_INFINITY,
      onSeated: (table, seat) => seated.push({ seatOwner, table, seat }),
      ...more,
    })
    await handle.placed
    return handle
  }
  const names = () => seated.map(({ seatOwner, seat }) => `${seatOwner.name} ${seat}`)
  return { hall, store, time, troubles, seated, seek, names }
}

/** Ends a process: its hall releases what it has claimed. */
async function end(hall: Hall): Promise<void> {
  hall.close(new Error('the process ends'))
  await hall.settled()
}

class Sitting implements TableObserver {
  readonly viewer: SeatNumber | 'watcher'
  readonly received: TableUpdate[] = []

  constructor(who: SeatNumber | 'watcher') {
    this.viewer = who
  }

  update(news: TableUpdate): void {
    this.received.push(news)
  }

  closed(): void {}
}

const people = (table: TableActor | undefined) => table?.state.opened.seats.map(({ person }) => person)

describe('seeking', () => {
  test('without a wait: a waiting user takes the other seat, else the house takes it immediately', async () => {
    const { seek, seated, names, time } = process()
    await seek(STRANGER, { seats: [1], wait: 0 })
    expect(people(seated[0]?.table)).toEqual([HOUSE, PEER])
    await seek(ADA)
    expect(names()).toEqual(['tjc/tictactoe 1'])
    await seek(STRANGER, { seats: [1], wait: 0 })
    expect(names().slice(1)).toEqual(['ada 0', 'tjc/tictactoe 1'])
    expect(people(seated[1]?.table)).toEqual(['guest:ada', PEER])
    expect(time.waiting).toBe(0)
  })

  test('with a wait: the house takes the other seat after exactly that time', async () => {
    const { hall, seek, seated, time } = process()
    await seek(ADA, { wait: 10_000 })
    await time.pass(9_999)
    expect(seated).toEqual([])
    expect([...hall.openSeeks]).toMatchObject([{ person: 'guest:ada', name: 'ada', since: START }])
    await time.pass(1)
    expect(people(seated[0]?.table)).toEqual(['guest:ada', HOUSE])
    expect([...hall.openSeeks]).toEqual([])
    await time.pass(60_000)
    expect(seated).toHaveLength(1)
  })

  test('the house does not join a table with a user who was matched before that time', async () => {
    const { seek, seated, time } = process()
    await seek(ADA, { wait: 10_000 })
    await time.pass(9_999)
    await seek(GRACE, { wait: 10_000 })
    await time.pass(60_000)
    expect(seated.map(({ table }) => table.id)).toEqual([1, 1])
    expect(time.waiting).toBe(0)
  })

  test('without a limit: the seek waits as long as no opponent arrives', async () => {
    const { hall, seek, seated, time } = process()
    await seek(ADA)
    await time.pass(1e9)
    expect([seated, [...hall.openSeeks].length, time.waiting]).toEqual([[], 1, 0])
  })

  test.each([0, 10_000])('a seek for a game that the house cannot play waits for a user, also after %i ms', async (wait) => {
    const { seek, seated, time, troubles } = process()
    await seek(ADA, { game: 'unplayable', wait })
    await time.pass(1e6)
    expect([seated, troubles]).toEqual([[], []])
    await seek(GRACE, { game: 'unplayable', wait })
    expect(people(seated[0]?.table)).toEqual(['guest:ada', 'guest:grace'])
  })

  test('a seek can be canceled, also several times', async () => {
    const { hall, seek, seated, time } = process()
    const { cancel } = await seek(ADA, { wait: 10_000 })
    expect(await Promise.all([cancel(), cancel()])).toEqual([true, false])
    expect(await cancel()).toBe(false)
    await seek(GRACE)
    await time.pass(60_000)
    expect([seated, [...hall.openSeeks].map(({ name }) => name), time.waiting]).toEqual([[], ['grace'], 0])
  })

  test('the first waiting user whose seek matches is seated, and begins', async () => {
    const { seek, names } = process()
    await seek(ADA, { seats: [1] })
    await seek(ADA, { options: { size: 4 } })
    await seek(GRACE, { seats: [1] })
    await seek(ALAN, { seats: [1, 0] })
    expect(names()).toEqual(['ada 1', 'alan 0'])
  })

  test('an invitation matches only a user with its code, and no other user sees it', async () => {
    const { hall, seek, seated, names } = process()
    await seek(ADA, { code: 'amber-otter-seven' })
    await seek(GRACE)
    expect(names()).toEqual([])
    expect(hall.findInvitation('amber-otter-seven')?.name).toBe('ada')
    expect(hall.findInvitation('amber-otter-six')).toBeUndefined()
    await seek(ALAN, { code: 'amber-otter-seven' })
    expect(names()).toEqual(['ada 0', 'alan 1'])
    expect(seated[0]?.table.state.opened.private).toBe(true)
    expect(hall.findInvitation('amber-otter-seven')).toBeUndefined()
  })

  test('a seek that names a user matches no other user', async () => {
    const { seek, names } = process()
    await seek(ADA, { against: 'account:1' })
    await seek(GRACE, { wait: Number.POSITIVE_INFINITY })
    await seek(ALAN, { against: 'guest:ada' })
    expect(names()).toEqual(['ada 0', 'alan 1'])
  })

  test('a table has the clock, the setup and the rating of the seeks', async () => {
    const { seek, seated } = process()
    await seek(ALAN, { rated: true, clock: { turn: 5_000 }, options: { size: 4 } })
    await seek({ ...GRACE, person: 'account:2' }, { rated: true, options: { size: 4 } })
    const opened = seated[0]?.table.state.opened
    expect(opened).toMatchObject({ rated: true, clock: { turn: 5_000 }, options: { size: 4 }, private: false })
    expect(opened?.state).toMatchObject({ size: 4 })
  })

  test('a seek without terms takes the terms of the other, or the defaults', async () => {
    const { seek, seated } = process()
    const any = (seatOwner: SeatOwner) => seek(seatOwner, { options: undefined })
    await any(ADA)
    await any(GRACE)
    expect(seated[0]?.table.state.position).toMatchObject({ size: 3 })
    await any(ADA)
    await seek(GRACE, { options: { size: 2 } })
    expect(seated[2]?.table.state.position).toMatchObject({ size: 2 })
  })

  test('a game with the house is not rated', async () => {
    const { seek, seated } = process()
    await seek(ALAN, { rated: true, wait: 0 })
    expect(seated[0]?.table.state.opened.rated).toBe(false)
  })

  test('a user who cannot take the seat has left it, and the other plays', async () => {
    const { seek, seated, troubles } = process()
    await seek(ADA, {
      onSeated() {
        throw new Error('a broken pipe')
      },
    })
    await seek(GRACE)
    await settled()
    expect(troubles).toEqual(['ada could not take a seat at table 1'])
    expect(seated[0]?.table.state.outcome).toEqual({ winners: [1], left: 0 })
  })

  test('a failed seek leaves the waiting seeks unchanged', async () => {
    const { hall, seek } = process()
    await seek(ADA, { options: undefined })
    await expect(seek(GRACE, { options: { size: 1e9 } })).rejects.toThrow(RangeError)
    expect([...hall.openSeeks].map(({ name }) => name)).toEqual(['ada'])
    await expect(seek(GRACE, { game: 'chess' })).rejects.toThrow('this server has no game chess')
  })

  test('the error handler gets the error of a table that the house cannot open, and the process continues', async () => {
    const { seek, seated, troubles, time } = process()
    await seek(ADA, { options: { size: 1e9 }, wait: 1_000 })
    await time.pass(1_000)
    expect([seated, troubles]).toEqual([[], ['no table of tictactoe could be opened']])
  })
})

describe('tables', () => {
  test('are found by number, by player and by token, until they are over and quiet', async () => {
    const { hall } = process()
    const seats = [{ ...ADA, token: 'a1' }, STRANGER]
    const table = await hall.open('tictactoe', { options: {}, seats })
    expect(hall.table(1)).toBe(table)
    expect([...hall.seatsOf('guest:ada')]).toEqual([{ table, seat: 0 }])
    expect([[...hall.seatsOf(PEER)], [...hall.seatsOf(HOUSE)], [...hall.seatsOf('guest:grace')]]).toEqual([[], [], []])
    expect([hall.findSeatByToken('a1'), hall.findSeatByToken('a2')]).toEqual([{ table, seat: 0 }, undefined])
    const watcher = new Sitting('watcher')
    table.subscribe(watcher)
    await settled()
    table.submit({ type: 'leave', seat: 1 })
    expect([...hall.seatsOf('guest:ada')]).toEqual([])
    await settled()
    expect(hall.table(1)).toBe(table)
    table.unsubscribe(watcher)
    expect([hall.table(1), hall.findSeatByToken('a1'), [...hall.tables]]).toEqual([undefined, undefined, []])
  })

  test('are listed after their opening is persisted', async () => {
    const { hall } = process()
    const table = await hall.open('tictactoe', { options: {}, seats: [ADA, GRACE] })
    expect([...hall.tables]).toEqual([])
    await settled()
    expect([...hall.tables]).toEqual([table])
  })

  test('a table whose opening cannot be persisted is dropped; other tables continue', async () => {
    const store = memoryStore()
    const { hall, troubles } = process(store)
    const table = await hall.open('tictactoe', { options: {}, seats: [ADA, GRACE] })
    const other = await hall.open('tictactoe', { options: {}, seats: [ADA, ALAN] })
    await settled()
    // another process has appended meanwhile, and this one was not notified
    await appendEvents(store.tables, 1, 1, [])
    table.submit({ type: 'say', name: 'ada', text: 'hello' })
    void appendEvents(store.tables, 1, 2, [{ type: 'suspended', n: 3, at: START }])
    table.submit({ type: 'play', seat: 0, move: 5 })
    await settled()
    expect(troubles).toEqual(['another process has changed table 1'])
    expect([hall.table(1), [...hall.seatsOf('guest:grace')]]).toEqual([undefined, []])
    expect([...hall.seatsOf('guest:ada')]).toEqual([{ table: other, seat: 0 }])
    expect(other.submit({ type: 'play', seat: 0, move: 5 })).toBeUndefined()
  })

  test('the setup of a solo game stays in the journal’s state', async () => {
    const { hall, store } = process()
    await hall.open('hangman', { options: { secret: 'banana' }, seats: [ADA] })
    await hall.open('tictactoe', { options: { size: 4 }, seats: [ADA, GRACE] })
    await settled()
    const [[one], [two]] = await Promise.all([store.tables.read(1, 0), store.tables.read(2, 0)])
    expect(one).not.toHaveProperty('options')
    expect(two).toMatchObject({ options: { size: 4 } })
  })

  test('the log of a table contains all its persisted events', async () => {
    const { hall } = process()
    await hall.open('tictactoe', { options: {}, seats: [ADA, GRACE] })
    await settled()
    expect((await hall.log(1)).map(({ type }) => type)).toEqual(['opened'])
    expect(await hall.log(2)).toEqual([])
  })
})

describe('a rematch', () => {
  async function over(owners: readonly SeatOwner[] = [ADA, GRACE], clock = {}) {
    const made = process()
    const table = await made.hall.open('tictactoe', { options: { size: 4 }, seats: owners, clock })
    await settled()
    const there = owners.map((_, seat) => new Sitting(seat))
    for (const sitting of there) table.subscribe(sitting)
    table.submit({ type: 'leave', seat: 0 })
    await settled()
    return { ...made, table, there }
  }

  test('is opened when all players have offered it, with seats swapped, and the old table names the new table', async () => {
    const { hall, table } = await over()
    expect(await hall.offer(table, 0)).toBeUndefined()
    expect(await hall.offer(table, 0)).toEqual({ refused: 'you have offered a rematch already; wait for the answer' })
    expect(hall.table(2)).toBeUndefined()
    expect(await hall.offer(table, 1)).toBeUndefined()
    await settled()
    expect(people(hall.table(2))).toEqual(['guest:grace', 'guest:ada'])
    expect(hall.table(2)?.state.opened.options).toEqual({ size: 4 })
    expect(table.state.successor).toBe(2)
    expect(await hall.offer(table, 1)).toEqual({ refused: 'the players have moved to another table already' })
  })

  test('with the house is opened immediately, and the house begins', async () => {
    const { hall, table } = await over([ADA, HOUSE_SITTER])
    expect(await hall.offer(table, 0)).toBeUndefined()
    await settled()
    expect(people(hall.table(2))).toEqual([HOUSE, 'guest:ada'])
    expect(hall.table(2)?.state.toMove).toEqual([1])
  })

  test('is refused to a player who has left the table, before or after the offer', async () => {
    const { hall, table, there } = await over()
    expect(await hall.offer(table, 1)).toBeUndefined()
    for (const grace of there.slice(1)) table.unsubscribe(grace)
    expect(await hall.offer(table, 0)).toEqual({ refused: 'grace has left the table' })
    expect(hall.table(2)).toBeUndefined()
  })

  test('ends after a time if no player joins its table', async () => {
    const { hall, table, time } = await over([ADA, GRACE], { grace: 60_000 })
    for (const seat of [0, 1]) await hall.offer(table, seat)
    await settled()
    const next = hall.table(2)
    expect(next?.state.clocks.gone).toEqual([START, START])
    next?.submit({ type: 'back', seat: 0 })
    await time.pass(60_000)
    expect(next?.state.outcome).toEqual({ winners: [0], left: 1 })
  })

  test('cannot be offered during a game, in which the offer is a draw', async () => {
    const { hall } = process()
    const table = await hall.open('tictactoe', { options: {}, seats: [ADA, GRACE] })
    for (const seat of [0, 1]) expect(await hall.offer(table, seat)).toBeUndefined()
    await settled()
    expect(table.state.outcome).toEqual({ winners: [], agreed: true })
    expect(hall.table(2)).toBeUndefined()
  })
})

describe('a restart', () => {
  /** Restores the tables of one process in another on the same store. */
  async function restarted(open: (hall: Hall) => Promise<TableActor>) {
    const store = memoryStore()
    const before = process(store)
    const table = await open(before.hall)
    await settled()
    await end(before.hall)
    const after = process(store, new TestClock(START + 1e6))
    await after.hall.restore()
    await settled()
    return { ...after, before: table, table: after.hall.table(1), log: await store.tables.read(1, 0) }
  }

  test('reserves the seats of accounts and of users with a token: clocks are stopped until a player resumes', async () => {
    const { hall, table, log, time } = await restarted(async (one) => {
      const seats = [ALAN, { ...ADA, token: 'a1' }]
      const table = await one.open('tictactoe', { options: {}, seats, clock: { turn: 10_000, grace: 5_000 } })
      table.submit({ type: 'play', seat: 0, move: 5 })
      return table
    })
    expect(log.at(-1)?.type).toBe('moved')
    expect((await hall.log(1)).slice(log.length)).toMatchObject([{ type: 'suspended', at: log.at(-1)?.at }])
    expect(table?.state).toMatchObject({ suspended: true, position: { cells: '----O----' } })
    expect(table?.submit({ type: 'play', seat: 1, move: 1 })).toEqual({ refused: 'the game is paused until a player reconnects' })
    await time.pass(1e7)
    expect(table?.over).toBe(false)
    expect([...hall.seatsOf('account:1')]).toEqual([{ table, seat: 0 }])
    expect(hall.findSeatByToken('a1')).toEqual({ table, seat: 1 })
    table?.submit({ type: 'back', seat: 1 })
    await time.pass(5_000)
    expect(table?.state.outcome).toEqual({ winners: [1], left: 0 })
  })

  test('reserves the seat of a guest who plays alone, by name', async () => {
    const options = { questions: QUESTIONS, count: 2 }
    const { hall, table, before } = await restarted((one) => one.open('quiz', { options, seats: [ADA], rated: true }))
    expect([...hall.seatsOf('guest:ada')]).toEqual([{ table, seat: 0 }])
    expect(table?.state.position).toEqual(before?.state.position)
  })

  test.each([
    ['two users without a name', [STRANGER, HOUSE_SITTER], { winners: [1], left: 0 }],
    ['the house and a user without a name', [HOUSE_SITTER, STRANGER], { winners: [0], left: 1 }],
    ['two strangers', [STRANGER, STRANGER], { winners: [1], left: 0 }],
    ['one who can come back and one who cannot', [ALAN, STRANGER], { winners: [0], left: 1 }],
    ['guests without a token, whose names any user can take', [ADA, GRACE], { winners: [1], left: 0 }],
  ])('ends the game with %s', async (_, seats, outcome) => {
    const { hall, log } = await restarted((one) => one.open('tictactoe', { options: {}, seats }))
    expect(log.at(-1)).toMatchObject({ type: 'ended', outcome })
    expect([...hall.tables]).toEqual([])
  })

  test('makes the house’s pending move when a player resumes', async () => {
    const { table } = await restarted(async (one) => {
      const table = await one.open('tictactoe', { options: {}, seats: [HOUSE_SITTER, ALAN] })
      return table
    })
    expect(table?.state.toMove).toEqual([1])
    const store = memoryStore()
    const { hall } = process(store)
    const opening = (await hall.open('tictactoe', { options: {}, seats: [HOUSE_SITTER, ALAN] })).state.opened
    await settled()
    await appendEvents(store.tables, 9, 0, [{ ...opening, n: 1, at: START }])
    const after = process(store)
    await after.hall.restore()
    await settled()
    const late = after.hall.table(9)
    expect(late?.state.toMove).toEqual([0])
    late?.submit({ type: 'back', seat: 1 })
    await settled()
    expect(late?.state.toMove).toEqual([1])
  })

  test('ends a table to which no player has returned for a week, without a loser', async () => {
    const { hall, table, time, store } = await restarted((one) =>
      one.open('tictactoe', { options: {}, seats: [ALAN, { ...GRACE, token: 'g1' }], rated: true }),
    )
    await time.pass(WEEK - 2e6)
    hall.tidy()
    expect(table?.over).toBe(false)
    await time.pass(WEEK)
    const watcher: TableObserver = { viewer: 'watcher', update: () => {}, closed: () => {} }
    hall.table(1)?.subscribe(watcher)
    hall.tidy()
    expect(table?.over).toBe(false)
    hall.table(1)?.unsubscribe(watcher)
    await time.pass(WEEK)
    hall.tidy()
    await settled()
    expect((await store.tables.read(1, 0)).at(-1)).toMatchObject({ type: 'ended', outcome: { winners: [], abandoned: true } })
    expect(await hall.ladder('tictactoe', 10)).toEqual([])
    expect(hall.table(1)).toBeUndefined()
  })

  test('appends nothing if it happens many times: a suspension is appended once, with the event that follows', async () => {
    const { hall, store, log } = await restarted((one) => one.open('tictactoe', { options: {}, seats: [ALAN, HOUSE_SITTER] }))
    await end(hall)
    let again = process(store)
    for (let starts = 0; starts < 3; starts++) {
      await end(again.hall)
      again = process(store)
      await again.hall.restore()
      await settled()
      expect(await store.tables.read(1, 0)).toEqual(log)
      expect(again.hall.table(1)?.state).toMatchObject({ suspended: true, n: log.length + 1 })
    }
    const watcher = new Sitting('watcher')
    again.hall.table(1)?.subscribe(watcher)
    again.hall.table(1)?.submit({ type: 'back', seat: 0 })
    await settled()
    expect((await store.tables.read(1, 0)).slice(log.length).map(({ type }) => type)).toEqual(['suspended', 'back'])
    expect(watcher.received.map(({ n, event }) => [n, event.type])).toEqual([[log.length + 2, 'back']])
    expect(again.hall.table(1)?.state).toMatchObject({ suspended: false, n: log.length + 2 })
    const table = await again.hall.open('tictactoe', { options: {}, seats: [ADA, GRACE] })
    expect(table.id).toBe(2)
  })

  test('reads an old rating that is out of bounds as a rating within the bounds, and continues from there', async () => {
    const store = memoryStore()
    const peer = { rating: 131_989, deviation: 350, volatility: 100 }
    const low = { rating: -128_989, deviation: 5, volatility: 0 }
    await store.results.setStandings(99, 'tictactoe', [
      { person: 'account:1', name: 'alan', score: peer.rating, games: 208_858, rating: peer },
      { person: 'account:2', name: 'eve', score: low.rating, games: 208_858, rating: low },
    ])
    const { hall } = process(store)
    const scores = async () => (await hall.ladder('tictactoe', 10)).map(({ name, score, rank }) => [name, score, rank])
    expect(await scores()).toEqual([
      ['alan', 4500, 1],
      ['eve', -1500, 2],
    ])
    expect(await hall.place('tictactoe', 'account:1')).toMatchObject({ score: 4500, rank: 1, of: 2 })
    const table = await hall.open('tictactoe', { options: {}, seats: [ALAN, { person: 'account:2', name: 'eve' }], rated: true })
    table.submit({ type: 'resign', seat: 0 })
    await settled()
    const [[, first], [, second]] = (await scores()) as [[string, number, number], [string, number, number]]
    expect([first > 1500 && first < 4500, second > -1500]).toEqual([true, true])
  })

  test('gives a table whose seed has no version a new seed by an appended event, once, which no player sees', async () => {
    const store = memoryStore()
    const { hall } = process(store)
    const { opened } = (await hall.open('coin', { options: undefined, seats: [ALAN] })).state
    await settled()
    const log: TableEvent[] = [
      { ...opened, seed: 7, n: 1, at: START },
      { type: 'moved', seat: 0, move: 'H', n: 2, at: START },
      { type: 'suspended', n: 3, at: START },
    ]
    await appendEvents(store.tables, 9, 0, log)
    const after = process(store)
    await after.hall.restore()
    const table = after.hall.table(9)
    const watcher = new Sitting('watcher')
    table?.subscribe(watcher)
    await settled()
    const [reseeded, ...more] = await store.tables.read(9, 3)
    expect([reseeded, more]).toEqual([{ type: 'reseeded', seed: expect.stringMatching(/^1:[\w-]{22}$/), n: 4, at: START }, []])
    expect(table?.state).toMatchObject({ seed: reseeded?.type === 'reseeded' && reseeded.seed, position: { guesses: 1 }, suspended: true })
    expect(watcher.received).toEqual([{ n: 4, at: START, event: { type: 'reseeded' }, shared: {} }])
    expect((await store.tables.read(1, 0)).map(({ type }) => type)).toEqual(['opened'])
    const again = process(store)
    await again.hall.restore()
    await settled()
    expect(await store.tables.read(9, 4)).toEqual([])
    const later = again.hall.table(9)
    later?.submit({ type: 'back', seat: 0 })
    for (const move of ['H', 'T', 'H']) later?.submit({ type: 'play', seat: 0, move })
    await settled()
    // from here on, the game follows from the log, as before
    const once = process(store)
    await once.hall.restore()
    expect(once.hall.table(9)?.state.position).toEqual(later?.state.position)
  })

  test('reports a table that cannot be restored, and restores the others', async () => {
    const store = memoryStore()
    const { hall } = process(store)
    const opening = (await hall.open('tictactoe', { options: {}, seats: [ALAN, HOUSE_SITTER] })).state.opened
    await settled()
    await appendEvents(store.tables, 5, 0, [{ ...opening, game: 'a game of long ago', n: 1, at: START }])
    await appendEvents(store.tables, 6, 0, [{ type: 'suspended', n: 1, at: START }])
    await appendEvents(store.tables, 7, 0, [
      { ...opening, n: 1, at: START },
      { type: 'moved', seat: 1, move: 1, n: 2, at: START },
    ])
    await end(hall)
    const after = process(store)
    await after.hall.restore()
    await settled()
    expect([...after.hall.tables].map(({ id }) => id)).toEqual([1])
    expect(after.troubles).toEqual([
      'the server could not restore table 6',
      'the server could not restore table 7',
      expect.stringMatching(/^1 table of a game of long ago cannot be resumed; it stays in the log/),
    ])
  })

  test('ends and records rated games whose players cannot return', async () => {
    const seats = [
      { person: 'guest:ada', name: 'ada' },
      { person: 'guest:grace', name: 'grace' },
    ]
    const { store, hall } = await restarted((one) => one.open('tictactoe', { options: {}, seats, rated: true }))
    await hall.recorder.settled()
    expect(await store.tables.ended()).toEqual([1])
    expect(await store.results.last()).toBe(1)
  })
})

describe('closing', () => {
  test('disconnects all players with the reason, drops seeks and timers, and leaves the log unchanged', async () => {
    const { hall, seek, seated, store, time, troubles } = process()
    await seek(ALAN, { wait: 5_000 })
    const table = await hall.open('tictactoe', { options: {}, seats: [ADA, GRACE], clock: { turn: 5_000 } })
    await settled()
    const closed: string[] = []
    table.subscribe({ viewer: 0, update() {}, closed: ({ message }) => closed.push(message) })
    hall.close(new Error('the server was stopped'))
    hall.close(new Error('the server was stopped again'))
    expect([closed, [...hall.openSeeks], [...hall.tables], time.waiting]).toEqual([['the server was stopped'], [], [], 0])
    await time.pass(10_000)
    expect([seated, troubles]).toEqual([[], []])
    expect(table.submit({ type: 'leave', seat: 0 })).toEqual({ refused: 'this table is closed' })
    expect((await store.tables.read(1, 0)).map(({ type }) => type)).toEqual(['opened'])
  })

  test('refuses new players', async () => {
    const { hall, seek } = process()
    hall.close(new Error('the server was stopped'))
    await expect(seek(ADA)).rejects.toThrow('the server was stopped')
    await expect(hall.open('tictactoe', { options: {}, seats: [ADA, GRACE] })).rejects.toThrow('the server was stopped')
    expect([...hall.openSeeks]).toEqual([])
  })

  test('settled(): earlier decisions are persisted and recorded, also an end', async () => {
    const { hall, store, troubles } = process()
    const seats = [ALAN, { ...GRACE, person: 'account:2' }]
    const table = await hall.open('tictactoe', { options: {}, seats, rated: true })
    table.submit({ type: 'leave', seat: 1 })
    hall.close(new Error('the server was stopped'))
    await hall.settled()
    await store.close()
    expect((await store.tables.read(1, 0)).map(({ type }) => type)).toEqual(['opened', 'ended'])
    expect((await store.results.standing('tictactoe', 'account:1'))?.games).toBe(1)
    expect(troubles).toEqual([])
  })
})
