import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { garbageCollectionFlags } from '../../src/cli/garbage-collection.ts'

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
