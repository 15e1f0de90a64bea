import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** The public face, whose users are outside of the project. */
const PUBLIC: ReadonlySet<string> = new Set(['src/parlor.ts', 'src/testing.ts'])

/** The functions, constants and classes that a text exports. */
function valuesOf(text: string): string[] {
  const declared = /^export (?:async |abstract |default )*(?:function\*?|const|let|class) (\w+)/gm
  return Array.from(text.matchAll(declared), ([, name = '']) => name)
}

/** The names that a text may use of other files: those that it imports, or all its words if it imports whole modules. */
function usesOf(text: string): Set<string> {
  if (/\bimport\(|\bimport \* as |\bexport \* from /.test(text)) return new Set(text.match(/\w+/g))
  const lists = [...text.matchAll(/^(?:import|export) [^;'"]*?\{([^}]*)\}\s*from /gm)].flatMap(([, list = '']) => list.split(','))
  return new Set(
    lists.map(
      (one) =>
        one
          .trim()
          .replace(/^type /, '')
          .split(' as ')[0] ?? '',
    ),
  )
}

test('each function, constant and class that a file of src/ exports is used in another file', () => {
  const folders = ['src', 'bin', 'test', 'bench', 'docs', 'examples'].map((folder) => `${folder}/**/*.{ts,tsx,js}`)
  // the build of the page uses what notes its sources
  const files = [...folders, 'vite.config.ts'].flatMap((pattern) => globSync(pattern, { cwd: root, exclude: ['**/node_modules'] }))
  const texts = new Map(files.map((file) => [file.replaceAll('\\', '/'), readFileSync(join(root, file), 'utf8')]))
  const users = new Map<string, Set<string>>()
  for (const [file, text] of texts) for (const name of usesOf(text)) users.set(name, (users.get(name) ?? new Set()).add(file))
  const exported = [...texts].filter(([file]) => file.startsWith('src/') && !PUBLIC.has(file))
  expect(exported.length).toBeGreaterThan(200)
  const unused = exported.flatMap(([file, text]) =>
    valuesOf(text)
      .filter((name) => ![...(users.get(name) ?? [])].some((user) => user !== file))
      .map((name) => `${file}: ${name}`),
  )
  expect(unused).toEqual([])
})

test('detects what is exported and what is used', () => {
  expect(valuesOf('export const ONE = 1\nexport async function two() {}\nconst three = 3\nexport type Four = 4\n')).toEqual(['ONE', 'two'])
  expect(usesOf("import { type A, b as c } from './a.ts'\nexport { d } from './d.ts'\nconst e = 1")).toEqual(new Set(['A', 'b', 'd']))
})
