import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const src = join(import.meta.dirname, '../../src')

test('no file of src/ uses Math.random, whose results players can compute', async () => {
  const files = (await readdir(src, { recursive: true })).filter((file) => file.endsWith('.ts'))
  expect(files.length).toBeGreaterThan(100)
  const using: string[] = []
  for (const file of files) if (/Math\s*(\.|\[['"`])\s*random\b/.test(await readFile(join(src, file), 'utf8'))) using.push(file)
  expect(using).toEqual([])
})
