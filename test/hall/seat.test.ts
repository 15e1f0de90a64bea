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
import { memoryStore } from '../../src/storage/memory.ts'
import { settled, TestClock } from '../support/clock.ts'

const ADA: SeatOwner = { person: 'guest:ada', name: 'ada' }
const GRACE: SeatOwner = { person: 'guest:grace', name: 'grace' }

/** The line of a holder: whether somebody looks after it, and why it was ended. */
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
  const table = TableActor.open(store.tables.newTable(), opening, rules, tools)
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

/** What a seat has to show, without waiting. */
async function shown(seat: TableSeat<unknown, Board>): Promise<Situation<Board>[]> {
  await settled()
  const situations: Situation<Board>[] = []
  const watching = { see: (situation: Situation<Board>) => void situations.push(situation), closed() {} }
  seat.observe(watching)
  return situations
}

describe('a seat shows', () => {
  test('the start and every move, each once, when they are kept', async () => {
    const { sit } = tableOf()
    const { seat } = sit(0)
    sit(1)
    const next = seat.next()
    let seen = 0
    void next.then(() => seen++)
    await undefined
    expect(seen).toBe(0)
    expect(await next).toMatchObject({ view: { cells: '---------' }, turn: true })
    expect(seat.play(1)).toBeUndefined()
    expect(seat.play(2)).toEqual({ refused: 'it is the other player’s turn' })
    expect(await seat.next()).toMatchObject({ view: { cells: 'O--------' }, turn: false })
  })

  test('only what it has to do, to who asks for that; meanwhile its holder is looked after', async () => {
    const { sit, table } = tableOf()
    const { seat, line } = sit(0)
    const other = sit(1)
    expect(await seat.turn()).toMatchObject({ view: { cells: '---------' }, turn: true })
    seat.play(1)
    const turn = seat.turn()
    await settled()
    // its own move is kept and told, and it still waits for the other's
    expect(table.state.n).toBe(2)
    expect(line.watched).toBe(true)
    other.seat.play(5)
    expect(await turn).toMatchObject({ view: { cells: 'O---X----' }, turn: true })
    expect(line.watched).toBe(false)
    expect(await other.seat.next()).toMatchObject({ view: { cells: '---------' } })
    other.seat.leave()
    expect(await seat.turn()).toMatchObject({ outcome: { winners: [0], left: 1 } })
  })

  test('the outcome once, and then leaves the table, which can rest', async () => {
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

  test('at a table that goes on, how it stands', async () => {
    const { sit } = tableOf()
    sit(0).seat.play(1)
    await settled()
    const { seat } = sit(1)
    expect(await shown(seat)).toMatchObject([{ view: { cells: 'O--------' }, turn: true }])
  })

  test('at a table that is over, how it ended', async () => {
    const { table, sit } = tableOf()
    sit(0).seat.leave()
    await settled()
    const { seat } = sit(1, 'held')
    expect(await shown(seat)).toMatchObject([{ outcome: { winners: [1], left: 0 } }])
    expect(seat.over).toBe(true)
    expect(table.observers).toEqual([])
  })

  test('nothing that is older than what was decided when it was taken', async () => {
    const { sit } = tableOf()
    const first = sit(0)
    await settled()
    first.seat.play(1)
    first.seat.release()
    const { seat, line } = sit(0, 'held')
    expect((await shown(seat)).map(({ view }) => view.cells)).toEqual(['O--------'])
    expect(line.ended).toBeUndefined()
  })

  test('the names of all who sit there', () => {
    expect(tableOf().sit(1).seat.names).toEqual(['ada', 'grace'])
  })
})

describe('a holder that goes away', () => {
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

  test('from a held seat comes back to it, and the table knows', async () => {
    const { sit, types, table } = tableOf()
    sit(0, 'held').seat.release()
    await settled()
    const { seat } = sit(0, 'held')
    expect(await types()).toEqual(['opened', 'gone', 'back'])
    expect(table.state.clocks.gone).toEqual([undefined, undefined])
    expect((await shown(seat)).map(({ view }) => view.cells)).toEqual(['---------'])
  })

  test('is not gone while the seat is attended through another connection', async () => {
    const { sit, types } = tableOf()
    const { seat } = sit(0, 'held')
    await settled()
    sit(0, 'held')
    seat.release()
    expect(await types()).toEqual(['opened'])
  })

  test('sees nothing more', async () => {
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

describe('two holders of one seat', () => {
  test('who is replaced is told why', () => {
    const { line, seat } = tableOf().sit(0)
    seat.replaced()
    expect(line.ended).toBe('you have come back through another connection')
  })

  test('a move through one ends the other, which would be taken to answer something else', async () => {
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

  test('moves of one holder that come before they are seen are all its own', async () => {
    const { sit } = tableOf(hands, { options: undefined })
    const [one, other] = [sit(0), sit(1)]
    await settled()
    for (const _ of [1, 2, 3]) for (const { seat } of [one, other]) expect(seat.play('Paper')).toBeUndefined()
    await settled()
    expect([one.line.ended, other.line.ended, one.seat.over]).toEqual([undefined, undefined, true])
  })
})

describe('a move that crosses the end', () => {
  test('is nobody’s fault: the end is what is seen next', async () => {
    const { sit, types } = tableOf()
    const [ada, grace] = [sit(0), sit(1)]
    await ada.seat.next()
    grace.seat.leave()
    // not even kept yet
    expect(ada.seat.play(1)).toBeUndefined()
    await settled()
    // kept, and not yet looked at
    expect(ada.seat.play(1)).toBeUndefined()
    expect((await ada.seat.next()).outcome).toEqual({ winners: [0], left: 1 })
    expect(ada.seat.play(1)).toEqual({ refused: 'the game is over' })
    expect(await types()).toEqual(['opened', 'ended'])
  })
})

describe('a line is looked after', () => {
  test('while its holder waits for others to move, and not longer', async () => {
    const { sit } = tableOf()
    const [ada, grace] = [sit(0), sit(1)]
    await grace.seat.next()
    const next = grace.seat.next()
    expect([ada.line.watched, grace.line.watched]).toEqual([false, true])
    ada.seat.play(1)
    await next
    expect(grace.line.watched).toBe(false)
  })

  test('not while it is the holder’s turn, nor while the house moves', async () => {
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

  test('where both choose, while the other still does', async () => {
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
  test('ends the line of whoever sits there, and rejects whoever waits', async () => {
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

  test('ends also who comes only then', async () => {
    const { table, sit } = tableOf()
    table.close(new Error('the server was stopped'))
    const { seat, line } = sit(0)
    await expect(seat.next()).rejects.toThrow('the server was stopped')
    expect(line.ended).toBe('the server was stopped')
  })
})
