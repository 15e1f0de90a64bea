// Compares Parlor's server with servers written by hand on node:net: node bench/run.ts
import { writeFileSync } from 'node:fs'
import { AS_STARTED, type Load, type ServerProcess, Stage } from './processes.ts'
import { type Case, type Idle, type Memory, type Round, report, type Side } from './report.ts'

const GAMES = ['guess', 'tictactoe', 'echo'] as const
const CONNECTIONS = [1, 100, 1000] as const
/** Processes of each server, in pairs one after the other: two processes of the same server differ by up to 8 %. */
const PAIRS = 3
/** Rounds of each pair. */
const ROUNDS = 5
/** Milliseconds of warming up, and of measuring. */
const WARM = 200
const MEASURE = 1000
const IDLE = 10_000
const IDLE_ROUNDS = 3

const stage = new Stage()
const cases: Case[] = []
for (const game of GAMES) {
  const rounds = new Map<number, Round[]>(CONNECTIONS.map((connections) => [connections, []]))
  for (let pair = 0; pair < PAIRS; pair++) {
    const servers = { ours: await ours(game), bare: await stage.serve(`bare/${game}.ts`) }
    // V8 compiles hot code before the first measurement
    for (const server of [servers.bare, servers.ours]) await stage.load(server, game, 100, 500, 1500, 1)
    for (const [connections, all] of rounds) {
      for (let round = 1; round <= ROUNDS; round++) {
        const seed = pair * ROUNDS + round
        const bare = await side(servers.bare, game, connections, seed)
        all.push({ bare, ours: await side(servers.ours, game, connections, seed) })
      }
      process.stderr.write(`${game}, ${connections}: pair ${pair + 1} of ${PAIRS} done\n`)
    }
    await servers.ours.stop()
    await servers.bare.stop()
  }
  for (const [connections, all] of rounds) cases.push({ game, connections, rounds: all })
}

const memory: Memory[] = []
for (let round = 0; round < IDLE_ROUNDS; round++) {
  const bare = await bytesPerIdle(await stage.serve('bare/guess.ts'))
  memory.push({ bare, ours: await bytesPerIdle(await ours('guess')) })
}

const text = report({ cases, memory, idle: IDLE, measure: MEASURE, pinned: stage.pinned, compiled: stage.compiled })
writeFileSync(new URL('RESULTS.md', import.meta.url), text)
process.stdout.write(text)
process.exit()

function ours(game: (typeof GAMES)[number]): Promise<ServerProcess> {
  return stage.serve('ours.ts', [game === 'echo' ? game : `tjc/${game}`, 'house'], AS_STARTED)
}

async function side(server: ServerProcess, game: string, connections: number, seed: number): Promise<Side> {
  const before = await server.usage()
  const load: Load = await stage.load(server, game, connections, WARM, MEASURE, seed)
  const after = await server.usage()
  const { messages, seconds, p50, p99, allMessages } = load
  return { rate: messages / seconds, cpu: (after.cpu - before.cpu) / allMessages, p50, p99 }
}

async function bytesPerIdle(server: ServerProcess): Promise<Idle> {
  // V8 allocates 8 to 20 MB for the first games, depending on chance, which must not count for the connections
  await stage.load(server, 'guess', 100, 500, 1500, 1)
  const before = await server.usage(true)
  const leave = await stage.idle(server, IDLE)
  const fresh = await server.usage()
  const settled = await server.usage(true)
  await leave()
  await server.stop()
  return { fresh: (fresh.rss - before.rss) / IDLE, settled: (settled.rss - before.rss) / IDLE }
}
