import { existsSync, globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { comparable, isAsShown, readPage, root } from './blocks.ts'
import { testScenes } from './scenes.ts'

describe.each([
  ['README.md', 4],
  ['docs/checking.md', 1],
  ['docs/faults.md', 3],
  ['docs/iterative-and-concurrent.md', 4],
  ['docs/tap.md', 1],
])('%s', testScenes)

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'examples/README.md', ...globSync('docs/**/*.md', { cwd: root })]

test.each(pages)('all links in %s have a target', (file) => {
  const text = readPage(file).replaceAll(/```[\s\S]*?```/g, '')
  for (const [, to = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
    expect({ to, there: existsSync(join(root, dirname(file), to)) }).toEqual({ to, there: true })
  }
})

describe('a comparison of output with a page', () => {
  test.each([
    ['one\ntwo\n', 'one\ntwo\n', true],
    ['one\ntwo\n', 'one\n', false],
    ['one\ntwo\nthree\n', 'one\n...\nthree\n', true],
    ['one\nthree\n', 'one\n...\nthree\n', true],
    ['one\ntwo\n', 'one\n...\nthree\n', false],
    ['sent "ab\\x00c"; use UTF-8\n', 'sent "[...]"; use UTF-8\n', true],
    ['sent "ab"\nuse UTF-8\n', 'sent "[...]use UTF-8\n', false],
    ['a+b\n', 'a.b\n', false],
  ])('%j with %j', (output, page, expected) => {
    const exact = { anyOrder: false, varies: false }
    expect(isAsShown(comparable(output, exact), comparable(page, exact))).toBe(expected)
  })

  test('ignores times and ports only on a page that says so', () => {
    const [output, page] = ['0.123 s: 127.0.0.1:50001\n', '0.200 s: 127.0.0.1:41234\n']
    for (const varies of [true, false]) {
      expect(isAsShown(comparable(output, { anyOrder: false, varies }), comparable(page, { anyOrder: false, varies }))).toBe(varies)
    }
  })
})
