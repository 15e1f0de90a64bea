import { describe, expect, test } from 'vitest'
import { NativeSession } from '../../src/protocols/native/native.ts'
import { StagedLobby } from '../support/door.ts'
import { Machine } from '../support/machine.ts'
import { Room } from '../support/room.ts'

async function two(room = new Room()) {
  const ada = new Machine(room.premises)
  const grace = new Machine(room.premises)
  await ada.say({ type: 'enter', name: 'ada' })
  await grace.say({ type: 'enter', name: 'grace' })
  await ada.say({ type: 'seek', game: 'tictactoe' })
  await grace.say({ type: 'seek', game: 'tictactoe' })
  return { room, ada, grace, table: ada.last('seated').table }
}

describe('the native protocol', () => {
  test('two play a game to its end; every event has the next number', async () => {
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
    [{ x: 1 }, 'a command has a "type", a text, such as {"type":"games"}'],
    [{ type: 5, id: 'a' }, 'a command has a "type", a text, such as {"type":"games"}'],
    [{ type: 'move' }, 'there is no command of the type "move"'],
    [{ type: 'm\u001b'.repeat(50) }, `there is no command of the type "${'m\\u001b'.repeat(20)}..."`],
    [{ type: '__proto__' }, 'there is no command of the type "__proto__"'],
    [[], 'a command is one line of JSON, such as {"type":"games"}'],
    [null, 'a command is one line of JSON, such as {"type":"games"}'],
    [{ type: 'watch' }, 'this is no command: table: '],
  ])('%j is refused in a short sentence', async (command, sentence) => {
    const sent: { type: string; message?: string }[] = []
    const session = new NativeSession(
      () => new StagedLobby(),
      (message) => sent.push(message),
    )
    await session.handle(JSON.stringify(command))
    expect(sent).toMatchObject([{ type: 'error', code: 'bad-message', message: expect.stringContaining(sentence) }])
    expect(sent[0]?.message?.length).toBeLessThan(200)
  })

  test('a move is acknowledged when it is kept, and refused with a word and a sentence', async () => {
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

  test('a seat is held, and taken up again by its token; what was missed is told again', async () => {
    const { room, ada, grace, table } = await two()
    const { token = '' } = ada.last('seated')
    await ada.say({ type: 'play', table, move: '1' })
    const seen = ada.last('event').n
    ada.drop()
    await grace.say({ type: 'play', table, move: '5' })
    expect(grace.all('event').map(({ what }) => what.type)).toEqual(['opened', 'moved', 'gone', 'moved'])
    const back = new Machine(room.premises)
    expect(await back.say({ type: 'resume', token, after: seen })).toMatchObject({ type: 'seated', seat: 0, names: ['ada', 'grace'] })
    expect(back.all('event').map(({ n }) => n)).toEqual([seen + 1, seen + 2, seen + 3])
    expect(await back.say({ type: 'play', table, move: '9' })).toMatchObject({ type: 'ok' })
    expect(await back.say({ type: 'resume', token: 'nonsense' })).toMatchObject({ type: 'error', code: 'bad-token' })
  })

  test('who does not come back within two minutes has left', async () => {
    const { room, ada, grace } = await two()
    ada.drop()
    await room.clock.pass(120_000)
    expect(grace.last('event').what).toEqual({ type: 'ended', outcome: { winners: [1], left: 0 } })
  })

  test('nobody near: the house sits down after a while', async () => {
    const room = new Room()
    const ada = new Machine(room.premises)
    await ada.say({ type: 'enter', name: 'ada' })
    await ada.say({ type: 'seek', game: 'tictactoe' })
    await room.clock.pass(9_999)
    expect(ada.all('seated')).toEqual([])
    await room.clock.pass(1)
    expect(ada.last('seated').names).toEqual(['ada', 'house'])
  })

  test('a wish is taken back, as long as it has not come true', async () => {
    const { ada, grace } = await two()
    for (const player of [ada, grace]) {
      expect(await player.say({ type: 'cancel' })).toMatchObject({ type: 'error', code: 'not-now', message: 'you wait for nobody' })
    }
    await ada.say({ type: 'seek', game: 'tictactoe' })
    expect(await ada.say({ type: 'cancel' })).toMatchObject({ type: 'ok' })
    await grace.say({ type: 'seek', game: 'tictactoe' })
    expect(grace.all('seated')).toHaveLength(1)
  })

  test('an invitation is for who has its code', async () => {
    const room = new Room()
    const [ada, grace] = [new Machine(room.premises), new Machine(room.premises)]
    await ada.say({ type: 'enter', name: 'ada' })
    await grace.say({ type: 'enter', name: 'grace' })
    const { code = '' } = (await ada.say({ type: 'seek', game: 'scissors', private: true })) as { code?: string }
    expect(code).toMatch(/^[a-z]+-[a-z]+-[a-z]+$/)
    expect((await grace.say({ type: 'lobby' })) as object).toMatchObject({ seekers: [], tables: [] })
    expect(await grace.say({ type: 'join', code: 'amber amber amber' })).toMatchObject({ type: 'error', code: 'no-such-code' })
    await grace.say({ type: 'join', code: code.replaceAll('-', ' ').toUpperCase() })
    expect(grace.last('seated')).toMatchObject({ game: 'hands', names: ['ada', 'grace'], seat: 1 })
    expect(await new Machine(room.premises).say({ type: 'watch', table: grace.last('seated').table })).toMatchObject({
      code: 'no-such-table',
    })
  })

  test('an invitation for somebody is for nobody else', async () => {
    const room = new Room()
    const [ada, grace, alan] = [new Machine(room.premises), new Machine(room.premises), new Machine(room.premises)]
    for (const [machine, name] of [
      [ada, 'ada'],
      [grace, 'grace'],
      [alan, 'alan'],
    ] as const)
      await machine.say({ type: 'enter', name })
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

  test('a number of any size is refused as one, and nothing of it is kept', async () => {
    const room = new Room()
    const ada = new Machine(room.premises)
    await ada.say({ type: 'enter', name: 'ada' })
    await ada.say({ type: 'seek', game: 'guess' })
    const { table } = ada.last('seated')
    expect(await ada.say({ type: 'play', table, move: '9'.repeat(400) })).toMatchObject({ type: 'error', code: 'illegal-move' })
    expect(await room.store.tables.read(table, 1)).toEqual([])
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

  test('a watcher sees what is no secret, and may talk', async () => {
    const { room, ada, table } = await two()
    const alan = new Machine(room.premises)
    await alan.say({ type: 'enter', name: 'alan' })
    expect(await alan.say({ type: 'watch', table })).toMatchObject({ type: 'watching', names: ['ada', 'grace'] })
    await ada.say({ type: 'play', table, move: '5' })
    expect(alan.last('event')).toMatchObject({ what: { type: 'moved', seat: 0 }, sight: { turn: false, toMove: [1] } })
    await alan.say({ type: 'say', table, text: 'good luck' })
    expect(ada.last('event').what).toEqual({ type: 'said', name: 'alan', text: 'good luck' })
  })

  test('a registered name needs its password, or the token of a session, until that is ended', async () => {
    const room = new Room()
    const ada = new Machine(room.premises)
    expect(await ada.say({ type: 'register', name: 'ada', password: 'engine-1843' })).toMatchObject({ type: 'entered', registered: true })
    const { session } = (await ada.say({ type: 'session' })) as { session: string }
    const again = async (command: Parameters<Machine['say']>[0]) => new Machine(room.premises).say(command)
    expect(await again({ type: 'enter', name: 'Ada' })).toMatchObject({ code: 'name-taken' })
    expect(await again({ type: 'enter', name: 'ada', password: 'engine-1844' })).toMatchObject({ code: 'bad-password' })
    expect(await again({ type: 'enter', name: 'ada', password: 'engine-1843' })).toMatchObject({ type: 'entered', name: 'ada' })
    expect(await again({ type: 'return', session })).toMatchObject({ type: 'entered', name: 'ada', registered: true })
    await again({ type: 'logout', session })
    expect(await again({ type: 'return', session })).toMatchObject({ code: 'bad-token' })
    const guest = new Machine(room.premises)
    await guest.say({ type: 'enter', name: 'grace' })
    expect(await guest.say({ type: 'session' })).toMatchObject({ code: 'who-are-you' })
  })

  test('rated games are for registered names, and change the ladder', async () => {
    const room = new Room()
    const [ada, grace] = [new Machine(room.premises), new Machine(room.premises)]
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

  test('a line that is no command is answered, and changes nothing', async () => {
    const machine = new Machine(new Room().premises)
    expect(await machine.line('hello')).toMatchObject({
      type: 'error',
      code: 'bad-message',
      message: expect.stringContaining('one line of JSON'),
    })
    expect(await machine.line('{"type":"play","id":7}')).toMatchObject({ type: 'error', id: 7, code: 'bad-message' })
    expect(await machine.line('{"type":"dance"}')).toMatchObject({ type: 'error', code: 'bad-message' })
    expect(await machine.say({ type: 'seek', game: 'tictactoe' })).toMatchObject({ code: 'who-are-you' })
    expect(await machine.say({ type: 'ping' })).toMatchObject({ type: 'pong' })
  })
})
