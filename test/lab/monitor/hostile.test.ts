import { describe, expect, test } from 'vitest'
import type { Random } from '../../../src/games/game.ts'
import { seededRandom } from '../../../src/games/random.ts'
import { ConversationMonitor, toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import type { Observation } from '../../../src/lab/monitor/observation.ts'
import { loadProgram, programNames } from '../../../src/programs/index.ts'
import type { Program } from '../../../src/protocol/definition.ts'
import type { Side } from '../../../src/protocol/message-spec.ts'
import { randomUser } from '../../../src/testing/random-user.ts'
import { Disconnected } from '../../../src/wire/disconnect.ts'
import { encode } from '../../../src/wire/text.ts'
import { startConversation } from '../../support/conversation.ts'
import { randomSaying } from '../../support/random-role.ts'
import { settled } from '../../support/test-clock.ts'

/** A pause in milliseconds that ends every message without framing. */
const PAUSE = 300
const TURNS = 14

/** Lets a hostile peer talk to our role of a program. Returns what the monitor sees, and how the conversation ended. */
async function provoke(program: Program, side: Side, random: Random) {
  const watched = toWatchedProtocol(program, { pace: 0, delay: 0 })
  const monitor = new ConversationMonitor(watched)
  const seen: Observation[] = []
  const other = side === 'server' ? 'client' : 'server'
  const incoming = side === 'server' ? watched.toServer : watched.toClient
  const person = randomUser(random, 40)
  const options = { pace: 0, delay: 0 }
  const { conversation, clock, ours, theirs } = await startConversation(program.name, { side, random, options, console: person })
  const observe = (from: Side, bytes: Uint8Array) => seen.push(...monitor.observe({ kind: 'bytes', at: clock.monotonic(), from, bytes }))
  for (const written of ours.written) observe(side, written)
  const write = ours.write.bind(ours)
  ours.write = (data) => {
    observe(side, typeof data === 'string' ? encode(data) : data)
    write(data)
  }
  theirs.open({ data() {}, finished() {}, closed() {} })
  for (let turns = 0; turns < TURNS && ours.closeKind === undefined; turns++) {
    const said = incoming.encode(randomSaying(watched.automaton, monitor.state, other, random))
    const bytes = typeof said === 'string' ? encode(said) : said
    if (bytes.length > 0) {
      observe(other, bytes)
      theirs.write(bytes)
    }
    await clock.pass(PAUSE)
  }
  seen.push(...monitor.observe({ kind: 'end', at: clock.monotonic(), from: other, how: 'finished' }))
  theirs.finish()
  await settled()
  await clock.pass(60_000)
  seen.push(...monitor.observe({ kind: 'end', at: clock.monotonic(), from: side, how: 'finished' }))
  return { seen, end: await conversation.closed }
}

const RUNS = 20

describe.each(programNames)('%s', async (name) => {
  const program = await loadProgram(name)
  if (!program) return void test('is played alone', () => expect(name).toBe('book/secret'))

  test.each(['server', 'client'] as const)('our %s is never called wrong, after any bytes of its peer', async (side) => {
    let judged = 0
    for (let seed = 1; seed <= RUNS; seed++) {
      const { seen, end } = await provoke(program, side, seededRandom(seed))
      const said = seen.filter((one) => one.kind === 'message' || one.kind === 'judged')
      const blamed = said.filter(({ from, standing }) => from === side && standing === 'illegal')
      expect({ seed, blamed, said: blamed.length > 0 ? said : [] }).toEqual({ seed, blamed: [], said: [] })
      // a side without a refusal ends at the first violation, which the monitor has seen too, unless it is one of the game’s rules
      const first = said.find(({ from, standing }) => from !== side && standing === 'illegal')
      judged += said.length
      const refuses = side === 'server' && program.protocol.automaton.refusal !== undefined
      if (first?.violation && !refuses && end instanceof Disconnected && end.reason === 'violation') {
        expect({ seed, end: end.message }).toEqual({ seed, end: first.violation.sentence })
      }
    }
    expect(judged).toBeGreaterThan(0)
  })
})
