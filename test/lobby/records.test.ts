import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { battleship } from '../../examples/plugins/battleship.ts'
import { connectFour } from '../../examples/plugins/connect-four.ts'
import { isRefusal } from '../../src/games/game.ts'
import { shippedGames } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { evolve, toOpenedTable } from '../../src/hall/table.ts'
import type { ToClient } from '../../src/native/messages.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

const catalog = shippedGames.with([connectFour, battleship])
/** Texts that are moves in the games that do not list their moves. */
const TEXTS = ['e', 'a', 'n', 'r', 's', 't', 'i', 'o', 'H', 'T', 'forward', 'left', 'right', '1', '2', '50', 'A1', 'B3', 'J10']
const PASSWORD = 'engine-1843'

/** Seats two players, or one in a game for one player, at a new table of a game. */
async function seatPlayers(lobby: TestLobby, game: string, more: { readonly private?: boolean } = {}) {
  const [ada, bob] = [new MemoryNativeClient(lobby.service), new MemoryNativeClient(lobby.service)]
  await ada.say({ type: 'enter', name: 'ada' })
  await bob.say({ type: 'enter', name: 'bob' })
  const sought = await ada.say({ type: 'seek', game, wait: null, seats: [0], ...more })
  if ((catalog.find(game)?.game.seats.max ?? 1) > 1) {
    const code = sought.type === 'ok' ? sought.code : undefined
    await bob.say(code === undefined ? { type: 'seek', game, wait: null } : { type: 'join', code })
  }
  const { table } = ada.last('seated')
  return { players: [ada, bob] as const, table }
}

/** Returns all pages of a record, one after the other. */
async function readAll(client: MemoryNativeClient, table: number, limit: number): Promise<Extract<ToClient, { type: 'record' }>['events']> {
  const events: Extract<ToClient, { type: 'record' }>['events'][number][] = []
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page: ToClient = await client.say({ type: 'record', table, after, limit })
    if (page.type !== 'record') throw new Error(`no record: ${JSON.stringify(page)}`)
    events.push(...page.events)
    after = page.next
  }
  return events
}

describe('the record of a finished game', () => {
  test.each(catalog.entries.map(({ name }) => name))('of %s leads to the same position as the game', async (name) => {
    let moves = 0
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 30 }), async (seed, most, limit) => {
        const random = seededRandom(seed)
        const lobby = new TestLobby({ catalog, random })
        const { players, table } = await seatPlayers(lobby, name)
        const actor = lobby.service.hall.table(table)
        if (!actor) throw new Error('the table is missing')
        const { rules } = actor.state
        const watcher = new MemoryNativeClient(lobby.service)
        await watcher.say({ type: 'watch', table })
        for (let turn = 0; turn < most && !actor.over; turn++) {
          const seat = random.choice(actor.state.toMove)
          const listed = [...(rules.moves?.(actor.state.position, seat) ?? [])].map(rules.notation.print)
          const texts = listed.length > 0 ? listed : TEXTS.filter((text) => !isRefusal(rules.notation.parse(text)))
          await players[seat]?.say({ type: 'play', table, move: random.choice(texts) })
        }
        if (!actor.over) await players[0].say({ type: 'resign', table })
        const events = await readAll(watcher, table, limit)
        expect(events.map(({ n }) => n)).toEqual(events.map((_, at) => at + 1))

        // the log leads to the position
        const log = await lobby.service.hall.log(table)
        const [opening, ...others] = log
        if (opening?.type !== 'opened') throw new Error('the log has no opening')
        const replayed = others.reduce(evolve, toOpenedTable(opening, rules))
        expect(replayed.position).toEqual(actor.state.position)
        // the views are those of a watcher
        const seen = watcher.all('event').filter(({ sight }) => sight !== undefined && 'view' in sight)
        expect(events.findLast(({ view }) => view !== undefined)?.view).toEqual(seen.at(-1)?.sight?.view)

        // the texts of the moves lead to the position in a game without secrets
        const moved = events.filter(({ what }) => what.type === 'moved')
        moves += moved.length
        if (rules.whole) {
          let position = opening.state
          for (const { what, move } of moved) {
            const parsed = rules.notation.parse(move ?? '')
            if (isRefusal(parsed) || what.type !== 'moved') throw new Error(`no move of the game: ${move}`)
            position = rules.play(position, what.seat, parsed, random)
          }
          expect(position).toEqual(actor.state.position)
        }
        expect(lobby.troubles).toEqual([])
      }),
      { numRuns: 8 },
    )
    expect(moves).toBeGreaterThan(0)
  })

  test('never has a choice that the game has not opened: not a sealed hand, and not the guesses at a number', async () => {
    const lobby = new TestLobby({ catalog })
    const { players, table } = await seatPlayers(lobby, 'scissors')
    await players[0].say({ type: 'play', table, move: 'stone' })
    await players[1].say({ type: 'resign', table })
    const watcher = new MemoryNativeClient(lobby.service)
    const sealed = await watcher.say({ type: 'record', table })
    expect(sealed).toMatchObject({ type: 'record', outcome: { resigned: true } })
    expect(JSON.stringify(sealed)).not.toMatch(/stone|"move"/i)
    const other = new TestLobby({ catalog })
    const open = await seatPlayers(other, 'guess')
    for (const move of ['11', '99', '77']) await open.players[0].say({ type: 'play', table: open.table, move })
    await open.players[0].say({ type: 'resign', table: open.table })
    const guesses = await readAll(new MemoryNativeClient(other.service), open.table, 50)
    expect(guesses.filter(({ what }) => what.type === 'moved')).toHaveLength(3)
    expect(guesses.filter(({ move }) => move !== undefined)).toEqual([])
  })

  test('of a private game is for its players, and other users get the answer of a table that does not exist', async () => {
    const lobby = new TestLobby({ catalog })
    const { players, table } = await seatPlayers(lobby, 'tictactoe', { private: true })
    await players[0].say({ type: 'resign', table })
    for (const player of players) expect(await player.say({ type: 'record', table })).toMatchObject({ type: 'record', table })
    const eve = new MemoryNativeClient(lobby.service)
    const missing = { type: 'error', code: 'no-such-table' }
    expect(await eve.say({ type: 'record', table })).toMatchObject(missing)
    await eve.say({ type: 'enter', name: 'eve' })
    expect(await eve.say({ type: 'record', table })).toMatchObject(missing)
    expect(await eve.say({ type: 'recent' })).toMatchObject({ games: [], total: 0 })
    // the next guest of the same name is another user
    players[0].drop()
    await lobby.clock.pass(1)
    const next = new MemoryNativeClient(lobby.service)
    await next.say({ type: 'enter', name: 'ada' })
    expect(await next.say({ type: 'record', table })).toMatchObject(missing)
    // the token of a seat gives access to the record of its own table alone
    const { token = '' } = players[0].last('seated')
    expect(await next.say({ type: 'record', table, token })).toMatchObject({ type: 'record', table })
    expect(await next.say({ type: 'record', table, token: `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}` })).toMatchObject(
      missing,
    )
    expect(await next.say({ type: 'record', table, token: 'nonsense' })).toMatchObject(missing)
  })

  test('of a private game of registered users is not for the holder of a token, which a new password must end', async () => {
    const lobby = new TestLobby({ catalog })
    const [ada, bob, eve] = [1, 2, 3].map(() => new MemoryNativeClient(lobby.service)) as [
      MemoryNativeClient,
      MemoryNativeClient,
      MemoryNativeClient,
    ]
    for (const [user, name] of [
      [ada, 'ada'],
      [bob, 'bob'],
    ] as const)
      await user.say({ type: 'register', name, password: 'engine-1843' })
    const { code = '' } = (await ada.say({ type: 'seek', game: 'tictactoe', private: true })) as { readonly code?: string }
    await bob.say({ type: 'join', code })
    const { table, token = '' } = ada.last('seated')
    await ada.say({ type: 'resign', table })
    expect(await bob.say({ type: 'record', table })).toMatchObject({ type: 'record', table })
    expect(await eve.say({ type: 'record', table, token })).toMatchObject({ code: 'no-such-table' })
  })

  test('of a private game stays for a registered player, through any connection', async () => {
    const lobby = new TestLobby({ catalog })
    const ada = new MemoryNativeClient(lobby.service)
    await ada.say({ type: 'register', name: 'ada', password: PASSWORD })
    await ada.say({ type: 'seek', game: 'hangman', private: true })
    const { table } = ada.last('seated')
    await ada.say({ type: 'resign', table })
    ada.drop()
    const later = new MemoryNativeClient(lobby.service)
    expect(await later.say({ type: 'record', table })).toMatchObject({ type: 'error', code: 'no-such-table' })
    await later.say({ type: 'enter', name: 'ada', password: PASSWORD })
    expect(await later.say({ type: 'record', table })).toMatchObject({ type: 'record', table })
  })

  test('does not exist before the end', async () => {
    const lobby = new TestLobby({ catalog })
    const { players, table } = await seatPlayers(lobby, 'tictactoe')
    expect(await players[0].say({ type: 'record', table })).toMatchObject({ type: 'error', code: 'not-now' })
    expect(await players[0].say({ type: 'record', table: table + 1 })).toMatchObject({ type: 'error', code: 'no-such-table' })
  })
})

test('the finished games of all users are listed, the last of them first, in pages', async () => {
  const lobby = new TestLobby({ catalog })
  const ended: number[] = []
  for (const game of ['tictactoe', 'hangman', 'scissors']) {
    const { players, table } = await seatPlayers(lobby, game)
    await lobby.clock.pass(1000)
    await players[0].say({ type: 'resign', table })
    for (const player of players) player.drop()
    await lobby.clock.pass(1)
    ended.unshift(table)
  }
  const client = new MemoryNativeClient(lobby.service)
  const all = await client.say({ type: 'recent' })
  expect(all).toMatchObject({ total: 3, games: ended.map((table) => ({ table })) })
  expect(all).toMatchObject({ games: [{ game: 'scissors', names: ['ada', 'bob'], outcome: { left: 0, resigned: true } }, {}, {}] })
  expect(await client.say({ type: 'recent', from: 1, limit: 1 })).toMatchObject({ total: 3, games: [{ table: ended[1] }] })
})
