import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import { loadProgram } from '../../src/programs/index.ts'
import { Server } from '../../src/server/server.ts'
import { openLobby } from '../support/lobby-service.ts'

/** A server of guess that listens and does not admit its clients yet, and its port. */
async function listeningServer({ oneByOne = false } = {}): Promise<{ server: Server; port: number }> {
  const program = await loadProgram('tjc/guess')
  if (!program) throw new Error('there is no tjc/guess')
  const server = new Server({
    programs: [program],
    host: '127.0.0.1',
    ports: { [program.name]: 0 },
    iterative: new Set(oneByOne ? [program.name] : []),
    limits: { first: 60_000, idle: 60_000 },
    options: { secret: '42' },
    random: seededRandom(1),
    logs: { log() {} },
  })
  const [place] = await server.listen()
  return { server, port: place?.address.port ?? 0 }
}

/** A client that has connected and sent its first guess. */
async function guesser(port: number) {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  const closed = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.on('close', () => resolve('closed'))
  })
  await once(socket, 'connect')
  socket.write('42\n')
  return { socket, closed }
}

test.each([false, true])('a client that connects too early waits, and its messages are answered (one by one: %s)', async (oneByOne) => {
  const { server, port } = await listeningServer({ oneByOne })
  onTestFinished(() => server.stop())
  const clients = [await guesser(port), await guesser(port)]
  const received = clients.map(() => '')
  for (const [at, { socket }] of clients.entries()) socket.on('data', (data) => (received[at] = `${received[at]}${data}`))
  // a third connection is accepted behind the two
  const third = await guesser(port)
  expect(received).toEqual(['', ''])
  server.admit(openLobby({ random: seededRandom(1) }))
  third.socket.destroy()
  await Promise.all(clients.map(({ closed }) => closed))
  expect(received).toEqual(['GUESS\nWIN\n', 'GUESS\nWIN\n'])
})

test('a server that stops before it has admitted a client resets the waiting clients', async () => {
  const { server, port } = await listeningServer()
  const { closed } = await guesser(port)
  await server.stop()
  expect(await closed).toBe('ECONNRESET')
})
