import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import type { ToClient } from '../../src/native/messages.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

type LobbyMessage = Extract<ToClient, { type: 'lobby' }>
type Lists = Pick<LobbyMessage, 'people' | 'tables' | 'seekers' | 'total'>

/** Applies the changes that a client has received to the page that it got first, as a client does. */
function applyChanges(first: Lists, changes: readonly Extract<ToClient, { type: 'changed' }>[]): Lists {
  let { people, tables, seekers, total } = first
  for (const change of changes) {
    const named = new Map(people.map((one) => [one.name, one]))
    for (const name of change.peopleGone) named.delete(name)
    for (const one of change.people) named.set(one.name, one)
    const numbered = new Map(tables.map((one) => [one.table, one]))
    for (const table of change.tablesGone) numbered.delete(table)
    for (const one of change.tables) numbered.set(one.table, one)
    people = [...named.values()]
    tables = [...numbered.values()]
    seekers = change.seekers ?? seekers
    total = change.total
  }
  return {
    people: people.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    tables: tables.toSorted((one, other) => one.table - other.table),
    seekers,
    total,
  }
}

async function subscribe(lobby: TestLobby): Promise<{ client: MemoryNativeClient; first: LobbyMessage }> {
  const client = new MemoryNativeClient(lobby.service)
  const first = await client.say({ type: 'subscribe' })
  if (first.type !== 'lobby') throw new Error(`no lobby: ${JSON.stringify(first)}`)
  return { client, first }
}

test('a subscriber that applies the changes has the lists that the lobby has, after any acts of users', async () => {
  let changes = 0
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 5, max: 25 }), async (seed, acts) => {
      const random = seededRandom(seed)
      const lobby = new TestLobby({ random })
      const { client, first } = await subscribe(lobby)
      const users: MemoryNativeClient[] = []
      for (let act = 0; act < acts; act++) {
        const user = users.length > 0 ? random.choice(users) : undefined
        switch (random.integer(0, 5)) {
          case 0: {
            const next = new MemoryNativeClient(lobby.service)
            await next.say({ type: 'enter', name: `user${act}` })
            users.push(next)
            break
          }
          case 1:
            await user?.say({ type: 'seek', game: random.choice(['tictactoe', 'scissors', 'hangman']), wait: null, replace: true })
            break
          case 2:
            for (const { table } of user?.all('seated') ?? []) await user?.say({ type: 'resign', table })
            break
          case 3:
            await user?.say({ type: 'watch', table: random.integer(1, 4) })
            break
          case 4:
            if (user) users.splice(users.indexOf(user), 1)
            user?.drop()
            break
          default:
            await lobby.clock.pass(random.integer(1, 1500))
        }
      }
      await lobby.clock.pass(2000)
      const now = await new MemoryNativeClient(lobby.service).say({ type: 'lobby' })
      if (now.type !== 'lobby') throw new Error('no lobby')
      changes += client.all('changed').length
      const shown = applyChanges(first, client.all('changed'))
      expect(shown).toEqual(applyChanges(now, []))
      expect(lobby.troubles).toEqual([])
    }),
    { numRuns: 40 },
  )
  expect(changes).toBeGreaterThan(5)
})

test('changes come once a second at most, and none without a change', async () => {
  const lobby = new TestLobby()
  const { client } = await subscribe(lobby)
  await lobby.clock.pass(5000)
  expect(client.all('changed')).toEqual([])
  for (const name of ['ada', 'bob', 'cyd']) await new MemoryNativeClient(lobby.service).say({ type: 'enter', name })
  expect(client.all('changed')).toEqual([])
  await lobby.clock.pass(1000)
  expect(client.all('changed')).toMatchObject([
    { people: [{ name: 'ada' }, { name: 'bob' }, { name: 'cyd' }], peopleGone: [], total: { people: 3 } },
  ])
  expect(client.last('changed')).not.toHaveProperty('seekers')
})

test('a subscription ends with "unsubscribe" and with the connection, and then the server no longer looks at the lobby', async () => {
  const lobby = new TestLobby()
  const { client: one } = await subscribe(lobby)
  const { client: other } = await subscribe(lobby)
  expect(await one.say({ type: 'unsubscribe' })).toMatchObject({ type: 'ok' })
  expect(await one.say({ type: 'unsubscribe' })).toMatchObject({ type: 'ok' })
  await new MemoryNativeClient(lobby.service).say({ type: 'enter', name: 'ada' })
  await lobby.clock.pass(1000)
  expect([one.all('changed').length, other.all('changed').length]).toEqual([0, 1])
  const waiting = lobby.clock.waiting
  other.drop()
  expect(lobby.clock.waiting).toBe(waiting - 1)
})
