import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatCount } from '../../src/base/counts.ts'
import { formatSeconds } from '../../src/base/durations.ts'

test('formats one in the singular, and none or several in the plural', () => {
  expect([formatCount(1, 'table'), formatCount(0, 'table'), formatCount(2, 'watches', 'watch')]).toEqual(['1 table', '0 tables', '2 watch'])
  expect([formatSeconds(1), formatSeconds(1000), formatSeconds(1001), formatSeconds(20_000)]).toEqual([
    '1 second',
    '1 second',
    '2 seconds',
    '20 seconds',
  ])
})

test('no other file of src chooses between the singular and the plural behind a number', () => {
  const src = join(import.meta.dirname, '../../src')
  const files = globSync('**/*.ts', { cwd: src }).filter((file) => !file.startsWith('base'))
  expect(files.length).toBeGreaterThan(100)
  const choosing = files.filter((file) => /=== 1 \? (?:'(\w+)' : '\1s'|['`]1 )/.test(readFileSync(join(src, file), 'utf8')))
  expect(choosing).toEqual([])
})
