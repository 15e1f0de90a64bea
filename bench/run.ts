// Compares Parlor, as `npm start` runs it, with servers written by hand on node:net: node bench/run.ts
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Games, SERVE_FLAGS, type ServerProcess, Stage } from './processes.ts'
import { type Case, type Memory, report, type Subject } from './report.ts'
import { echoLines, playRound, type Round } from './rounds.ts'

const { values } = parseArgs({
  options: {
    /** Number of groups, and of rounds in each group; with fewer groups or rounds than the defaults, the program writes no file. */
    groups: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    /** Measures only the cases whose name contains this text, such as `start guess 1000`. */
    only: { type: 'string', default: '' },
    /** Writes RESULTS.md. */
    write: { type: 'boolean', default: false },
  },
})
const GROUPS = Number(values.groups)
const ROUNDS = Number(values.rounds)
const CONNECTIONS = [1, 100, 1000] as const
/** Number of games in one round, which takes one to two seconds on a machine of 2024. */
const GAMES = { 1: 3000, 100: 20_000, 1000: 20_000 } as const
/** Number of games against a new server before the first round, 100 at the same time. After these games, V8 has compiled the hot code. */
const WARM = 40_000
/** Milliseconds of the warm-up and of the measurement, for the echo. */
const ECHO = { warm: 200, measure: 1000 }
const IDLE = 10_000

interface Pair {
  readonly subject: Subject
  readonly game: Case['game']
  readonly start: () => Promise<ServerProcess>
}

const stage = new Stage()
const withoutHall = (game: Case['game']) => stage.serve('without-hall.ts', [game === 'echo' ? game : `tjc/${game}`], SERVE_FLAGS)
const pairs: readonly Pair[] = [
  ...(['guess', 'tictactoe'] as const).map((game) => ({ subject: 'start' as const, game, start: () => stage.serveAll() })),
  ...(['guess', 'tictactoe', 'echo'] as const).map((game) => ({ subject: 'without hall' as const, game, start: () => withoutHall(game) })),
]
const cases: Case[] = []
for (const { subject, game, start } of pairs) {
  const wanted = CONNECTIONS.filter((connections) => `${subject} ${game} ${connections} `.includes(values.only))
  const rounds = new Map<number, Round[]>(wanted.map((connections) => [connections, []]))
  if (wanted.length === 0) continue
  for (let group = 0; group < GROUPS; group++) {
    const servers = { ours: await start(), bare: await stage.serve(`bare/${game}.ts`) }
    await warmUp(servers, game)
    for (const connections of wanted) {
      for (let round = 1; round <= ROUNDS; round++) {
        rounds.get(connections)?.push(await measure(servers, game, connections, group * ROUNDS + round))
      }
      process.stderr.write(`${subject}, ${game}, ${connections}: group ${group + 1} of ${GROUPS} done\n`)
    }
    await servers.ours.stop()
    await servers.bare.stop()
  }
  for (const [connections, all] of rounds) cases.push({ subject, game, connections, rounds: all })
}

const memory: Memory[] = []
for (let round = 0; round < GROUPS && 'start idle'.includes(values.only); round++) {
  const ours = await bytesPerIdle(await stage.serveAll())
  memory.push({ ours, bare: await bytesPerIdle(await stage.serve('bare/guess.ts')) })
}

const text = report({ cases, memory, idle: IDLE, pinned: stage.pinned })
if (values.write) writeFileSync(new URL('RESULTS.md', import.meta.url), text)
process.stdout.write(text)
process.exit()

interface Servers {
  readonly ours: ServerProcess
  readonly bare: ServerProcess
}

async function warmUp({ ours, bare }: Servers, game: Case['game']): Promise<void> {
  for (const server of [ours, bare]) {
    if (game === 'echo') await stage.playFor(server, game, { connections: 100, warm: 500, measure: 1500 })
    else await stage.record(server, toGames(game, 100, 0, WARM))
  }
}

async function measure(
  { ours, bare }: Servers,
  game: Case['game'],
  connections: (typeof CONNECTIONS)[number],
  seed: number,
): Promise<Round> {
  if (game !== 'echo') return playRound(stage, ours, bare, toGames(game, connections, seed))
  return { ours: await echoLines(stage, ours, connections, ECHO), bare: await echoLines(stage, bare, connections, ECHO) }
}

function toGames(game: Games['game'], connections: 1 | 100 | 1000, seed: number, games: number = GAMES[connections]): Games {
  return { game, connections, games, seed }
}

/** Returns the growth of the resident memory per idle connection, in bytes, without a forced garbage collection. */
async function bytesPerIdle(server: ServerProcess): Promise<number> {
  // for the code of the first games, V8 allocates 8 to 20 MB by chance; the growth per connection must not include this memory
  await stage.record(server, toGames('guess', 100, 1))
  const before = server.usage.rss
  const leave = await stage.idle(server, 'guess', IDLE)
  const after = server.usage.rss
  await leave()
  await server.stop()
  return (after - before) / IDLE
}
