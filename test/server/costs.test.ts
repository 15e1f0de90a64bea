import { describe, expect, test } from 'vitest'
import { chance } from '../../src/games/random.ts'
import type { PeerHandle } from '../../src/protocol/seating.ts'
// a server loads it with the first client; these tests load it before
import '../../src/door/json-mode.ts'
import { AdmissionControl, unlimited } from '../../src/server/admission.ts'
import { startConversation } from '../support/conversation.ts'
import { settled, TestClock } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** A client of a program in a lobby of its own, with a budget of 1,000. */
async function clientOf(name: string) {
  const clock = new TestClock()
  const lobby = new TestLobby()
  const budget = new AdmissionControl({ ...unlimited, burst: 1000, messages: 10 }, clock).createBudget(() => {})
  const house = (line: PeerHandle) => lobby.service.createSeating(line, name)
  const { conversation, theirs } = await startConversation(name, { random: chance, createSeating: house, budget, clock })
  return { lobby, connection: conversation.connection, theirs }
}

/** Returns how many of a thousand lines a client with a budget of 1,000 can send in a burst, after some others. */
async function readOf(name: string, first: readonly string[], line: string): Promise<number> {
  const { connection, theirs } = await clientOf(name)
  theirs.write(first.map((one) => `${one}\n`).join(''))
  await settled()
  const before = connection.received
  theirs.write(`${line}\n`.repeat(1000))
  await settled()
  return connection.received - before
}

const JSON_FIRST = ['style json', '{"type":"enter","name":"ada"}']

test('in JSON, a list costs ten times as much as a ping, and a password twenty times', async () => {
  const pings = await readOf('parlor/door', JSON_FIRST, '{"type":"ping"}')
  expect(pings).toBeGreaterThan(900)
  const lobbies = await readOf('parlor/door', JSON_FIRST, '{"type":"lobby"}')
  expect(lobbies / pings).toBeCloseTo(0.1, 1)
  expect(lobbies).toBeLessThan(110)
  expect(await readOf('parlor/door', JSON_FIRST, '{"type":"games"}')).toBeLessThan(110)
})

test('in JSON, a session costs fifty times as much as a ping', async () => {
  const sessions = await readOf('parlor/door', JSON_FIRST, '{"type":"session"}')
  expect(sessions).toBeGreaterThan(15)
  expect(sessions).toBeLessThan(22)
})

test('at the door, a list costs ten times as much as an empty line', async () => {
  expect(await readOf('parlor/door', ['ada'], '')).toBeGreaterThan(900)
  expect(await readOf('parlor/door', ['ada'], 'who')).toBeLessThan(110)
  expect(await readOf('parlor/door', ['ada'], 'help')).toBeLessThan(220)
})

test('a name costs ten times as much as a ping in every command, taken or free', async () => {
  const [taken, free] = ['house', 'ada'].map((name) => `{"type":"enter","name":"${name}"}`)
  for (const line of [taken, free]) expect(await readOf('parlor/door', JSON_FIRST, line ?? '')).toBeLessThan(110)
  for (const line of ['name house', 'name bob']) expect(await readOf('parlor/door', ['ada'], line)).toBeLessThan(110)
  expect(await readOf('parlor/door', [], 'house')).toBeLessThan(110)
  expect(await readOf('fh/quiz', [], 'NAME house')).toBeLessThan(110)
  expect(await readOf('fh/quiz', [], 'REGISTER house engine-1843')).toBeLessThan(60)
})

test('on a worksheet’s port, a long message and a long answer cost more', async () => {
  expect(await readOf('fh/hangman', [], 'x')).toBeGreaterThan(900)
  expect(await readOf('fh/hangman', [], 'x'.repeat(4000))).toBeLessThan(300)
  const wide = await readOf('fh/time', [], '%4000d')
  expect(wide).toBeLessThan(1 + (await readOf('fh/time', [], '%d')) / 2)
})

describe('a published event costs by its number of receivers', () => {
  const PLAYING = [...JSON_FIRST, '{"type":"seek","game":"tictactoe","settings":{"size":20},"wait":0}']
  const SAY = '{"type":"say","table":1,"text":"hello"}'
  const plays = Array.from({ length: 600 }, (_, at) => `{"type":"play","table":1,"move":"${(at % 400) + 1}"}`)

  /**
   * Returns how many lines a client with a budget of 1,000 can send in a burst at a table with watchers, and the number of notifications.
   */
  async function readAt(watchers: number, name: string, first: readonly string[], all: readonly string[]) {
    const { lobby, connection, theirs } = await clientOf(name)
    const said = async (lines: readonly string[]) => {
      theirs.write(lines.map((one) => `${one}\n`).join(''))
      await settled()
    }
    await said(first)
    const table = [...lobby.service.hall.tables][0]
    let notified = 0
    for (let n = 0; n < watchers; n++) table?.subscribe({ viewer: 'watcher', update: () => void notified++, closed: () => {} })
    expect(table?.observers.length).toBeGreaterThan(watchers)
    const before = connection.received
    await said(all)
    return { read: connection.received - before, notified }
  }

  const says = Array(600).fill(SAY)
  test.each([
    ['in JSON', PLAYING, says],
    ['at the door', ['ada', 'play tictactoe size 20 against house'], Array(600).fill('say hello')],
  ])('of 600 "say" %s, the server reads a shorter burst at a table with 500 watchers', async (_, first, all) => {
    const alone = await readAt(0, 'parlor/door', first, all)
    expect(alone).toEqual({ read: 600, notified: 0 })
    // of the lines that are read, ten are published
    const { read, notified } = await readAt(500, 'parlor/door', first, all)
    expect(notified).toBe(10 * 500)
    expect(read).toBeLessThan(400)
    expect(await readAt(5, 'parlor/door', first, all)).toMatchObject({ read: 600 })
  })

  test('of 600 moves, the server reads as many as notify 8,000 watchers', async () => {
    expect((await readAt(0, 'parlor/door', PLAYING, plays)).read).toBe(600)
    const { notified } = await readAt(500, 'parlor/door', PLAYING, plays)
    expect(notified).toBeGreaterThan(4000)
    expect(notified).toBeLessThan(9500)
  })

  test('on a worksheet’s port, moves have the same cost', async () => {
    const letters = [...'qzxjv']
    expect((await readAt(0, 'fh/hangman', ['START'], letters)).read).toBe(5)
    expect((await readAt(8000, 'fh/hangman', ['START'], letters)).read).toBe(1)
  })
})
