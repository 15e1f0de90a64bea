import { describe, expect, test } from 'vitest'
import type { Check, CheckSubject, Finding } from '../../../src/lab/check/check.ts'
import { type JudgedCheck, judge } from '../../../src/lab/check/judge.ts'
import type { Sandbox } from '../../../src/lab/check/sandbox.ts'
import { program } from '../../support/play.ts'
import { TestClock } from '../../support/test-clock.ts'

/** A sandbox that runs nothing; `another` opens more of them. */
const sandbox = (another: () => Promise<Sandbox | undefined>): Sandbox => ({
  ...{ ownNetwork: true, notes: [], another, close: async () => {} },
  listen: () => Promise.reject(new Error('not here')),
  connect: () => Promise.reject(new Error('not here')),
  start: () => Promise.reject(new Error('not here')),
})

const check = (name: string, run: (subject: CheckSubject) => Promise<Finding>): Check => ({
  ...{ name, proves: `is ${name}`, level: 'worksheet', roles: ['client'], run },
})

const PASSED: Finding = { sentence: 'well done' }

/** Judges with these checks, and returns the results in their order. */
async function judgeAll(checks: readonly Check[], { lanes = 1, only }: { lanes?: number; only?: string } = {}) {
  const open = (): Promise<Sandbox> => Promise.resolve(sandbox(open))
  const terms = { role: 'client', options: {}, words: [], port: 1, seed: 1, sandbox: await open(), clock: new TestClock() } as const
  const subject: CheckSubject = { ...terms, program: await program('guess') }
  const notes: string[] = []
  const results: JudgedCheck[] = []
  const onProgress = (name: string, note: string) => notes.push(`${name}: ${note}`)
  for await (const one of judge({ subject, level: 'robust', checks, lanes, only, repeat: ({ name }) => name, onProgress }))
    results.push(one)
  return { results, names: results.map(({ result }) => result.name), notes }
}

describe('the judge', () => {
  test('plays no other check if the first one fails, and says so', async () => {
    const failed: Finding = { cause: 'crashed', sentence: 'it crashed' }
    const never = check('second', () => Promise.reject(new Error('it is played')))
    const { results } = await judgeAll([check('first', async () => failed), never])
    expect(results.map(({ result }) => [result.name, result.passed, result.cause])).toEqual([
      ['first', false, 'crashed'],
      ['second', false, 'crashed'],
    ])
    expect(results[1]).toMatchObject({ isSkipped: true, result: { sentence: 'not played, because first has failed: correct that first' } })
  })

  test('plays the others if the first one fails by its output alone', async () => {
    const failed: Finding = { cause: 'unflushed-output', sentence: 'it printed late' }
    const { results } = await judgeAll([check('first', async () => failed), check('second', async () => PASSED)])
    expect(results.map(({ result }) => result.passed)).toEqual([false, true])
  })

  test('runs checks at the same time, each in a sandbox of its own, and yields the first result first', async () => {
    const slow = Promise.withResolvers<Finding>()
    const used: Sandbox[] = []
    const note = (run: () => Promise<Finding>) => (subject: CheckSubject) => {
      used.push(subject.sandbox)
      return run()
    }
    const { names } = await judgeAll(
      [
        check('first', async () => PASSED),
        check(
          'slow',
          note(() => slow.promise),
        ),
        check(
          'quick',
          note(async () => PASSED),
        ),
        check(
          'last',
          note(async () => {
            slow.resolve(PASSED)
            return PASSED
          }),
        ),
      ],
      { lanes: 2 },
    )
    expect(names.slice(0, 2)).toEqual(['first', 'quick'])
    expect(names.toSorted()).toEqual(['first', 'last', 'quick', 'slow'])
    expect(new Set(used).size).toBe(2)
  })

  test('gives a client the server that the program declares for checks, and retains the options of the user', async () => {
    const [declared, open] = [await program('quiz'), (): Promise<Sandbox> => Promise.resolve(sandbox(open))]
    const judgeAs = async (role: 'client' | 'server', options: CheckSubject['options']) => {
      const seen: CheckSubject[] = []
      const see = async (subject: CheckSubject) => {
        seen.push(subject)
        return PASSED
      }
      const terms = { role, options, words: [], port: 1, seed: 1, sandbox: await open(), clock: new TestClock() }
      for await (const _ of judge({
        subject: { ...terms, program: declared },
        level: 'robust',
        checks: [{ ...check('first', see), roles: [role] }],
        repeat: () => '',
      }));
      return seen.map((subject) => subject.options)
    }
    const { checkServer } = declared
    expect(checkServer?.options).toHaveProperty('questions')
    expect(await judgeAs('client', {})).toEqual([checkServer?.options])
    expect(await judgeAs('client', { questions: [] })).toEqual([{ questions: [] }])
    expect(await judgeAs('server', {})).toEqual([{}])
  })

  test('runs one check alone, and reports what it does', async () => {
    const said = check('second', async ({ onProgress }) => {
      onProgress?.('halfway')
      return PASSED
    })
    const { names, notes } = await judgeAll([check('first', async () => PASSED), said], { only: 'second' })
    expect(names).toEqual(['second'])
    expect(notes).toEqual(['second: is second', 'second: halfway'])
  })
})
