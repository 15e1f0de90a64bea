import { describe, expect, test, vi } from 'vitest'
import { GroupCommit } from '../../src/storage/group-commit.ts'
import { fates } from './samples.ts'

/** A transaction that counts, records the written jobs in `kept`, and fails for an odd job. */
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

describe('group commit', () => {
  test('writes the jobs of one turn in one transaction, in order', async () => {
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

  test('if a transaction fails, only the jobs fail that cannot be written alone', async () => {
    const { kept, transaction, write } = ledger()
    const commits = new GroupCommit(transaction, () => {})
    const received: unknown[] = []
    for (const number of [1, 13, 2]) {
      commits.enqueue({ write: write(number), fail: (reason) => received.push(String(reason)), finish: () => received.push(number) })
    }
    expect(await fates([commits.write(write(3))])).toEqual(['kept'])
    expect(kept).toEqual([1, 2, 3])
    expect(received).toEqual(['RangeError: 13 cannot be written', 1, 13, 2])
    expect(await fates([commits.write(write(13)), commits.write(() => new TypeError('refused'))])).toEqual(['RangeError', 'TypeError'])
  })

  test('writes the promise continuations of a job with it, and the jobs of a later turn separately', async () => {
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

  test('a caller that always continues at once blocks no other: the event loop runs between two commits', async () => {
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

  test('closing writes the waiting jobs, once', async () => {
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

  test('an error handler may throw, and all jobs are still answered', async () => {
    const onError = vi.fn(() => {
      throw new Error('no ears')
    })
    const { transaction, write } = ledger()
    const commits = new GroupCommit(transaction, onError)
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
    expect(onError.mock.calls).toEqual([['a']])
  })
})
