import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { boundYoungSpace, garbageCollectionFlags } from '../../src/cli/garbage-collection.ts'
import { TestClock } from '../support/test-clock.ts'

const run = promisify(execFile)

/** Sets flags in a process that runs, as `parlor serve` does, and then grows its heap through several full collections. */
const GROWS = `
const { setFlagsFromString } = require('node:v8')
for (const flag of process.argv.slice(1)) setFlagsFromString(flag)
const rows = []
for (let n = 0; n < 600000; n++) rows.push({ n, text: 'row ' + n, more: [n] })
console.log(rows.length)
`

test.for([1, 2])('a process survives full collections after it has set the flags for %i processors', async (processors) => {
  const { stdout } = await run(process.execPath, ['-e', GROWS, '--', ...garbageCollectionFlags(processors)])
  expect(stdout).toBe('600000\n')
})

test('the space of young objects may grow up to a bound, and again after V8 has made it smaller', async () => {
  const clock = new TestClock()
  const factors: number[] = []
  let size = 8
  const end = boundYoungSpace(clock, { size: () => size * 2 ** 20, setGrowth: (factor) => void factors.push(factor) })
  expect(factors).toEqual([])
  size = 32
  await clock.pass(3000)
  expect(factors).toEqual([1])
  size = 16
  await clock.pass(3000)
  expect(factors).toEqual([1, 2])
  size = 64
  await clock.pass(1000)
  expect(factors).toEqual([1, 2, 1])
  end()
  expect(clock.waiting).toBe(0)
})

test('V8 obeys the bound in a process that runs', async () => {
  const module = new URL('../../src/cli/garbage-collection.ts', import.meta.url).href
  const code = `
const { boundYoungSpace } = await import(${JSON.stringify(module)})
const { getHeapSpaceStatistics } = await import('node:v8')
const size = () => getHeapSpaceStatistics().find((one) => one.space_name === 'new_space').space_size / 2 ** 20
const kept = []
const churn = (rounds) => { for (let n = 0; n < rounds * 20000; n++) kept[n % 15000] = { n, text: 'row ' + n, more: [n] } }
while (size() < 32) churn(1)
boundYoungSpace({ after: () => () => {} })
churn(200)
console.log(size())`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code])
  expect(Number(stdout)).toBe(32)
})
