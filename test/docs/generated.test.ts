import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { leftOver, pages, root } from '../../docs/generate.ts'
import { allPrograms, programNames } from '../../src/programs/index.ts'

describe('the generated pages', async () => {
  const made = await pages()

  test('include one page for each program, and one for the options', () => {
    expect([...made.keys()].filter((path) => path.startsWith('docs/protocols/'))).toHaveLength(programNames.length + 1)
    expect(made.get('docs/options.md')).toContain('--concurrent')
  })

  test('explain a number without a unit for each option that is a time', () => {
    const rows = (made.get('docs/options.md') ?? '')
      .split('\n')
      .filter((row) => /^\| `--[a-z]+ <times?>`/.test(row) && !row.includes('--now'))
    expect(rows.length).toBeGreaterThan(10)
    for (const row of rows)
      expect(row).toContain(/`--(?:pace|glue|delay) /.test(row) ? 'a bare number is milliseconds' : 'a bare number is seconds')
  })

  test('contain no empty brackets', () => {
    for (const [path, text] of made)
      if (path.startsWith('docs/protocols/')) expect({ path, empty: / \(\)/.test(text) }).toEqual({ path, empty: false })
  })

  test.each([...made])('%s equals the output of "npm run docs"', async (path, text) => {
    expect((await readFile(join(root, path), 'utf8')).replaceAll('\r\n', '\n')).toBe(text)
  })

  test('README counts the programs', async () => {
    expect(await readFile(join(root, 'README.md'), 'utf8')).toContain(
      `both sides of ${(await allPrograms()).filter(({ name }) => !name.startsWith('parlor/')).length} programs`,
    )
  })

  test('include no obsolete page', async () => {
    expect(await leftOver(made)).toEqual([])
  })

  test('CONTRIBUTING shows the files it walks through', () => {
    const text = made.get('CONTRIBUTING.md') ?? ''
    for (const file of [
      'examples/games/nim.ts',
      'examples/protocols/nim.ts',
      'examples/plugins/connect-four.ts',
      'examples/plugins/connect-four-wire.ts',
      'examples/plugins/connect-four.test.ts',
    ])
      expect(text).toContain(`<!-- file: ${file} -->`)
  })
})
