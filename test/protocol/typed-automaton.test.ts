import { describe, expect, test } from 'vitest'
import { defineAutomaton, findTransition, legalTransitions, mayEnd } from '../../src/protocol/automaton.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import { type Program, type Protocol, plainLines } from '../../src/protocol/definition.ts'
import { client, either, server } from '../../src/protocol/message-spec.ts'
import { Peer } from '../../src/protocol/peer.ts'
import { Connection } from '../../src/wire/connection.ts'
import { lines } from '../../src/wire/framing/lines.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'

/*
 * The tests are half of this file. The other half is for the compiler, which checks it with `npm run types`: it reports each
 * `@ts-expect-error` whose next line compiles.
 */

const automaton = defineAutomaton({
  messages: { ASK: server('ASK'), answer: client('{answer}'), ERROR: server('ERROR {sentence}') },
  start: 'asking',
  states: { asking: { ASK: 'asked' }, asked: { answer: 'end' }, end: {} },
  automatic: { server: true, client: ['asked'] },
  refusal: 'ERROR',
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

const { messages, states } = automaton

function createPeer(): Peer<Name, State> {
  const [ours] = memoryPair()
  return new Peer(new Connection(ours, { incoming: lines(), outgoing: lines() }), automaton, 'server')
}

describe('a misspelled state is refused by the compiler', () => {
  test('as the target of a message', () => {
    const bad = defineAutomaton({
      messages,
      start: 'asking',
      // @ts-expect-error: the target is not a state
      states: { asking: { ASK: 'askd' }, asked: { answer: 'end' }, end: {} },
    })
    expect(() => legalTransitions(bad, 'asking')).toThrow(new RangeError('the automaton has no state askd'))
  })

  test('as the target of a message that is legal in every state', () => {
    // @ts-expect-error: the target is not a state
    const bad = defineAutomaton({ messages, start: 'asking', states, always: { answer: 'ende' } })
    expect(() => legalTransitions(bad, 'asking')).toThrow(new RangeError('the automaton has no state ende'))
  })

  test('as the start', () => {
    // @ts-expect-error: the start is not a state
    const bad = defineAutomaton({ messages, start: 'askin', states })
    expect(() => legalTransitions(bad, bad.start)).toThrow(new RangeError('the automaton has no state askin'))
  })

  test('in the turns', () => {
    const bad = defineAutomaton({
      messages: { MOVE: either('MOVE') },
      start: 'moving',
      states: { moving: { MOVE: 'moving' } },
      // @ts-expect-error: the turn is not that of a state
      turns: { moveing: 'server' },
    })
    expect(() => legalTransitions(bad, 'moving')).toThrow('no turn for the state moving')
  })

  test('among the quiet states', () => {
    // @ts-expect-error: the quiet state is not a state
    const bad = defineAutomaton({ messages, start: 'asking', states, quiet: ['askd'] })
    expect(Object.keys(states).filter((state) => mayEnd(bad, state))).toEqual(['end'])
  })

  test('among the automatic states', () => {
    // @ts-expect-error: the automatic state is not a state
    const bad = defineAutomaton({ messages, start: 'asking', states, automatic: { client: ['askd'] } })
    expect(bad.automatic).toEqual({ client: ['askd'] })
  })

  test('in a comparison with the state of a peer', () => {
    const peer = createPeer()
    // @ts-expect-error: no state has this name
    expect(peer.state === 'askin').toBe(false)
    expect(peer.state === 'asking').toBe(true)
  })

  test('as the state whose transitions are requested', () => {
    // @ts-expect-error: no state has this name
    expect(() => legalTransitions(automaton, 'askd')).toThrow(RangeError)
    const [step] = legalTransitions(automaton, 'asking')
    // @ts-expect-error: no state has this name
    expect(step?.next === 'askd').toBe(false)
  })

  test('as the state in which a peer begins', () => {
    const { connection } = createPeer()
    // @ts-expect-error: no state has this name
    expect(() => new Peer(connection, automaton, 'server', 'askd')).toThrow(RangeError)
  })
})

describe('a misspelled message is refused by the compiler', () => {
  test('in the transitions of a state', () => {
    const bad = defineAutomaton({
      messages,
      start: 'asking',
      // @ts-expect-error: no message has this name
      states: { asking: { AKS: 'asked' }, asked: { answer: 'end' }, end: {} },
    })
    expect(() => legalTransitions(bad, 'asking')).toThrow(TypeError)
  })

  test('among the messages that are legal in every state', () => {
    // @ts-expect-error: no message has this name
    const bad = defineAutomaton({ messages, start: 'asking', states, always: { anser: 'end' } })
    expect(() => legalTransitions(bad, 'asking')).toThrow(TypeError)
  })

  test('as the refusal', () => {
    // @ts-expect-error: no message has this name
    const bad = defineAutomaton({ messages, start: 'asking', states, refusal: 'EROR' })
    expect(bad.refusal).toBe('EROR')
  })

  test('if a role sends it', () => {
    const peer = createPeer()
    // @ts-expect-error: no message has this name
    expect(() => peer.send('AKS')).toThrow('the server may not say AKS in the state asking')
    // @ts-expect-error: no message has this name
    expect(findTransition(legalTransitions(automaton, 'asking'), 'AKS')).toBeUndefined()
  })
})

test('a program carries both to its roles, and is a program without their names, too', async () => {
  const observed: string[] = []
  const protocol: Protocol<Name, State> = {
    name: 'question',
    title: 'asks a question',
    automaton,
    framing: plainLines,
    async server(peer) {
      // @ts-expect-error: no state has this name
      if (peer.state === 'askin') observed.push('a state that does not exist')
      peer.send('ASK')
      const { name } = await peer.receive()
      // @ts-expect-error: no message has this name
      if (name === 'anser') observed.push('a message that does not exist')
      observed.push(name, peer.state)
    },
    async client(peer: Peer<Name>) {
      const { name } = await peer.receive()
      observed.push(name)
      peer.send('answer', 'yes')
    },
  }
  const question: Program<Name, State> = { name: 'test/question', source: '', protocol, words: undefined, port: 1 }
  const [there, here] = memoryPair()
  const terms = { program: question, options: {}, random: { integer: () => 0, choice: <T>(from: readonly T[]) => from[0] as T } }
  const sides = [
    new Conversation({ ...terms, side: 'server', transport: there }),
    new Conversation({ ...terms, side: 'client', transport: here }),
  ]
  expect(await Promise.all(sides.map(({ closed }) => closed))).toEqual([undefined, undefined])
  expect(observed).toEqual(['ASK', 'answer', 'end'])
})
