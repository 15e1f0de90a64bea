import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { defineAutomaton } from '../../src/protocol/automaton.ts'
import { type Program, plainLines } from '../../src/protocol/definition.ts'
import { client, server } from '../../src/protocol/message-spec.ts'
import type { ConversationEnd, Logs } from '../../src/server/observe/logs.ts'
import { openServer } from '../support/open-server.ts'
import { untilClosed } from '../support/sockets.ts'

const automaton = defineAutomaton({
  messages: { ASK: server('ASK'), answer: client('{answer}'), THANKS: server('THANKS') },
  start: 'start',
  states: { start: { ASK: 'asked' }, asked: { answer: 'answered' }, answered: { THANKS: 'end' }, end: {} },
})

/** A program whose server does not send its last message. */
const thankless: Program<keyof typeof automaton.messages, keyof typeof automaton.states> = {
  name: 'test/thankless',
  source: '',
  port: 0,
  words: undefined,
  protocol: {
    name: 'thankless',
    title: 'asks, and returns after the answer',
    automaton,
    framing: plainLines,
    async server(peer) {
      peer.send('ASK')
      await peer.receive()
    },
    async client() {},
  },
}

test('the server logs a role that returns before the end as a mistake of Parlor, with the program, the side and the state', async () => {
  const ends: ConversationEnd[] = []
  const logs: Logs = { log() {}, ended: (_, end) => ends.push(end) }
  const { server: parlor, address } = await openServer(thankless, { logs })
  const socket = connect({ port: address.port, host: '127.0.0.1' }).on('error', () => {})
  onTestFinished(() => void socket.destroy())
  socket.resume().write('yes\n')
  await untilClosed(socket)
  await parlor.stop()
  expect(ends).toMatchObject([
    {
      level: 'error',
      outcome: 'mistake',
      state: 'answered',
      trouble: {
        message:
          'a mistake in test/thankless: its server returned in the state answered, which is neither an end nor quiet; expected "THANKS"',
      },
    },
  ])
})
