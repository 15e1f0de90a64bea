import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { chance } from '../../src/games/random.ts'
import type { ConnectionInfo, ConversationEnd, Logs } from '../../src/server/observe/logs.ts'
import { Changes } from '../support/changes.ts'
import { openServer } from '../support/open-server.ts'
import { program } from '../support/play.ts'
import { roundTrips, untilClosed } from '../support/sockets.ts'

/** A server of one program on this machine, solo tic-tac-toe, and a client that has received its first message. */
async function served(logs: Omit<Logs, 'log'>, iterative: readonly string[] = [], name = 'tictactoe') {
  const tictactoe = await program(name)
  const { server, address } = await openServer(tictactoe, {
    iterative: new Set(iterative),
    random: chance,
    logs: { log: () => {}, ...logs },
  })
  onTestFinished(() => server.stop())
  const connectClient = async (): Promise<Socket> => {
    const socket = connect(address.port, '127.0.0.1').on('error', () => {})
    onTestFinished(() => void socket.destroy())
    await once(socket, 'data')
    return socket
  }
  return { server, connectClient, tally: server.stats.get(tictactoe) }
}

test('a reset client is logged with its address', async () => {
  const { promise, resolve: ended } = Promise.withResolvers<ConnectionInfo>()
  const { connectClient } = await served({ ended })
  const socket = await connectClient()
  const { localPort } = socket
  socket.resetAndDestroy()
  expect((await promise).client).toEqual({ host: '127.0.0.1', port: localPort })
})

test('a failing log leaves no connection open, and the next client is served', async () => {
  const failures: unknown[] = []
  const fail = (reason: unknown) => failures.push(reason)
  const before = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', fail)
  onTestFinished(() => {
    process.removeListener('unhandledRejection', fail)
    for (const listener of before) process.on('unhandledRejection', listener)
  })
  const ended = () => {
    throw new Error('the log is full')
  }
  const { connectClient, server, tally } = await served({ ended }, ['tjc/tictactoe'])
  const first = await connectClient()
  const second = connectClient()
  const end = untilClosed(first)
  first.write('rubbish\n')
  await second
  await end
  await roundTrips()
  expect(tally?.open).toBe(1)
  expect([...server.conversations]).toHaveLength(1)
  expect(failures).toMatchObject([{ message: 'the log is full' }])
})

test.each([
  ['tjc/chat', 'Hello\n', 'info', 'good'],
  ['c8/chat', '', 'info', 'good'],
  ['tjc/chat', 'Hel', 'warn', 'finished'],
  ['tjc/chat-quit', 'Hello\n', 'warn', 'finished'],
  ['guess', '', 'warn', 'finished'],
] as const)('%s: a client that says %j and closes is logged at %s as %s', async (name, says, level, outcome) => {
  const { promise, resolve } = Promise.withResolvers<ConversationEnd>()
  const { connectClient } = await served({ ended: (_, ending) => resolve(ending) }, [], name)
  const socket = await connectClient()
  socket.end(says)
  expect(await promise).toMatchObject({ level, outcome })
})

test('an unfinished message is in the row of the end if the limit of notices has hidden it before', async () => {
  const sentences: string[] = []
  const changes = new Changes()
  const add = (sentence: string) => {
    sentences.push(sentence)
    changes.note()
  }
  const noticed = (_: ConnectionInfo, __: string, sentence: string) => add(sentence)
  const ended = (_: ConnectionInfo, { trouble }: ConversationEnd) => add(trouble?.message ?? 'a good end')
  const { connectClient } = await served({ noticed, ended }, [], 'guess')
  // of one address, twenty lines are written in a burst
  const clients = await Promise.all(Array.from({ length: 21 }, connectClient))
  for (const client of clients) client.write('50')
  await changes.until(() => sentences.length === 20)
  for (const client of clients) client.end()
  await changes.until(() => sentences.length === 41)
  const ends = sentences.slice(20)
  expect(ends.every((sentence) => sentence.startsWith('the client closed the connection'))).toBe(true)
  expect(ends.filter((sentence) => sentence.includes('in the middle of a message'))).toHaveLength(1)
  expect(ends.filter((sentence) => sentence.includes('it had sent "50" and no line end'))).toHaveLength(1)
})
