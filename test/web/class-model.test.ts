import { describe, expect, test } from 'vitest'
import type { ClassConnection } from '../../src/lab/class/class-view.ts'
import { formatSentence } from '../../src/web/class-texts.ts'
import { countBrowsers, emptyClass, foldClass, formatPlace, keepOrder, toTiles } from '../../src/web/model/class-model.ts'

/** A row with defaults: an open connection whose client is to move. */
function row(connection: number, changes: Partial<ClassConnection> = {}): ClassConnection {
  return {
    ...{
      connection,
      program: 'tjc/guess',
      host: `10.0.0.${connection}`,
      port: 50_000,
      transport: 'tcp',
      state: 'guessing',
      turn: 'client',
    },
    ...{ isOpen: true, isOver: false, openedAt: connection, lastAt: 10_000, quietFor: 0, observations: 1, isLost: false },
    progress: { visited: 2, states: 5, games: 0 },
    ...changes,
  }
}

/** The model of some rows, which have arrived at the time 0. */
function modelOf(...rows: readonly ClassConnection[]) {
  return foldClass(emptyClass, [...rows.map((one) => ({ type: 'connection', row: one }) as const), { type: 'snapshot', unwatched: 0 }], 0)
}

const closed = { isOpen: false, turn: 'none' } as const
const fault = { sentence: 'the client sent "x"', at: 0, stands: true }

describe('the model of the class', () => {
  test('follows the lines of the server', () => {
    const model = modelOf(row(1), row(2))
    expect(model).toMatchObject({ isWhole: true, unwatched: 0 })
    const next = foldClass(
      model,
      [{ type: 'gone', connection: 1 }, { type: 'class' }, { type: 'connection', row: row(2, { name: 'ada' }) }],
      5,
    )
    expect([...next.rows.values()]).toEqual([{ row: row(2, { name: 'ada' }), at: 5 }])
    expect(model.rows.size).toBe(2)
  })

  test('the title of the only program of an address is the address alone, which the last row can read', () => {
    const titles = toTiles(modelOf(row(1), row(2), row(3, { host: '10.0.0.2', port: 50_001 }), row(4, { name: 'ada' })), 0).map(
      ({ title }) => title,
    )
    expect(titles.sort()).toEqual(['10.0.0.1', '10.0.0.2:50000', '10.0.0.2:50001', 'ada'])
  })

  test('orders programs by trouble, and then by desk, as a person counts', () => {
    const model = modelOf(
      row(1, { desk: 'desk 10' }),
      row(2, { desk: 'desk 9' }),
      row(3, { desk: 'desk 3', ...closed, progress: { visited: 5, states: 5, games: 1 } }),
      row(4, { desk: 'desk 4', ...closed }),
      row(5, { desk: 'desk 5', fault }),
      row(6, { desk: 'desk 6', quietFor: 29_000 }),
      row(7, { desk: 'desk 7', quietFor: 40_000, turn: 'server' }),
    )
    const shown = (now: number) => toTiles(model, now).map(({ title, status }) => `${title} ${status}`)
    expect(shown(0)).toEqual([
      ...['desk 5 bad', 'desk 6 playing', 'desk 7 playing', 'desk 9 playing', 'desk 10 playing'],
      ...['desk 3 done', 'desk 4 left'],
    ])
    expect(shown(1000)[1]).toBe('desk 6 stuck')
  })

  test('names a program by its desk, else by its name, else by its address', () => {
    const model = modelOf(row(1, { desk: 'window', name: 'ada' }), row(2, { name: 'grace' }), row(3), row(4, { host: '::1', port: 7 }))
    expect(new Set(toTiles(model, 0).map(({ title }) => title))).toEqual(new Set(['window', 'grace', '10.0.0.3', '::1']))
    expect(formatPlace({ host: '/run/guess.sock', port: 0 })).toBe('/run/guess.sock')
  })

  test('shows each open program, and of the closed programs of a desk only the last', () => {
    const model = modelOf(
      row(1, { desk: 'a', ...closed }),
      row(2, { desk: 'a', ...closed, fault }),
      row(3, { desk: 'b', ...closed, fault }),
      row(4, { desk: 'b' }),
      row(5, { desk: 'b' }),
      row(6, { host: '10.0.0.9', ...closed, fault }),
      row(7, { host: '10.0.0.9' }),
    )
    expect(toTiles(model, 0).map(({ row: { connection } }) => connection)).toEqual([2, 7, 4, 5])
  })

  test('shows every program of an address that several desks share, and a closed program there for five minutes', () => {
    const shared = [1, 2, 3, 4, 5].map((connection) => row(connection, { host: '127.0.0.1', ...(connection < 3 ? closed : {}) }))
    const model = modelOf(...shared)
    expect(toTiles(model, 299_999)).toHaveLength(5)
    expect(toTiles(model, 300_000)).toHaveLength(3)
  })

  test('counts browsers, which are no programs', () => {
    const model = modelOf(row(1, { program: 'parlor/web' }), row(2, { program: 'parlor/web', ...closed }), row(3))
    expect([countBrowsers(model), toTiles(model, 0).length]).toEqual([1, 1])
  })

  test('can retain an earlier order, with new programs at its end', () => {
    const tiles = toTiles(modelOf(row(1), row(2), row(3, { fault }), row(4, { fault })), 0)
    expect(tiles.map(({ row: { connection } }) => connection)).toEqual([3, 4, 1, 2])
    expect(keepOrder(tiles, [2, 1, 3]).map(({ row: { connection } }) => connection)).toEqual([2, 1, 3, 4])
  })

  test.each([
    [row(1, { fault }), 0, 'The client sent "x"'],
    [row(1), 72_000, 'Quiet for 1 min 12 s. Client’s turn.'],
    [row(1, { fault: { ...fault, stands: false } }), 0, 'Client’s turn. The last fault is corrected.'],
    [row(1, { ...closed, progress: { visited: 5, states: 5, games: 2 } }), 0, '2 games finished.'],
    [row(1, closed), 0, 'Closed without a finished game.'],
  ])('has one sentence for a program: %#', (one, now, sentence) => {
    expect(toTiles(modelOf(one), now).map(formatSentence)).toEqual([sentence])
  })
})
