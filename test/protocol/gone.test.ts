import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import { loadProgram, programNames } from '../../src/programs/index.ts'
import type { Side } from '../../src/protocol/automaton.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import type { Program } from '../../src/protocol/definition.ts'
import { IdleTimeouts } from '../../src/protocol/idle-timeouts.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { type MemoryTransport, memoryPair } from '../../src/wire/transports/memory.ts'
import { seatingOf } from '../support/lobby-service.ts'
import { randomUser } from '../support/random-user.ts'

/** Ways in which a peer disconnects. */
const WAYS = ['closes', 'resets', 'falls silent'] as const
/** The number of writes after which it disconnects. */
const WRITES = [0, 1, 2, 3, 4, 7, 12]

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

async function abandoned(program: Program, side: Side, way: (typeof WAYS)[number], writes: number) {
  const random = seededRandom(writes + 1)
  const [server, client] = memoryPair()
  goAfter(side === 'server' ? client : server, writes, way)
  const terms = { program, options: { ...program.defaults, pace: 0, delay: 0 }, random }
  const sides = {
    server: new Conversation({
      ...terms,
      side: 'server',
      transport: server,
      person: randomUser(random, 200),
      ...seatingOf(program, { random }),
    }),
    client: new Conversation({ ...terms, side: 'client', transport: client, person: randomUser(random, 200) }),
  }
  const patience = new IdleTimeouts({ first: 40, idle: 40 })
  patience.add(sides[side])
  const end = await Promise.race([sides[side].ended, unawaited(sides[side])])
  patience.close()
  const other = side === 'server' ? 'client' : 'server'
  sides[other].stop(new Disconnected('ours', 'the test is over'))
  return end
}

/** Resolves when silence is not a fault, because the peer has nothing to send. */
async function unawaited(conversation: Conversation): Promise<undefined> {
  for (let quiet = 0; quiet < 100; quiet = conversation.awaited ? 0 : quiet + 1) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe.each(programNames)('%s', async (name) => {
  const found = await loadProgram(name)
  // no test waits for an hour here
  const program = found && { ...found, idle: 0 }
  if (!program) return void test('is played alone', () => expect(name).toBe('book/secret'))

  test.each((['server', 'client'] as const).flatMap((side) => WAYS.map((way) => [side, way] as const)))(
    'our %s ends with a sentence if its peer %s, at any point',
    async (side, way) => {
      const ends = await Promise.all(WRITES.map((writes) => abandoned(program, side, way, writes)))
      for (const end of ends) {
        if (end === undefined) continue
        expect(end.name).toMatch(/^(Ended|EndOfInput)$/)
        expect(end.message).toMatch(/^[a-z].{10,}[^.]$/s)
      }
    },
  )
})
