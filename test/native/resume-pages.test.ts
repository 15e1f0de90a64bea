import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { ToClient } from '../../src/native/messages.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { startServe } from '../support/process.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** A user at a table with the house, with two events for each offer of a draw, which the house declines. */
async function longGame(lobby: TestLobby, offers: number) {
  const ada = new MemoryNativeClient(lobby.service)
  await ada.say({ type: 'enter', name: 'ada' })
  await ada.say({ type: 'seek', game: 'tictactoe', wait: 0 })
  const { table, token = '' } = ada.last('seated')
  for (let n = 0; n < offers; n++) await ada.say({ type: 'offer', table })
  return { ada, table, token, n: ada.last('event').n }
}

test.each([5, 120, 450, 3000])(
  'after %i offers, each missed event arrives once and in order, for any last event that the client has seen',
  async (offers) => {
    const lobby = new TestLobby()
    const { ada, table, token, n } = await longGame(lobby, offers)
    const received = new Map(ada.all('event').map((event) => [event.n, event]))
    let compared = 0
    for (const back of [0, 1, 7, 150, 199, 200].filter((some) => some <= n)) {
      const client = new MemoryNativeClient(lobby.service)
      const count = client.all('event').length
      const now = lobby.service.hall.table(table)?.state.n ?? 0
      expect(await client.say({ type: 'resume', token, after: now - back })).toMatchObject({ type: 'seated', table })
      const events = client.all('event').slice(count)
      const missed = events.filter((event) => event.n <= now)
      expect(missed.map((event) => event.n)).toEqual(Array.from({ length: back }, (_, at) => now - back + at + 1))
      for (const event of missed.filter(({ n }) => received.has(n))) {
        compared++
        expect(event).toEqual({ ...received.get(event.n), sight: event.sight })
      }
      client.drop()
    }
    expect(compared).toBeGreaterThan(0)
  },
)

test('a table with thousands of events is not read from its log for a client that resumes', async () => {
  const lobby = new TestLobby()
  const { token, n } = await longGame(lobby, 1000)
  let reads = 0
  const { hall } = lobby.service
  const { log } = hall
  hall.log = (table) => {
    reads++
    return log.call(hall, table)
  }
  const back = new MemoryNativeClient(lobby.service)
  expect(await back.say({ type: 'resume', token, after: 0 })).toMatchObject({ type: 'resync' })
  const again = new MemoryNativeClient(lobby.service)
  expect(await again.say({ type: 'resume', token, after: n - 100 })).toMatchObject({ type: 'seated' })
  expect(reads).toBe(0)
})

test('a client that reads slowly is resumed a page at a time, and receives every event in order, with later events', async () => {
  const { server, ports } = await startServe(['parlor/door'])
  onTestFinished(() => server[Symbol.asyncDispose]())
  const port = ports['parlor/door'] ?? 0
  // 200 events of a board with 400 cells are more than a client may leave unread
  const first = reader(port)
  first.say('style json', '{"type":"enter","name":"ada"}', '{"type":"seek","game":"tictactoe","settings":{"size":20},"wait":0}')
  const seated = await first.until((message) => message.type === 'seated')
  if (seated.type !== 'seated') throw new Error('there is no seat')
  for (let cell = 1; cell < 400; cell++) {
    first.say(`{"type":"play","id":${cell},"table":${seated.table},"move":"${((cell * 7) % 400) + 1}"}`)
    const answer = await first.until((message) => 'id' in message && message.id === cell)
    const last = first.messages.findLast((message) => message.type === 'event')
    if (last?.type === 'event' && last.n > 190) break
    expect(['ok', 'error']).toContain(answer.type)
  }
  const known = first.messages.filter((message) => message.type === 'event').at(-1)
  if (known?.type !== 'event') throw new Error('there is no event')
  first.socket.destroy()
  const slow = reader(port)
  slow.socket.pause()
  for (let n = 0; n < 8; n++)
    slow.say(...(n === 0 ? ['style json'] : []), `{"type":"resume","id":${n},"token":"${seated.token}","after":1}`)
  const other = reader(port)
  other.say('style json', '{"type":"ping","id":1}')
  await other.until((message) => message.type === 'pong')
  slow.socket.resume()
  const answer = await slow.until((message) => 'id' in message && message.id === 7)
  expect(answer).toMatchObject({ type: 'seated' })
  const events = slow.messages.flatMap((message) => (message.type === 'event' && message.n > 1 ? [message.n] : []))
  expect(events.filter((n) => n === 2)).toHaveLength(8)
  expect(events.length).toBeGreaterThan(8 * 150)
  expect(Math.max(...events)).toBeGreaterThanOrEqual(known.n)
}, 30_000)

/** A program at the front door, and all its input. */
function reader(port: number) {
  const socket: Socket = connect(port, '127.0.0.1').setEncoding('utf8')
  socket.setMaxListeners(0)
  onTestFinished(() => void socket.destroy())
  const messages: ToClient[] = []
  let rest = ''
  socket.on('data', (data) => {
    const lines = (rest + data).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('{')) messages.push(JSON.parse(line) as ToClient)
  })
  return {
    socket,
    messages,
    say: (...lines: string[]) => socket.write(`${lines.join('\n')}\n`),
    async until(wanted: (message: ToClient) => boolean): Promise<ToClient> {
      for (;;) {
        const found = messages.find(wanted)
        if (found) return found
        if (socket.closed) throw new Error(`closed, after ${JSON.stringify(messages.at(-1))}`)
        await Promise.race([once(socket, 'data'), once(socket, 'close')])
      }
    },
  }
}
