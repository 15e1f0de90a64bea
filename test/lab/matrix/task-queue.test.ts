import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OpenSide } from '../../../src/lab/matrix/side-pool.ts'
import { SidePool } from '../../../src/lab/matrix/side-pool.ts'
import { runTasks } from '../../../src/lab/matrix/task-queue.ts'

const never = new AbortController().signal

/** Lets other tasks run. */
const yieldTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('tasks', () => {
  test('all run once, never more than allowed, and never two with the same need', async () => {
    const tasks = fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(tasks, fc.integer({ min: 1, max: 4 }), async (all, jobs) => {
        const used: string[] = []
        let running = 0
        const runs = all.map(() => 0)
        const queue = all.map((needs, at) => ({
          needs,
          async run() {
            runs[at] = (runs[at] ?? 0) + 1
            expect(++running).toBeLessThanOrEqual(jobs)
            expect(needs.filter((need) => used.includes(need))).toEqual([])
            used.push(...needs)
            await yieldTurn()
            for (const need of needs) used.splice(used.indexOf(need), 1)
            running--
          },
        }))
        await runTasks(queue, { jobs, signal: never })
        expect(runs).toEqual(all.map(() => 1))
      }),
      { numRuns: 50 },
    )
  })

  test('stop beginning when the signal aborts', async () => {
    const stop = new AbortController()
    const begun: number[] = []
    const toTask = (at: number) => ({
      needs: ['same'],
      async run() {
        begun.push(at)
        stop.abort()
      },
    })
    await runTasks([toTask(0), toTask(1)], { jobs: 2, signal: stop.signal })
    expect(begun).toEqual([0])
  })

  test('that throw reject the whole, after the others have ended', async () => {
    let isDone = false
    const slow = {
      needs: ['a'],
      async run() {
        await yieldTurn()
        isDone = true
      },
    }
    const broken = { needs: ['b'], run: () => Promise.reject(new Error('broken')) }
    await expect(runTasks([slow, broken], { jobs: 2, signal: never })).rejects.toThrow('broken')
    expect(isDone).toBe(true)
  })
})

describe('the pool of sides', () => {
  test('opens each side once, and closes those that were not used for the longest time', async () => {
    const log: string[] = []
    const open = async (key: string): Promise<OpenSide> => {
      log.push(`open ${key}`)
      return { opened: { sentence: key }, close: async () => void log.push(`close ${key}`) }
    }
    const pool = new SidePool(open, 2)
    const use = (key: string) => pool.withSide(key, async (opened) => opened)
    for (const key of ['a', 'b', 'a', 'c', 'a']) expect(await use(key)).toEqual({ sentence: key })
    expect(log).toEqual(['open a', 'open b', 'open c', 'close b'])
    await pool.close()
    expect(log.slice(4).sort()).toEqual(['close a', 'close c'])
    await expect(use('a')).rejects.toThrow('closed')
  })
})
