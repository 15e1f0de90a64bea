import { expect, test } from 'vitest'
import { examples, type ToClient } from '../../src/native/messages.ts'
import { PageClient } from '../../src/web/connection/page-client.ts'
import type { SocketEvents } from '../../src/web/connection/socket.ts'
import { MemoryStore, PageUser } from '../support/page-user.ts'
import { startServer } from '../support/start-server.ts'
import { settled, TestClock } from '../support/test-clock.ts'

/** Opens a page whose sockets the test controls. */
function openPage(findRefusal?: () => Promise<string | undefined>) {
  const clock = new TestClock()
  const sockets: SocketEvents[] = []
  const sent: string[] = []
  const client = new PageClient({
    openSocket: (events) => {
      sockets.push(events)
      return { send: (text) => sent.push(text), close() {} }
    },
    clock,
    store: new MemoryStore(),
    changed() {},
    ...(findRefusal ? { findRefusal } : {}),
  })
  client.start()
  return { client, clock, sockets, sent }
}

test('connects again after 1, 2, 4 and up to 30 seconds, and says when', async () => {
  const { client, clock, sockets } = openPage()
  const waits: number[] = []
  for (let n = 0; n < 7; n++) {
    sockets.at(-1)?.closed()
    const { link } = client.model
    const retryAt = link.state === 'lost' ? (link.retryAt ?? 0) : 0
    waits.push(retryAt - clock.monotonic())
    await clock.pass(retryAt - clock.monotonic())
    expect(sockets.length).toBe(n + 2)
  }
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
})

test('counts the waits from one second again after the server has greeted', () => {
  const { client, clock, sockets } = openPage()
  sockets.at(-1)?.closed()
  client.connect()
  sockets.at(-1)?.received('{"type":"hello","version":1,"software":"parlor"}')
  expect(client.model.link).toEqual({ state: 'open' })
  sockets.at(-1)?.closed()
  expect(client.model.link).toEqual({ state: 'lost', attempt: 1, retryAt: clock.monotonic() + 1000 })
})

test('knows the port of the front door of the present server only', () => {
  const { client, sockets } = openPage()
  sockets.at(-1)?.received('{"type":"hello","version":1,"software":"parlor","door":4001}')
  expect(client.model.door).toBe(4001)
  sockets.at(-1)?.closed()
  client.connect()
  sockets.at(-1)?.received('{"type":"hello","version":1,"software":"parlor"}')
  expect(client.model).not.toHaveProperty('door')
})

test('stops at another version of the protocol', () => {
  const { client, clock, sockets } = openPage()
  sockets.at(-1)?.received('{"type":"hello","version":2,"software":"parlor"}')
  expect(client.model.link).toEqual({ state: 'outdated' })
  expect(clock.waiting).toBe(0)
})

test('closes a connection on which no answer comes', async () => {
  const { client, clock, sockets } = openPage()
  sockets.at(-1)?.received('{"type":"hello","version":1,"software":"parlor"}')
  client.send({ type: 'ping' })
  await clock.pass(15_000)
  expect(client.model.link.state).toBe('lost')
})

test('says why a server that can be reached refuses to connect, until it greets', async () => {
  const { client, sockets } = openPage(async () => 'it is full')
  sockets.at(-1)?.closed()
  await settled()
  expect(client.model.link).toMatchObject({ state: 'lost', refusal: 'it is full' })
  client.connect()
  expect(client.model.link).toMatchObject({ state: 'lost', refusal: 'it is full' })
  sockets.at(-1)?.received('{"type":"hello","version":1,"software":"parlor"}')
  sockets.at(-1)?.closed()
  await settled()
  expect(client.model.link).toEqual({ state: 'lost', attempt: 1, retryAt: expect.any(Number) })
})

test('gives up an attempt to connect that hangs, and tries again', async () => {
  const { client, clock, sockets } = openPage()
  await clock.pass(15_000)
  expect(client.model.link).toMatchObject({ state: 'lost', attempt: 1 })
  await clock.pass(1000)
  expect(sockets).toHaveLength(2)
})

test('checks the connection of a page that wakes up, and connects again after 4 seconds without an answer', async () => {
  const { client, clock, sockets, sent } = openPage()
  sockets.at(-1)?.received('{"type":"hello","version":1,"software":"parlor"}')
  client.wake()
  expect(sent.at(-1)).toContain('"type":"ping"')
  sockets.at(-1)?.received('{"type":"pong"}')
  await clock.pass(4000)
  expect(client.model.link.state).toBe('open')
  client.wake()
  await clock.pass(4000)
  expect(client.model.link.state).toBe('lost')
  expect(sockets).toHaveLength(1)
  client.wake()
  expect(sockets).toHaveLength(2)
})

test('says why the server ended the connection, until it greets again', () => {
  const { client, sockets } = openPage()
  sockets.at(-1)?.received('{"type":"hello","version":1,"software":"parlor"}')
  sockets.at(-1)?.received('{"type":"bye","message":"the server was stopped"}')
  sockets.at(-1)?.closed()
  client.connect()
  expect(client.model.link).toMatchObject({ state: 'lost', bye: 'the server was stopped' })
})

test('resumes its seat when a server that has stopped is back', async () => {
  const { client, sockets, sent } = openPage()
  const receive = (message: ToClient) => sockets.at(-1)?.received(JSON.stringify(message))
  const { hello, seated, event } = examples.toClient
  receive(hello)
  receive(seated)
  receive({ ...event, n: 1 })
  receive({ type: 'closed', table: seated.table, message: 'the server was stopped' })
  receive({ type: 'bye', message: 'the server was stopped' })
  sockets.at(-1)?.closed()
  client.connect()
  receive(hello)
  expect(JSON.parse(sent.at(-1) ?? '')).toMatchObject({ type: 'resume', token: seated.token, after: 1 })
})

test('sends a command that needs a name after the login', async () => {
  const server = await startServer()
  const ada = new PageUser(server.port)
  await ada.until(({ greeted }) => greeted)
  ada.client.want({ type: 'seek', game: 'tictactoe', wait: 0 })
  expect(ada.model.wish).toBeDefined()
  await ada.enter('ada')
  await ada.until(({ opened }) => opened !== undefined)
  expect(ada.model.wish).toBeUndefined()
  expect(ada.table).toMatchObject({ game: 'tictactoe', joined: 'yes' })
})

test('a page that is loaded again has its seat, its talk and its own moves', async () => {
  const server = await startServer()
  const store = new MemoryStore()
  const before = new PageUser(server.port, store)
  await before.enter('ada')
  before.client.send({ type: 'seek', game: 'guess' })
  await before.until(() => before.table?.sight !== undefined)
  const table = before.table?.table ?? 0
  before.client.send({ type: 'play', table, move: '50' })
  await before.until(() => before.table?.moves.length === 1)
  before.client.send({ type: 'say', table, text: 'half' })
  await before.until(() => before.table?.talk.length === 1)
  before.client.stop()

  const after = new PageUser(server.port, store)
  await after.until(() => after.table?.joined === 'yes')
  expect(after.model.me).toEqual({ name: 'ada', registered: false })
  expect(after.table?.moves.map(({ text }) => text)).toEqual(['50'])
  expect(after.table?.talk.map(({ text }) => text)).toEqual(['half'])
  expect(after.table?.sight).toEqual(before.table?.sight)
})

test('a registered user who opens another tab has the seat there, too; any other user watches the table', async () => {
  const server = await startServer()
  const password = 'looms and numbers'
  const [first, second, other] = [new PageUser(server.port), new PageUser(server.port), new PageUser(server.port)]
  await first.until(({ greeted }) => greeted)
  first.client.send({ type: 'register', name: 'ada', password })
  await first.until(({ me }) => me !== undefined)
  first.client.send({ type: 'seek', game: 'tictactoe', wait: 0, seats: [0] })
  await first.until(() => first.table?.sight?.turn === true)
  const table = first.table?.table ?? 0
  await second.until(({ greeted }) => greeted)
  second.client.send({ type: 'enter', name: 'ada', password })
  await second.until(({ me }) => me !== undefined)
  second.client.tell({ type: 'opening', table })
  await second.until(() => second.table?.joined === 'yes')
  expect(second.table?.seat).toBe(0)
  first.client.send({ type: 'play', table, move: '5' })
  await Promise.all([first, second].map((user) => user.until(() => user.table?.moves.length === 2)))
  expect(second.table?.sight?.view).toEqual(first.table?.sight?.view)

  await other.enter('eve')
  other.client.tell({ type: 'opening', table })
  await other.until(() => other.table?.joined === 'yes')
  expect(other.table?.seat).toBeUndefined()
  other.client.tell({ type: 'opening', table: 999 })
  await other.until(() => other.table?.closed !== undefined)
  expect(other.model.tables.get(999)).toMatchObject({ joined: 'no', closed: expect.stringContaining('999') })
})

test('sends a message that waited for a name once', async () => {
  const server = await startServer()
  const [ada, grace] = [new PageUser(server.port), new PageUser(server.port)]
  await grace.enter('grace')
  await ada.until(({ greeted }) => greeted)
  ada.client.want({ type: 'tell', name: 'grace', text: 'hello' })
  await ada.enter('ada')
  await Promise.all([ada, grace].map((user) => user.until(({ talk }) => talk.length > 0)))
  expect(ada.log.filter((input) => input.type === 'sent' && input.command.type === 'tell').length).toBe(1)
  expect(grace.model.talk).toMatchObject([{ name: 'ada', text: 'hello' }])
})

test('forgets the memory of a tab that is damaged', () => {
  for (const text of ['', '{', 'null', '{"seats":[{"table":"1"}]}', '{"guest":3,"seats":[]}']) {
    const store = new MemoryStore()
    store.setItem('parlor.tab', text)
    const client = new PageClient({ openSocket: () => ({ send() {}, close() {} }), clock: new TestClock(), store, changed() {} })
    client.start()
    expect(client.model.tables.size).toBe(0)
    expect(client.model.guest).toBeUndefined()
  }
})

test('shows a refused move as refused, and takes it back', async () => {
  const server = await startServer()
  const ada = new PageUser(server.port)
  await ada.enter('ada')
  ada.client.send({ type: 'seek', game: 'tictactoe', wait: 0, seats: [0] })
  await ada.until(() => ada.table?.sight?.turn === true)
  const table = ada.table?.table ?? 0
  ada.client.send({ type: 'play', table, move: '99' })
  expect(ada.table?.pending?.move).toBe('99')
  await ada.until(() => ada.table?.refusal !== undefined)
  expect(ada.table?.pending).toBeUndefined()
  expect(ada.table?.refusal).toBe('there is no cell 99; cells go from 1 to 9')
})
