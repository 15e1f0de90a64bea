import { describe, expect, test } from 'vitest'
import { type AnyGame, games, shippedGames } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { allPrograms } from '../../src/programs/index.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import { randomUser } from '../../src/testing/random-user.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { BROKEN, gamesWith } from '../support/broken-games.ts'
import { connectCast, MATCHUPS, type Matchup, playerName, SEATING_PROGRAMS, WATCHERS, WITHOUT_SEATS } from '../support/matchups.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { program } from '../support/play.ts'
import { compare, record, saidTo } from '../support/secrecy.ts'
import { anotherPlot, anyPlot, KNOWLEDGE, seedOf } from '../support/secrets.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** The number of pairs of games that are compared at each setting. */
const PAIRS = 16

/** Plays two games that differ in their secrets alone, and looks for these in all messages. */
async function pair(setting: Matchup, seed: number, played?: ReadonlyMap<string, AnyGame>) {
  const staging = { cast: connectCast(setting), knowledge: KNOWLEDGE, ...(played ? { games: played } : {}) }
  const random = seededRandom(seed)
  const plot = anyPlot(setting, random)
  const one = await record(staging, plot)
  const other = await record(staging, anotherPlot(setting, plot, one, random))
  return { plot, one, ...compare(one, other) }
}

describe.each(MATCHUPS)('$name', (setting) => {
  test('sends no secret before its time', async () => {
    let all = 0
    let hashes = 0
    for (let seed = 1; seed <= PAIRS; seed++) {
      const { plot, one, leaks, compared } = await pair(setting, seed)
      expect({ seed, leaks }).toEqual({ seed, leaks: [] })
      all += compared
      const said = [...saidTo(one).values()]
      const tableSeed = String(seedOf(plot.deal.seed))
      expect(one.logs.map(([first]) => first?.type === 'opened' && first.seed)).toContain(tableSeed)
      for (const text of said) expect(text).not.toContain(tableSeed.slice(2))
      const tokens = one.logs.flatMap(([first]) => (first?.type === 'opened' ? first.seats.flatMap(({ token }) => token ?? []) : []))
      hashes += tokens.length
      for (const hash of tokens) for (const text of said) expect(text).not.toContain(hash)
    }
    // a comparison that ends at the first act shows nothing
    expect(all).toBeGreaterThan(PAIRS * (setting.seats.length + 2) * 5)
    // clients of the front door and of the native protocol have tokens
    expect(hashes > 0 || setting.seats.every(({ speech }) => typeof speech !== 'string')).toBe(true)
  })

  test.each(BROKEN[setting.game] ?? [])('the test detects a game that $how', async (broken) => {
    const { heardBy } = broken
    const hearing = setting.seats.filter(({ speech }) => heardBy === 'everybody' || (heardBy === 'natives' && speech === 'native'))
    // a talk between two programs has no watchers
    const watching = shippedGames.find(setting.game) ? [WATCHERS.native, ...(heardBy === 'natives' ? [] : [WATCHERS.door])] : []
    const deaf = new Set([...hearing.map(playerName), ...watching])
    expect(deaf.size).toBeGreaterThan(0)
    for (let seed = 1; seed <= PAIRS && deaf.size > 0; seed++) {
      const { leaks } = await pair(setting, seed, gamesWith(broken))
      for (const called of deaf) if (leaks.some((leak) => leak.startsWith(called))) deaf.delete(called)
    }
    expect([...deaf]).toEqual([])
  })
})

describe('completeness', () => {
  test('every game, and every program, is tested above or seats no client', async () => {
    const played = new Set(MATCHUPS.map(({ game }) => game))
    expect(shippedGames.entries.map(({ game }) => game.name).filter((name) => !played.has(name))).toEqual([])
    expect([...games.keys()].filter((name) => !played.has(name))).toEqual([])
    expect(shippedGames.entries.map(({ game }) => game.name).filter((name) => !BROKEN[name]?.length)).toEqual([])
    const all = (await allPrograms()).map(({ name }) => name)
    expect([...SEATING_PROGRAMS, ...WITHOUT_SEATS, 'parlor/door'].sort()).toEqual(all.sort())
  })

  test.each(WITHOUT_SEATS)('%s requests no seat', async (name) => {
    const [here, there] = memoryPair()
    const found = await program(name)
    const asked: string[] = []
    const house = () => ({
      isBusy: false,
      finished: async () => {},
      close() {},
      async sit(game: { name: string }): Promise<never> {
        asked.push(game.name)
        throw new Error('there are no seats here')
      },
    })
    const terms = { program: found, options: { ...found.defaults, pace: 0, delay: 0 }, random: seededRandom(1) }
    const serving = new Conversation({ ...terms, side: 'server', transport: there, createSeating: house })
    const joining = new Conversation({ ...terms, side: 'client', transport: here, console: randomUser(seededRandom(1), 20) })
    await Promise.all([serving.closed, joining.closed])
    expect(asked).toEqual([])
  })
})

describe('private data', () => {
  test('passwords, tokens and codes are sent only to their owners, and are not in the journal', async () => {
    const lobby = new TestLobby()
    const connectUser = async (name: string, password: string) => {
      const client = new MemoryNativeClient(lobby.service)
      await client.say({ type: 'register', name, password })
      return client
    }
    const passwords = ['engine-1843-of-ada', 'compiler-1952-of-grace', 'enigma-1940-of-alan']
    const [ada, grace, alan] = [
      await connectUser('ada', passwords[0] ?? ''),
      await connectUser('grace', passwords[1] ?? ''),
      await connectUser('alan', passwords[2] ?? ''),
    ]
    const everyone = [ada, grace, alan]
    const eve = await lobby.client('parlor/door')
    await eve.say('eve\n')
    const look = async () => {
      for (const client of everyone) {
        await client.say({ type: 'lobby' })
        await client.say({ type: 'ladder', game: 'tictactoe' })
        await client.say({ type: 'watch', table: 1 })
        await client.say({ type: 'watch', table: 2 })
      }
      for (const line of ['tables', 'who', 'rank tictactoe', 'leave', 'watch 2', 'watch 1']) await eve.say(`${line}\n`)
    }
    await ada.say({ type: 'seek', game: 'tictactoe', rated: true })
    await look()
    await grace.say({ type: 'seek', game: 'tictactoe', rated: true })
    await look()
    await ada.say({ type: 'resign', table: 1 })
    const { code = '' } = (await ada.say({ type: 'seek', game: 'scissors', private: true })) as { code?: string }
    await look()
    await grace.say({ type: 'join', code })
    await ada.say({ type: 'play', table: 2, move: 'stone' })
    await look()
    await ada.say({ type: 'password', old: passwords[0] ?? '', password: 'engine-1844-of-ada' })
    const received = [...everyone.map((client) => JSON.stringify(client.received)), eve.received]
    const journal = JSON.stringify([await lobby.store.tables.read(1, 0), await lobby.store.tables.read(2, 0)])
    for (const secret of [...passwords, 'engine-1844-of-ada', '$argon2']) {
      for (const text of [...received, journal]) expect(text).not.toContain(secret)
    }
    const own = everyone.map((client) => client.all('seated').flatMap(({ token }) => token ?? []))
    expect(own.map((tokens) => new Set(tokens).size)).toEqual([2, 2, 0])
    for (const [at, tokens] of own.entries()) {
      for (const token of tokens) {
        expect(received.map((text) => text.includes(token))).toEqual(received.map((_, other) => other === at))
        expect(journal).not.toContain(token)
      }
    }
    expect(code).toMatch(/^\w+-\w+-\w+$/)
    expect(received.map((text) => text.includes(code))).toEqual([true, false, false, false])
    expect(journal).not.toContain(code)
    // other users know at most that a private table has players
    expect(alan.all('error').at(-1)).toMatchObject({ code: 'no-such-table' })
    expect(alan.all('event').filter(({ table }) => table === 2)).toEqual([])
    expect(received[1]).not.toContain('"Stone"')
  })
})
