import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { StoreError } from '../../src/storage/error.ts'
import type { AppendBatch, EventStore, StoreWork } from '../../src/storage/event-store.ts'
import { type AppendJob, GroupCommit } from '../../src/storage/group-commit.ts'
import { Outage } from '../../src/storage/outage.ts'
import { TestClock } from '../support/test-clock.ts'
import { fates } from './samples.ts'

const GROUP_COMMIT = new URL('../../src/storage/group-commit.ts', import.meta.url).href

/** A store of numbers, whose transaction fails for an odd number; it refuses batches that expect events. */
class Ledger implements Pick<EventStore, 'write'> {
  /** Written numbers, and how many each transaction had. */
  readonly persisted: number[] = []
  readonly sizes: number[] = []
  #written: number[] = []

  write<Batch extends AppendBatch>(batches: readonly Batch[], works: readonly StoreWork[]): readonly Batch[] {
    this.#written = []
    for (const { table, expected } of batches) if (expected === 0) this.#written.push(table)
    for (const work of works) work.run()
    if (this.#written.includes(13)) throw new RangeError('13 cannot be written')
    this.sizes.push(this.#written.length)
    this.persisted.push(...this.#written)
    return batches.filter(({ expected }) => expected > 0)
  }

  /** Returns work that writes a number. */
  work(number: number): () => number {
    return () => {
      this.#written.push(number)
      return number
    }
  }
}

/** Returns an append to a table, which reports its failure, and then its end. */
function appendTo(table: number, report: (what: unknown) => void, expected = 0): AppendJob {
  const batch = { table, expected, count: 1, prefix: '', lines: '', endKind: undefined }
  return { ...batch, fail: (reason) => report(String(reason)), finish: () => report(table) }
}

describe('group commit', () => {
  test('writes the jobs of one turn in one transaction, in order', async () => {
    const ledger = new Ledger()
    const commits = new GroupCommit(ledger, () => {})
    const first = [1, 2, 3].map((number) => commits.write(ledger.work(number)))
    const alsoNow = Promise.resolve().then(() => commits.write(ledger.work(4)))
    expect(ledger.persisted).toEqual([])
    expect([...(await Promise.all(first)), await alsoNow]).toEqual([1, 2, 3, 4])
    await commits.write(ledger.work(5))
    expect([ledger.persisted, ledger.sizes]).toEqual([
      [1, 2, 3, 4, 5],
      [4, 1],
    ])
  })

  test('hands all batches and works of a turn to the store in one call, and finishes the batches first', async () => {
    const ledger = new Ledger()
    const write = vi.spyOn(ledger, 'write')
    const commits = new GroupCommit(ledger, () => {})
    const outcomes: unknown[] = []
    const works = [21, 22].map((number) => commits.write(ledger.work(number)).then((written) => outcomes.push(written)))
    for (const table of [1, 2]) commits.append(appendTo(table, (what) => outcomes.push(what)))
    await Promise.all(works)
    expect(write).toHaveBeenCalledTimes(1)
    expect(ledger.persisted).toEqual([1, 2, 21, 22])
    expect(outcomes).toEqual([1, 2, 21, 22])
  })

  test('if a transaction fails, only the jobs fail that cannot be written alone', async () => {
    const ledger = new Ledger()
    const commits = new GroupCommit(ledger, () => {})
    const received: unknown[] = []
    for (const table of [1, 13, 2]) commits.append(appendTo(table, (what) => received.push(what)))
    expect(await fates([commits.write(ledger.work(3))])).toEqual(['kept'])
    expect(ledger.persisted).toEqual([1, 2, 3])
    expect(received).toEqual(['RangeError: 13 cannot be written', 1, 13, 2])
    const failing = [commits.write(ledger.work(13)), commits.write(() => new TypeError('refused'))]
    expect(await fates(failing)).toEqual(['RangeError', 'TypeError'])
  })

  test('a batch that the store refuses fails with a conflict, and the others of its transaction are written', async () => {
    const ledger = new Ledger()
    const commits = new GroupCommit(ledger, () => {})
    const received: unknown[] = []
    commits.append(appendTo(1, (what) => received.push(what)))
    commits.append(appendTo(2, (what) => received.push(what), 5))
    commits.append(appendTo(3, (what) => received.push(what)))
    expect(await commits.write(ledger.work(4))).toBe(4)
    expect([ledger.persisted, ledger.sizes]).toEqual([[1, 3, 4], [3]])
    expect(received).toEqual([expect.stringContaining('VersionConflict'), 1, 2, 3])
  })

  test('during an outage, every job fails and nothing reaches the store', async () => {
    const ledger = new Ledger()
    const full = new StoreError('full', 'the disk is full')
    const probe = () => {
      throw full
    }
    const outage = new Outage({ timers: new TestClock(), probe, onError: () => {} })
    outage.reportFailure(full)
    const commits = new GroupCommit(ledger, () => {}, outage)
    const received: unknown[] = []
    commits.append(appendTo(1, (what) => received.push(what)))
    await expect(commits.write(ledger.work(2))).rejects.toBe(full)
    expect(received).toEqual(['StoreError: the disk is full', 1])
    expect([ledger.persisted, ledger.sizes]).toEqual([[], []])
  })

  test('writes a second job of a turn although no other work holds the process open', async () => {
    const script = `
      const { GroupCommit } = await import(${JSON.stringify(GROUP_COMMIT)})
      const commits = new GroupCommit({ write: (_, works) => works.map((work) => work.run()).slice(0, 0) }, () => {})
      await commits.write(() => 1)
      console.log(await commits.write(() => 2))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    expect(stdout).toBe('2\n')
  })

  test('writes the promise continuations of a job with it, and the jobs of a later turn separately', async () => {
    const ledger = new Ledger()
    const commits = new GroupCommit(ledger, () => {})
    const later = async () => {
      for (let n = 0; n < 10; n++) await undefined
      await commits.write(ledger.work(2))
    }
    const both = [commits.write(ledger.work(1)), later()]
    const turn = new Promise<void>((resolve) => setImmediate(resolve))
    await Promise.all(both)
    expect(ledger.sizes).toEqual([2])
    await turn
    await commits.write(ledger.work(3))
    expect(ledger.sizes).toEqual([2, 1])
  })

  test('a caller that always continues immediately blocks no other: the event loop runs between two commits', async () => {
    const ledger = new Ledger()
    const commits = new GroupCommit(ledger, () => {})
    let goesOn = true
    const going = (async () => {
      while (goesOn) await commits.write(ledger.work(1))
    })()
    for (let turns = 0; turns < 5; turns++) await new Promise<void>((resolve) => setImmediate(resolve))
    goesOn = false
    await going
    expect(ledger.sizes.length).toBeLessThanOrEqual(7)
  })

  test('closing writes the waiting jobs, once', async () => {
    const ledger = new Ledger()
    const commits = new GroupCommit(ledger, () => {})
    const waiting = commits.write(ledger.work(1))
    commits.close()
    expect(ledger.sizes).toEqual([1])
    expect(await waiting).toBe(1)
    await new Promise<void>((resolve) => setImmediate(resolve))
    expect(ledger.sizes).toEqual([1])
    expect(() => commits.append(appendTo(1, () => {}))).toThrow('the store is closed')
  })

  test('an error handler may throw, and all jobs are still answered', async () => {
    const onError = vi.fn(() => {
      throw new Error('no ears')
    })
    const ledger = new Ledger()
    const commits = new GroupCommit(ledger, onError)
    const settled: string[] = []
    for (const name of ['a', 'b']) {
      const finish = (trouble: (reason: unknown) => void) => {
        settled.push(name)
        trouble(name)
      }
      commits.append({ ...appendTo(1, () => {}), finish })
    }
    const added = commits.write(ledger.work(3))
    expect(() => commits.close()).toThrow('no ears')
    expect(settled).toEqual(['a', 'b'])
    expect(await added).toBe(3)
    expect(onError.mock.calls).toEqual([['a']])
  })
})
