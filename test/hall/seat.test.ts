import { describe, expect, test } from 'vitest'
import type { Situation } from '../../src/games/game.ts'
import { guessing } from '../../src/games/guessing.ts'
import type { AnyGame } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { hands } from '../../src/games/scissors.ts'
import { type Board, tictactoe } from '../../src/games/tictactoe.ts'
import { HOUSE, type SeatOwner } from '../../src/hall/ports.ts'
import { type SeatConnection, type SeatRetention, TableSeat } from '../../src/hall/seat.ts'
import { TableActor } from '../../src/hall/table-actor.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const ADA: SeatOwner = { person: 'guest:ada', name: 'ada' }
const GRACE: SeatOwner = { person: 'guest:grace', name: 'grace' }

/** The conversation of a player: whether it is watched, and why it was ended. */
class Line implements SeatConnection {
  watched = false
  ended: string | undefined

  endOnDisconnect(on: boolean): void {
    this.watched = on
  }

  end(reason: string): void {
    this.ended ??= reason
  }
}

function tableOf(rules: AnyGame = tictactoe, { options = {} as unknown, seats = [ADA, GRACE] as readonly SeatOwner[] } = {}) {
  const store = memoryStore()
  const troubles: string[] = []
  const tools = {
    log: store.tables,
    clock: new TestClock(1_000_000),
    random: seededRandom(1),
    onError: (sentence: string) => troubles.push(sentence),
  }
  const state = rules.setup(options, seededRandom(1))
  const opening = { type: 'opened', game: rules.name, options, state, seed: 7, seats, rated: false, private: false, clock: {} } as const
  const table = TableActor.open(1, { ...opening, n: 1, at: tools.clock.now() }, rules, tools)
  const types = async () => {
    await settled()
    return (await store.tables.read(table.id, 0)).map((event) => event.type)
  }
  const sit = (number: number, keeping: SeatRetention = 'given up') => {
    const line = new Line()
    return { line, seat: new TableSeat<unknown, Board>(table, number, keeping, line) }
  }
  return { table, sit, types, troubles }
}

/** Returns the situations that a seat shows, without waiting. */
async function shown(seat: TableSeat<unknown, Board>): Promise<Situation<Board>[]> {
  await settled()
  const situations: Situation<Board>[] = []
  const watching = { see: (situation: Situation<Board>) => void situations.push(situation), closed() {} }
  seat.observe(watching)
  return situations
}

describe('a seat shows', () => {
  test('the start and every move, each once, after they are persisted', async () => {
    const { sit } = tableOf()
    const { seat } = sit(0)
    sit(1)
    const next = seat.next()
    let observed = 0
    void next.then(() => observed++)
    await undefined
    expect(observed).toBe(0)
    expect(await next).toMatchObject({ view: { cells: '---------' }, turn: true })
    expect(seat.play(1)).toBeUndefined()
    expect(seat.play(2)).toEqual({ refused: 'it is the other player’s turn' })
    expect(await seat.next()).toMatchObject({ view: { cells: 'O--------' }, turn: false })
  })

  test('only situations in which it is to move to turn(); meanwhile it detects a disconnection', async () => {
    const { sit, table } = tableOf()
    const { seat, line } = sit(0)
    const other = sit(1)
    expect(await seat.turn()).toMatchObject({ view: { cells: '---------' }, turn: true })
    seat.play(1)
    const turn = seat.turn()
    await settled()
    // its own move is persisted and published, and it still waits for the opponent's
    expect(table.state.n).toBe(2)
    expect(line.watched).toBe(true)
    other.seat.play(5)
    expect(await turn).toMatchObject({ view: { cells: 'O---X----' }, turn: true })
    expect(line.watched).toBe(false)
    expect(await other.seat.next()).toMatchObject({ view: { cells: '---------' } })
    other.seat.leave()
    expect(await seat.turn()).toMatchObject({ outcome: { winners: [0], left: 1 } })
  })

  test('the outcome once, and then leaves the table, which becomes quiet', async () => {
    const { table, sit, types } = tableOf(guessing, { options: { secret: 42 }, seats: [ADA] })
    let quiet = false
    table.whenQuiet(() => {
      quiet = true
    })
    const { seat } = sit(0)
    seat.play(42)
    const situations = await shown(seat)
    expect(situations.map(({ outcome }) => outcome)).toEqual([undefined, { winners: [0] }])
    expect([seat.over, quiet, table.observers]).toEqual([true, true, []])
    seat.release()
    seat.leave()
    expect(await types()).toEqual(['opened', 'moved', 'ended'])
  })

  test('the present state at an unfinished table', async () => {
    const { sit } = tableOf()
    sit(0).seat.play(1)
    await settled()
    const { seat } = sit(1)
    expect(await shown(seat)).toMatchObject([{ view: { cells: 'O--------' }, turn: true }])
  })

  test('the outcome at a finished table', async () => {
    const { table, sit } = tableOf()
    sit(0).seat.leave()
    await settled()
    const { seat } = sit(1, 'held')
    expect(await shown(seat)).toMatchObject([{ outcome: { winners: [1], left: 0 } }])
    expect(seat.over).toBe(true)
    expect(table.observers).toEqual([])
  })

  test('no event that is earlier than the seat', async () => {
    const { sit } = tableOf()
    const first = sit(0)
    await settled()
    first.seat.play(1)
    first.seat.release()
    const { seat, line } = sit(0, 'held')
    expect((await shown(seat)).map(({ view }) => view.cells)).toEqual(['O--------'])
    expect(line.ended).toBeUndefined()
  })

  test('the names of all players', () => {
    expect(tableOf().sit(1).seat.names).toEqual(['ada', 'grace'])
  })
})

describe('a player that disconnects', () => {
  test.each([
    ['given up', ['opened', 'ended']],
    ['held', ['opened', 'gone']],
  ] as const)('leaves a seat that is %s', async (keeping, events) => {
    const { sit, types, table } = tableOf()
    const { seat } = sit(0, keeping)
    await settled()
    seat.release()
    expect(await types()).toEqual(events)
    expect(table.observers).toEqual([])
  })

  test('returns to a reserved seat, and the table records that', async () => {
    const { sit, types, table } = tableOf()
    sit(0, 'held').seat.release()
    await settled()
    const { seat } = sit(0, 'held')
    expect(await types()).toEqual(['opened', 'gone', 'back'])
    expect(table.state.clocks.gone).toEqual([undefined, undefined])
    expect((await shown(seat)).map(({ view }) => view.cells)).toEqual(['---------'])
  })

  test('is not absent while another connection has the seat', async () => {
    const { sit, types } = tableOf()
    const { seat } = sit(0, 'held')
    await settled()
    sit(0, 'held')
    seat.release()
    expect(await types()).toEqual(['opened'])
  })

  test('receives no further situation', async () => {
    const { sit } = tableOf()
    const { seat } = sit(0, 'held')
    const other = sit(1)
    seat.release()
    seat.close(new Error('the conversation is over'))
    await settled()
    await expect(seat.next()).rejects.toThrow('the conversation is over')
    expect(other.line.ended).toBeUndefined()
  })
})

describe('two connections at one seat', () => {
  test('the replaced connection receives the reason', () => {
    const { line, seat } = tableOf().sit(0)
    seat.replaced()
    expect(line.ended).toBe('you have reconnected through another connection')
  })

  test('a move through one connection ends the other, whose next move would answer another situation', async () => {
    const { sit } = tableOf()
    const [one, other, opposite] = [sit(0, 'held'), sit(0, 'held'), sit(1)]
    await settled()
    other.seat.play(1)
    await settled()
    expect([one.line.ended, other.line.ended]).toEqual(['you play in this seat through another connection', undefined])
    opposite.seat.play(2)
    other.seat.play(3)
    await settled()
    expect([other.line.ended, opposite.line.ended]).toEqual([undefined, undefined])
    opposite.seat.play(4)
    await settled()
    sit(0, 'held').seat.play(5)
    await settled()
    expect(other.line.ended).toBe('you play in this seat through another connection')
  })

  test('moves of one connection that arrive before their situations are all its own', async () => {
    const { sit } = tableOf(hands, { options: undefined })
    const [one, other] = [sit(0), sit(1)]
    await settled()
    for (const _ of [1, 2, 3]) for (const { seat } of [one, other]) expect(seat.play('Paper')).toBeUndefined()
    await settled()
    expect([one.line.ended, other.line.ended, one.seat.over]).toEqual([undefined, undefined, true])
  })
})

describe('a move that crosses the end', () => {
  test('is not an error: the seat shows the end next', async () => {
    const { sit, types } = tableOf()
    const [ada, grace] = [sit(0), sit(1)]
    await ada.seat.next()
    grace.seat.leave()
    // not even persisted yet
    expect(ada.seat.play(1)).toBeUndefined()
    await settled()
    // persisted, and not yet read
    expect(ada.seat.play(1)).toBeUndefined()
    expect((await ada.seat.next()).outcome).toEqual({ winners: [0], left: 1 })
    expect(ada.seat.play(1)).toEqual({ refused: 'the game is over' })
    expect(await types()).toEqual(['opened', 'ended'])
  })
})

describe('a seat detects a disconnection', () => {
  test('while its player waits for others to move, and not longer', async () => {
    const { sit } = tableOf()
    const [ada, grace] = [sit(0), sit(1)]
    await grace.seat.next()
    const next = grace.seat.next()
    expect([ada.line.watched, grace.line.watched]).toEqual([false, true])
    ada.seat.play(1)
    await next
    expect(grace.line.watched).toBe(false)
  })

  test('not while it is the player’s turn, nor while the house moves', async () => {
    const { sit } = tableOf(tictactoe, { seats: [ADA, { person: HOUSE, name: 'house' }] })
    const { seat, line } = sit(0)
    await seat.next()
    seat.play(1)
    const own = seat.next()
    expect(line.watched).toBe(false)
    await own
    await seat.next()
    void seat.next()
    expect(line.watched).toBe(false)
  })

  test('if both choose at the same time, while the other still chooses', async () => {
    const { sit } = tableOf(hands, { options: undefined })
    const { seat, line } = sit(1)
    await seat.next()
    seat.play('Paper')
    await seat.next()
    void seat.next()
    expect(line.watched).toBe(true)
  })
})

describe('a table that is closed', () => {
  test('ends the conversations of its players, and rejects their waiting calls', async () => {
    const { table, sit } = tableOf()
    const [ada, grace] = [sit(0), sit(1)]
    await Promise.all([ada.seat.next(), grace.seat.next()])
    const waiting = grace.seat.next()
    table.close(new Error('table 1 could not be kept'))
    await expect(waiting).rejects.toThrow('table 1 could not be kept')
    await expect(ada.seat.next()).rejects.toThrow('table 1 could not be kept')
    expect([ada.line.ended, grace.line.ended]).toEqual(['table 1 could not be kept', 'table 1 could not be kept'])
    expect(ada.seat.play(1)).toEqual({ refused: 'this table is closed' })
    ada.seat.leave()
    ada.seat.release()
  })

  test('ends also a conversation that joins it later', async () => {
    const { table, sit } = tableOf()
    table.close(new Error('the server was stopped'))
    const { seat, line } = sit(0)
    await expect(seat.next()).rejects.toThrow('the server was stopped')
    expect(line.ended).toBe('the server was stopped')
  })
})
