import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ToClient } from '../../src/native/messages.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { folder } from '../support/folders.ts'
import { type NativeClient, type StartedServer, startServer } from '../support/start-server.ts'
import { TestClock } from '../support/test-clock.ts'

const fixture = join(import.meta.dirname, '../fixtures/data-v4')

interface Seat {
  readonly table: number
  readonly token: string
}

/** The actions and observations of the writer of the fixture (`test/fixtures/data-v4/write.ts`). */
const what = JSON.parse(readFileSync(join(fixture, 'what.json'), 'utf8')) as {
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

/** A server on a copy of the folder, one second after it was written. */
async function serverOn(left: 'stopped' | 'killed', program?: string): Promise<StartedServer> {
  const path = folder()
  cpSync(join(fixture, left), path, { recursive: true })
  const store = await openStore({ folder: path })
  const door = await startServer(program, { store, clock: new TestClock(what.at + 1000), wait: 0 })
  onTestFinished(() => door.service.close())
  await door.service.open()
  return door
}

async function login(door: StartedServer, name: 'ada' | 'bob'): Promise<NativeClient> {
  const client = await door.program()
  expect(await client.ask({ type: 'enter', name, password: what.secrets[name] })).toMatchObject({ type: 'entered', registered: true })
  return client
}

describe.each(['stopped', 'killed'] as const)('a data folder of version 4 of the store, as a %s server left it', (left) => {
  test('retains its ladders', async () => {
    const door = await serverOn(left)
    const ada = await login(door, 'ada')
    const { id: _, ...ladder } = what.ladder
    expect(await ada.ask({ type: 'ladder', game: 'tictactoe' })).toMatchObject(ladder)
    expect(await ada.ask({ type: 'ladder', game: 'quiz' })).toMatchObject({ best: what.quizLadder.best })
  })

  test('accepts a session of its owner', async () => {
    const door = await serverOn(left)
    const ada = await door.program()
    expect(await ada.ask({ type: 'return', session: what.session.session })).toMatchObject({ type: 'entered', name: 'Ada' })
  })

  test('continues the game of two registered users to a rated end', async () => {
    const door = await serverOn(left)
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
    const { best } = (await bob.ask({ type: 'ladder', game: 'tictactoe' })) as typeof what.ladder
    expect(best.map(({ name, games }) => [name, games]).sort()).toEqual([
      ['Ada', 2],
      ['bob', 2],
    ])
  })

  test('returns guests to their seats by their tokens', async () => {
    const door = await serverOn(left)
    const [cid, dan] = [await door.program(), await door.program()]
    const [first, second] = what.guests
    expect(await cid.ask({ type: 'resume', token: first.token })).toMatchObject({ type: 'seated', table: first.table, seat: 0 })
    expect(await dan.ask({ type: 'resume', token: second.token, after: 2 })).toMatchObject({ type: 'seated', seat: 1 })
    expect(dan.all('event').map(({ what: { type } }) => type)).toContain('said')
    expect(await dan.ask({ type: 'play', table: second.table, move: '1' })).toMatchObject({ type: 'error' })
    expect(await cid.ask({ type: 'play', table: first.table, move: '1' })).toMatchObject({ type: 'ok' })
  })

  test('continues solo games with the secrets and coins of the log', async () => {
    const door = await serverOn(left)
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

  test('retains its logs, and gives unfinished tables a new seed, which no client sees', async () => {
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
    expect(seeds).toEqual([expect.any(Number), expect.stringMatching(/^1:/)])
    const events = ada.all('event').filter((event) => event.table === table)
    expect(events.map(({ what: { type } }) => type)).toContain('reseeded')
    for (const seed of seeds) expect(JSON.stringify(events)).not.toContain(String(seed).replace(/^1:/, ''))
  })

  test('continues quizzes under the names that began them', async () => {
    const door = await serverOn(left, 'fh/quiz')
    const registered = door.reader()
    await registered.type(`LOGIN eve ${what.secrets.eve}`, /^Welcome eve/)
    await registered.type('RESUME', /^RESUMED 2 3 /)
    await registered.until(/^ANSWER\?/)
    await registered.type('A', /^(RIGHT|WRONG)/)
    const guest = door.reader()
    await guest.type('NAME finn', /^RESUMED 2 2 /)
  })

  test('gives new tables numbers that no table had before', async () => {
    const door = await serverOn(left)
    const gus = await door.program('gus')
    await gus.ask({ type: 'seek', game: 'tictactoe', wait: 0 })
    expect((await gus.first('seated')).table).toBeGreaterThan(what.resigned.table)
  })
})
