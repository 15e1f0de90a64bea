import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/games/random.ts'
import { addFaults } from '../../../src/lab/faults/faulty-transport.ts'
import { allPrograms } from '../../../src/programs/index.ts'
import { Conversation } from '../../../src/protocol/conversation.ts'
import { EndOfInput, type Program } from '../../../src/protocol/definition.ts'
import { randomUser } from '../../../src/testing/random-user.ts'
import { judgeRecording, recordWrites } from '../../../src/testing/wire-recorder.ts'
import { Disconnected } from '../../../src/wire/disconnect.ts'
import { decode } from '../../../src/wire/text.ts'
import { memoryPair } from '../../../src/wire/transports/memory.ts'
import { faultRules } from '../../support/faults.ts'
import { TestClock } from '../../support/test-clock.ts'
import { thinking } from '../../support/thinking.ts'

const SEEDS = Array.from({ length: 12 }, (_, at) => at + 1)

/** Its hands are sealed by the system's random numbers, in threads, so no seed repeats a conversation. */
const UNREPEATABLE = 'cs/chat'

/** Plays a random game of our two roles, with faults at the server's end, and returns its end. */
async function play(program: Program, seed: number, rules: string) {
  const [first, second, third] = [seededRandom(seed), seededRandom(seed + 1000), seededRandom(seed + 2000)]
  const clock = new TestClock()
  const options = { ...program.defaults, pace: 0, delay: 0 }
  const { name, protocol } = program
  const known = { name, automaton: protocol.automaton, ...protocol.framing(options) }
  const [server, client] = memoryPair()
  const events = recordWrites(server, client)
  const terms = { program, options, random: first, clock }
  const transport = addFaults(server, { rules: faultRules(rules), program: known, seed, clock })
  const hosting = new Conversation({ ...terms, side: 'server', transport, console: randomUser(second, 40, { think: thinking(second, 0) }) })
  const joining = new Conversation({
    ...terms,
    side: 'client',
    transport: client,
    console: randomUser(third, 40, { think: thinking(third, 0) }),
  })
  let ends: readonly (Error | undefined)[] | undefined
  void Promise.all([hosting.closed, joining.closed]).then((both) => {
    ends = both
  })
  while (!ends) await clock.pass(1000)
  const { illegal, state } = judgeRecording(program, options, events)
  const text = (writes: readonly Uint8Array[]) => writes.map((bytes) => decode(bytes, 'bytes')).join('')
  return { seed, ends, illegal, state, toClient: text(server.written), toServer: text(client.written) }
}

function isMistake(end: Error | undefined): boolean {
  return end !== undefined && !(end instanceof Disconnected || end instanceof EndOfInput)
}

describe.each((await allPrograms()).filter(({ needs }) => !needs).map((program) => [program.name, program] as const))(
  '%s',
  (_, program) => {
    test.skipIf(program.name === UNREPEATABLE)('a rule at a message that never comes changes nothing: no byte, no end', async () => {
      for (const seed of SEEDS) {
        const { ends, ...plain } = await play(program, seed, '')
        const watched = await play(program, seed, 'both:reset before 1000000th message')
        expect(watched).toMatchObject(plain)
        expect(watched.ends.map((end) => end?.message)).toEqual(ends.map((end) => end?.message))
      }
    })

    test('the roles play on if each message is delayed, and where a line or a length ends it, if it is split', async () => {
      const { toServer, toClient } = program.protocol.framing(program.defaults ?? {})
      const isFramed = [toServer, toClient].every(({ alone }) => !alone)
      for (const seed of SEEDS) {
        const rules = `both:delay 1..30${isFramed ? ',both:split message' : ''}`
        const { ends, illegal } = await play(program, seed, rules)
        expect({ seed, illegal, mistakes: ends.filter(isMistake) }).toEqual({ seed, illegal: undefined, mistakes: [] })
      }
    })
  },
)
