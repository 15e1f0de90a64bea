import { readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CHECKS } from '../../../src/lab/check/registry.ts'
import { CAUSES } from '../../../src/lab/check/report.ts'
import { judgeHandIn } from '../../support/judge-hand-in.ts'
import { hasNamespaces } from '../../support/sandboxes.ts'
import { BROKEN } from './broken-hand-ins.ts'
import { CORRECT, EXAMPLES } from './correct-hand-ins.ts'
import { type HandIn, isStartable, prepareHandIn, STUDENTS } from './hand-ins.ts'

/** Examples that speak JSON in the hall, or over UDP; and a header. */
const UNJUDGED = ['examples/python/native_bot.py', 'examples/python/time_udp_client.py', 'examples/c/lines.h']

/*
 * One run of each program; `npm run test:check` runs the correct ones many times, at level robust, and under load. Most of the time is
 * waiting for silent programs, so several are judged at the same time.
 */

const missing = [...BROKEN, ...CORRECT, ...EXAMPLES].filter((handIn) => !isStartable(handIn))
if (missing.length > 0) console.warn(`${missing.length} programs are not judged, because their interpreter or compiler is missing`)

describe.skipIf(!hasNamespaces).concurrent('a program of a student', { timeout: 60_000 }, () => {
  test.for(BROKEN.filter(isStartable))('$file, which $mistake, fails with its cause', async (handIn, { expect }) => {
    using prepared = prepareHandIn(handIn)
    const [result, ...others] = await judgeHandIn({ ...prepared, only: handIn.check })
    expect(others).toEqual([])
    expect(result).toMatchObject({ name: handIn.check, cause: handIn.cause, passed: false })
    expect(result?.sentence).toMatch(handIn.says)
  })

  test.for(CORRECT.filter(isStartable))('$file passes', async (handIn, { expect }) => {
    using prepared = prepareHandIn(handIn)
    const results = [...(await judgeHandIn({ ...prepared, level: 'worksheet' }))]
    expect(results.length).toBeGreaterThan(0)
    for (const only of handIn.robust) results.push(...(await judgeHandIn({ ...prepared, only })))
    expect(results.map(({ name }) => name)).toEqual(expect.arrayContaining([...handIn.robust]))
    expect(results.filter(({ passed }) => !passed)).toEqual([])
  })

  test.for(EXAMPLES.filter(isStartable))('$file passes $robust', async (handIn, { expect }) => {
    using prepared = prepareHandIn(handIn)
    for (const only of handIn.robust) expect(await judgeHandIn({ ...prepared, only })).toMatchObject([{ name: only, passed: true }])
  })
})

describe('the judged programs', () => {
  const files = (folder: string) => readdirSync(`${STUDENTS}/${folder}`).map((file) => `${folder}/${file}`)
  const inC = (handIns: readonly HandIn[]) => handIns.filter(({ file }) => extname(file) === '.c')

  test('include each file in the folder of students', () => {
    expect([...BROKEN, ...CORRECT].map(({ file }) => file).sort()).toEqual([...files('broken'), ...files('correct')].sort())
  })

  test('include each example that speaks to a program over TCP', () => {
    const examples = ['python', 'js', 'c'].flatMap((folder) =>
      readdirSync(join(STUDENTS, '../../../../examples', folder)).map((file) => `examples/${folder}/${file}`),
    )
    const judged = EXAMPLES.flatMap(({ file, beside = [] }) => [file, ...beside.map((other) => join(file, '..', other))])
    expect(examples.filter((file) => !judged.includes(file))).toEqual(UNJUDGED)
  })

  test('show each cause, in both roles, in at least five protocols and three languages', () => {
    expect(BROKEN.length).toBeGreaterThanOrEqual(40)
    expect(new Set(BROKEN.map(({ cause }) => cause))).toEqual(new Set(CAUSES))
    expect(new Set(BROKEN.map(({ role }) => role)).size).toBe(2)
    expect(new Set(BROKEN.map(({ program }) => program)).size).toBeGreaterThanOrEqual(5)
    expect(new Set(BROKEN.map(({ file }) => extname(file))).size).toBe(3)
    expect(inC(BROKEN).length).toBeGreaterThanOrEqual(8)
    expect(CORRECT.length).toBeGreaterThanOrEqual(10)
    const robust = CHECKS.filter(({ level }) => level === 'robust').map(({ name }) => name)
    const judged = new Set(CORRECT.flatMap((handIn) => handIn.robust))
    expect(robust).toEqual(expect.arrayContaining([...judged]))
    expect(judged.size).toBeGreaterThanOrEqual(10)
  })
})
