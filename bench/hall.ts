// Compares ways to persist a hall's games, and Colyseus, with the bare server: node bench/hall.ts
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { figure, formatRatios, median, table, verdict } from './figures.ts'
import { type Load, type ServerProcess, Stage } from './processes.ts'
import { playRound, type Round } from './rounds.ts'

const { values } = parseArgs({
  options: {
    /** Groups of new processes, one of each server: two processes of the same server differ by up to 8 %. */
    groups: { type: 'string', default: '3' },
    /** Rounds of each group. */
    rounds: { type: 'string', default: '5' },
    /** Writes HALL.md. */
    write: { type: 'boolean', default: false },
  },
})
const GROUPS = Number(values.groups)
const ROUNDS = Number(values.rounds)
const CONNECTIONS = 1000
const PLAYERS = 5000
/** Games of one round, and games before the first round. */
const GAMES = 20_000
const WARM = 40_000
/** Milliseconds of warming up and of measuring. */
const PACED = { warm: 3000, measure: 5000 }
const COLYSEUS_TIMES = { warm: 300, measure: 1000 }
/** Minimum ratio to the bare server's games a second; maximum in µs; maximum of bytes per player. */
const TARGETS = { rate: 0.9, p99: 5000, bytes: 10 * 1024 }

const HEAD = ['what', 'games a second', 'to bare', 'processor time a game, to bare']
const STARTED = 'log on disk, as `npm start` runs'
const COLYSEUS = 'a Colyseus room, without a log and with other games (its load is in JavaScript, which slows it down)'
const stage = new Stage()

/** Options of `serve` for each way. */
const ways: Readonly<Record<string, readonly string[]>> = {
  [STARTED]: [],
  'log in memory': ['--data', 'none'],
  'log on disk, survives a power failure': ['--durable', 'power'],
}
const hasColyseus = installColyseus()
const sides = new Map<string, Round[]>([...Object.keys(ways), ...(hasColyseus ? [COLYSEUS] : [])].map((name) => [name, []]))
for (let group = 0; group < GROUPS; group++) {
  const bare = await stage.serve('bare/tictactoe.ts')
  await stage.record(bare, toGames(WARM, 0))
  const servers = new Map<string, ServerProcess>()
  for (const [name, options] of Object.entries(ways)) servers.set(name, await stage.serveAll(...options))
  for (const server of servers.values()) await stage.record(server, toGames(WARM, 0))
  const colyseus = hasColyseus ? await stage.serve('colyseus/server.js') : undefined
  if (colyseus) await playColyseus(colyseus)
  for (let round = 1; round <= ROUNDS; round++) {
    const seed = group * ROUNDS + round
    for (const [name, server] of servers) sides.get(name)?.push(await playRound(stage, server, bare, toGames(GAMES, seed)))
    const last = sides.get(STARTED)?.at(-1)
    if (colyseus && last) sides.get(COLYSEUS)?.push({ ours: await playColyseus(colyseus), bare: last.bare })
  }
  for (const server of [bare, ...servers.values(), ...(colyseus ? [colyseus] : [])]) await server.stop()
  process.stderr.write(`whole games: group ${group + 1} of ${GROUPS} done\n`)
}

const paced: Load[] = []
for (let group = 0; group < GROUPS; group++) paced.push(await measurePaced(await stage.serveAll()))
const p99s = paced.map((load) => load.p99)
const p99 = median(p99s)
const idle: number[] = []
for (let group = 0; group < GROUPS; group++) idle.push(await measureIdle(await stage.serveAll()))
const bytes = median(idle)

const ratios = (rounds: readonly Round[], of: 'rate' | 'cpu') => rounds.map((round) => round.ours[of] / round.bare[of])
const started = sides.get(STARTED) ?? []
const rows = [...sides].map(([name, rounds]) => {
  const rates = figure(median(rounds.map(({ ours }) => ours.rate)), 0)
  return [name, rates, formatRatios(ratios(rounds, 'rate')), formatRatios(ratios(rounds, 'cpu'))]
})
const rate = median(ratios(started, 'rate'))
const text = `# Results: the hall

\`npm run bench:hall\` writes this page; README.md explains how to read it. The machine has ${availableParallelism()} cores, Node ${process.versions.node}.

Tic-tac-toe in whole games, connecting included, ${CONNECTIONS} connections; medians of ${GROUPS * ROUNDS} rounds with ${GROUPS} processes each, ratios to the bare server, which plays the same games move for move right after each round, with the lowest and highest of them. The bare server plays ${figure(median(started.map(({ bare }) => bare.rate)), 0)} games a second.

${table([HEAD, HEAD.map(() => '---'), ...rows])}

${PLAYERS} players who make one move a second each, as \`npm start\` runs: ${figure(median(paced.map(({ answers, seconds }) => answers / seconds)), 0)} messages a second, p50 ${figure(median(paced.map(({ p50 }) => p50)), 0)} µs, **p99 ${figure(p99, 0)} µs** (median of ${GROUPS} processes; ${figure(Math.min(...p99s), 0)} to ${figure(Math.max(...p99s), 0)}).

An idle player, seated at a table of the hall opposite the house, as \`npm start\` runs, at ${PLAYERS}, without a forced garbage collection: **${figure(bytes, 0)} bytes** resident (median of ${GROUPS} processes; ${figure(Math.min(...idle), 0)} to ${figure(Math.max(...idle), 0)}).

## Targets

${[
  verdict(rate >= TARGETS.rate, `as \`npm start\` runs: ${figure(rate, 2)} of the bare server's games a second (target ${TARGETS.rate})`),
  verdict(p99 <= TARGETS.p99, `p99 ${figure(p99, 0)} µs with ${PLAYERS} players (target ${figure(TARGETS.p99, 0)})`),
  verdict(bytes <= TARGETS.bytes, `${figure(bytes, 0)} bytes per idle seated player (target ${figure(TARGETS.bytes, 0)})`),
].join('\n')}
`
if (values.write) writeFileSync(new URL('HALL.md', import.meta.url), text)
process.stdout.write(text)
process.exit()

/** Installs Colyseus if it is missing. Returns false if npm fails. */
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

function toGames(games: number, seed: number) {
  return { game: 'tictactoe', connections: CONNECTIONS, games, seed } as const
}

/** Colyseus has a protocol of its own, so a load in JavaScript plays against it, for some time. */
async function playColyseus(server: ServerProcess): Promise<Round['ours']> {
  const from = server.usage.cpu
  const load = await stage.playFor(server, 'tictactoe', { connections: CONNECTIONS, ...COLYSEUS_TIMES, by: 'colyseus/load.js' })
  const whole = load.games * (load.answers / load.sent)
  return { rate: whole / load.seconds, cpu: (server.usage.cpu - from) / load.games, p50: load.p50, p99: load.p99 }
}

async function measurePaced(server: ServerProcess): Promise<Load> {
  await stage.record(server, toGames(WARM, 0))
  const load = await stage.playFor(server, 'pace', { connections: PLAYERS, ...PACED })
  await server.stop()
  return load
}

async function measureIdle(server: ServerProcess): Promise<number> {
  // V8 allocates 8 to 20 MB for the first games, depending on chance, which must not count for the players
  await stage.record(server, toGames(GAMES, 0))
  const before = server.usage.rss
  const leave = await stage.idle(server, 'tictactoe', PLAYERS)
  const after = server.usage.rss
  await leave()
  await server.stop()
  return (after - before) / PLAYERS
}
