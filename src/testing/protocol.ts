import { createSystemClock } from '../base/clock.ts'
import { seededRandom } from '../games/random.ts'
import { type Automaton, legalTransitions, type MessageSpec, parseMessage, type Side } from '../protocol/automaton.ts'
import { Conversation } from '../protocol/conversation.ts'
import type { Program } from '../protocol/definition.ts'
import type { PeerHandle } from '../protocol/seating.ts'
import { decode } from '../wire/text.ts'
import { memoryPair } from '../wire/transports/memory.ts'
import { assert } from './assert.ts'
import type { TestFunction } from './game.ts'
import { HouseSeating } from './house-seating.ts'
import { createPeer } from './memory-peer.ts'
import { randomUser } from './random-user.ts'
import { judgeRecording, recordWrites } from './wire-recorder.ts'

/** ProtocolTestOptions is the input of the tests of a protocol beside the program. */
export interface ProtocolTestOptions {
  /** Number of random conversations; 60 by default. */
  readonly walks?: number
  /** Lines that a person at either terminal types; by default, moves and commands of many programs. */
  readonly typed?: readonly string[]
}

/** Texts that are messages of no protocol, except of those that accept any text. */
export const GARBAGE = [
  '',
  ' ',
  '\u0000',
  '\u001b[2J',
  'nonsense',
  'GUESS GUESS',
  'MOVE',
  'MOVE0',
  'MOVE-1',
  'MOVE1x',
  'move5',
  '\ufffd',
  'ä'.repeat(50),
]

/** Milliseconds after which a walk counts as stuck; most walks take a few. */
const STUCK = 10_000

/** The sides of a conversation. */
const SIDES = ['server', 'client'] as const

/**
 * Defines the tests of a program's protocol with `test`: random conversations of its two roles stay in the automaton, visit
 * every state and end as the protocol ends, and each side refuses every illegal message in every state. If the program needs the
 * hall, the server's side of a walk is in a hall without other users, in which the house is the opponent.
 */
export function testProtocol(test: TestFunction, program: Program, { walks = 60, typed }: ProtocolTestOptions = {}): void {
  const { name, protocol } = program
  const { automaton } = protocol

  test(`${name}: random walks of the two roles against each other stay in the automaton, and visit every state`, async () => {
    const visited = new Set([automaton.start])
    for (let seed = 1; seed <= walks; seed++) for (const state of await walk(program, seed, typed)) visited.add(state)
    const missed = Object.keys(automaton.states).filter((state) => !visited.has(state))
    assert(missed.length === 0, () => `no walk reached ${missed.join(', ')}`)
  })

  for (const side of SIDES) {
    test(`${name}: the ${side} refuses every illegal message in every state, and stays in the state`, async () => {
      let refused = 0
      for (const state of Object.keys(automaton.states)) {
        for (const text of illegalTexts(automaton, state, side)) {
          const fault = await hearIllegal(program, { side, state, text })
          assert(fault === undefined, () => `${JSON.stringify(text)} in the state "${state}" ${fault}`)
          refused++
        }
      }
      assert(refused > 0 || acceptsEverything(automaton, side), () => 'no message was refused')
    })
  }
}

/** Lets the two roles of a program talk. Resolves to the states that the roles visit; rejects if the conversation violates the protocol. */
async function walk(program: Program, seed: number, typed: readonly string[] | undefined): Promise<readonly string[]> {
  const random = seededRandom(seed)
  const options = { ...program.defaults, pace: 0, delay: 0 }
  const [server, client] = memoryPair()
  const events = recordWrites(server, client)
  const terms = { program, options, random }
  const inHall = program.needs ? { createSeating: (peer: PeerHandle) => new HouseSeating(peer, random) } : {}
  const sides = [
    new Conversation({ ...terms, ...inHall, side: 'server', transport: server, console: randomUser(random, 40, { typed }) }),
    new Conversation({ ...terms, side: 'client', transport: client, console: randomUser(random, random.integer(0, 60), { typed }) }),
  ]
  const stuck = Promise.withResolvers<never>()
  const cancel = createSystemClock().after(STUCK, () => stuck.reject(new Error(formatStuck(seed, sides))))
  const ends = await Promise.race([Promise.all(sides.map(({ closed }) => closed)), stuck.promise]).finally(cancel)
  const { illegal, steps, state, over } = judgeRecording(program, options, events)
  assert(illegal === undefined, () => `in the walk ${seed}, a role sent the illegal message ${JSON.stringify(illegal)}`)
  for (const end of ends) assert(!end || /^(?:Disconnected|EndOfInput)$/.test(end.name), () => `in the walk ${seed}, a role threw ${end}`)
  assert(over || ends.some((end) => end), () => `in the walk ${seed}, the roles ended in the state "${state}", which is no end`)
  return steps.map(({ next }) => next)
}

/** Says in which state the roles wait without end. */
function formatStuck(seed: number, sides: readonly Conversation[]): string {
  const states = sides.map(({ state }, at) => `the ${SIDES[at]} in the state "${state}"`)
  return `the walk ${seed} does not end: ${states.join(', ')}. A role, or \`opposite\`, waits for a message or for a turn that does not come`
}

/** Lists the messages that a side must refuse in a state: all other messages of the protocol, and messages of no protocol. */
export function illegalTexts(automaton: Automaton, state: string, side: Side): readonly string[] {
  const steps = legalTransitions(automaton, state)
  if (steps.length === 0) return []
  const { refusal } = automaton
  const isLegal = (text: string) => steps.some(({ form, from }) => from !== side && !form.closes && parseMessage(form, text) !== undefined)
  const isRefusal = (text: string) => {
    const form = refusal === undefined ? undefined : automaton.messages[refusal]
    return side === 'client' && form !== undefined && parseMessage(form, text) !== undefined
  }
  const forms: readonly MessageSpec[] = Object.values(automaton.messages)
  const examples = forms.filter(({ closes }) => !closes).map(({ example }) => example)
  return [...examples, ...GARBAGE].filter((text) => text !== '' && !isLegal(text) && !isRefusal(text))
}

/**
 * Starts a side in a state, and sends it an illegal message. Resolves to the mistake in its reaction; `undefined` for a correct
 * reaction.
 */
export async function hearIllegal(
  program: Program,
  { side, state, text }: { side: Side; state: string; text: string },
): Promise<string | undefined> {
  const { peer, ours, theirs, incoming } = createPeer(program, side, state)
  const answer = peer.receive().then(
    () => 'is accepted',
    (end: { reason?: string }) => (end.reason === 'violation' ? undefined : `ends with ${end.reason}`),
  )
  theirs.open({ data() {}, finished() {}, closed() {} })
  theirs.write(incoming.encode(text))
  if (incoming.alone || text.includes('\n')) theirs.finish()
  const refusal = new Promise<string | undefined>((resolve) => {
    const write = ours.write.bind(ours)
    ours.write = (data) => {
      write(data)
      const said = typeof data === 'string' ? data : decode(data)
      resolve(/^ERROR \S/.test(said) ? undefined : `is answered with ${JSON.stringify(said)}`)
    }
  })
  const fault = await Promise.race([answer, refusal])
  return fault ?? (peer.state === state ? undefined : `leads to the state "${peer.state}"`)
}

/** Checks whether a side receives only messages with any text. */
export function acceptsEverything(automaton: Automaton, side: Side): boolean {
  const received = Object.keys(automaton.states).flatMap((state) => legalTransitions(automaton, state).filter(({ from }) => from !== side))
  return received.every(({ form }) => form.closes || parseMessage(form, 'nonsense') !== undefined)
}
