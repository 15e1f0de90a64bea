import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './blocks.ts'

/** A test as docs/security.md names it: `file › title`. */
interface Named {
  readonly file: string
  readonly title: string
}

/** The tests that a page names, over line breaks. */
function namedIn(page: string): Named[] {
  return [...page.matchAll(/`(test\/[^`›]*?)\s+›\s+([^`]+?)`/g)].map(([, file = '', title = '']) => ({
    file,
    title: title.replace(/\s+/g, ' '),
  }))
}

/** Those that do not exist. */
function missing(named: readonly Named[]): Named[] {
  return named.filter(({ file, title }) => {
    const path = join(root, file)
    return !existsSync(path) || !readFileSync(path, 'utf8').includes(title)
  })
}

const page = readFileSync(join(root, 'docs/security.md'), 'utf8')

test('every test that docs/security.md names exists, with that title', () => {
  const named = namedIn(page)
  expect(named.length).toBeGreaterThan(0)
  expect(missing(named)).toEqual([])
})

test('every promise of docs/security.md names a test', () => {
  const [, ...promises] = page.split(/^### /m)
  expect(promises.length).toBeGreaterThan(0)
  const without = promises.filter((promise) => namedIn(promise).length === 0).map((promise) => promise.split('\n')[0])
  expect(without).toEqual([])
})

test('the check reports a test that does not exist', () => {
  expect(missing(namedIn('`test/docs/security.test.ts › no such title, as you see` '.replace(', as you see', '…')))).toHaveLength(1)
  expect(missing(namedIn('`test/no-such.test.ts › any`'))).toHaveLength(1)
  expect(missing(namedIn('`test/docs/security.test.ts › every promise of\ndocs/security.md names a test`'))).toEqual([])
})
