import { describe, expect, test, vi } from 'vitest'
import { Commits } from '../../src/storage/commits.ts'
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
    const commits = new Commits(transaction, () => {})
    const first = [1, 2, 3].map((number) => commits.add(write(number)))
    const alsoNow = Promise.resolve().then(() => commits.add(write(4)))
    expect(kept).toEqual([])
    expect([...(await Promise.all(first)), await alsoNow]).toEqual([1, 2, 3, 4])
    await commits.add(write(5))
    expect([kept, sizes]).toEqual([
      [1, 2, 3, 4, 5],
      [4, 1],
    ])
  })

  test('where a transaction fails, only those fail that cannot be written alone', async () => {
    const { kept, transaction, write } = ledger()
    const commits = new Commits(transaction, () => {})
    const told: unknown[] = []
    for (const number of [1, 13, 2]) {
      commits.take({ write: write(number), fail: (reason) => told.push(String(reason)), settle: () => told.push(number) })
    }
    expect(await fates([commits.add(write(3))])).toEqual(['kept'])
    expect(kept).toEqual([1, 2, 3])
    expect(told).toEqual(['RangeError: 13 cannot be written', 1, 13, 2])
    expect(await fates([commits.add(write(13)), commits.add(() => new TypeError('refused'))])).toEqual(['RangeError', 'TypeError'])
  })

  describe('when', () => {
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

    /** Commits, to which each turn of the event loop brings so many jobs; the answer is what each transaction had. */
    async function brought(turns: readonly number[], now: () => number = () => 0): Promise<readonly number[]> {
      const { sizes, transaction, write } = ledger()
      const commits = new Commits(transaction, () => {}, now)
      for (const jobs of turns) {
        for (let job = 0; job < jobs; job++) void commits.add(write(0))
        await turn()
      }
      return sizes
    }

    test('one alone is written at the end of its turn', async () => {
      expect(await brought([1])).toEqual([1])
    })

    test('several wait for company as long as turns bring more', async () => {
      expect(await brought([3, 2, 1, 0])).toEqual([6])
      expect(await brought([3, 2, 1])).toEqual([])
    })

    test('no more than 64 wait', async () => {
      expect(await brought([40, 30, 2, 0])).toEqual([70, 2])
      expect(await brought([64])).toEqual([64])
    })

    test('nobody waits when 1 ms has gone since the first came, however long turns are', async () => {
      let now = 0
      expect(await brought([3], () => (now += 3))).toEqual([3])
      now = 0
      expect(await brought([3, 3, 3], () => now++)).toEqual([6])
    })
  })

  test('whoever is told of trouble may throw, and still everybody is answered', async () => {
    const onTrouble = vi.fn(() => {
      throw new Error('no ears')
    })
    const { transaction, write } = ledger()
    const commits = new Commits(transaction, onTrouble)
    const settled: string[] = []
    for (const name of ['a', 'b']) {
      const settle = (trouble: (reason: unknown) => void) => {
        settled.push(name)
        trouble(name)
      }
      commits.take({ write: write(1), fail: () => {}, settle })
    }
    const added = commits.add(write(3))
    expect(() => commits.close()).toThrow('no ears')
    expect(settled).toEqual(['a', 'b'])
    expect(await added).toBe(3)
    expect(onTrouble.mock.calls).toEqual([['a']])
  })
})
