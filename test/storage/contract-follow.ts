import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { TableEvent } from '../../src/hall/ports.ts'
import { appendEvents } from '../support/append-events.ts'
import { fates, move, type Open } from './samples.ts'

/** Tests the followers of a table in any store. */
export function followContract(open: Open): void {
  describe('follow', () => {
    test('publishes events after they are persisted, before append resolves, in order', async () => {
      const { tables } = await open()
      const order: string[] = []
      const note = (who: string) => (events: readonly TableEvent[]) => order.push(`${who} ${events.map(({ n }) => n)}`)
      tables.follow(1, note('first'))
      tables.follow(2, note('other'))
      tables.follow(1, note('second'))
      const appended = [
        appendEvents(tables, 1, 0, [move(1, 1)]).then(() => order.push('kept 1')),
        appendEvents(tables, 2, 0, [move(2, 1)]).then(() => order.push('kept other')),
        appendEvents(tables, 1, 1, [move(1, 2), move(1, 3)]).then(() => order.push('kept 2,3')),
      ]
      expect(order).toEqual([])
      await Promise.all(appended)
      // the order of events of different tables is not fixed
      const ofFirst = order.filter((line) => !line.includes('other'))
      expect(ofFirst.filter((line) => !line.startsWith('kept'))).toEqual(['first 1', 'second 1', 'first 2,3', 'second 2,3'])
      expect(order.filter((line) => line.startsWith('kept')).toSorted()).toEqual(['kept 1', 'kept 2,3', 'kept other'])
      for (const [persisted, published] of [
        ['kept 1', 'second 1'],
        ['kept other', 'other 1'],
        ['kept 2,3', 'second 2,3'],
      ] as const)
        expect(order.indexOf(persisted)).toBeGreaterThan(order.indexOf(published))
    })

    test('passes the same event objects that were appended, which can be read by then', async () => {
      const { tables } = await open()
      const event = move(1, 1)
      const read: Promise<readonly TableEvent[]>[] = []
      tables.follow(1, ([received]) => {
        expect(received).toBe(event)
        read.push(tables.read(1, 0))
      })
      await appendEvents(tables, 1, 0, [event])
      expect(await Promise.all(read)).toEqual([[event]])
    })

    test('begins with events that are persisted after the call, so that a later read leaves no gap', async () => {
      const { tables } = await open()
      const early = vi.fn()
      const late = vi.fn()
      const appended = appendEvents(tables, 1, 0, [move(1, 1)])
      tables.follow(1, early)
      await appended
      tables.follow(1, late)
      await appendEvents(tables, 1, 1, [move(1, 2)])
      expect(early.mock.calls).toEqual([[[move(1, 1)]], [[move(1, 2)]]])
      expect(late.mock.calls).toEqual([[[move(1, 2)]]])
    })

    test('publishes no refused event', async () => {
      const { tables } = await open()
      const received = vi.fn()
      tables.follow(1, received)
      expect(await fates([appendEvents(tables, 1, 1, [move(1, 2)])])).toEqual(['VersionConflict'])
      expect(received).not.toHaveBeenCalled()
    })

    test('ends for one follower and continues for the others, also during a publication', async () => {
      const { tables } = await open()
      const received: string[] = []
      const ends: (() => void)[] = []
      for (const who of ['a', 'b', 'c']) {
        const end = tables.follow(1, ([event]) => {
          received.push(`${who}${event?.n}`)
          if (who === 'a' && event?.n === 2) for (const one of ends.slice(0, 2)) one()
          if (who === 'c' && event?.n === 1) tables.follow(1, () => received.push('new'))
        })
        ends.push(end)
      }
      await appendEvents(tables, 1, 0, [move(1, 1)])
      expect(received.splice(0)).toEqual(['a1', 'b1', 'c1'])
      await appendEvents(tables, 1, 1, [move(1, 2)])
      expect(received.splice(0)).toEqual(['a2', 'c2', 'new'])
      for (const end of ends) end()
      await appendEvents(tables, 1, 2, [move(1, 3)])
      expect(received).toEqual(['new'])
    })

    test('lets a follower append', async () => {
      const { tables } = await open()
      const answered = new Promise<void>((resolve) => {
        tables.follow(1, ([event]) => {
          if (event?.n === 1) appendEvents(tables, 1, 1, [move(1, 2)]).then(resolve)
        })
      })
      await appendEvents(tables, 1, 0, [move(1, 1)])
      await answered
      expect(await tables.read(1, 0)).toEqual([move(1, 1), move(1, 2)])
    })

    test('reports an exception of a follower, which affects neither others nor the store', async () => {
      const onError = vi.fn()
      const { tables } = await open(onError)
      const trouble = new Error('no')
      const received = vi.fn()
      tables.follow(1, () => {
        throw trouble
      })
      tables.follow(1, received)
      tables.follow(2, received)
      expect(await fates([appendEvents(tables, 1, 0, [move(1, 1)]), appendEvents(tables, 2, 0, [move(2, 1)])])).toEqual(['kept', 'kept'])
      expect(received.mock.calls.flat(2).toSorted((one, other) => one.move.localeCompare(other.move))).toEqual([move(1, 1), move(2, 1)])
      expect(onError.mock.calls).toEqual([[trouble]])
      expect(await tables.read(1, 0)).toEqual([move(1, 1)])
    })

    test('turns an exception into a process warning if there is no error handler', async () => {
      const warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
      onTestFinished(() => warned.mockRestore())
      const { tables } = await open()
      const trouble = new Error('a follower stumbled')
      for (const thrown of [trouble, 'a word'])
        tables.follow(1, () => {
          throw thrown
        })
      await appendEvents(tables, 1, 0, [move(1, 1)])
      expect(warned.mock.calls).toEqual([[trouble], ['a word']])
    })
  })
}
