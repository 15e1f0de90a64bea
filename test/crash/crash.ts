import { crash } from './run.ts'

/** The maximum duration in milliseconds. */
const LIMIT = 300_000

/** `npm run test:crash [-- GAMES KILLS SEED]`: plays many games while the server is killed again and again. */
const [games = 1000, kills = 20, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number)
const stop = new AbortController()
process.once('SIGINT', () => stop.abort('Ctrl-C'))
process.once('SIGTERM', () => stop.abort('SIGTERM'))
const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(LIMIT)])
const tell = (sentence: string) => process.stdout.write(`${sentence}\n`)
const since = performance.now()
tell(`at least ${games} games, ${kills} kills, seed ${seed}`)
const { tables, persisted, resumed, unfinished } = await crash({ games, kills, seed, signal, tell })
if (unfinished.length > 0) throw new Error(`the tables ${unfinished.join(', ')} have not ended`)
const seconds = Math.round((performance.now() - since) / 1000)
tell(
  `${tables} games have ended; ${persisted} changes were acknowledged, and are in the data once; ${resumed} seats were resumed; ${seconds} s`,
)
