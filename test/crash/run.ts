import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { seededRandom } from '../../src/games/random.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { Bot } from './bot.ts'
import { alone, friend, guest, type Habits, ratedPlayer } from './habits.ts'
import { judge, type Verdict } from './judge.ts'
import { Ledger } from './ledger.ts'
import { classmate, student, watcher } from './others.ts'
import { Restarting } from './restarting.ts'
import { Rendezvous, type World } from './world.ts'

/** Options of a run. */
export interface Crash {
  /** The minimum number of finished games. */
  readonly games: number
  /** The number of kills. */
  readonly kills: number
  /** The source of all random choices. */
  readonly seed: number
  /** Ends the run early. */
  readonly signal: AbortSignal
  /** Called with the progress. */
  readonly tell: (sentence: string) => void
}

/** The result of a run. */
export interface Outcome extends Verdict {
  /** The number of acknowledged requests. */
  readonly persisted: number
  /** The number of resumed seats. */
  readonly resumed: number
}

/** Lets bots play while the server is killed again and again, and judges its journal each time. */
export async function crash({ games, kills, seed, signal, tell }: Crash): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'parlor-crash-'))
  const server = new Restarting(folder)
  const ledger = new Ledger()
  const random = seededRandom(seed)
  const end = Promise.withResolvers<void>()
  const world: World & { stopping: boolean } = {
    ledger,
    random,
    port: (program) => server.port(program),
    stopping: false,
    stopped: end.promise,
  }
  const judgeNow = async (when: string) => {
    const store = await openStore({ folder })
    const verdict = await judge(store, ledger)
    await store.close()
    tell(`${when}: ${verdict.tables} tables, ${verdict.events} events told, ${verdict.moves} moves, ${verdict.standings} standings`)
    return verdict
  }
  const playing = new Set<Player>()
  const finish = async (player: Player) => {
    playing.add(player)
    await player.run()
    playing.delete(player)
  }
  const work = async () => {
    await server.start()
    const bots = Promise.all(allPlayers(world).map(finish))
    const over = (count: number) => Promise.race([bots, ledger.until(() => ledger.ended.size >= count)])
    // an error of a bot is reported when the run awaits it
    bots.catch(() => {})
    for (let kill = 1; kill <= kills; kill++) {
      await over((games * kill) / (kills + 1))
      const moment = ledger.persisted + random.integer(0, 50)
      await Promise.race([bots, ledger.until(() => ledger.persisted >= moment)])
      await server.kill()
      expectNothing(await judgeNow(`kill ${kill}`))
      if (kill < kills && random.integer(1, 4) === 1) {
        server.begin()
        await setTimeout(random.integer(50, 500))
        await server.kill()
        expectNothing(await judgeNow(`kill ${++kill}, while it was starting`))
      }
      await server.start()
    }
    await over(games)
    world.stopping = true
    end.resolve()
    await bots
    const complaints = await server.stop()
    const verdict = expectNothing(await judgeNow('the end'))
    if (complaints !== '') throw new Error(`the server has complained: ${complaints}`)
    return { ...verdict, persisted: ledger.persisted, resumed: ledger.resumed }
  }
  try {
    const working = work()
    working.catch(() => {})
    return await Promise.race([working, aborted(signal, () => [...[...playing].map(({ state }) => state), ...ledger.contradictions])])
  } finally {
    await server.end()
    await rm(folder, { recursive: true })
  }
}

/** Rejects when the signal fires, with the present activities. */
function aborted(signal: AbortSignal, state: () => readonly string[]): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error([`there is no end: ${signal.reason}`, ...state()].join('\n'))))
  })
}

/** Player is one participant. */
interface Player {
  /** The present activity, for an error message if it does not end. */
  readonly state: string
  /** Plays until the end of the run. */
  run(): Promise<void>
}

/** Returns all players: for the ladder, with any opponent, with a friend, alone; watchers; students; a classroom client. */
function allPlayers(world: World): Player[] {
  const several = <One>(count: number, name: string, one: (name: string) => One) =>
    Array.from({ length: count }, (_, at) => one(`${name}${at + 1}`))
  const bots = (count: number, name: string, habits: (name: string) => Habits) =>
    several(count, name, (one) => new Bot(one, habits(one), world))
  const others = (count: number, name: string, run: (name: string) => Promise<void>) =>
    several(count, name, (state) => ({ state, run: () => run(state) }))
  const friends = (name: string) => {
    const rendezvous = new Rendezvous()
    const one = (leads: boolean) => bots(1, `${name}-${leads ? 'leads' : 'follows'}-`, () => friend(world, { rendezvous, leads }))
    return [...one(true), ...one(false)]
  }
  return [
    ...bots(6, 'rated', (name) => ratedPlayer(world, `password-of-${name}`)),
    ...bots(8, 'casual', () => guest(world)),
    ...bots(6, 'alone', () => alone(world)),
    ...several(2, 'pair', friends).flat(),
    ...others(2, 'watcher', (name) => watcher(name, world)),
    ...others(4, 'student', (name) => student(name, world)),
    ...others(2, 'classmate', () => classmate(world)),
  ]
}

/** Throws an Error with all faults. */
function expectNothing(verdict: Verdict): Verdict {
  if (verdict.wrong.length > 0) throw new Error(`${verdict.wrong.length} things are wrong:\n${verdict.wrong.slice(0, 20).join('\n')}`)
  return verdict
}
