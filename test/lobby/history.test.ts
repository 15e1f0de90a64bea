import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { DoorUser } from '../support/door-user.ts'
import { folder } from '../support/folders.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

const PASSWORD = 'engine-1843'

/** Programs in one lobby, each registered under a name. */
async function members(lobby: TestLobby, ...names: string[]): Promise<MemoryNativeClient[]> {
  const all: MemoryNativeClient[] = []
  for (const name of names) {
    const client = new MemoryNativeClient(lobby.service)
    await client.say({ type: 'register', name, password: PASSWORD })
    all.push(client)
  }
  return all
}

/** Plays a game of two users that the first resigns. */
async function resigned(one: MemoryNativeClient, other: MemoryNativeClient, more: { rated?: boolean } = {}): Promise<number> {
  await one.say({ type: 'seek', game: 'tictactoe', ...more })
  await other.say({ type: 'seek', game: 'tictactoe', ...more })
  const { table } = one.last('seated')
  await one.say({ type: 'resign', table })
  await settled()
  return table
}

describe('the history of a user', () => {
  test('lists the finished games, the newest first, with table, players and outcome', async () => {
    const lobby = new TestLobby()
    const [ada, bob] = (await members(lobby, 'ada', 'bob')) as [MemoryNativeClient, MemoryNativeClient]
    expect(await ada.say({ type: 'history' })).toMatchObject({ type: 'history', name: 'ada', games: [], total: 0 })
    await resigned(ada, bob)
    await resigned(bob, ada, { rated: true })
    expect(await ada.say({ type: 'history', name: 'Bob' })).toMatchObject({
      type: 'history',
      name: 'bob',
      games: [
        { table: 2, game: 'tictactoe', names: ['bob', 'ada'], seat: 0, outcome: { winners: [1], left: 0, resigned: true }, rated: true },
        { table: 1, game: 'tictactoe', names: ['ada', 'bob'], seat: 1, outcome: { winners: [1], left: 0, resigned: true }, rated: false },
      ],
      total: 2,
    })
    expect(await ada.say({ type: 'history', from: 1, limit: 1 })).toMatchObject({ games: [{ table: 1, seat: 0 }], total: 2 })
  })

  test('has the rating of the user after each rated game, also after a restart of the server', async () => {
    const store = await openStore({ folder: folder() })
    const lobby = new TestLobby({ store })
    const [ada, bob] = (await members(lobby, 'ada', 'bob')) as [MemoryNativeClient, MemoryNativeClient]
    const ratings: { readonly ada: number | undefined; readonly bob: number | undefined }[] = []
    for (const [one, other] of [
      [ada, bob],
      [ada, bob],
      [bob, ada],
    ] as const) {
      const table = await resigned(one, other, { rated: true })
      // the answer waits for the ratings
      expect(await ada.say({ type: 'history' })).toMatchObject({ games: expect.arrayContaining([expect.objectContaining({ table })]) })
      const { changes } = ada.last('recorded')
      const ratingOf = (name: string) => changes.find((change) => change.name === name)?.after
      ratings.push({ ada: ratingOf('ada'), bob: ratingOf('bob') })
    }
    await resigned(ada, bob)
    const scoresOf = async (client: MemoryNativeClient, name: string) => {
      const found = await client.say({ type: 'history', name })
      return found.type === 'history' ? found.games.map(({ score }) => score) : found
    }
    const expected = (name: 'ada' | 'bob') => [undefined, ...ratings.map((one) => one[name]).reverse()]
    expect(await scoresOf(ada, 'ada')).toEqual(expected('ada'))
    expect(await scoresOf(ada, 'bob')).toEqual(expected('bob'))
    expect(new Set(expected('ada')).size).toBe(4)
    const again = new TestLobby({ store })
    await again.service.open()
    const [eve] = (await members(again, 'eve')) as [MemoryNativeClient]
    expect(await scoresOf(eve, 'ada')).toEqual(expected('ada'))
    await store.close()
  })

  test('is shown without folding the names of its games: a user’s own is the same in all, or folded once for each', async () => {
    const lobby = new TestLobby()
    const [ada, bob] = (await members(lobby, 'adä', 'bób')) as [MemoryNativeClient, MemoryNativeClient]
    for (let game = 0; game < 12; game++) await resigned(ada, bob)
    const folds = vi.spyOn(Intl.Segmenter.prototype, 'segment')
    onTestFinished(() => folds.mockRestore())
    await ada.say({ type: 'history', limit: 1 })
    const one = folds.mock.calls.length
    const found = await ada.say({ type: 'history', name: 'BÓB', limit: 12 })
    expect(found.type === 'history' && found.games.map(({ seat }) => seat)).toEqual(Array(12).fill(1))
    expect(one).toBeGreaterThan(0)
    expect(folds.mock.calls.length - one).toBeLessThan(6)
  })

  test('shows for a solo game whether it was lost, and its points', async () => {
    const lobby = new TestLobby({ random: seededRandom(3) })
    const ada = new DoorUser((line) => lobby.service.createSeating(line, 'parlor/door'), lobby.clock)
    await settled()
    await ada.type('ada', 'play guess tries 1')
    for (const guess of ['50', '51']) if (!ada.screen.includes('You lose')) await ada.type(guess)
    ada.news()
    // the questions are loaded first
    await ada.send('play quiz count 1\n')
    await ada.until('Table 2: quiz.')
    await ada.send('A\n')
    await ada.until('"rematch"')
    await ada.send('history\n')
    expect(await ada.until('guess')).toMatch(
      /^ {2}2 {2}2024-02-29 {2}quiz {3}alone {2}(won, 1 point|0 points)\n {2}1 {2}2024-02-29 {2}guess {2}alone {2}lost\n$/,
    )
  })

  test('shows private games only to an account that has played them', async () => {
    const lobby = new TestLobby()
    const [ada, bob, eve] = (await members(lobby, 'ada', 'bob', 'eve')) as [MemoryNativeClient, MemoryNativeClient, MemoryNativeClient]
    const { code = '' } = (await ada.say({ type: 'seek', game: 'scissors', private: true })) as { code?: string }
    await bob.say({ type: 'join', code })
    await ada.say({ type: 'resign', table: ada.last('seated').table })
    expect(await eve.say({ type: 'history', name: 'ada' })).toMatchObject({ total: 0 })
    expect(await ada.say({ type: 'history' })).toMatchObject({ total: 1, games: [{ game: 'scissors' }] })
    const guest = new MemoryNativeClient(lobby.service)
    await guest.say({ type: 'enter', name: 'gus' })
    const { code: again = '' } = (await guest.say({ type: 'seek', game: 'scissors', private: true })) as { code?: string }
    await bob.say({ type: 'join', code: again })
    await guest.say({ type: 'resign', table: guest.last('seated').table })
    // a guest's name belongs to no user
    expect(await guest.say({ type: 'history' })).toMatchObject({ total: 0 })
  })

  test('lists no unfinished game, and neither word nor number of a finished game', async () => {
    const lobby = new TestLobby()
    const [ada] = (await members(lobby, 'ada')) as [MemoryNativeClient]
    for (const game of ['hangman', 'guess', 'quiz']) await ada.say({ type: 'seek', game })
    expect(await ada.say({ type: 'history' })).toMatchObject({ total: 0 })
    for (const { table } of ada.all('seated')) await ada.say({ type: 'resign', table })
    const history = await ada.say({ type: 'history' })
    if (history.type !== 'history') throw new Error(`no history: ${JSON.stringify(history)}`)
    expect([history.total, history.games.length]).toEqual([3, 3])
    const allowed = ['table', 'game', 'names', 'seat', 'outcome', 'rated', 'at']
    for (const one of history.games)
      expect(Object.keys(one).sort()).toEqual([...allowed, ...(one.game === 'quiz' ? ['points', 'score'] : [])].sort())
  })

  test('shows a registered user at the door, once, the games that ended while the user was offline', async () => {
    const lobby = new TestLobby()
    const door = async (name: string) => {
      const caller = new DoorUser((line) => lobby.service.createSeating(line, 'parlor/door'), lobby.clock)
      await settled()
      await caller.type(name)
      return caller
    }
    const ada = await door('ada')
    await ada.type('register', PASSWORD)
    await ada.send(`${PASSWORD}\n`)
    await ada.until('ada is registered now')
    const bob = await door('bob')
    await bob.type('play tictactoe minutes 1')
    await ada.type('play tictactoe bob')
    await bob.type('5')
    await ada.drop()
    await lobby.clock.pass(61_000)
    expect(bob.news()).toContain('The time of ada is over')
    const away = 'While you were away: tictactoe, against bob, lost (out of time). "history" lists'
    const login = async () => {
      const again = await door('ada')
      await again.send(`${PASSWORD}\n`)
      return [again, await again.until('Hello, ada.')] as const
    }
    const [again, hello] = await login()
    expect(hello).toContain(away)
    await again.drop()
    expect((await login())[1]).not.toContain('While you were away')
  })

  test('survives a restart of the server', async () => {
    const path = folder()
    const first = new TestLobby({ store: await openStore({ folder: path }) })
    const [ada, bob] = (await members(first, 'ada', 'bob')) as [MemoryNativeClient, MemoryNativeClient]
    await resigned(ada, bob)
    first.service.closeHall(new Error('stopped'))
    await first.service.close()
    const second = new TestLobby({ store: await openStore({ folder: path }) })
    onTestFinished(() => second.service.close())
    const eve = new MemoryNativeClient(second.service)
    await eve.say({ type: 'enter', name: 'eve' })
    expect(await eve.say({ type: 'history', name: 'ada' })).toMatchObject({ total: 1, games: [{ table: 1, names: ['ada', 'bob'] }] })
  })

  test('of a guest has the games of that guest alone, not of an earlier guest of the name, and not of the time before a restart', async () => {
    const path = folder()
    const first = new TestLobby({ store: await openStore({ folder: path }) })
    const [bob] = (await members(first, 'bob')) as [MemoryNativeClient]
    const guest = async (lobby: TestLobby, name: string) => {
      const client = new MemoryNativeClient(lobby.service)
      await client.say({ type: 'enter', name })
      return client
    }
    const gus = await guest(first, 'gus')
    await resigned(gus, bob)
    await resigned(bob, gus)
    expect(await gus.say({ type: 'history', from: 1 })).toMatchObject({ total: 2, games: [{ table: 1, seat: 0 }] })
    expect(await bob.say({ type: 'history', name: 'GUS' })).toMatchObject({ total: 2 })
    gus.drop('gone')
    const other = await guest(first, 'Gus')
    expect(await other.say({ type: 'history' })).toMatchObject({ games: [], total: 0 })
    expect(await other.say({ type: 'history', name: 'gus' })).toMatchObject({ games: [], total: 0 })
    await resigned(other, bob)
    expect(await other.say({ type: 'history' })).toMatchObject({ total: 1, games: [{ table: 3 }] })
    first.service.closeHall(new Error('stopped'))
    await first.service.close()
    const second = new TestLobby({ store: await openStore({ folder: path }) })
    onTestFinished(() => second.service.close())
    const again = await guest(second, 'gus')
    expect(await again.say({ type: 'history' })).toMatchObject({ games: [], total: 0 })
    expect(await again.say({ type: 'history', name: 'bob' })).toMatchObject({ total: 3 })
  })

  test('of a guest who returns with the reconnect secret continues', async () => {
    const lobby = new TestLobby()
    const [bob] = (await members(lobby, 'bob')) as [MemoryNativeClient]
    const gus = new MemoryNativeClient(lobby.service)
    const { secret } = (await gus.say({ type: 'enter', name: 'gus' })) as { secret: string }
    await resigned(gus, bob)
    const again = new MemoryNativeClient(lobby.service)
    await again.say({ type: 'enter', name: 'gus', secret })
    expect(await again.say({ type: 'history' })).toMatchObject({ total: 1 })
  })
})
