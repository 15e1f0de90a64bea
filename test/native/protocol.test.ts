import { describe, expect, test } from 'vitest'
import { examples, ToServer } from '../../src/native/messages.ts'
import { NativeSession } from '../../src/native/session.ts'
import { FakeLobby } from '../support/fake-lobby.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

async function two(lobby = new TestLobby()) {
  const ada = new MemoryNativeClient(lobby.service)
  const grace = new MemoryNativeClient(lobby.service)
  await ada.say({ type: 'enter', name: 'ada' })
  await grace.say({ type: 'enter', name: 'grace' })
  await ada.say({ type: 'seek', game: 'tictactoe' })
  await grace.say({ type: 'seek', game: 'tictactoe' })
  return { lobby, ada, grace, table: ada.last('seated').table }
}

/** A sentence that names a field, or a part of it, with the expected value; or that says that a part of it is unknown. */
function plain(field: string): RegExp {
  return new RegExp(`^${field}\\b\\S* must (?:be|have) |^"\\w+" is not a field of ${field}, which has `)
}

describe('the native protocol', () => {
  test('two clients play a game to its end; every event has the next number', async () => {
    const { ada, grace, table } = await two()
    expect(ada.last('seated')).toMatchObject({ game: 'tictactoe', seat: 0, names: ['ada', 'grace'] })
    expect(grace.last('seated')).toMatchObject({ seat: 1 })
    for (const [player, move] of [
      [ada, '1'],
      [grace, '4'],
      [ada, '2'],
      [grace, '5'],
      [ada, '3'],
    ] as const) {
      expect(await player.say({ type: 'play', table, move })).toMatchObject({ type: 'ok' })
    }
    for (const player of [ada, grace]) {
      expect(player.all('event').map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7])
      expect(player.last('event')).toMatchObject({ what: { type: 'ended', outcome: { winners: [0] } } })
    }
  })

  test.each([
    [{ x: 1 }, 'a command needs a "type", a text, such as {"type":"games"}'],
    [{ type: 5, id: 'a' }, 'a command needs a "type", a text, such as {"type":"games"}'],
    [{ type: 'move' }, 'there is no command of type "move": did you mean "play"?'],
    [{ type: 'login' }, ': did you mean "enter"?'],
    [{ type: 'EXIT' }, ': did you mean "quit"?'],
    [1, '{"type":"games"}; the line is JSON, but not an object in { }'],
    [{ type: 'm\u001b'.repeat(50) }, `there is no command of type "${'m\\u001b'.repeat(20)}..."`],
    [{ type: '__proto__' }, 'there is no command of type "__proto__"'],
    [[], 'a command is one line of JSON, such as {"type":"games"}'],
    [null, 'a command is one line of JSON, such as {"type":"games"}'],
    [{ type: 'sek', game: 'guess' }, 'there is no command of type "sek": did you mean "seek"?'],
    [{ type: 'watch' }, 'table is missing: it must be a whole number from 1 to 9007199254740991'],
    [{ type: 'watch', table: 'x' }, 'table must be a whole number from 1 to 9007199254740991'],
    [{ type: 'watch', table: 1.5 }, 'table must be a whole number from '],
    [{ type: 'watch', table: -1 }, 'table must be a whole number from '],
    [{ type: 'seek' }, 'game is missing: it must be a text of at most 40 characters'],
    [{ type: 'seek', game: 5 }, 'game must be a text of at most 40 characters'],
    [{ type: 'seek', game: 'g'.repeat(41) }, 'game must be a text of at most 40 characters'],
    [{ type: 'seek', gmae: 'guess' }, '"gmae" is not a field of seek: did you mean "game"?'],
    [{ type: 'ping', table: 1 }, '"table" is not a field of ping, which has type and id'],
    [{ type: 'ping', ['x'.repeat(300)]: 1 }, `"${'x'.repeat(40)}..." is not a field of ping`],
    [{ type: 'seek', game: 'guess', rated: 'yes' }, 'rated must be true or false'],
    [{ type: 'seek', game: 'guess', seats: 1 }, 'seats must be a list of 1 to '],
    [{ type: 'seek', game: 'guess', seats: [-1] }, 'seats[0] must be a whole number from 0 to '],
    [{ type: 'seek', game: 'guess', seats: [1, 1] }, 'seats must have each seat once'],
    [{ type: 'seek', game: 'guess', wait: 'x' }, 'wait must be a whole number from '],
    [{ type: 'seek', game: 'guess', wait: 'x' }, ' or null'],
    [{ type: 'seek', game: 'guess', clock: 5 }, 'clock must be an object with the fields total or turn'],
    [{ type: 'seek', game: 'guess', clock: { turn: 0 } }, 'clock.turn must be a whole number from '],
    [{ type: 'seek', game: 'guess', clock: { trun: 9000 } }, '"trun" is not a field of clock: did you mean "turn"?'],
    [{ type: 'seek', game: 'guess', settings: [] }, 'settings must be an object'],
    [{ type: 'seek', game: 'guess', settings: { size: 'x' } }, 'settings.size must be a number'],
    [{ type: 'seek', game: 'guess', settings: { size: '5' } }, 'settings.size must be a number: write 5 without quotation marks'],
    [{ type: 'seek', game: 'guess', rated: 'True' }, 'rated must be true or false: write true without quotation marks'],
    [{ type: 'seek', game: 'guess', wait: '5' }, ' or null: write 5 without quotation marks'],
    [{ type: 'watch', table: '17' }, 'to 9007199254740991: write 17 without quotation marks'],
    [{ type: 'enter', name: '' }, ', and is empty; the server may have removed bytes that are not UTF-8'],
    [{ type: 'seek', game: 'guess', settings: { 'a\u001bb': 'x' } }, 'settings."a\\u001bb" must be a number'],
    [{ type: 'seek', game: 'guess', settings: { ['s'.repeat(41)]: 1 } }, 'settings must have names of at most 40 characters'],
    [{ type: 'enter', name: '' }, 'name must be a text of 1 to 80 characters'],
    [{ type: 'ping', id: {} }, 'id must be a whole number from '],
  ])('%j is refused in a short sentence', async (command, sentence) => {
    const sent: { type: string; message?: string }[] = []
    const session = new NativeSession({ lobby: new FakeLobby(), write: (text) => void sent.push(JSON.parse(text)) })
    await session.handle(JSON.stringify(command))
    expect(sent).toMatchObject([{ type: 'error', code: 'bad-message', message: expect.stringContaining(sentence) }])
    expect(sent[0]?.message?.length).toBeLessThan(200)
    expect(sent[0]?.message).not.toMatch(/Invalid|expected|received|undefined|NaN/)
  })

  test('for each wrong field of each command, the sentence begins with the field’s name and is in plain words', async () => {
    const sent: { type: string; message?: string }[] = []
    const session = new NativeSession({ lobby: new FakeLobby(), write: (text) => void sent.push(JSON.parse(text)) })
    const fields = ToServer.options.flatMap(({ shape }) => Object.keys(shape).map((field) => [shape.type.value, field] as const))
    expect(fields.length).toBeGreaterThan(60)
    for (const [type, field] of fields.filter(([, name]) => name !== 'type')) {
      for (const value of [{ a: { b: 'x' } }, [[]], '\u001b'.repeat(5000), 1e300, -1]) {
        sent.length = 0
        await session.handle(JSON.stringify({ ...examples.toServer[type], [field]: value }))
        const { message = '' } = sent[0] ?? {}
        expect({ type, message }).toEqual({ type, message: expect.stringMatching(plain(field)) })
        expect(message).not.toMatch(/Invalid|expected|received|undefined|NaN/)
        expect(message.length).toBeLessThan(200)
      }
    }
  })

  test('a move is acknowledged after it is persisted, or refused with a code and a sentence', async () => {
    const { grace, ada, table } = await two()
    expect(await grace.say({ type: 'play', table, move: '1' })).toMatchObject({
      type: 'error',
      code: 'illegal-move',
      message: 'it is the other player’s turn',
    })
    expect(await ada.say({ type: 'play', table, move: 'five' })).toMatchObject({ type: 'error', code: 'illegal-move' })
    expect(await ada.say({ type: 'play', table: 99, move: '1' })).toMatchObject({ type: 'error', code: 'not-seated' })
    await ada.say({ type: 'play', table, move: '1' })
    await grace.say({ type: 'play', table, move: '2' })
    expect(await ada.say({ type: 'play', table, move: '3', after: 1 })).toMatchObject({ type: 'error', code: 'stale' })
  })

  test('a seat is reserved, and resumed by its token; missed events are sent again', async () => {
    const { lobby, ada, grace, table } = await two()
    const { token = '' } = ada.last('seated')
    await ada.say({ type: 'play', table, move: '1' })
    const lastSeen = ada.last('event').n
    ada.drop()
    await grace.say({ type: 'play', table, move: '5' })
    expect(grace.all('event').map(({ what }) => what.type)).toEqual(['opened', 'moved', 'gone', 'moved'])
    const back = new MemoryNativeClient(lobby.service)
    expect(await back.say({ type: 'resume', token, after: lastSeen })).toMatchObject({ type: 'seated', seat: 0, names: ['ada', 'grace'] })
    expect(back.all('event').map(({ n }) => n)).toEqual([lastSeen + 1, lastSeen + 2, lastSeen + 3])
    expect(await back.say({ type: 'play', table, move: '9' })).toMatchObject({ type: 'ok' })
    expect(await back.say({ type: 'resume', token: 'nonsense' })).toMatchObject({ type: 'error', code: 'bad-token' })
  })

  test('a player who does not return within two minutes has left', async () => {
    const { lobby, ada, grace } = await two()
    ada.drop()
    await lobby.clock.pass(120_000)
    expect(grace.last('event').what).toEqual({ type: 'ended', outcome: { winners: [1], left: 0 } })
  })

  test('without an opponent the house takes the other seat after a while', async () => {
    const lobby = new TestLobby()
    const ada = new MemoryNativeClient(lobby.service)
    await ada.say({ type: 'enter', name: 'ada' })
    await ada.say({ type: 'seek', game: 'tictactoe' })
    await lobby.clock.pass(9_999)
    expect(ada.all('seated')).toEqual([])
    await lobby.clock.pass(1)
    expect(ada.last('seated').names).toEqual(['ada', 'house'])
  })

  test('a seek can be canceled until it is matched', async () => {
    const { ada, grace } = await two()
    for (const player of [ada, grace]) {
      expect(await player.say({ type: 'cancel' })).toMatchObject({ type: 'error', code: 'not-now', message: 'you have no open seek' })
    }
    await ada.say({ type: 'seek', game: 'tictactoe' })
    expect(await ada.say({ type: 'cancel' })).toMatchObject({ type: 'ok' })
    await grace.say({ type: 'seek', game: 'tictactoe' })
    expect(grace.all('seated')).toHaveLength(1)
  })

  test.each([
    ["{'type':'ping'}", 'put names and texts in double quotes, as json.dumps(x) of Python does, unlike str(x)'],
    ['{"again":True,"type":"enter"}', 'JSON has true, false and null'],
    ['{type:"ping"}', 'put names in double quotes'],
    ['{"type":"ping",}', 'remove the comma before } or ]'],
    ['{"type":"ping"}{"type":"games"}', 'send one command on each line, with \\n after each command'],
    ['{', 'write the whole object on one line'],
    ['\ufeff{"type":"ping"}', 'leave out the byte order mark (BOM)'],
    ['{\0"\0t\0', 'UTF-16 has a NUL beside each letter: send UTF-8'],
    ['GET / HTTP/1.1', 'this is an HTTP request'],
  ])('a line that is nearly JSON is refused with the reason: %j', async (text, why) => {
    const message = `a command is one line of JSON, such as {"type":"games"}; ${why}`
    expect(await new MemoryNativeClient(new TestLobby().service).line(text)).toEqual({ type: 'error', code: 'bad-message', message })
  })

  test('a player who enters again under the same name still has its seats', async () => {
    const lobby = new TestLobby()
    const [ada, grace] = [new MemoryNativeClient(lobby.service), new MemoryNativeClient(lobby.service)]
    await ada.say({ type: 'enter', name: 'ada' })
    await grace.say({ type: 'enter', name: 'grace' })
    await ada.say({ type: 'seek', game: 'scissors' })
    await grace.say({ type: 'seek', game: 'scissors' })
    const { table, game } = ada.last('seated')
    expect(await ada.say({ type: 'enter', name: 'ada' })).toMatchObject({ type: 'entered', tables: [table] })
    expect(await grace.say({ type: 'lobby' })).toMatchObject({ people: [{ name: 'ada', tables: [table] }, { name: 'grace' }] })
    expect(await ada.say({ type: 'play', table, move: '1' })).toMatchObject({ type: 'ok' })
    expect(await ada.say({ type: 'enter', name: 'alan' })).toMatchObject({ type: 'entered', tables: [] })
    // the game of a table is in the list of all games
    const { games } = (await ada.say({ type: 'games' })) as { games: readonly { game: string; rules: string }[] }
    expect(games.find(({ rules }) => rules === game)?.game).toBe('scissors')
  })

  test('an invitation matches a user with its code', async () => {
    const lobby = new TestLobby()
    const [ada, grace] = [new MemoryNativeClient(lobby.service), new MemoryNativeClient(lobby.service)]
    await ada.say({ type: 'enter', name: 'ada' })
    await grace.say({ type: 'enter', name: 'grace' })
    const { code = '' } = (await ada.say({ type: 'seek', game: 'scissors', private: true })) as { code?: string }
    expect(code).toMatch(/^[a-z]+-[a-z]+-[a-z]+$/)
    expect((await grace.say({ type: 'lobby' })) as object).toMatchObject({ seekers: [], tables: [] })
    expect(await grace.say({ type: 'join', code: 'amber amber amber' })).toMatchObject({ type: 'error', code: 'no-such-code' })
    await grace.say({ type: 'join', code: code.replaceAll('-', ' ').toUpperCase() })
    expect(grace.last('seated')).toMatchObject({ game: 'hands', names: ['ada', 'grace'], seat: 1 })
    expect(await new MemoryNativeClient(lobby.service).say({ type: 'watch', table: grace.last('seated').table })).toMatchObject({
      code: 'no-such-table',
    })
  })

  test('an invitation with a name matches no other user', async () => {
    const lobby = new TestLobby()
    const [ada, grace, alan] = [
      new MemoryNativeClient(lobby.service),
      new MemoryNativeClient(lobby.service),
      new MemoryNativeClient(lobby.service),
    ]
    for (const [client, name] of [
      [ada, 'ada'],
      [grace, 'grace'],
      [alan, 'alan'],
    ] as const)
      await client.say({ type: 'enter', name })
    const { code = '' } = (await ada.say({
      type: 'seek',
      game: 'tictactoe',
      private: true,
      against: 'grace',
      clock: { total: 60_000 },
    })) as {
      code?: string
    }
    expect(await alan.say({ type: 'join', code })).toMatchObject({ type: 'error', code: 'not-now' })
    expect(await grace.say({ type: 'join', code })).toMatchObject({ type: 'ok' })
    expect(await grace.say({ type: 'cancel' })).toMatchObject({ type: 'error', code: 'not-now' })
    expect(grace.last('seated').names).toEqual(['ada', 'grace'])
  })

  test('an unknown number of any size is refused, and not stored', async () => {
    const lobby = new TestLobby()
    const ada = new MemoryNativeClient(lobby.service)
    await ada.say({ type: 'enter', name: 'ada' })
    await ada.say({ type: 'seek', game: 'guess' })
    const { table } = ada.last('seated')
    expect(await ada.say({ type: 'play', table, move: '9'.repeat(400) })).toMatchObject({ type: 'error', code: 'illegal-move' })
    expect(await lobby.store.tables.read(table, 1)).toEqual([])
  })

  test('a rematch swaps the seats', async () => {
    const { ada, grace, table } = await two()
    await ada.say({ type: 'resign', table })
    await grace.say({ type: 'offer', table })
    await ada.say({ type: 'offer', table })
    expect(ada.last('seated')).toMatchObject({ seat: 1, names: ['grace', 'ada'] })
    expect(grace.last('seated')).toMatchObject({ seat: 0 })
    expect(await grace.say({ type: 'play', table: grace.last('seated').table, move: '5' })).toMatchObject({ type: 'ok' })
  })

  test('a connection can resume its own seat by the table, also after the number of a later event', async () => {
    const { ada, table } = await two()
    const token = ada.last('seated').token
    for (const after of [undefined, 0, 99]) {
      const resume = { type: 'resume', table, ...(after === undefined ? {} : { after }) } as const
      expect(await ada.say(resume)).toMatchObject({ type: 'seated', table, seat: 0, token })
    }
    expect(await ada.say({ type: 'play', table, move: '5' })).toMatchObject({ type: 'ok' })
    expect(ada.all('event').filter(({ what }) => what.type === 'moved')).toHaveLength(1)
  })

  test.each([
    ['another name', { type: 'enter', name: 'hx9' }],
    ['its own name, registered', { type: 'register', name: 'ada', password: 'engine-1843' }],
  ] as const)('a user who takes %s is notified of each table that it has left', async (_, command) => {
    const { lobby, ada, grace, table } = await two()
    const alan = new MemoryNativeClient(lobby.service)
    await alan.say({ type: 'enter', name: 'alan' })
    await alan.say({ type: 'seek', game: 'guess' })
    const watched = alan.last('seated').table
    await ada.say({ type: 'watch', table: watched })
    expect(await ada.say(command)).toMatchObject({ type: 'entered', tables: [] })
    expect(ada.all('closed')).toEqual(
      [table, watched].map((one) => ({ type: 'closed', table: one, message: 'you have left it, because you are another user now' })),
    )
    expect(grace.last('event')).toMatchObject({ what: { type: 'gone', seat: 0 } })
    expect(await ada.say({ type: 'play', table, move: '5' })).toMatchObject({ code: 'not-seated' })
  })

  test('the game in `seated` is in `games`, and accepted as the name of a game', async () => {
    const lobby = new TestLobby()
    const ada = new MemoryNativeClient(lobby.service)
    await ada.say({ type: 'enter', name: 'ada' })
    const games = (await ada.say({ type: 'games' })) as { games: readonly { game: string; rules: string }[] }
    for (const { rules } of games.games) expect(await ada.say({ type: 'ladder', game: rules })).toMatchObject({ type: 'ladder' })
    await ada.say({ type: 'seek', game: 'headtail' })
    expect(games.games.map(({ rules }) => rules)).toContain(ada.last('seated').game)
  })

  test('a watcher sees everything but secrets, and may talk', async () => {
    const { lobby, ada, table } = await two()
    const alan = new MemoryNativeClient(lobby.service)
    await alan.say({ type: 'enter', name: 'alan' })
    expect(await alan.say({ type: 'watch', table })).toMatchObject({ type: 'watching', names: ['ada', 'grace'] })
    await ada.say({ type: 'play', table, move: '5' })
    expect(alan.last('event')).toMatchObject({ what: { type: 'moved', seat: 0 }, sight: { turn: false, toMove: [1] } })
    await alan.say({ type: 'say', table, text: 'good luck' })
    expect(ada.last('event').what).toEqual({ type: 'said', name: 'alan', text: 'good luck' })
  })

  test('a registered name requires its password, or the token of a session until the session ends', async () => {
    const lobby = new TestLobby()
    const ada = new MemoryNativeClient(lobby.service)
    expect(await ada.say({ type: 'register', name: 'ada', password: 'engine-1843' })).toMatchObject({ type: 'entered', registered: true })
    const { session } = (await ada.say({ type: 'session' })) as { session: string }
    const again = async (command: Parameters<MemoryNativeClient['say']>[0]) => new MemoryNativeClient(lobby.service).say(command)
    expect(await again({ type: 'enter', name: 'Ada' })).toMatchObject({ code: 'name-taken' })
    expect(await again({ type: 'enter', name: 'ada', password: 'engine-1844' })).toMatchObject({ code: 'bad-password' })
    expect(await again({ type: 'enter', name: 'ada', password: 'engine-1843' })).toMatchObject({ type: 'entered', name: 'ada' })
    expect(await again({ type: 'return', session })).toMatchObject({ type: 'entered', name: 'ada', registered: true })
    await again({ type: 'logout', session })
    expect(await again({ type: 'return', session })).toMatchObject({ code: 'bad-token' })
    const guest = new MemoryNativeClient(lobby.service)
    await guest.say({ type: 'enter', name: 'grace' })
    expect(await guest.say({ type: 'session' })).toMatchObject({ code: 'who-are-you' })
  })

  test('rated games require registered names, and change the ladder', async () => {
    const lobby = new TestLobby()
    const [ada, grace] = [new MemoryNativeClient(lobby.service), new MemoryNativeClient(lobby.service)]
    await ada.say({ type: 'enter', name: 'ada' })
    expect(await ada.say({ type: 'seek', game: 'tictactoe', rated: true })).toMatchObject({ code: 'who-are-you' })
    await ada.say({ type: 'register', name: 'ada', password: 'engine-1843' })
    await grace.say({ type: 'register', name: 'grace', password: 'cobol-1959' })
    await ada.say({ type: 'seek', game: 'tictactoe', rated: true })
    await grace.say({ type: 'seek', game: 'tictactoe', rated: true })
    await grace.say({ type: 'resign', table: grace.last('seated').table })
    expect(await ada.say({ type: 'ladder', game: 'tictactoe' })).toMatchObject({
      best: [
        { rank: 1, name: 'ada', games: 1 },
        { rank: 2, name: 'grace' },
      ],
      own: { rank: 1, of: 2 },
    })
  })

  test('a line that is not a command is answered, and changes nothing', async () => {
    const client = new MemoryNativeClient(new TestLobby().service)
    expect(await client.line('hello')).toMatchObject({
      type: 'error',
      code: 'bad-message',
      message: expect.stringContaining('one line of JSON'),
    })
    expect(await client.line('{"type":"play","id":7}')).toMatchObject({ type: 'error', id: 7, code: 'bad-message' })
    expect(await client.line('{"type":"dance"}')).toMatchObject({ type: 'error', code: 'bad-message' })
    expect(await client.say({ type: 'seek', game: 'tictactoe' })).toMatchObject({ code: 'who-are-you' })
    expect(await client.say({ type: 'ping' })).toMatchObject({ type: 'pong' })
  })
})
