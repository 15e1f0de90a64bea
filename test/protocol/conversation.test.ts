import { describe, expect, test } from 'vitest'
import type { Console } from '../../src/protocol/definition.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { fakePeer } from '../support/fake-peer.ts'

/** A person who never answers. */
const pensive: Console = {
  say() {},
  ask: (_prompt, _atEnd, signal) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
}

const stopped = new Disconnected('ours', 'this side was stopped')

describe('a conversation that is stopped', () => {
  test('sends a goodbye if the state has a message for it, and waits only a moment for the peer to close', async () => {
    const peer = await fakePeer('tictactoe', 'client', { person: pensive })
    await peer.say('MOVE5\n')
    peer.conversation.stop(stopped)
    await peer.clock.pass(299)
    expect({ received: peer.received, gaveUp: peer.gaveUp, waiting: peer.clock.waiting }).toEqual({
      received: 'END\n',
      gaveUp: 'finished',
      waiting: 1,
    })
    await peer.clock.pass(1)
    expect(await peer.conversation.closed).toBe(stopped)
  })

  test('is reset otherwise, 200 ms later, so that the last message arrives', async () => {
    const peer = await fakePeer('guess', 'server')
    peer.conversation.stop(stopped)
    await peer.clock.pass(199)
    expect(peer.gaveUp).toBeUndefined()
    await peer.clock.pass(1)
    expect(peer.gaveUp).toBe('reset')
    expect(await peer.conversation.closed).toBe(stopped)
  })

  test('receives nothing more, and has the first reason', async () => {
    const peer = await fakePeer('guess', 'server')
    peer.conversation.stop(stopped)
    peer.conversation.stop(new Disconnected('ours', 'for another reason'))
    await peer.say('50\n')
    expect(peer.received).toBe('GUESS\n')
    expect(await peer.end()).toBe(stopped)
  })

  test('sends a goodbye to a peer that has broken the rules in its turn', async () => {
    const peer = await fakePeer('tjc/tictactoe-alternative', 'server', { person: pensive })
    await peer.say('MOVE10\n')
    expect((await peer.end())?.message).toContain('cells go from 1 to 9')
    expect(peer.received).toBe('END\n')
  })
})
