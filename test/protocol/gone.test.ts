import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import { loadProgram, programNames } from '../../src/programs/index.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import type { Program } from '../../src/protocol/definition.ts'
import { IdleTimeouts } from '../../src/protocol/idle-timeouts.ts'
import type { Side } from '../../src/protocol/message-spec.ts'
import { randomUser } from '../../src/testing/random-user.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { type MemoryTransport, memoryPair } from '../../src/wire/transports/memory.ts'
import { seatingOf } from '../support/lobby-service.ts'
import { TestClock } from '../support/test-clock.ts'
import { thinking } from '../support/thinking.ts'

// roles load it when they need it, a real input for which no test clock waits
await import('../../src/games/local-table.ts')

/** Ways in which a peer disconnects. */
const WAYS = ['closes', 'resets', 'falls silent'] as const
/** The number of writes after which it disconnects. */
const WRITES = [0, 1, 2, 3, 4, 7, 12]

/** The limits of a silent peer, in milliseconds. */
const LIMITS = { first: 40_000, idle: 40_000 }

/** The sides that send and receive nothing, by program: no peer can leave them too early. */
const ONLY_SEND = [
  ...[
    'tjc/hello',
    'tjc/hello-split',
    'tjc/iterative',
    'c8/hello-slides',
    'c8/hello',
    'c8/two-clients',
    'c8/hello-split',
    'c8/iterative',
  ].map((name) => `${name}, server`),
  'tjc/practice, client',
]

/** The sides for which a way is no error, by program: the peer may leave so, or has nothing to send. */
const WITHOUT_ERRORS: Readonly<Record<(typeof WAYS)[number], ReadonlySet<string>>> = {
  closes: new Set([...ONLY_SEND, ...['fh/quiz', 'fh/tictactoe', 'book/guess', 'parlor/door'].map((name) => `${name}, server`)]),
  resets: new Set([...ONLY_SEND, ...['book/guess', 'parlor/door'].map((name) => `${name}, server`)]),
  'falls silent': new Set([...ONLY_SEND, 'tjc/robot, client']),
}

/** How one side has ended: well, with an error, or not at all, because its peer has nothing to send. */
type End = 'well' | 'unawaited' | Error

/** Lets an end disconnect after a number of writes; later writes are lost. */
function goAfter(transport: MemoryTransport, writes: number, way: (typeof WAYS)[number]): void {
  const write = transport.write.bind(transport)
  const finish = transport.finish.bind(transport)
  let left = writes
  const go = () => {
    if (way === 'closes') finish()
    if (way === 'resets') transport.reset()
  }
  transport.write = (data) => {
    if (left-- > 0) write(data)
    else go()
  }
  transport.finish = () => {}
  if (writes === 0) queueMicrotask(go)
}

async function abandoned(program: Program, side: Side, way: (typeof WAYS)[number], writes: number): Promise<End> {
  const random = seededRandom(writes + 1)
  const clock = new TestClock()
  const [server, client] = memoryPair()
  goAfter(side === 'server' ? client : server, writes, way)
  const terms = { program, options: { ...program.defaults, pace: 0, delay: 0 }, random, clock }
  const sides = {
    server: new Conversation({
      ...terms,
      side: 'server',
      transport: server,
      console: randomUser(random, 40, { think: thinking(random, 0) }),
      ...seatingOf(program, { random, clock }),
    }),
    client: new Conversation({
      ...terms,
      side: 'client',
      transport: client,
      console: randomUser(random, 40, { think: thinking(random, 0) }),
    }),
  }
  const timeouts = new IdleTimeouts(LIMITS, clock, LIMITS.idle)
  timeouts.add(sides[side])
  let end: End | undefined
  void sides[side].ended.then((error) => {
    end = error ?? 'well'
  })
  await clock.pass(5 * LIMITS.idle)
  timeouts.close()
  const { awaited } = sides[side]
  for (const conversation of Object.values(sides)) conversation.stop(new Disconnected('ours', 'the test is over'))
  if (end === undefined && awaited) throw new Error(`our ${side} still waits for its peer`)
  return end ?? 'unawaited'
}

describe.each(programNames)('%s', async (name) => {
  const found = await loadProgram(name)
  // no test waits for an hour here
  const program = found && { ...found, idle: 0 }
  if (!program) return void test('is played alone', () => expect(name).toBe('book/secret'))

  test.each((['server', 'client'] as const).flatMap((side) => WAYS.map((way) => [side, way] as const)))(
    'Parlor’s %s ends with a sentence if its peer %s, at any point',
    async (side, way) => {
      const ends = await Promise.all(WRITES.map((writes) => abandoned(program, side, way, writes)))
      const errors = ends.filter((end) => end instanceof Error)
      expect([side, errors.length > 0]).toEqual([side, !WITHOUT_ERRORS[way].has(`${name}, ${side}`)])
      for (const { name: type, message } of errors) {
        expect(type).toMatch(/^(Disconnected|EndOfInput)$/)
        expect(message).toMatch(/^[a-z].{10,}[^.]$/s)
      }
    },
  )
})
