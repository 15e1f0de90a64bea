import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

const all = globSync('{src,test,bench,docs,examples,bin}/**/*', { cwd: root, exclude: (name) => name === 'node_modules' })

/** Files that comments may name by the end of their path, such as `hall/table.ts`. */
const known = [...all, ...globSync('*', { cwd: root })]

/** Matches documents that every reader can get: the worksheets, which are cited by name, and published standards. */
const PUBLISHED = /TJC notes|C8 slides|FH slides|CS project|book chapter|RFC \d|U(?:AX|TS) \d|FIPS \d|Glicko|sqlite\.org|Unicode/

/** Matches a place in a document, such as `section 4.1`. */
const PLACE = /\b(?:section|chapter|exercise|assignment|task|project|paragraph|clause|appendix) \d/i

/** Matches the title of a document in capitals, with a place in it, such as `PROTOCOLS 1.1`. */
const TITLE = /\b[A-Z]{4,} \d+\.\d/

/** Returns the comments of a text, each on one line. */
function commentsOf(text: string): string[] {
  const comments: string[] = []
  let open = ''
  for (const line of text.split('\n')) {
    const [, part] = /^\s*(?:\/\*\*?|\*\/?|\/\/)(?: (.*?))?(?:\*\/)?$/.exec(line) ?? []
    if (part !== undefined) open += ` ${part}`
    else if (open !== '') {
      comments.push(open.trim())
      open = ''
    }
  }
  return open === '' ? comments : [...comments, open.trim()]
}

/** Returns the references of a file's comments that a reader of the repository cannot follow. */
function danglingReferences(file: string, text: string): string[] {
  return commentsOf(text).flatMap((comment) => {
    const paths = [...comment.matchAll(/(?<![\w/-])((?:\.\.\/|[\w-]+\/)*[\w.-]+\.(?:ts|md|svg))\b/g)].map(([, path = '']) => path)
    const missing = paths.filter((path) =>
      path.startsWith('../')
        ? relative(root, join(root, dirname(file), path)).startsWith('..') || !existsSync(join(root, dirname(file), path))
        : !known.some((one) => one === path || one.endsWith(`/${path}`)),
    )
    const unquoted = comment.replace(/`[^`]*`|"[^"]*"/g, '')
    const isPlace = PLACE.test(unquoted) || TITLE.test(unquoted)
    return isPlace && !PUBLISHED.test(comment) ? [...missing, comment] : missing
  })
}

test('no comment cites a document that is neither in the repository nor published', () => {
  const files = all.filter((file) => file.endsWith('.ts') && !file.startsWith('test/fixtures') && !file.endsWith('references.test.ts'))
  expect(files.length).toBeGreaterThan(500)
  let count = 0
  const found = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    count += commentsOf(text).length
    return danglingReferences(file, text).map((reference) => `${file}: ${reference}`)
  })
  expect(count).toBeGreaterThan(3000)
  expect(found).toEqual([])
})

test.each([
  ['a file that does not exist', '// see docs/nowhere.md\n', ['docs/nowhere.md']],
  ['a file outside of the repository', '// see ../../shared/protocols.md\n', ['../../shared/protocols.md']],
  [
    'a place in a document without a name',
    '/**\n * Sends an answer, as in\n * section 1.1.\n */\n',
    ['Sends an answer, as in section 1.1.'],
  ],
  ['a place in a document by its title', '// PROTOCOLS 1.1 requires this\n', ['PROTOCOLS 1.1 requires this']],
])('reports a comment that cites %s', (_, text, references) => {
  expect(danglingReferences('src/hall/table.ts', text)).toEqual(references)
})

test.each([
  '// C8 slides, assignment 5\n',
  '/** A method is a token (RFC 9110 section 5.6.2). */\n',
  '// docs/security.md computes the chance, and hall/table.ts uses it\n',
  'const text = "see docs/nowhere.md"\n',
])('accepts %j', (text) => expect(danglingReferences('src/hall/table.ts', text)).toEqual([]))
