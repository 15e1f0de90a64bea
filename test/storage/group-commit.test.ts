import { describe, expect, test, vi } from 'vitest'
import { GroupCommit } from '../../src/storage/group-commit.ts'
import { fates } from './samples.ts'

/** A transaction that counts, keeps what was written in `kept`, and fails where something odd is written. */
function ledger() {
  const kept: number[] = []
  let written: number[] = []
  const sizes: number[] = []
  const transaction = (work: () => void) => {
    written = []
    work()
    if (written.includes(13)) throw new RangeError('13 cannot be written')
    sizes.push(written.length)
    kept.push(...written)
  }
  const write = (number: number) => () => {
    written.push(number)
    return number
  }
  return { kept, sizes, transaction, write }
}

describe('commits', () => {
  test('what is wanted in one turn is written in one transaction, in order', async () => {
    const { kept, sizes, transaction, write } = ledger()
    const commits = new GroupCommit(transaction, () => {})
    const first = [1, 2, 3].map((number) => commits.write(write(number)))
    const alsoNow = Promise.resolve().then(() => commits.write(write(4)))
    expect(kept).toEqual([])
    expect([...(await Promise.all(first)), await alsoNow]).toEqual([1, 2, 3, 4])
    await commits.write(write(5))
    expect([kept, sizes]).toEqual([
      [1, 2, 3, 4, 5],
      [4, 1],
    ])
  })

  test('where a transaction fails, only those fail that cannot be written alone', async () => {
    const { kept, transaction, write } = ledger()
    const commits = new GroupCommit(transaction, () => {})
    const told: unknown[] = []
    for (const number of [1, 13, 2]) {
      commits.enqueue({ write: write(number), fail: (reason) => told.push(String(reason)), finish: () => told.push(number) })
    }
    expect(await fates([commits.write(write(3))])).toEqual(['kept'])
    expect(kept).toEqual([1, 2, 3])
    expect(told).toEqual(['RangeError: 13 cannot be written', 1, 13, 2])
    expect(await fates([commits.write(write(13)), commits.write(() => new TypeError('refused'))])).toEqual(['RangeError', 'TypeError'])
  })

  test('what follows from what is wanted, however many promises later, is written with it; what a later turn brings is not', async () => {
    const { sizes, transaction, write } = ledger()
    const commits = new GroupCommit(transaction, () => {})
    const later = async () => {
      for (let n = 0; n < 10; n++) await undefined
      await commits.write(write(2))
    }
    const both = [commits.write(write(1)), later()]
    const turn = new Promise<void>((resolve) => setImmediate(resolve))
    await Promise.all(both)
    expect(sizes).toEqual([2])
    await turn
    await commits.write(write(3))
    expect(sizes).toEqual([2, 1])
  })

  test('whoever always goes on at once keeps nobody waiting: the event loop goes on between two commits', async () => {
    const { sizes, transaction, write } = ledger()
    const commits = new GroupCommit(transaction, () => {})
    let goesOn = true
    const going = (async () => {
      while (goesOn) await commits.write(write(1))
    })()
    for (let turns = 0; turns < 5; turns++) await new Promise<void>((resolve) => setImmediate(resolve))
    goesOn = false
    await going
    expect(sizes.length).toBeLessThanOrEqual(7)
  })

  test('closing writes what waits, once', async () => {
    const { sizes, transaction, write } = ledger()
    const commits = new GroupCommit(transaction, () => {})
    const waiting = commits.write(write(1))
    commits.close()
    expect(sizes).toEqual([1])
    expect(await waiting).toBe(1)
    await new Promise<void>((resolve) => setImmediate(resolve))
    expect(sizes).toEqual([1])
    expect(() => commits.enqueue({ write() {}, fail() {}, finish() {} })).toThrow('the store is closed')
  })

  test('whoever is told of trouble may throw, and still everybody is answered', async () => {
    const onTrouble = vi.fn(() => {
      throw new Error('no ears')
    })
    const { transaction, write } = ledger()
    const commits = new GroupCommit(transaction, onTrouble)
    const settled: string[] = []
    for (const name of ['a', 'b']) {
      const settle = (trouble: (reason: unknown) => void) => {
        settled.push(name)
        trouble(name)
      }
      commits.enqueue({ write: write(1), fail: () => {}, finish: settle })
    }
    const added = commits.write(write(3))
    expect(() => commits.close()).toThrow('no ears')
    expect(settled).toEqual(['a', 'b'])
    expect(await added).toBe(3)
    expect(onTrouble.mock.calls).toEqual([['a']])
  })
})
