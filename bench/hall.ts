// Compares tic-tac-toe in the hall, which persists each move before publishing it, with the bare server: node bench/hall.ts
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { figure, median, table, verdict } from './figures.ts'
import { AS_STARTED, type Load, type ServerProcess, Stage } from './processes.ts'

/** Groups of new processes, one of each server: two processes of the same server differ by up to 8 %. */
const GROUPS = 3
/** Rounds of each group. */
const ROUNDS = 5
const CONNECTIONS = 1000
const PLAYERS = 5000
/** Milliseconds of warming up, and of measuring. */
const WARM = 300
const MEASURE = 1000
const PACED = { warm: 3000, measure: 5000 }
/** Minimum ratio to the bare server's messages a second; maximum in µs; maximum of bytes per player. */
const TARGETS = { rate: 0.7, p99: 5000, bytes: 10 * 1024 }

const HEAD = ['what', 'messages a second', 'to bare', 'processor time a message, to bare']
const COLYSEUS = 'a Colyseus room, without a log (its load is in JavaScript, which slows it down)'
const folder = mkdtempSync(join(tmpdir(), 'parlor-hall-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const stage = new Stage()

interface Side {
  readonly rate: number
  readonly cpu: number
}

/** Starts each server, with a folder of its own. */
const starts: Record<string, (folder: string) => Promise<ServerProcess>> = {
  bare: () => stage.serve('bare/tictactoe.ts'),
  'log in memory': () => ours(),
  'log on disk': (folder) => ours(folder, 'process'),
  'log on disk, survives a power failure': (folder) => ours(folder, 'power'),
}
if (installColyseus()) starts[COLYSEUS] = () => stage.serve('colyseus/server.js')
/** Colyseus has a protocol of its own, so a load in JavaScript plays against it. */
const loadOf = (name: string) => (name === COLYSEUS ? stage.loadOf('colyseus/load.js') : undefined)
const sides = new Map(Object.keys(starts).map((name) => [name, [] as Side[]]))
for (let group = 0; group < GROUPS; group++) {
  const servers = new Map<string, ServerProcess>()
  for (const [name, start] of Object.entries(starts)) servers.set(name, await start(join(folder, `${name} ${group}`)))
  for (const [name, server] of servers) await stage.load(server, 'tictactoe', 100, 500, 1500, 1, loadOf(name))
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [name, server] of servers) {
      const before = await server.usage()
      const load = await stage.load(server, 'tictactoe', CONNECTIONS, WARM, MEASURE, group * ROUNDS + round, loadOf(name))
      const after = await server.usage()
      sides.get(name)?.push({ rate: load.messages / load.seconds, cpu: (after.cpu - before.cpu) / load.allMessages })
    }
  }
  for (const server of servers.values()) await server.stop()
  process.stderr.write(`whole games: group ${group + 1} of ${GROUPS} done\n`)
}

const paced: Load[] = []
for (let group = 0; group < GROUPS; group++) paced.push(await measurePaced(await ours(join(folder, `paced ${group}`), 'process')))
const p99s = paced.map(({ p99 }) => p99)
const p99 = median(p99s)
const idle: number[] = []
for (let group = 0; group < GROUPS; group++) idle.push(await measureIdle(await ours(join(folder, `idle ${group}`), 'process')))
const bytes = median(idle)

const bare = sides.get('bare') ?? []
const rows = [...sides].map(([name, rounds]) => {
  const ratio = (of: keyof Side) => {
    const ratios = rounds.map((round, at) => round[of] / (bare[at]?.[of] ?? Number.NaN))
    return `**${figure(median(ratios), 2)}** (${figure(Math.min(...ratios), 2)} to ${figure(Math.max(...ratios), 2)})`
  }
  return [name, figure(median(rounds.map(({ rate }) => rate)), 0), ratio('rate'), ratio('cpu')]
})
const rate = median((sides.get('log on disk') ?? []).map((round, at) => round.rate / (bare[at]?.rate ?? Number.NaN)))
const text = `# Results: the hall

Written by \`npm run bench:hall\`; README.md explains how to read it. Measured on ${availableParallelism()} cores, Node ${process.versions.node}.

Tic-tac-toe in whole games, connecting included, ${CONNECTIONS} connections; medians of ${GROUPS * ROUNDS} rounds with ${GROUPS} processes each, ratios to the bare server of the same round, with the lowest and highest of them.

${table([HEAD, HEAD.map(() => '---'), ...rows])}

${PLAYERS} players who make one move a second each, log on disk: ${figure(median(paced.map(({ messages, seconds }) => messages / seconds)), 0)} messages a second, p50 ${figure(median(paced.map(({ p50 }) => p50)), 0)} µs, **p99 ${figure(p99, 0)} µs** (median of ${GROUPS} processes; ${figure(Math.min(...p99s), 0)} to ${figure(Math.max(...p99s), 0)}).

An idle player, seated at a table of the hall opposite the house, log on disk, at ${PLAYERS}: **${figure(bytes, 0)} bytes** resident (median of ${GROUPS} processes; ${figure(Math.min(...idle), 0)} to ${figure(Math.max(...idle), 0)}).

## Targets

${[
  verdict(rate >= TARGETS.rate, `log on disk: ${figure(rate, 2)} of the bare server's messages a second (target ${TARGETS.rate})`),
  verdict(p99 <= TARGETS.p99, `p99 ${figure(p99, 0)} µs with ${PLAYERS} players (target ${figure(TARGETS.p99, 0)})`),
  verdict(bytes <= TARGETS.bytes, `${figure(bytes, 0)} bytes per idle seated player (target ${figure(TARGETS.bytes, 0)})`),
].join('\n')}
`
writeFileSync(new URL('HALL.md', import.meta.url), text)
process.stdout.write(text)
process.exit()

/** Installs Colyseus if it is missing. Returns false if that fails. */
function installColyseus(): boolean {
  const cwd = join(import.meta.dirname, 'colyseus')
  if (existsSync(join(cwd, 'node_modules'))) return true
  const { status } = spawnSync('npm', ['install', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd,
    stdio: 'ignore',
  })
  if (status !== 0) process.stderr.write('npm could not install Colyseus; the benchmark continues without it\n')
  return status === 0
}

function ours(...args: string[]): Promise<ServerProcess> {
  return stage.serve('ours.ts', ['tjc/tictactoe', ...args], AS_STARTED)
}

async function measurePaced(server: ServerProcess): Promise<Load> {
  await stage.load(server, 'tictactoe', 100, 500, 1500, 1)
  const load = await stage.load(server, 'pace', PLAYERS, PACED.warm, PACED.measure, 1)
  await server.stop()
  return load
}

async function measureIdle(server: ServerProcess): Promise<number> {
  // V8 allocates 8 to 20 MB for the first games, depending on chance, which must not count for the players
  await stage.load(server, 'tictactoe', 100, 500, 1500, 1)
  const before = await server.usage(true)
  const leave = await stage.idle(server, PLAYERS)
  const settled = await server.usage(true)
  await leave()
  await server.stop()
  return (settled.rss - before.rss) / PLAYERS
}
