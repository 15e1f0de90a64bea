import { expect, test } from 'vitest'
import type { LobbyService } from '../../src/lobby/service.ts'
import { ToClient, type ToServer } from '../../src/native/messages.ts'
import { NativeSession } from '../../src/native/session.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

const PASSWORD = 'engine-1843'

/**
 * A client of a message transport, as a WebSocket gateway serves it: a queue of texts in each direction, and no connection,
 * conversation or program.
 */
class QueueClient {
  /** Messages from the server. */
  readonly received: ToClient[] = []
  /** Costs that the server has charged, in total. */
  charged = 0
  /** The reason why the server has ended the session. */
  ended: string | undefined
  readonly #queue: string[] = []
  readonly #session: NativeSession
  readonly #close: () => void
  #reading: Promise<void> | undefined

  constructor(service: LobbyService, address: string) {
    this.#session = new NativeSession({
      get lobby() {
        return lobby
      },
      write: (text) => void this.received.push(ToClient.parse(JSON.parse(text))),
      charge: (cost) => {
        this.charged += cost
      },
    })
    const lobby = service.openSession(
      {
        address,
        end: (reason) => {
          this.ended = reason
          lobby.close()
        },
      },
      this.#session,
    )
    this.#close = () => lobby.close()
    this.#session.open('parlor')
  }

  /** Sends messages, and waits until the server has handled them. */
  async send(...messages: readonly ToServer[]): Promise<void> {
    this.#queue.push(...messages.map((message) => JSON.stringify(message)))
    this.#reading ??= this.#read()
    await this.#reading
    await settled()
  }

  /** The last message of a type. */
  last<Type extends ToClient['type']>(type: Type): Extract<ToClient, { type: Type }> {
    const found = this.received.findLast((message): message is Extract<ToClient, { type: Type }> => message.type === type)
    if (!found) throw new Error(`it has received no ${type}`)
    return found
  }

  events(): string[] {
    return this.received.flatMap((message) => (message.type === 'event' ? message.what.type : []))
  }

  /** Breaks the connection. */
  drop(): void {
    this.#close()
  }

  async #read(): Promise<void> {
    for (let text = this.#queue.shift(); text !== undefined; text = this.#queue.shift()) await this.#session.handle(text)
    this.#reading = undefined
  }
}

test('a native session over two queues plays a game, disconnects, reconnects and resumes its seat', async () => {
  const { service, troubles } = new TestLobby()
  const [ada, bob] = [new QueueClient(service, '192.0.2.1'), new QueueClient(service, '192.0.2.2')]
  expect(ada.received).toEqual([{ type: 'hello', version: 1, software: 'parlor' }])
  await ada.send({ type: 'enter', name: 'ada' })
  await bob.send({ type: 'enter', name: 'bob' })
  await ada.send({ type: 'seek', game: 'tictactoe', wait: null })
  await bob.send({ type: 'seek', game: 'tictactoe', wait: null })
  const { table, token = '' } = ada.last('seated')
  await ada.send({ type: 'play', table, move: '1' })
  await bob.send({ type: 'play', table, move: '4' })
  ada.drop()
  await settled()
  expect(bob.events().at(-1)).toBe('gone')
  const back = new QueueClient(service, '192.0.2.1')
  await back.send({ type: 'resume', token, after: 2 })
  expect(back.last('seated')).toMatchObject({ table, seat: 0, n: 5 })
  expect(back.events()).toEqual(['moved', 'gone', 'back'])
  await back.send({ type: 'play', table, move: '2' })
  await bob.send({ type: 'play', table, move: '5' })
  await back.send({ type: 'play', table, move: '3' })
  for (const client of [back, bob]) expect(client.last('event')).toMatchObject({ what: { type: 'ended', outcome: { winners: [0] } } })
  expect(ada.events()).toEqual(['opened', 'moved', 'moved'])
  expect(ada.charged).toBeGreaterThan(10)
  expect(troubles).toEqual([])
})

test('a session without a conversation meets worksheet programs and the front door at one table', async () => {
  const lobby = new TestLobby()
  const ada = new QueueClient(lobby.service, '192.0.2.1')
  await ada.send({ type: 'enter', name: 'ada' }, { type: 'seek', game: 'tictactoe', wait: null })
  const grace = await lobby.client('fh/tictactoe')
  await grace.say('grace\n')
  expect(grace.received).toContain('init@')
  expect(ada.last('seated').names.toSorted()).toEqual(['ada', 'grace'])
})

test('the server ends a session whose password another connection has changed, with a sentence', async () => {
  const { service } = new TestLobby()
  const [first, second] = [new QueueClient(service, '192.0.2.1'), new QueueClient(service, '192.0.2.1')]
  await first.send({ type: 'register', name: 'ada', password: PASSWORD })
  await second.send({ type: 'enter', name: 'ada', password: PASSWORD })
  await second.send({ type: 'password', old: PASSWORD, password: 'analytical engine' })
  expect(second.last('ok')).toMatchObject({ connections: 1 })
  expect(first.ended).toBe('your password was changed: log in again')
  await second.send({ type: 'lobby' })
  expect(second.last('lobby').people).toEqual([{ name: 'ada', registered: true, tables: [] }])
})

test('a closed hall closes the tables of a session', async () => {
  const { service } = new TestLobby()
  const ada = new QueueClient(service, '192.0.2.1')
  await ada.send({ type: 'enter', name: 'ada' }, { type: 'seek', game: 'guess' })
  service.closeHall(new Error('the server was stopped'))
  expect(ada.last('closed')).toEqual({ type: 'closed', table: 1, message: 'the server was stopped' })
  ada.drop()
})
