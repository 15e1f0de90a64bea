import { describe, expect, test, vi } from 'vitest'
import { LeaseExpired, type TableEvent, VersionConflict } from '../../src/hall/ports.ts'
import { appendEvents } from '../support/append-events.ts'
import { event, fates, move, type Open } from './samples.ts'

const outcome = { winners: [0] }

/** Tests the tables of any store. */
export function tablesContract(open: Open): void {
  describe('append and read', () => {
    test('events are read as they were appended, all of them or those after a number', async () => {
      const { tables } = await open()
      await appendEvents(tables, 1, 0, [move(1, 1)])
      await appendEvents(tables, 1, 1, [move(1, 2), move(1, 3)])
      await appendEvents(tables, 2, 0, [move(2, 1)])
      expect(await tables.read(1, 0)).toEqual([move(1, 1), move(1, 2), move(1, 3)])
      expect(await tables.read(1, 1)).toEqual([move(1, 2), move(1, 3)])
      expect(await tables.read(1, 2)).toEqual([move(1, 3)])
      expect(await tables.read(1, 3)).toEqual([])
      expect(await tables.read(1, 9)).toEqual([])
      expect(await tables.read(2, 0)).toEqual([move(2, 1)])
      expect(await tables.read(3, 0)).toEqual([])
    })

    test('an event is read after it is persisted, as it was when it was appended', async () => {
      const { tables } = await open()
      const board = ['x', 'o']
      const appended = appendEvents(tables, 1, 0, [event(1, { type: 'moved', seat: 0, move: board })])
      board.push('x')
      expect(await tables.read(1, 0)).toEqual([])
      await appended
      expect(await tables.read(1, 0)).toEqual([event(1, { type: 'moved', seat: 0, move: ['x', 'o'] })])
    })

    test.each([
      ['a number that is past', 1, 'table 1 has other events after number 1'],
      ['a number of a later event', 3, 'table 1 has other events after number 3'],
      ['a new table', 0, 'table 1 has other events after number 0'],
    ])('an append that expects %s is refused, and appends nothing', async (_, expected, sentence) => {
      const { tables } = await open()
      await appendEvents(tables, 1, 0, [move(1, 1), move(1, 2)])
      const appended = appendEvents(tables, 1, expected, [move(1, expected + 1)])
      await expect(appended).rejects.toThrow(VersionConflict)
      await expect(appended).rejects.toThrow(sentence)
      await expect(appendEvents(tables, 9, 1, [move(9, 2)])).rejects.toThrow(VersionConflict)
      expect(await tables.read(1, 0)).toHaveLength(2)
      expect(await tables.read(9, 0)).toEqual([])
    })

    test('of several appends in one turn, only a conflicting append and those that build on it are refused', async () => {
      const { tables } = await open()
      const appended = [
        appendEvents(tables, 1, 0, [move(1, 1)]),
        appendEvents(tables, 2, 0, [move(2, 1)]),
        appendEvents(tables, 1, 1, [move(1, 2), move(1, 3)]),
        appendEvents(tables, 2, 5, [move(2, 6)]),
        appendEvents(tables, 2, 6, [move(2, 7)]),
        appendEvents(tables, 1, 1, [move(1, 2)]),
        appendEvents(tables, 3, 0, [move(3, 1)]),
        appendEvents(tables, 2, 1, [move(2, 2)]),
      ]
      const conflict = 'VersionConflict'
      expect(await fates(appended)).toEqual(['kept', 'kept', 'kept', conflict, conflict, conflict, 'kept', 'kept'])
      expect(await tables.read(1, 0)).toEqual([move(1, 1), move(1, 2), move(1, 3)])
      expect(await tables.read(2, 0)).toEqual([move(2, 1), move(2, 2)])
      expect(await tables.read(3, 0)).toEqual([move(3, 1)])
    })

    test('a table that opens, continues and ends in one turn is persisted, and only a late append is refused', async () => {
      const { tables } = await open()
      const ended = (n: number) => event(n, { type: 'ended', outcome, counts: true })
      const said = event(4, { type: 'said', name: 'Ada', text: 'well played' })
      const appended = [
        appendEvents(tables, 2, 0, [move(2, 1)]),
        appendEvents(tables, 1, 0, [move(1, 1)]),
        appendEvents(tables, 1, 1, [move(1, 2), ended(3)]),
        appendEvents(tables, 1, 2, [ended(3)]),
        appendEvents(tables, 2, 1, [ended(2)]),
        appendEvents(tables, 1, 3, [said]),
      ]
      expect(await fates(appended)).toEqual(['kept', 'kept', 'kept', 'VersionConflict', 'kept', 'kept'])
      expect(await tables.read(1, 0)).toEqual([move(1, 1), move(1, 2), ended(3), said])
      expect(await tables.read(2, 0)).toEqual([move(2, 1), ended(2)])
      const inOrder = await tables.ended()
      expect([await tables.unfinished(), inOrder.toSorted()]).toEqual([[], [1, 2]])
      expect(await tables.ended(inOrder[0])).toEqual(inOrder.slice(1))
    })

    test('appending no events only compares the version', async () => {
      const { tables } = await open()
      const received = vi.fn()
      await appendEvents(tables, 1, 0, [])
      expect(await tables.unfinished()).toEqual([])
      await appendEvents(tables, 1, 0, [move(1, 1)])
      tables.follow(1, received)
      await appendEvents(tables, 1, 1, [])
      await expect(appendEvents(tables, 1, 0, [])).rejects.toThrow(VersionConflict)
      expect(received).not.toHaveBeenCalled()
    })

    test.each<[string, number, number, TableEvent, string]>([
      ['a gap', 1, 0, move(1, 2), 'the event of table 1 to append has the number 2, and should have 1'],
      ['no table', 0, 0, move(0, 1), 'the number of a table must be a whole number from 1, not 0'],
      ['half a table', 1.5, 0, move(1, 1), 'the number of a table must be a whole number from 1, not 1.5'],
      ['no time', 1, 0, { ...move(1, 1), at: Number.NaN }, 'event 1 of table 1 cannot be appended: it has no time'],
      [
        'no type',
        1,
        0,
        { ...move(1, 1), type: 'toString' } as unknown as TableEvent,
        'event 1 of table 1 cannot be appended: there is no event of the type "toString"',
      ],
      [
        'no seat',
        1,
        0,
        event(1, { type: 'moved', seat: Number.NaN, move: 1 }),
        'event 1 of table 1 cannot be appended: the fields of an event moved are wrong',
      ],
      [
        'what is no JSON',
        1,
        0,
        event(1, { type: 'moved', seat: 0, move: 1n }),
        'event 1 of table 1 cannot be appended: Do not know how to',
      ],
    ])('%s is refused with a sentence, and does not prevent other appends', async (_, table, expected, bad, sentence) => {
      const { tables } = await open()
      const refused = appendEvents(tables, table, expected, [bad])
      const isStored = appendEvents(tables, 7, 0, [move(7, 1)])
      await expect(refused).rejects.toThrow(sentence)
      await isStored
      expect([await tables.read(1, 0), await tables.unfinished()]).toEqual([[], [7]])
    })
  })

  describe('new tables', () => {
    test('have numbers that no table had before', async () => {
      const { tables } = await open()
      expect(await Promise.all([tables.newTable(), tables.newTable()])).toEqual([1, 2])
      const appended = appendEvents(tables, 7, 0, [move(7, 1)])
      expect(await tables.newTable()).toBe(8)
      await appended
      expect(await tables.newTable()).toBe(9)
    })
  })

  describe('claims of tables', () => {
    test('give each table to one lease, until the release of the lease', async () => {
      const { tables, meeting } = await open()
      const [one, other] = [await meeting.leases.grant(), await meeting.leases.grant()]
      expect(await tables.claim([1, 2, 3], one.id)).toEqual([1, 2, 3])
      expect(await tables.claim([2, 3, 4], other.id)).toEqual([4])
      expect(await tables.claim([1, 4], one.id)).toEqual([1])
      await one.release()
      expect(await tables.claim([1, 2, 3, 4], other.id)).toEqual([1, 2, 3, 4])
      await expect(tables.claim([9], one.id)).rejects.toThrow(LeaseExpired)
      await other.release()
    })

    test('of two leases at the same time are disjoint, and are all tables together', async () => {
      const { tables, meeting } = await open()
      const [one, other] = [await meeting.leases.grant(), await meeting.leases.grant()]
      const all = Array.from({ length: 40 }, (_, at) => at + 1)
      const claimed = await Promise.all(
        all.flatMap((table) =>
          [table % 3 ? one : other, table % 3 ? other : one].map(async ({ id }) => [id, await tables.claim([table], id)] as const),
        ),
      )
      const got = claimed.flatMap(([, list]) => list)
      expect(got.sort((a, b) => a - b)).toEqual(all)
      expect(new Set(claimed.filter(([, list]) => list.length > 0).map(([id]) => id)).size).toBe(2)
    })

    test('are made by opening a table', async () => {
      const { tables, meeting } = await open()
      const [one, other] = [await meeting.leases.grant(), await meeting.leases.grant()]
      const opened = [
        await tables.newTable(one.id),
        await tables.newTable(other.id),
        await tables.newTable(),
        await tables.newTable(one.id),
      ]
      expect(new Set(opened).size).toBe(4)
      expect(await tables.claim(opened, other.id)).toEqual([opened[1], opened[2]])
      expect(await tables.claim(opened, one.id)).toEqual([opened[0], opened[3]])
      await one.release()
      await expect(tables.newTable(one.id)).rejects.toThrow(LeaseExpired)
      expect(await tables.claim(opened, other.id)).toEqual(opened)
    })
  })

  describe('unfinished and finished tables', () => {
    test('lists unfinished tables by number, and rated finished tables in the order of their ends', async () => {
      const { tables } = await open()
      const opened = [3, 1, 4, 5, 2].map((table) => appendEvents(tables, table, 0, [move(table, 1)]))
      await Promise.all(opened)
      expect([await tables.unfinished(), await tables.ended()]).toEqual([[1, 2, 3, 4, 5], []])
      const ended = event(2, { type: 'ended', outcome, counts: true })
      await Promise.all([
        appendEvents(tables, 4, 1, [ended]),
        appendEvents(tables, 1, 1, [ended, event(3, { type: 'continued', table: 5 })]),
      ])
      await appendEvents(tables, 2, 1, [event(2, { type: 'ended', outcome })])
      await appendEvents(tables, 3, 1, [move(3, 2), event(3, { type: 'ended', outcome, counts: true })])
      await appendEvents(tables, 4, 2, [event(3, { type: 'said', name: 'Ada', text: 'well played' })])
      expect([await tables.unfinished(), await tables.ended()]).toEqual([[5], [4, 1, 3]])
      expect(await tables.ended(undefined)).toEqual([4, 1, 3])
      expect(await tables.ended(4)).toEqual([1, 3])
      expect(await tables.ended(2)).toEqual([3])
      expect(await tables.ended(3)).toEqual([])
    })

    test('accepts a table that ends immediately, and a table that ends twice', async () => {
      const { tables } = await open()
      await appendEvents(tables, 1, 0, [event(1, { type: 'ended', outcome, counts: true })])
      await appendEvents(tables, 2, 0, [event(1, { type: 'ended', outcome }), event(2, { type: 'ended', outcome, counts: true })])
      await appendEvents(tables, 3, 0, [event(1, { type: 'ended', outcome, counts: true })])
      await appendEvents(tables, 1, 1, [event(2, { type: 'ended', outcome, counts: true })])
      expect([await tables.unfinished(), await tables.ended(), await tables.ended(1)]).toEqual([[], [1, 3], [3]])
    })

    test('refuses an unfinished table as the start of the order of ends', async () => {
      const { tables } = await open()
      await appendEvents(tables, 1, 0, [move(1, 1)])
      await expect(tables.ended(1)).rejects.toThrow('table 1 has not ended, so the tables that ended after it are unknown')
      await expect(tables.ended(2)).rejects.toThrow(RangeError)
    })
  })

  describe('close', () => {
    test('finishes earlier appends, and refuses later appends', async () => {
      const { tables, close } = await open()
      const received = vi.fn()
      tables.follow(1, received)
      const ends = fates([appendEvents(tables, 1, 0, [move(1, 1)]), appendEvents(tables, 1, 5, [move(1, 6)])])
      await close()
      expect(await ends).toEqual(['kept', 'VersionConflict'])
      expect(received.mock.calls).toEqual([[[move(1, 1)]]])
      await expect(appendEvents(tables, 1, 1, [move(1, 2)])).rejects.toThrow('the store is closed: it accepts no more writes')
      await close()
    })
  })
}
