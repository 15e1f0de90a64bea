import { describe, expect, test } from 'vitest'
import { type FinishedTable, HISTORY } from '../../src/hall/ports.ts'
import type { Open } from './samples.ts'

export function finished(table: number, more: Partial<FinishedTable> = {}): FinishedTable {
  return {
    table,
    game: 'tictactoe',
    at: 1000 + table,
    names: ['ada', 'bob'],
    outcome: { winners: [1] },
    rated: false,
    private: false,
    ...more,
  }
}

export const ALL = { from: 0, count: 1000, hidden: true }

/** Tests the history of persons in any store. */
export function historyContract(open: Open): void {
  describe('history', () => {
    test('has a finished table for each of its players, the newest first', async () => {
      const { history } = await open()
      await history.add(['guest:ada', 'account:1'], finished(3))
      await history.add(['guest:ada'], finished(7, { outcome: { winners: [], left: 0, aborted: true }, rated: true }))
      await history.add(['guest:ada'], finished(5))
      expect((await history.of('guest:ada', ALL)).items.map(({ table }) => table)).toEqual([7, 5, 3])
      expect(await history.of('account:1', ALL)).toEqual({ items: [finished(3)], total: 1 })
      expect(await history.of('guest:nobody', ALL)).toEqual({ items: [], total: 0 })
    })

    test('has the scores after a table for each of its players, and no scores for a table that no history has', async () => {
      const { history } = await open()
      await history.add(['account:1', 'account:2'], finished(3, { rated: true }))
      await history.add(['account:1'], finished(4))
      await history.setScores(3, { 0: 1580.5, 1: 1419.5 })
      await history.setScores(9, { 0: 1 })
      const scored = { ...finished(3, { rated: true }), scores: { 0: 1580.5, 1: 1419.5 } }
      expect((await history.of('account:1', ALL)).items).toEqual([finished(4), scored])
      expect((await history.of('account:2', ALL)).items).toEqual([scored])
    })

    test('is read in pages, with the total', async () => {
      const { history } = await open()
      for (let table = 1; table <= 7; table++) await history.add(['guest:ada'], finished(table))
      const page = await history.of('guest:ada', { from: 2, count: 3, hidden: true })
      expect([page.items.map(({ table }) => table), page.total]).toEqual([[5, 4, 3], 7])
      expect(await history.of('guest:ada', { from: 99, count: 3, hidden: true })).toEqual({ items: [], total: 7 })
    })

    test('shows a private table only to its own players', async () => {
      const { history } = await open()
      await history.add(['guest:ada'], finished(1))
      await history.add(['guest:ada'], finished(2, { private: true }))
      expect((await history.of('guest:ada', { ...ALL, hidden: false })).items.map(({ table }) => table)).toEqual([1])
      expect((await history.of('guest:ada', ALL)).total).toBe(2)
    })

    test('lists the finished tables of all players in pages, each once', async () => {
      const { history } = await open()
      await history.add(['guest:ada', 'guest:bob'], finished(4))
      await history.add(['guest:cid'], finished(2, { private: true }))
      await history.add(['guest:bob'], finished(9))
      expect(await history.all(0, 2)).toEqual([finished(2, { private: true }), finished(4)])
      expect(await history.all(4, 2)).toEqual([finished(9)])
      expect(await history.all(9, 2)).toEqual([])
    })

    test('lists the latest public tables of all players, each once', async () => {
      const { history } = await open()
      await history.add(['guest:ada', 'guest:bob'], finished(4))
      await history.add(['guest:cid'], finished(7, { private: true }))
      await history.add(['guest:bob'], finished(9))
      await history.add(['guest:cid'], finished(2))
      expect(await history.latest(10)).toEqual([finished(9), finished(4), finished(2)])
      expect(await history.latest(2)).toEqual([finished(9), finished(4)])
    })

    test('is limited to a number of tables for each person', async () => {
      const { history } = await open()
      await Promise.all(Array.from({ length: HISTORY + 5 }, (_, at) => history.add(['guest:ada'], finished(at + 1))))
      const { items, total } = await history.of('guest:ada', ALL)
      expect([total, items.at(0)?.table, items.at(-1)?.table]).toEqual([HISTORY, HISTORY + 5, 6])
    })

    test('has a table once if it is added again', async () => {
      const { history } = await open()
      await history.add(['guest:ada'], finished(1))
      await history.add(['guest:ada'], finished(1, { at: 9 }))
      expect((await history.of('guest:ada', ALL)).items).toEqual([finished(1, { at: 9 })])
    })

    test('is deleted with its account', async () => {
      const { history, accounts } = await open()
      const account = await accounts.add({ key: 'ada', name: 'ada', password: 'x', since: 1 })
      await history.add([account?.person ?? '', 'guest:bob'], finished(1))
      await accounts.remove(account?.person ?? '')
      expect((await history.of(account?.person ?? '', ALL)).total).toBe(0)
      expect((await history.of('guest:bob', ALL)).total).toBe(1)
    })
  })
}
