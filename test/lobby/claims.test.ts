import { describe, expect, test } from 'vitest'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

const PASSWORD = 'engine-1843'

/** Two programs that play, ada to move; both are registered if the game is rated. */
async function two(terms: { rated?: boolean; clock?: { total?: number; turn?: number }; game?: string } = {}) {
  const lobby = new TestLobby()
  const [ada, bob] = [new MemoryNativeClient(lobby.service), new MemoryNativeClient(lobby.service)]
  for (const [client, name] of [
    [ada, 'ada'],
    [bob, 'bob'],
  ] as const) {
    await client.say(terms.rated ? { type: 'register', name, password: PASSWORD } : { type: 'enter', name })
    await client.say({ type: 'seek', game: 'tictactoe', ...terms })
  }
  return { lobby, ada, bob, table: ada.last('seated').table }
}

describe('an absent opponent', () => {
  test.each([
    ['claim', { winners: [1], left: 0 }],
    ['abort', { winners: [], left: 0, aborted: true }],
  ] as const)('lets the other player %s after 30 seconds', async (type, outcome) => {
    const { lobby, ada, bob, table } = await two()
    ada.drop()
    await lobby.clock.pass(29_000)
    expect(await bob.say({ type, table })).toMatchObject({
      type: 'error',
      code: 'not-now',
      message: `ada has only just disconnected: wait 1 second more, and then ${type} again`,
    })
    await lobby.clock.pass(1000)
    expect(await bob.say({ type, table })).toMatchObject({ type: 'ok' })
    expect(bob.last('event').what).toEqual({ type: 'ended', outcome })
    expect(await bob.say({ type, table })).toMatchObject({ code: 'not-now', message: 'the game is over' })
  })

  test('is not absent after a return', async () => {
    const { lobby, ada, bob, table } = await two()
    const { token = '' } = ada.last('seated')
    await ada.say({ type: 'play', table, move: '5' })
    ada.drop()
    await lobby.clock.pass(40_000)
    await new MemoryNativeClient(lobby.service).say({ type: 'resume', token })
    expect(await bob.say({ type: 'claim', table })).toMatchObject({
      code: 'not-now',
      message: expect.stringContaining('your opponent is connected'),
    })
  })

  test('gets more time by a wait: no player claims for 30 seconds, the seat is held as after a new disconnection, and both see it', async () => {
    const { lobby, ada, bob, table } = await two()
    const { token = '' } = ada.last('seated')
    const wait = () => bob.say({ type: 'wait', table })
    expect(await wait()).toMatchObject({ code: 'not-now', message: expect.stringMatching(/^your opponent is connected/) })
    ada.drop()
    await lobby.clock.pass(29_000)
    expect(await wait()).toMatchObject({ code: 'not-now', message: 'ada still has time to return: try again in 1 second' })
    const grace = 120_000
    await lobby.clock.pass(grace - 30_000)
    expect(await wait()).toMatchObject({ type: 'ok' })
    expect(bob.last('event').what).toEqual({ type: 'waited', seat: 1 })
    expect(await bob.say({ type: 'claim', table })).toMatchObject({
      code: 'not-now',
      message: 'ada has more time to return: wait 30 seconds more, and then claim again',
    })
    // the seat would be lost after one more second without the wait
    await lobby.clock.pass(grace - 1000)
    const again = new MemoryNativeClient(lobby.service)
    expect(await again.say({ type: 'resume', token, after: 1 })).toMatchObject({ type: 'seated' })
    expect(again.all('event').map(({ what }) => what.type)).toEqual(['gone', 'waited', 'back'])
    expect(await wait()).toMatchObject({ code: 'not-now' })
    again.drop()
    await lobby.clock.pass(grace)
    expect(bob.last('event').what).toMatchObject({ type: 'ended', outcome: { winners: [1], left: 0 } })
    expect(await wait()).toMatchObject({ code: 'not-now', message: 'the game is over' })
  })

  test('changes a rating by a claim, and not by an abort', async () => {
    for (const [type, games] of [
      ['abort', 0],
      ['claim', 2],
    ] as const) {
      const { lobby, ada, bob, table } = await two({ rated: true })
      ada.drop()
      await lobby.clock.pass(30_000)
      await bob.say({ type, table })
      expect(await bob.say({ type: 'ladder', game: 'tictactoe' })).toMatchObject({ best: { length: games } })
    }
  })
})

describe('a connected opponent who does not move', () => {
  test.each(['claim', 'abort'] as const)('lets the other player %s after 5 minutes in a game without a clock', async (type) => {
    const { lobby, ada, bob, table } = await two()
    await lobby.clock.pass(200_000)
    await ada.say({ type: 'play', table, move: '5' })
    await lobby.clock.pass(299_000)
    expect(await ada.say({ type, table })).toMatchObject({
      code: 'not-now',
      message: `bob has not had five minutes for this move: wait 1 second more, and then ${type} again`,
    })
    await lobby.clock.pass(1000)
    expect(await bob.say({ type, table })).toMatchObject({
      code: 'not-now',
      message: expect.stringContaining('your opponent is connected'),
    })
    expect(await ada.say({ type, table })).toMatchObject({ type: 'ok' })
    const outcome = type === 'claim' ? { winners: [0], left: 1, late: true } : { winners: [], left: 1, aborted: true }
    expect(bob.last('event').what).toEqual({ type: 'ended', outcome })
  })

  test('has the clock instead, if the game has a clock', async () => {
    const { lobby, ada, table } = await two({ clock: { total: 3_600_000 } })
    await ada.say({ type: 'play', table, move: '5' })
    await lobby.clock.pass(400_000)
    expect(await ada.say({ type: 'claim', table })).toMatchObject({ code: 'not-now' })
  })

  test('does not let a player claim who has not moved either', async () => {
    const { lobby, ada, bob, table } = await two({ game: 'scissors' })
    await lobby.clock.pass(400_000)
    expect(await ada.say({ type: 'claim', table })).toMatchObject({ code: 'not-now' })
    await ada.say({ type: 'play', table, move: '1' })
    await lobby.clock.pass(300_000)
    expect(await bob.say({ type: 'claim', table })).toMatchObject({ code: 'not-now' })
    expect(await ada.say({ type: 'claim', table })).toMatchObject({ type: 'ok' })
  })
})

describe('a claim', () => {
  test('ends the conversation of a worksheet client that does not move, with the goodbye of its protocol', async () => {
    const room = new TestLobby({ wait: 60_000 })
    const [slow, ada] = [await room.client('c8/scissors'), new MemoryNativeClient(room.service)]
    await ada.say({ type: 'enter', name: 'ada' })
    await ada.say({ type: 'seek', game: 'scissors' })
    const { table } = ada.last('seated')
    await ada.say({ type: 'play', table, move: '1' })
    await room.clock.pass(300_000)
    expect(await ada.say({ type: 'claim', table })).toMatchObject({ type: 'ok' })
    expect(slow.received).toBe('CHOOSE\nQUIT\n')
    expect(await slow.close()).toBeUndefined()
  })

  test('is refused against the house, to a watcher, and in a solo game', async () => {
    const lobby = new TestLobby()
    const [ada, eve] = [new MemoryNativeClient(lobby.service), new MemoryNativeClient(lobby.service)]
    await ada.say({ type: 'enter', name: 'ada' })
    await eve.say({ type: 'enter', name: 'eve' })
    await ada.say({ type: 'seek', game: 'tictactoe', wait: 0 })
    const { table } = ada.last('seated')
    await eve.say({ type: 'watch', table })
    await lobby.clock.pass(400_000)
    expect(await ada.say({ type: 'claim', table })).toMatchObject({ code: 'not-now' })
    expect(await eve.say({ type: 'claim', table })).toMatchObject({ code: 'not-seated' })
    await ada.say({ type: 'seek', game: 'hangman' })
    expect(await ada.say({ type: 'abort', table: ada.last('seated').table })).toMatchObject({ code: 'not-now' })
  })
})
