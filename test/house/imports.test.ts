import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** The allowed imports of each room: a second copy of the import table, to check the linter's. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  base: [],
  wire: ['base'],
  games: ['base'],
  protocols: ['base', 'wire', 'games'],
  terminal: ['base', 'wire', 'protocols', 'games'],
  lab: ['base', 'wire', 'protocols'],
  hall: ['base', 'games'],
  storage: ['base'],
  server: ['base', 'wire', 'games', 'protocols', 'hall', 'storage'],
  cli: ['base', 'wire', 'games', 'protocols', 'terminal', 'lab', 'hall', 'storage', 'server'],
}
const ROOMS = Object.keys(MAY)
/** The rooms that may use the platform directly. */
const NODE = ['wire/transports', 'storage', 'storage/sqlite', 'terminal', 'server', 'cli']

interface Case {
  file: string
  imports: string
  allowed: boolean
}

const cases: Case[] = [
  ...ROOMS.flatMap((room) =>
    ROOMS.filter((other) => other !== room).map((other) => ({
      file: `src/${room}/${room}-${other}.ts`,
      imports: `../${other}/thing.ts`,
      allowed: MAY[room]?.includes(other) ?? false,
    })),
  ),
  ...[...ROOMS, 'wire/transports', 'protocols/native', 'storage/sqlite'].map((room) => ({
    file: `src/${room}/node.ts`,
    imports: 'node:net',
    allowed: NODE.includes(room),
  })),
  { file: 'src/wire/transports/up.ts', imports: '../thing.ts', allowed: true },
  { file: 'src/wire/transports/out.ts', imports: '../../games/thing.ts', allowed: false },
  { file: 'src/protocols/native/up.ts', imports: '../thing.ts', allowed: true },
  { file: 'src/protocols/native/games.ts', imports: '../../games/thing.ts', allowed: true },
  { file: 'src/wire/transports/base.ts', imports: '../../base/thing.ts', allowed: true },
  { file: 'src/protocols/native/base.ts', imports: '../../base/thing.ts', allowed: true },
  { file: 'src/storage/sqlite/base.ts', imports: '../../base/thing.ts', allowed: true },
  { file: 'src/protocols/native/out.ts', imports: '../../hall/thing.ts', allowed: false },
  { file: 'src/hall/crypto.ts', imports: 'node:crypto', allowed: true },
  { file: 'src/storage/ports.ts', imports: '../hall/ports.ts', allowed: true },
  { file: 'src/storage/sqlite/ports.ts', imports: '../../hall/ports.ts', allowed: true },
  { file: 'src/storage/sqlite/up.ts', imports: '../thing.ts', allowed: true },
  { file: 'src/storage/sqlite/out.ts', imports: '../../hall/thing.ts', allowed: false },
]

describe('the import table is enforced by the linter', () => {
  let folder: string
  let refused: Set<string>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parlor-imports-'))
    const config = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8'))
    await writeFile(join(folder, 'biome.json'), JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }))
    for (const { file, imports } of cases) {
      await mkdir(join(folder, file, '..'), { recursive: true })
      await writeFile(join(folder, file), `import { thing } from '${imports}'\nthing()\n`)
    }
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
    await writeFile(join(folder, 'src/games/round.ts'), "import { about } from './about.ts'\nexport const round = () => about()\n")
    await writeFile(join(folder, 'src/games/about.ts'), "import { round } from './round.ts'\nexport const about = () => round()\n")
    const rules = ['--only=style/noRestrictedImports', '--only=suspicious/noImportCycles']
    const args = [biome, 'lint', ...rules, '--reporter=json', '--max-diagnostics=none']
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder }).catch((error) => error)
    const { diagnostics } = JSON.parse(stdout)
    refused = new Set(diagnostics.map(({ location }: { location: { path: string | { file: string } } }) => pathOf(location.path)))
  })

  afterAll(() => rm(folder, { recursive: true }))

  test.each(cases)('$file importing $imports: allowed $allowed', ({ file, allowed }) => {
    expect(refused.has(file)).toBe(!allowed)
  })

  test('an import cycle is an error', () => {
    expect(refused).toContain('src/games/round.ts')
    expect(refused).toContain('src/games/about.ts')
  })

  test('every room of src is in the import table', async () => {
    expect((await readdir(join(root, 'src'))).sort()).toEqual([...ROOMS].sort())
  })
})

function pathOf(path: string | { file: string }): string {
  return (typeof path === 'string' ? path : path.file).replaceAll('\\', '/')
}
