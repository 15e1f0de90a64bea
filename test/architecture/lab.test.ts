import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { allPrograms } from '../../src/programs/index.ts'

const source = join(import.meta.dirname, '../../src')

/** The code of a file, without its comments. */
function codeOf(file: string): string {
  return readFileSync(join(source, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

/** Words of a protocol that the help of faults has in its examples. */
const EXAMPLES = /^faults\/[\w-]+\.ts (?:GAMEOVER|LOW)$/

test('no file of lab/ names a program, or a word of a protocol', async () => {
  const programs = await allPrograms()
  const texts = programs.flatMap(({ protocol }) => Object.values(protocol.automaton.messages).map(({ text }) => text))
  // a word in small letters may be a word of the language, too
  const words = texts.flatMap((text) => text.match(/\b[A-Z]{3,}\b/g) ?? [])
  const names = new Set([...programs.map(({ name }) => name), ...words])
  expect(names.size).toBeGreaterThan(60)
  const files = globSync('**/*.ts', { cwd: join(source, 'lab') }).map((file) => file.replaceAll('\\', '/'))
  const found = files.flatMap((file) => {
    const strings = codeOf(`lab/${file}`).match(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g) ?? []
    const used = new Set(strings.flatMap((string) => string.match(/[a-z0-9]+\/[a-z-]+|\b[A-Z]{3,}\b/g) ?? []))
    return [...used].filter((word) => names.has(word)).map((word) => `${file} ${word}`)
  })
  expect(files.length).toBeGreaterThan(60)
  expect(found.filter((use) => EXAMPLES.test(use))).not.toEqual([])
  expect(found.filter((use) => !EXAMPLES.test(use))).toEqual([])
})

/** Everything that a browser lacks. */
const OF_NODE = /\b(?:Buffer|process|require|__dirname|__filename|setImmediate|clearImmediate|global)\b(?!['"-])/

/** The files that some files import, themselves included, and the packages. */
function reach(begin: readonly string[]): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const files = new Set(begin)
  const packages = new Set<string>()
  // the iteration includes the files that it adds
  for (const file of files) {
    const code = codeOf(file)
    for (const [, type, from = ''] of code.matchAll(/^(?:import|export)(\s+type\b)?[^'"]*?\sfrom '([^']+)'$/gm)) {
      if (type !== undefined) continue
      if (from.startsWith('.')) files.add(relative(source, join(source, dirname(file), from)).replaceAll('\\', '/'))
      else packages.add(from)
    }
  }
  return { files, packages }
}

test('the monitor, and all that it imports, runs in a browser', () => {
  const monitor = globSync('lab/monitor/*.ts', { cwd: source }).map((file) => file.replaceAll('\\', '/'))
  const { files, packages } = reach(monitor)
  expect(files.size).toBeGreaterThan(monitor.length + 5)
  expect([...packages]).toEqual([])
  expect([...files].filter((file) => OF_NODE.test(codeOf(file)))).toEqual([])
  // it would find what is not allowed there
  expect([...reach(['wire/transports/tcp.ts']).packages]).toContain('node:net')
})
