import { describe, expect, test } from 'vitest'
import { chance } from '../../src/games/random.ts'
import { toStateRows } from '../../src/lab/reference.ts'
import { defineAutomaton, isEnd, mayEnd } from '../../src/protocol/automaton.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import { type Program, plainLines } from '../../src/protocol/definition.ts'
import { client, clientCloses, type Side, server } from '../../src/protocol/message-spec.ts'
import type { Peer } from '../../src/protocol/peer.ts'
import { judgeRecording, recordWrites } from '../../src/testing/wire-recorder.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { recordReceived } from '../support/received.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const automaton = defineAutomaton({
  messages: {
    ASK: server('ASK'),
    answer: client('{answer}', { example: 'yes' }),
    THANKS: server('THANKS'),
    AGAIN: server('AGAIN'),
    closed: clientCloses,
  },
  start: 'start',
  states: {
    start: { ASK: 'asked' },
    asked: { answer: 'answered', closed: 'end' },
    answered: { THANKS: 'end', AGAIN: 'resting' },
    resting: { ASK: 'asked' },
    end: {},
  },
  quiet: ['resting'],
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states
type Role = (peer: Peer<Name, State>) => Promise<void>

/** A program whose two sides have the same role; only one side runs. */
function toProgram(role: Role): Program<Name, State> {
  const protocol = { name: 'question', title: 'asks a question', automaton, framing: plainLines, server: role, client: role }
  return { name: 'test/question', source: '', protocol, words: undefined, port: 1 }
}

/** Starts a role, whose peer is the test. */
function start(side: Side, role: Role) {
  const program = toProgram(role)
  const clock = new TestClock()
  const [ours, theirs] = memoryPair()
  const events = side === 'server' ? recordWrites(ours, theirs) : recordWrites(theirs, ours)
  const conversation = new Conversation({ program, side, transport: ours, options: {}, random: chance, clock })
  recordReceived(theirs)
  const end = async () => {
    await clock.pass(60_000)
    return conversation.closed
  }
  return { conversation, ours, theirs, end, judge: () => judgeRecording(program, {}, events) }
}

/** Roles of the server, the client's messages, and the state in which the role returns. */
const EARLY: readonly (readonly [state: State, says: string, due: string, role: Role])[] = [
  ['start', '', 'expected "ASK"', async () => {}],
  ['asked', '', "it is not the server's turn", async (peer) => peer.send('ASK')],
  ['answered', 'yes\n', 'expected "THANKS" or "AGAIN"', ask],
]

/** Roles of the server that return in a state that allows it, and the client's messages. */
const TIMELY: readonly (readonly [title: string, says: string, role: Role])[] = [
  ['an end', 'yes\n', async (peer) => ask(peer).then(() => peer.send('THANKS'))],
  ['a quiet state', 'yes\n', async (peer) => ask(peer).then(() => peer.send('AGAIN'))],
]

async function ask(peer: Peer<Name, State>): Promise<void> {
  peer.send('ASK')
  await peer.receive()
}

/** A role that returns when its peer disconnects, or when the conversation is stopped. */
async function askUntilEnd(peer: Peer<Name, State>): Promise<void> {
  await ask(peer).catch(() => {})
}

describe('a role that returns before the end', () => {
  test.each(EARLY)(
    'in the state %s ends the conversation with an error that names program, side, state and the due message',
    async (state, says, due, role) => {
      const { theirs, ours, end } = start('server', role)
      theirs.write(says)
      const error = await end()
      expect(error?.message).toBe(
        `a mistake in test/question: its server returned in the state ${state}, which is neither an end nor quiet; ${due}`,
      )
      expect(error).not.toBeInstanceOf(Disconnected)
      expect(ours.closeKind).toBe('reset')
    },
  )

  test('ends the conversation with the same error if the role is a function of JavaScript that returns no promise', async () => {
    const { end } = start('server', (() => {}) as unknown as Role)
    expect((await end())?.message).toMatch(/^a mistake in test\/question: its server returned in the state start/)
  })

  test('ends the conversation at the client’s side with the same error', async () => {
    const { end } = start('client', async () => {})
    expect((await end())?.message).toMatch(
      /^a mistake in test\/question: its client returned in the state start, .*; it is not the client's turn$/,
    )
  })
})

describe('a role that returns causes no error', () => {
  test.each(TIMELY)('in %s', async (_, says, role) => {
    const { theirs, ours, end } = start('server', role)
    theirs.write(says)
    expect(await end()).toBeUndefined()
    expect(ours.closeKind).toBe('finished')
  })

  test('if its side may close', async () => {
    const { theirs, end, judge } = start('client', async (peer) => void (await peer.receive()))
    theirs.write('ASK\n')
    expect(await end()).toBeUndefined()
    expect(judge()).toMatchObject({ state: 'end', over: true })
  })

  test.each(['finish', 'reset'] as const)('if its peer has disconnected (%s)', async (way) => {
    const { theirs, end } = start('client', async (peer) => void (await peer.receive().catch(() => {})))
    theirs[way]()
    expect(await end()).toBeUndefined()
  })

  test('if the conversation was stopped', async () => {
    const { conversation, end } = start('server', askUntilEnd)
    await settled()
    const reason = new Disconnected('ours', 'the server was stopped')
    conversation.stop(reason)
    expect(await end()).toBe(reason)
  })

  test('if it ends by a refusal', async () => {
    const { theirs, end } = start('server', async (peer) => ask(peer).then(() => peer.refuse('the answer is not taken')))
    theirs.write('yes\n')
    expect(await end()).toMatchObject({ name: 'Disconnected', reason: 'violation', message: 'the answer is not taken' })
  })
})

describe('a conversation', () => {
  test('is over for an observer of the wire if and only if the engine reports no mistake', async () => {
    const roles = [...EARLY.map(([, says, , role]) => ({ says, role })), ...TIMELY.map(([, says, role]) => ({ says, role }))]
    const ends = await Promise.all(
      roles.map(async ({ says, role }) => {
        const { theirs, end, judge } = start('server', role)
        // the server's message is sent first, as the observer sees the order of the wire
        await settled()
        theirs.write(says)
        return { mistake: (await end()) !== undefined, ...judge() }
      }),
    )
    expect(ends.map(({ state, mistake }) => [state, mistake])).toEqual([
      ['start', true],
      ['asked', true],
      ['answered', true],
      ['end', false],
      ['resting', false],
    ])
    for (const { state, mistake, over } of ends) expect([state, over]).toEqual([state, !mistake])
  })

  test('ends in the states that the reference page calls ends or quiet', () => {
    const states = Object.keys(automaton.states)
    expect(states.filter((state) => isEnd(automaton, state))).toEqual(['end'])
    expect(states.filter((state) => mayEnd(automaton, state))).toEqual(['resting', 'end'])
    expect(() => mayEnd(automaton, 'nowhere')).toThrow(new RangeError('the automaton has no state nowhere'))
    expect(toStateRows(automaton).slice(-2)).toEqual([
      ['resting', 'server ASK → asked, or both sides close after the game'],
      ['end', 'the end'],
    ])
  })
})
