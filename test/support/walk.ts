import { seededRandom } from '../../src/games/random.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import type { Options, Program } from '../../src/protocol/definition.ts'
import { randomUser } from '../../src/testing/random-user.ts'
import { judgeRecording, type RecordingJudgment, recordWrites, type WireWrite } from '../../src/testing/wire-recorder.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { seatingOf } from './lobby-service.ts'
import { TestClock, turn } from './test-clock.ts'
import { thinking } from './thinking.ts'

/** One conversation of a random walk. */
export interface Walked extends RecordingJudgment {
  readonly seed: number
  readonly options: Options
  /** What passed between the two sides, without what no side read. */
  readonly events: readonly WireWrite[]
  /** How the conversation of each side ended. */
  readonly ends: readonly (Error | undefined)[]
}

/** Lets the two roles of a program talk at random: a client and its server, or several pairs in one hall if the program needs a hall. */
export async function walk(program: Program, seed: number): Promise<readonly Walked[]> {
  const random = seededRandom(seed)
  const clock = new TestClock()
  const options = { ...program.defaults, pace: 0, delay: 0 }
  const terms = { program, options, random, clock, ...seatingOf(program, { random, clock }) }
  const begin = () => {
    const [server, client] = memoryPair()
    const events = recordWrites(server, client)
    const hosting = new Conversation({
      ...terms,
      side: 'server',
      transport: server,
      console: randomUser(random, 40, { think: thinking(random, 0) }),
    })
    const person = randomUser(random, random.integer(0, 60), { think: thinking(random, program.needs ? 3 : 0) })
    const joining = new Conversation({ ...terms, side: 'client', transport: client, console: person })
    return { events, hosting, over: Promise.all([hosting.closed, joining.closed]), heard: Number.POSITIVE_INFINITY }
  }
  const stop = (pair: ReturnType<typeof begin>, reason: string) => {
    pair.heard = Math.min(pair.heard, pair.events.length)
    pair.hosting.stop(new Disconnected('ours', reason))
  }
  const pairs = [begin()]
  if (program.needs) {
    pairs.push(begin())
    // one client is removed meanwhile, and another connects
    for (let turns = random.integer(0, 72); turns > 0; turns--) await turn()
    stop(random.choice(pairs), 'the walk continues without this pair')
    pairs.push(begin())
    // the remaining client may wait for a player that never connects
    await clock.pass(1000)
    for (const pair of pairs) stop(pair, 'the walk is over')
  }
  let isOver = false
  void Promise.all(pairs.map(({ over }) => over)).then(() => {
    isOver = true
  })
  while (!isOver) await clock.pass(1000)
  return Promise.all(
    pairs.map(async (pair) => {
      const ends = await pair.over
      // no side reads a client's messages after the server has disconnected, and they may cross the server's last message
      const left = program.needs ? pair.events.findIndex(({ from, bytes }) => from === 'server' && bytes === 'end') : -1
      const events = pair.events.filter(
        ({ from, bytes }, at) => from === 'server' || (at < pair.heard && (left < 0 || at < left || bytes === 'end')),
      )
      return { seed, options, events, ends, ...judgeRecording(program, options, events) }
    }),
  )
}
