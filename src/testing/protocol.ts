import { type Automaton, legalTransitions } from '../protocol/automaton.ts'
import { findStandstill } from '../protocol/automaton-faults.ts'
import type { Program } from '../protocol/definition.ts'
import { type MessageSpec, parseMessage, type Side } from '../protocol/message-spec.ts'
import { decode } from '../wire/text.ts'
import { assert } from './assert.ts'
import type { TestFunction } from './game.ts'
import { createPeer } from './memory-peer.ts'
import { walk } from './walk.ts'

/** ProtocolTestOptions is the input of the tests of a protocol, in addition to the program. */
export interface ProtocolTestOptions {
  /** Number of random conversations. Default: 60. */
  readonly walks?: number
  /** Lines that the test types at both terminals. Default: moves and commands of many programs. */
  readonly typed?: readonly string[]
}

/** Texts that are messages only in a protocol that accepts any text. */
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

/** The sides of a conversation. */
const SIDES = ['server', 'client'] as const

/**
 * Defines the tests of a program's protocol with `test`. The tests check that random conversations of the two roles follow the automaton,
 * visit every state and end as the protocol allows. The tests also check that each side refuses every illegal message in every state. If
 * the program needs the hall, the server's side of a walk is in a hall without other users, and the house is the opponent.
 */
export function testProtocol(test: TestFunction, program: Program, { walks = 60, typed }: ProtocolTestOptions = {}): void {
  const { name, protocol } = program
  const { automaton } = protocol

  test(`${name}: after each refusal the client can send again`, () => {
    const fault = findStandstill(automaton)
    assert(fault === undefined, () => `the automaton ${fault}`)
  })

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
      assert(refused > 0 || acceptsEverything(automaton, side), () => 'the side refused no message')
    })
  }
}

/**
 * Lists the texts that a side must refuse in a state: the messages of the protocol that are illegal in this state, and texts that belong to
 * no protocol.
 */
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
 * Starts a side in a state, and sends an illegal message to the side. Resolves to the mistake in the reaction of the side, as a clause;
 * `undefined` for a correct reaction.
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
      resolve(/^ERROR \S/.test(said) ? undefined : `gets the answer ${JSON.stringify(said)}`)
    }
  })
  const fault = await Promise.race([answer, refusal])
  return fault ?? (peer.state === state ? undefined : `leads to the state "${peer.state}"`)
}

/** Checks whether each message that a side receives may have any text. */
export function acceptsEverything(automaton: Automaton, side: Side): boolean {
  const received = Object.keys(automaton.states).flatMap((state) => legalTransitions(automaton, state).filter(({ from }) => from !== side))
  return received.every(({ form }) => form.closes || parseMessage(form, 'nonsense') !== undefined)
}
