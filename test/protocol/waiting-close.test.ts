import { describe, expect, test } from 'vitest'
import { chance } from '../../src/games/random.ts'
import { defineAutomaton } from '../../src/protocol/automaton.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import { plainLines } from '../../src/protocol/definition.ts'
import { client, server } from '../../src/protocol/message-spec.ts'
import { LocalSeating, type PeerHandle } from '../../src/protocol/seating.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { recordReceived } from '../support/received.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const automaton = defineAutomaton({
  messages: { SOWN: server('SOWN {pit}', { example: 'SOWN 4' }), SOW: client('SOW {pit}', { example: 'SOW 4' }) },
  start: 'waiting',
  states: { waiting: { SOWN: 'sowing' }, sowing: { SOW: 'waiting' } },
})

/** Starts a server's role that waits for the opponent, and closes the client's side; returns the reason of the end. */
async function closeIn(state: 'seat' | 'nothing'): Promise<string | undefined> {
  const [ours, theirs] = memoryPair()
  let handle: PeerHandle | undefined
  const role = () => new Promise<void>(() => {})
  const protocol = { name: 'sow', title: 'sows', automaton, framing: plainLines, server: state === 'seat' ? role : receive, client: role }
  const conversation = new Conversation({
    program: { name: 'test/sow', source: '', protocol, words: undefined, port: 1 },
    side: 'server',
    transport: ours,
    options: {},
    random: chance,
    clock: new TestClock(),
    createSeating(peer) {
      handle = peer
      return new LocalSeating(
        () => undefined,
        chance,
        () => {},
      )
    },
  })
  let said: string | undefined
  // a role that waits at its seat never ends by itself
  const stop = conversation.stop.bind(conversation)
  conversation.stop = (reason) => {
    said = (reason as Error).message
    stop(reason)
  }
  if (state === 'seat') handle?.endOnDisconnect(true)
  recordReceived(theirs)
  theirs.finish()
  await settled()
  return said
}

async function receive(peer: { receive(): Promise<unknown> }): Promise<void> {
  await peer.receive()
}

describe('the sentence on a client that closes while the server may speak', () => {
  test('says that it was waiting for its opponent, if the role waits at a table', async () => {
    expect(await closeIn('seat')).toBe('the client closed the connection; it was waiting for its opponent')
  })

  test('says that it was this side’s turn, if the role receives', async () => {
    expect(await closeIn('nothing')).toBe('the client closed the connection; it was this side’s turn to say something like "SOWN 4"')
  })
})
