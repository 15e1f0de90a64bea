import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { seeded } from '../../src/games/random.ts'
import { openStore } from '../../src/storage/sqlite.ts'
import { Bot } from './bot.ts'
import { alone, friend, guest, type Habits, ratedPlayer } from './habits.ts'
import { judge, type Verdict } from './judge.ts'
import { Ledger } from './ledger.ts'
import { classmate, student, watcher } from './others.ts'
import { Restarting } from './restarting.ts'
import { Rendezvous, type World } from './world.ts'

/** What a run is to be. */
export interface Crash {
  /** Games that are to be over at least. */
  readonly games: number
  /** How often the server is killed. */
  readonly kills: number
  /** What chance there is comes from. */
  readonly seed: number
  /** Milliseconds that it may take altogether. */
  readonly limit: number
  /** Told what is done. */
  readonly tell: (sentence: string) => void
}

/** What came of a run. */
export interface Outcome extends Verdict {
  /** What was acknowledged. */
  readonly kept: number
  /** How often a seat was taken up again. */
  readonly resumed: number
}

/** Lets bots play while the server is killed again and again, and judges its journal each time. */
export async function crash({ games, kills, seed, limit, tell }: Crash): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'parlor-crash-'))
  const server = new Restarting(folder)
  const ledger = new Ledger()
  const random = seeded(seed)
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
  const work = async () => {
    await server.start()
    const bots = Promise.all(everybody(world))
    const over = (count: number) => Promise.race([bots, ledger.until(() => ledger.ended.size >= count)])
    // whatever goes wrong with a bot is noticed when it is waited for
    bots.catch(() => {})
    for (let kill = 1; kill <= kills; kill++) {
      await over((games * kill) / (kills + 1))
      const moment = ledger.kept + random.integer(0, 50)
      await Promise.race([bots, ledger.until(() => ledger.kept >= moment)])
      await server.kill()
      console.log(server.errors)
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
    return { ...verdict, kept: ledger.kept, resumed: ledger.resumed }
  }
  const timeout = new AbortController()
  try {
    const late = setTimeout(limit, undefined, { signal: timeout.signal })
    const working = work()
    working.catch(() => {})
    return await Promise.race([working, late.then(() => Promise.reject(new Error(`after ${limit / 1000} s there is no end`)))])
  } finally {
    timeout.abort()
    await server.end()
    await rm(folder, { recursive: true })
  }
}

/** All who play: for the ladder, with whoever comes, with a friend, alone; who watches; students; a classroom client. */
function everybody(world: World): Promise<void>[] {
  const bot = (name: string, habits: Habits) => new Bot(name, habits, world).run()
  const some = (count: number, start: (number: number) => Promise<void>[]) => Array.from({ length: count }, (_, at) => start(at + 1)).flat()
  return [
    ...some(6, (n) => [bot(`rated${n}`, ratedPlayer(world, `password-of-rated${n}`))]),
    ...some(8, (n) => [bot(`casual${n}`, guest(world))]),
    ...some(6, (n) => [bot(`alone${n}`, alone(world))]),
    ...some(2, (n) => {
      const rendezvous = new Rendezvous()
      return [bot(`friend${n}`, friend(world, { rendezvous, leads: true })), bot(`mate${n}`, friend(world, { rendezvous, leads: false }))]
    }),
    ...some(2, (n) => [watcher(`watcher${n}`, world)]),
    ...some(4, (n) => [student(`student${n}`, world)]),
    ...some(2, () => [classmate(world)]),
  ]
}

/** Throws an Error with all that is wrong. */
function expectNothing(verdict: Verdict): Verdict {
  if (verdict.wrong.length > 0) throw new Error(`${verdict.wrong.length} things are wrong:\n${verdict.wrong.slice(0, 20).join('\n')}`)
  return verdict
}
