import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const source = join(root, 'src')

/** The import rules of the rooms, written a second time, so that the linter's are checked. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  base: [],
  wire: ['base'],
  games: ['base'],
  hall: ['base', 'games'],
  protocol: ['base', 'wire', 'games', 'hall/api.ts', 'hall/number-bounds.ts'],
  programs: ['base', 'wire', 'games', 'protocol'],
  door: ['base', 'wire', 'games', 'protocol', 'native', 'hall/api.ts', 'hall/number-bounds.ts', 'hall/login-costs.ts'],
  native: ['base', 'games', 'hall/api.ts', 'hall/number-bounds.ts', 'hall/login-costs.ts', 'hall/events.ts'],
  lobby: ['base', 'wire', 'games', 'hall', 'protocol'],
  storage: ['base', 'hall/ports.ts', 'hall/events.ts'],
  config: ['base', 'wire', 'games', 'programs', 'lab', 'protocol/option.ts'],
  server: ['base', 'wire', 'games', 'hall', 'protocol', 'native', 'lobby', 'lab'],
  lab: ['base', 'wire', 'games', 'protocol'],
  web: [
    'base',
    'games',
    'native/messages.ts',
    'lab/class/class-view.ts',
    'lab/wire/wire-messages.ts',
    'server/gateway/protocol-schemas.ts',
  ],
  terminal: ['base', 'wire', 'games', 'protocol', 'programs', 'lab'],
  testing: ['base', 'wire', 'games', 'protocol'],
  plugins: ['base', 'wire', 'games', 'protocol', 'programs'],
  cli: [
    ...['base', 'wire', 'games', 'hall', 'protocol', 'programs', 'door', 'native', 'lobby'],
    ...['storage', 'config', 'server', 'lab', 'web', 'terminal', 'testing', 'plugins'],
  ],
}
const ROOMS = Object.keys(MAY)
/** The files of the public face, and the rooms that they export. */
const FACES: Readonly<Record<string, readonly string[]>> = { 'parlor.ts': ['games', 'protocol', 'wire'], 'testing.ts': ['testing'] }
/** The folders that are no source: styles, and files that the page's build copies. */
const NO_SOURCE = ['web/styles', 'web/public']
/** The folders inside rooms. */
const INNER = globSync('*/*/', { cwd: source })
  .map((folder) => folder.replace(/\/$/, ''))
  .filter((folder) => !NO_SOURCE.includes(folder))
/** The folders that use Node directly. */
const NODE = /^(?:wire\/transports|lab\/sandbox|lobby|storage|config|server|terminal|plugins|cli)\b/
/** Files that other rooms may import by name. */
const OPEN = [
  ...['hall/api.ts', 'hall/number-bounds.ts', 'hall/login-costs.ts', 'hall/events.ts', 'hall/ports.ts'],
  ...[
    'protocol/option.ts',
    'native/messages.ts',
    'lab/class/class-view.ts',
    'lab/wire/wire-messages.ts',
    'server/gateway/protocol-schemas.ts',
  ],
]

interface Case {
  file: string
  imports: string
  allowed: boolean
}

const cases: Case[] = [...ROOMS, ...INNER].flatMap((folder) => {
  const room = folder.split('/')[0] ?? ''
  const up = '../'.repeat(folder.split('/').length)
  const may = MAY[room] ?? []
  const name = (what: string) => `src/${folder}/imports-${what.replaceAll(/\W/g, '-')}.ts`
  return [
    ...ROOMS.filter((other) => other !== room).map((other) => ({
      file: name(other),
      imports: `${up}${other}/thing.ts`,
      allowed: may.includes(other),
    })),
    ...OPEN.filter((file) => !file.startsWith(`${room}/`)).map((file) => ({
      file: name(file),
      imports: `${up}${file}`,
      allowed: may.includes(file.split('/')[0] ?? '') || may.includes(file),
    })),
    { file: name('node'), imports: 'node:net', allowed: NODE.test(folder) },
    ...(folder === room ? [] : [{ file: name('own-room'), imports: '../thing.ts', allowed: true }]),
  ]
})
cases.push(
  { file: 'src/hall/imports-crypto.ts', imports: 'node:crypto', allowed: true },
  { file: 'src/programs/index.ts', imports: '../door/thing.ts', allowed: true },
)

/** A file of a case, in which the import is of values or of types alone. */
const asTypes = (file: string) => file.replace(/\.ts$/, '-types.ts')

describe('the linter', () => {
  let folder: string
  let refused: Set<string>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parlor-imports-'))
    const config = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8'))
    await writeFile(join(folder, 'biome.json'), JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }))
    for (const { file, imports } of cases) {
      await mkdir(join(folder, file, '..'), { recursive: true })
      await writeFile(join(folder, file), `import { thing } from '${imports}'\nthing()\n`)
      await writeFile(join(folder, asTypes(file)), `import type { Thing } from '${imports}'\nexport type Other = Thing\n`)
    }
    await writeFile(join(folder, 'src/games/round.ts'), "import { about } from './about.ts'\nexport const round = () => about()\n")
    await writeFile(join(folder, 'src/games/about.ts'), "import { round } from './round.ts'\nexport const about = () => round()\n")
    await writeFile(join(folder, 'src/games/this.ts'), "import type { That } from './that.ts'\nexport type This = That | 1\n")
    await writeFile(join(folder, 'src/games/that.ts'), "import type { This } from './this.ts'\nexport type That = This | 2\n")
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
    const rules = ['--only=style/noRestrictedImports', '--only=suspicious/noImportCycles']
    const args = [biome, 'lint', ...rules, '--reporter=json', '--max-diagnostics=none']
    const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 }
    const { stdout } = await promisify(execFile)(process.execPath, args, options).catch((error) => error)
    const { diagnostics } = JSON.parse(stdout)
    refused = new Set(diagnostics.map(({ location }: { location: { path: string | { file: string } } }) => pathOf(location.path)))
  })

  afterAll(() => rm(folder, { recursive: true }))

  test.each([...ROOMS, ...INNER])('reports exactly the imports that %s may not have, of types too', (room) => {
    const own = cases.filter(({ file }) => dirname(file) === `src/${room}`)
    expect(own.length).toBeGreaterThan(ROOMS.length)
    for (const { file, imports, allowed } of own) {
      expect(refused.has(file), `${file} imports ${imports}`).toBe(!allowed)
      if (!file.endsWith('index.ts')) expect(refused.has(asTypes(file)), `${file} imports types of ${imports}`).toBe(!allowed)
    }
  })

  test.each(['round', 'about', 'this', 'that'])('reports a circle of files, of types too: %s', (name) => {
    expect(refused).toContain(`src/games/${name}.ts`)
  })
})

describe('src', () => {
  const files = globSync('**/*.{ts,tsx}', { cwd: source }).map((file) => file.replaceAll('\\', '/'))
  const imports = files.flatMap((from) => {
    const text = readFileSync(join(source, from), 'utf8')
    const found = [...text.matchAll(/(?:\bfrom|\bimport\()\s*'(\.[^']+)'/g)]
    return found.map(([, to = '']) => ({ from, to: normalize(join(dirname(from), to)).replaceAll('\\', '/') }))
  })

  test('has the rooms of the table, and no others', async () => {
    expect((await readdir(source)).sort()).toEqual([...ROOMS, ...Object.keys(FACES)].sort())
  })

  test('imports across rooms by the table alone, with import() too', () => {
    expect(imports.length).toBeGreaterThan(1000)
    const wrong = imports.filter(({ from, to }) => {
      const [room = '', other = ''] = [from.split('/')[0], to.split('/')[0]]
      if (room === other || (from === 'programs/index.ts' && other === 'door')) return false
      const may = MAY[room] ?? FACES[room]
      return !may?.includes(other) && !may?.includes(to)
    })
    expect(wrong).toEqual([])
  })

  test('has no circle of folders', () => {
    const beside = (one: string, other: string) => !`${one}/`.startsWith(`${other}/`) && !`${other}/`.startsWith(`${one}/`)
    const next = new Map<string, Set<string>>()
    for (const { from, to } of imports) {
      const [one, other] = [dirname(from), dirname(to)]
      if (beside(one, other)) next.set(one, (next.get(one) ?? new Set()).add(other))
    }
    expect(next.size).toBeGreaterThan(ROOMS.length)
    const circles = [...next.keys()].filter((folder) => reaches(next, folder))
    expect(circles).toEqual([])
  })

  test('is described by the table in docs/architecture.md', async () => {
    const page = await readFile(join(root, 'docs/architecture.md'), 'utf8')
    const rows = [...page.matchAll(/^\| `(\w+)\/` +\| .*? \| (.*?) +\|$/gm)].map(([, room = '', may = '']) => [room, may])
    const said = Object.entries(MAY).map(([room, may]) => {
      const names = may.map((other) => `\`${other}\``).join(', ')
      return [room, room === 'cli' ? 'everything' : names === '' ? 'nothing' : names]
    })
    expect(rows).toEqual(said)
  })
})

/** Checks whether a folder is reached again by the imports of its files. */
function reaches(next: ReadonlyMap<string, ReadonlySet<string>>, folder: string): boolean {
  const visited = new Set<string>()
  const open = [...(next.get(folder) ?? [])]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === folder) return true
    if (visited.has(at)) continue
    visited.add(at)
    open.push(...(next.get(at) ?? []))
  }
  return false
}

function pathOf(path: string | { file: string }): string {
  return (typeof path === 'string' ? path : path.file).replaceAll('\\', '/')
}
