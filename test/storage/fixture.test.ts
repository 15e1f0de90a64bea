import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ToClient } from '../../src/native/messages.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { folder } from '../support/folders.ts'
import { type NativeClient, type StartedServer, startServer } from '../support/start-server.ts'
import { TestClock } from '../support/test-clock.ts'

interface Seat {
  readonly table: number
  readonly token: string
}

/** The actions and observations of the writer of a fixture (`test/fixtures/data-v4/write.ts`, run with the Parlor of its version). */
interface Written {
  readonly at: number
  readonly secrets: Readonly<Record<'ada' | 'bob' | 'eve', string>>
  readonly session: { readonly session: string }
  readonly rated: number
  readonly rematch: Seat
  readonly guests: readonly [Seat, Seat]
  readonly hangman: Seat
  readonly headtail: Seat
  readonly guess: Seat
  readonly resigned: Seat
  readonly ladder: Extract<ToClient, { type: 'ladder' }>
  readonly quizLadder: Extract<ToClient, { type: 'ladder' }>
}

/** A server on a copy of a folder, one second after it was written. */
async function serverOn(data: string, what: Written, program?: string): Promise<StartedServer> {
  const path = folder()
  cpSync(data, path, { recursive: true })
  const store = await openStore({ folder: path })
  const door = await startServer(program, { store, clock: new TestClock(what.at + 1000), wait: 0 })
  onTestFinished(() => door.service.close())
  await door.service.open()
  return door
}

async function loginOf(door: StartedServer, name: 'ada' | 'bob', what: Written): Promise<NativeClient> {
  const client = await door.program()
  expect(await client.ask({ type: 'enter', name, password: what.secrets[name] })).toMatchObject({ type: 'entered', registered: true })
  return client
}

describe.each([
  [4, 'stopped'],
  [4, 'killed'],
  [12, 'stopped'],
  [12, 'killed'],
] as const)('a data folder of version %d of the store, as a %s server left it', (version, left) => {
  const fixture = join(import.meta.dirname, `../fixtures/data-v${version}`)
  const what = JSON.parse(readFileSync(join(fixture, 'what.json'), 'utf8')) as Written
  const open = (program?: string) => serverOn(join(fixture, left), what, program)
  const login = (door: StartedServer, name: 'ada' | 'bob') => loginOf(door, name, what)

  test('retains its ladders', async () => {
    const door = await open()
    const ada = await login(door, 'ada')
    const { id: _, ...ladder } = what.ladder
    expect(await ada.ask({ type: 'ladder', game: 'tictactoe' })).toMatchObject(ladder)
    expect(await ada.ask({ type: 'ladder', game: 'quiz' })).toMatchObject({ best: what.quizLadder.best })
  })

  test('accepts a session of its owner', async () => {
    const door = await open()
    const ada = await door.program()
    expect(await ada.ask({ type: 'return', session: what.session.session })).toMatchObject({ type: 'entered', name: 'Ada' })
  })

  test('continues the game of two registered users to a rated end', async () => {
    const door = await open()
    const [ada, bob] = [await login(door, 'ada'), await login(door, 'bob')]
    const { table } = what.rematch
    expect(await ada.ask({ type: 'resume', table })).toMatchObject({ type: 'seated', sight: { toMove: [0] } })
    expect(await bob.ask({ type: 'resume', table })).toMatchObject({ type: 'seated' })
    // bob has the middle and Ada the corner: bob wins by the second row
    for (const [who, move] of [
      [bob, '4'],
      [ada, '2'],
      [bob, '6'],
    ] as const)
      expect(await who.ask({ type: 'play', table, move })).toMatchObject({ type: 'ok' })
    const { best } = (await bob.ask({ type: 'ladder', game: 'tictactoe' })) as Written['ladder']
    expect(best.map(({ name, games }) => [name, games]).sort()).toEqual([
      ['Ada', 2],
      ['bob', 2],
    ])
  })

  test('returns guests to their seats by their tokens', async () => {
    const door = await open()
    const [cid, dan] = [await door.program(), await door.program()]
    const [first, second] = what.guests
    expect(await cid.ask({ type: 'resume', token: first.token })).toMatchObject({ type: 'seated', table: first.table, seat: 0 })
    expect(await dan.ask({ type: 'resume', token: second.token, after: 2 })).toMatchObject({ type: 'seated', seat: 1 })
    expect(dan.all('event').map(({ what: { type } }) => type)).toContain('said')
    expect(await dan.ask({ type: 'play', table: second.table, move: '1' })).toMatchObject({ type: 'error' })
    expect(await cid.ask({ type: 'play', table: first.table, move: '1' })).toMatchObject({ type: 'ok' })
  })

  test('continues solo games with the secrets and coins of the log', async () => {
    const door = await open()
    const [ada, bob] = [await login(door, 'ada'), await login(door, 'bob')]
    for (const [who, { table }, move] of [
      [ada, what.hangman, 'a'],
      [ada, what.headtail, 'T'],
      [bob, what.guess, '25'],
    ] as const) {
      expect(await who.ask({ type: 'resume', table })).toMatchObject({ type: 'seated', table })
      expect(await who.ask({ type: 'play', table, move })).toMatchObject({ type: 'ok' })
    }
  })

  test('retains its logs, and gives unfinished tables with an old seed a new seed, which no client sees', async () => {
    const path = folder()
    cpSync(join(fixture, left), path, { recursive: true })
    const store = await openStore({ folder: path })
    const { table } = what.headtail
    const before = await store.tables.read(table, 0)
    const door = await startServer(undefined, { store, clock: new TestClock(what.at + 1000), wait: 0 })
    onTestFinished(() => door.service.close())
    await door.service.open()
    const ada = await login(door, 'ada')
    expect(await ada.ask({ type: 'resume', table, after: 0 })).toMatchObject({ type: 'seated' })
    expect(await ada.ask({ type: 'play', table, move: 'H' })).toMatchObject({ type: 'ok' })
    const after = await store.tables.read(table, 0)
    expect(after.slice(0, before.length)).toEqual(before)
    const seeds = after.flatMap((event) => (event.type === 'opened' || event.type === 'reseeded' ? [event.seed] : []))
    expect(seeds).toEqual([...(version === 4 ? [expect.any(Number)] : []), expect.stringMatching(/^1:/)])
    const events = ada.all('event').filter((event) => event.table === table)
    expect(events.some(({ what: { type } }) => type === 'reseeded')).toBe(version === 4)
    for (const seed of seeds) expect(JSON.stringify(events)).not.toContain(String(seed).replace(/^1:/, ''))
  })

  test('continues quizzes under the names that began them', async () => {
    const door = await open('fh/quiz')
    const registered = door.reader()
    await registered.type(`LOGIN eve ${what.secrets.eve}`, /^Welcome eve/)
    await registered.type('RESUME', /^RESUMED 2 3 /)
    await registered.until(/^ANSWER\?/)
    await registered.type('A', /^(RIGHT|WRONG)/)
    const guest = door.reader()
    await guest.type('NAME finn', /^RESUMED 2 2 /)
  })

  test('gives new tables numbers that no table had before', async () => {
    const door = await open()
    const gus = await door.program('gus')
    await gus.ask({ type: 'seek', game: 'tictactoe', wait: 0 })
    expect((await gus.first('seated')).table).toBeGreaterThan(what.resigned.table)
  })
})
