import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { commands } from '../../src/door/commands/index.ts'
import { shippedGames } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { examples, ToServer } from '../../src/native/messages.ts'
import { loadProgram, programNames } from '../../src/programs/index.ts'
import { legalTransitions } from '../../src/protocol/automaton.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import type { Program } from '../../src/protocol/definition.ts'
import type { MessageSpec, Side } from '../../src/protocol/message-spec.ts'
import { randomUser } from '../../src/testing/random-user.ts'
import { judgeRecording, recordWrites } from '../../src/testing/wire-recorder.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { NUMBERS, VALUES } from '../support/extreme-values.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** The number of tables that are opened before the table of the others, so its number is no extreme. */
const TABLES = 10

/** Other users at a table of their own, whose game no message from elsewhere may change. */
class Others {
  readonly lobby: TestLobby
  readonly #table: number

  private constructor(lobby: TestLobby, table: number) {
    this.lobby = lobby
    this.#table = table
  }

  static async sit(tables = TABLES): Promise<Others> {
    const lobby = new TestLobby({ stock: { questions: [{ text: '1 + 1?', options: ['1', '2', '3'], right: 1 }] } })
    for (let at = 0; at < tables; at++)
      await lobby.service.hall.open('coin', { options: undefined, seats: [{ person: 'guest:x', name: 'x' }] })
    const [vic, tim] = [new MemoryNativeClient(lobby.service), new MemoryNativeClient(lobby.service)]
    for (const [client, name] of [
      [vic, 'vic'],
      [tim, 'tim'],
    ] as const) {
      await client.say({ type: 'enter', name })
      await client.say({ type: 'seek', game: 'scissors', wait: null })
    }
    const { table } = vic.last('seated')
    await vic.say({ type: 'play', table, move: 'stone' })
    return new Others(lobby, table)
  }

  /** The state of their table, and all errors of the hall. */
  get state(): string {
    const table = this.lobby.service.hall.table(this.#table)
    const { n, position, toMove, outcome, clocks } = table?.state ?? {}
    return JSON.stringify({ n, position, toMove, outcome, clocks, closed: table?.closed, troubles: this.lobby.troubles })
  }
}

interface Schema {
  readonly const?: ToServer['type']
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
}

/** Returns the paths of all fields of a schema; for free names, that of a setting of the games. */
function* pathsOf({ anyOf, properties = {}, additionalProperties }: Schema): Iterable<string[]> {
  for (const one of anyOf ?? []) yield* pathsOf(one)
  for (const [name, schema] of Object.entries(properties)) {
    if (name === 'type') continue
    yield [name]
    for (const path of pathsOf(schema)) yield [name, ...path]
  }
  if (typeof additionalProperties === 'object') for (const name of ['size', 'tries', 'x', '__proto__']) yield [name]
}

/** Returns a message as JSON, with other JSON in place of a field. */
function withValue(message: object, [name = '', ...more]: readonly string[], json: string): string {
  const rest: Readonly<Record<string, unknown>> = { ...message }
  const own = rest[name]
  const inner = more.length > 0 ? withValue(typeof own === 'object' && own !== null ? own : {}, more, json) : json
  const others = Object.entries(rest).flatMap(([key, value]) => (key === name ? [] : [`${JSON.stringify(key)}:${JSON.stringify(value)}`]))
  return `{${[...others, `${JSON.stringify(name)}:${inner}`].join(',')}}`
}

const { oneOf = [], anyOf = oneOf } = z.toJSONSchema(ToServer) as { oneOf?: readonly Schema[]; anyOf?: readonly Schema[] }
const fields = anyOf.flatMap((schema) => {
  const { type } = schema.properties ?? {}
  return [...pathsOf(schema)].map((path) => [type?.const ?? 'ping', path] as const)
})

describe('extremes in each field of the native protocol are answered once, and change no other table', () => {
  test.each(fields)('%s: %j', async (type, path) => {
    const others = await Others.sit()
    const before = others.state
    const eve = new MemoryNativeClient(others.lobby.service)
    await eve.say({ type: 'enter', name: 'eve' })
    await eve.say({ type: 'seek', game: 'tictactoe', wait: 0 })
    const { table, token } = eve.last('seated')
    const own: object = {
      ...examples.toServer[type],
      ...('table' in examples.toServer[type] ? { table } : {}),
      ...(type === 'resume' ? { token } : {}),
      // the house joins immediately, so that an accepted seek leads to a seat
      ...(type === 'seek' ? { wait: 0 } : {}),
    }
    for (const value of VALUES) {
      const received = eve.received.length
      const line = withValue({ ...own, id: 'asked' }, path, value)
      await eve.line(line)
      await settled()
      const answers = eve.received.slice(received).filter((message) => 'id' in message || message.type === 'error')
      expect({ line, answers: answers.length }).toEqual({ line, answers: 1 })
      await eve.line('{"type":"cancel"}')
      for (const message of eve.received.slice(received)) {
        if (message.type !== 'seated' || message.table === table) continue
        for (const command of ['resign', 'leave']) await eve.line(JSON.stringify({ type: command, table: message.table }))
      }
    }
    for (const { seat = 0, names } of eve.all('seated')) expect(seat).toBeLessThan(names.length)
    expect(others.state).toBe(before)
    expect(others.lobby.service.hall.size).toBeLessThan(TABLES + VALUES.length + 3)
  })

  test('the list of fields is not empty', () => {
    expect(fields.length).toBeGreaterThan(40)
  })
})

describe('extremes behind each command of the front door are answered, and change no other table', () => {
  const settings = shippedGames.entries.flatMap(({ name, settings: own }) => Object.keys(own).map((setting) => `play ${name} ${setting}`))
  const clocks = ['minutes', 'seconds'].map((clock) => `play tictactoe ${clock}`)
  const lines = [...commands.map(({ name }) => name), ...settings, ...clocks, 'play tictactoe', 'play hangman misses 5 tries', '']

  test.each(lines.filter((line) => line !== 'quit'))('%j', async (line) => {
    const others = await Others.sit()
    const before = others.state
    for (const number of NUMBERS) {
      const eve = await others.lobby.client('parlor/door')
      await eve.say('eve\n')
      await eve.say('play tictactoe house\n')
      await eve.say('resign\n')
      const received = eve.received.length
      await eve.say(`${line} ${number}\n`, `${line} ${number} ${number}\n`, 'help\n')
      expect({ line, number, answered: eve.received.length > received, end: eve.gaveUp }).toEqual({ line, number, answered: true })
      expect(others.state).toBe(before)
      await eve.reset()
    }
  })
})

/** Generates a message with an extreme in place of one number, or of a field; or the message itself, if it has none. */
interface Saying {
  readonly step: number
  readonly at: number
  readonly number: string | undefined
}

const saying: fc.Arbitrary<Saying> = fc.record({
  step: fc.nat(20),
  at: fc.nat(5),
  number: fc.option(fc.constantFrom(...NUMBERS), { nil: undefined, freq: 2 }),
})

/** Returns the text of a message with an extreme in it. */
function textOf({ text, example }: MessageSpec, { at, number }: Saying): string {
  if (number === undefined) return example
  const numbers = [...example.matchAll(/\d+/g)]
  const found = numbers[at % (numbers.length || 1)]
  if (found) return `${example.slice(0, found.index)}${number}${example.slice(found.index + found[0].length)}`
  return text.replace(/\{[^}]+\}/g, number)
}

/** Sends to one side of a program, in each state, legal messages except for their numbers; returns how that side has ended. */
async function converse(others: Others, program: Program, side: Side, sayings: readonly Saying[]): Promise<Error | undefined> {
  const { name, protocol, defaults } = program
  const { toServer: up, toClient: down } = protocol.framing(defaults ?? {})
  const [here, there] = memoryPair()
  const events = side === 'server' ? recordWrites(there, here) : recordWrites(here, there)
  const random = seededRandom(sayings.length)
  const ours = new Conversation({
    program,
    side,
    transport: there,
    options: { ...defaults, pace: 0, delay: 0 },
    random,
    console: randomUser(random, 30),
    clock: others.lobby.clock,
    ...(side === 'server' ? { createSeating: (line) => others.lobby.service.createSeating(line, name) } : {}),
  })
  here.open({ data() {}, finished() {}, closed() {} })
  for (const one of sayings) {
    await settled()
    const { state } = judgeRecording(program, {}, events)
    const steps = legalTransitions(protocol.automaton, state).filter(({ from, form }) => from !== side && !form.closes)
    const form = steps[one.step % (steps.length || 1)]?.form
    if (form) here.write((side === 'server' ? up : down).encode(textOf(form, one)))
  }
  await settled()
  here.finish()
  await others.lobby.clock.pass(60_000)
  ours.stop(new Error('enough'))
  let over = false
  const end = ours.closed.finally(() => {
    over = true
  })
  // hashing a password takes real time, and the messages behind it wait by the clock
  while (!over) await others.lobby.clock.pass(1000)
  return end
}

describe.each(programNames)('%s', async (name) => {
  const program = await loadProgram(name)
  if (!program) return void test('is played alone', () => expect(name).toBe('book/secret'))

  test.each(['server', 'client'] as const)(
    'extremes that are sent to its %s cause no crash and no hang, and change no other table',
    async (side) => {
      const others = await Others.sit(0)
      const before = others.state
      await fc.assert(
        fc.asyncProperty(fc.array(saying, { minLength: 1, maxLength: 10 }), async (sayings) => {
          const end = await converse(others, program, side, sayings)
          expect(end?.name ?? 'Disconnected').toMatch(/^(Disconnected|EndOfInput|Error)$/)
          expect(others.state).toBe(before)
        }),
        { numRuns: 15 },
      )
    },
  )
})
