import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const source = join(import.meta.dirname, '../../src')

/** Allowed state of modules outside of `cli/`, with the reason why no code depends on a change. */
const CACHES: readonly (readonly [file: string, name: string, why: string])[] = [
  ['games/text/graphemes.ts', 'segmenter', 'a constant that takes long to make'],
  ['protocol/seating.ts', 'localTables', 'a module that most clients never load; `import` returns the same one, later'],
  ['plugins/loop-limit.ts', 'now', 'the turn of the event loop, which the process has once'],
  ['plugins/loop-limit.ts', 'roles', 'the context of each asynchronous call, which the process has once'],
  ['plugins/loop-limit.ts', 'files', 'the time in each file in this turn of the event loop'],
  ['protocol/message-spec.ts', 'forms', 'computed from a constant message'],
  ['protocol/message-spec.ts', 'patterns', 'computed from a constant message'],
  ['protocol/automaton.ts', 'tables', 'computed from a constant automaton'],
  ['native/parsing.ts', 'schemas', 'computed from a constant schema'],
  ['games/ai/search.ts', 'memories', 'the best moves of a game, which follow from its rules'],
  ['hall/seat-clocks.ts', 'STILL', 'a constant for each number of seats'],
  ['storage/sqlite/journal.ts', 'BEGINNING', 'a pattern, whose position is set before each search'],
  ['games/index.ts', 'shippedGames', 'a catalog, which never changes: `with` returns another'],
  ['programs/index.ts', 'shippedPrograms', 'a registry, which never changes: `with` returns another'],
  ['games/random.ts', 'chance', 'a pool of unpredictable numbers, each of which is erased after use'],
  ['hall/suspension.ts', 'NOT_SUSPENDED', 'a suspension without a step, which stays so'],
  ['wire/framing/framing.ts', 'pool', 'free memory without content'],
  ['wire/framing/framing.ts', 'NOTHING', 'an array of length 0'],
  ['storage/folder.ts', 'PROBE', 'bytes that never change'],
]

/** Classes of which an instance has no state that code could change after its construction. */
const CONSTANT = /^(?:Map|Set|RegExp|Error|Disconnected|TextEncoder|TextDecoder)$/

/** Matches code that writes to `name`, to a field of it, or to an item of it. */
function writesTo(name: string): RegExp {
  // the default of a type parameter is no assignment
  const path = `(?<!extends )(?<![\\w.$'"\`#])${name}(?:\\.\\w+|\\[[^\\]]+\\])*`
  const call = '\\.(?:set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin)\\('
  const assigned = '(?:\\.\\w+|\\[[^\\]]+\\])\\s*(?:(?:[-+*/%|&^?]|\\?\\?|\\|\\||&&|\\*\\*|<<|>>>?)?=(?![=>])|\\+\\+|--)'
  return new RegExp(`${path}(?:${call}|${assigned})|(?:\\+\\+|--|delete )${name}[.[]|Object\\.assign\\(${name}\\b`)
}

/** The names that a module has for itself: its constants at the outermost level, and what it imports. */
function namesOf(text: string): string[] {
  const imports = [...text.matchAll(/^import (?!type )[^;'"]*?\{([^}]*)\}/gm)].flatMap(([, list = '']) => list.split(','))
  const imported = imports.map((one) => one.trim().split(' as ').at(-1) ?? '').filter((name) => /^\w+$/.test(name))
  return [...imported, ...Array.from(text.matchAll(/^(?:export )?const (\w+)/gm), ([, name = '']) => name)]
}

/** The names of a module's variables, of its constants that code changes, and of its instances of classes with state. */
function stateOf(text: string): Set<string> {
  const code = text.replaceAll(/^\s*(?:\/?\*|\/\/).*$/gm, '')
  const variables = Array.from(code.matchAll(/^(?:export )?(?:let|var) (\w+)/gm), ([, name = '']) => name)
  const fields = Array.from(code.matchAll(/^\s+static (?!readonly )(?:accessor )?([#\w]+)(?:: [^=(]+)?(?: =|$)/gm), ([, name = '']) => name)
  const written = namesOf(code).filter((name) => writesTo(name).test(code))
  const made = [...code.matchAll(/^(?:export )?const (\w+)(?:: [^=]+)? = new (\w+)/gm)]
  const instances = made.filter(([, , name = '']) => !CONSTANT.test(name)).map(([, name = '']) => name)
  return new Set([...variables, ...fields, ...written, ...instances])
}

test('no module outside of cli has mutable state, except for caches of constants', () => {
  const files = globSync('**/*.{ts,tsx}', { cwd: source }).filter((file) => !file.startsWith('cli/'))
  expect(files.length).toBeGreaterThan(200)
  const found = files.flatMap((file) => [...stateOf(readFileSync(join(source, file), 'utf8'))].map((name) => `${file}: ${name}`))
  expect(found.sort()).toEqual(CACHES.map(([file, name]) => `${file}: ${name}`).sort())
})

test.each([
  ['a variable', 'let count = 0', 'count'],
  ['an exported variable', 'export let count = 0\n', 'count'],
  ['a map that is filled', 'const seen = new Map<string, number>()\nexport const see = (name: string) => seen.set(name, 1)', 'seen'],
  ['a set in an object', 'const all = { seen: new Set() }\nfunction see() {\n  all.seen.add(1)\n}', 'all'],
  ['an array that grows', 'export const queue: number[] = []\nexport const add = () => queue.push(1)', 'queue'],
  ['an item that is replaced', 'const items = [1]\nfunction set() {\n  items[0] = 2\n}', 'items'],
  ['a field that counts', 'const counts = { all: 0 }\nfunction count() {\n  counts.all++\n}', 'counts'],
  ['a field that is set if it is missing', 'const cache: Cache = {}\nconst get = () => (cache.value ??= make())', 'cache'],
  ['a deleted field', 'const cache: Cache = {}\nconst drop = () => delete cache.value', 'cache'],
  ['a constant of another module', "import { limits } from './limits.ts'\nlimits.most = 7", 'limits'],
  ['a buffer', 'const buffer = new Uint8Array(16)', 'buffer'],
  ['an instance with state', 'const queue = new RunQueue({ loop })', 'queue'],
  ['a static field', 'export class Table {\n  static #next = 1\n}', '#next'],
])('detects %s', (_, text, name) => {
  expect(stateOf(text)).toEqual(new Set([name]))
})

test.each([
  'const names: ReadonlySet<string> = new Set(["a"])\nexport const isKnown = (name: string) => names.has(name)',
  'export function count() {\n  const seen = new Map()\n  let all = 0\n  seen.set(1, ++all)\n}',
  'export class Table {\n  static readonly most = 7\n  static open(): Table {\n    return new Table()\n  }\n}',
  '// let it be\nconst counts = { all: 0 }\nexport const isNone = () => counts.all === 0',
])('does not report constants and local variables', (text) => {
  expect(stateOf(text)).toEqual(new Set())
})
