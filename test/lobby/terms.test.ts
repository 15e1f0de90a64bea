import { describe, expect, test } from 'vitest'
import { type LineClient, type StartedServer, startServer } from '../support/start-server.ts'
import { TestClock } from '../support/test-clock.ts'

const FIVE = 'tictactoe minutes 5'

/** Connects users under these names. */
function callers(door: StartedServer, ...names: readonly string[]): Promise<LineClient[]> {
  return Promise.all(names.map((name) => door.caller(name)))
}

/** Bob at the front door, who seeks ada or any opponent, and ada, who has entered. */
async function seeking(terms: string, clock = new TestClock()) {
  const door = await startServer('parlor/door', { clock })
  const [bob, ada] = await callers(door, 'bob', 'ada')
  if (!bob || !ada) throw new Error('they have not come')
  await bob.type(`play ${terms}`, /^You wait/)
  return { door, clock, bob, ada }
}

describe('the clock of a game, at the front door', () => {
  test.each([
    ['minutes 5', '5 minutes each', 'Each of you has 5 minutes for the game.', 'bob, with 5:00 left, is to move.'],
    ['minutes 1', '1 minute each', 'Each of you has 1 minute for the game.', 'bob, with 1:00 left, is to move.'],
    ['seconds 30', '30 seconds a move', 'Each of you has 30 seconds for a move.', 'bob, with 0:30 left for this move, is to move.'],
    [
      'minutes 5 seconds 90',
      '5 minutes each, 90 seconds a move',
      'Each of you has 5 minutes for the game, and 90 seconds for a move.',
      'bob, with 1:30 left for this move, and 5:00 for the game, is to move.',
    ],
  ])('%s: is in the list of seeks, and shown to both players when the table opens', async (asked, listed, received, left) => {
    const { bob, ada } = await seeking(`tictactoe ${asked}`)
    expect(await ada.type('seeks', /^bob/)).toEqual([`bob  tictactoe, ${listed}  type: play tictactoe bob`])
    const seated = await ada.type('play tictactoe bob', /is to move/)
    expect(seated.slice(0, 3)).toEqual(['', 'Table 1: you are X; bob is O and begins.', received])
    expect(seated.at(-1)).toBe(left)
    expect(await bob.until(/^Each/)).toContain(received)
  })

  test('is shown to a user who types only a game, and takes the other’s clock with it', async () => {
    const { ada } = await seeking(FIVE)
    await ada.type('play tictactoe', /^Each of you has 5 minutes for the game\.$/)
  })

  test('is shown to a user who enters while a seek is open, and to a challenged user', async () => {
    const { door, bob } = await seeking(FIVE)
    const carl = door.reader()
    await carl.until(/What is your name/)
    expect(await carl.type('carl', /^Type "play/)).toContain('bob waits for an opponent (5 minutes each): "play tictactoe bob"')
    await bob.type('cancel', /no longer wait/)
    await bob.type('play tictactoe seconds 20 carl', /^You wait for carl/)
    expect(await carl.until(/would like/)).toEqual(['', 'bob would like to play tictactoe with you (20 seconds a move):'])
    await carl.type('play tictactoe bob', /^Each of you has 20 seconds for a move\.$/)
  })

  test('is in the list of tables, and shown to watchers, with the remaining time', async () => {
    const { door, clock, bob, ada } = await seeking('tictactoe size 4 minutes 5 seconds 30')
    await ada.type('play tictactoe size 4', /is to move/)
    await bob.until(/^You have/)
    const carl = await door.caller('carl')
    expect(await carl.type('tables', /^ +1/)).toEqual(['  1  tictactoe  bob against ada, size 4, 5 minutes each, 30 seconds a move'])
    await clock.pass(12_000)
    expect(await carl.type('watch 1', /^Each/)).toContain('Each has 5 minutes for the game, and 30 seconds for a move.')
    await carl.until(/^bob, with 0:18 left for this move, and 4:48 for the game, is to move\.$/)
    await bob.type('1', /^ada, with 0:30 left for this move, and 5:00 for the game, is to move\.$/)
    await clock.pass(30_000)
    await ada.until(/^Your time is over: bob wins\.$/)
  })

  test('is shown again to a player who resumes, and at the next game', async () => {
    const { door, bob, ada } = await seeking(FIVE)
    await ada.type('play tictactoe bob', /is to move/)
    const token = /resume (\w+)$/.exec(ada.lines.find((line) => line.startsWith('If the connection breaks')) ?? '')?.[1] ?? ''
    await ada.leave()
    const back = door.reader()
    await back.until(/What is your name/)
    expect((await back.type(`resume ${token}`, /is to move/)).slice(2, 4)).toEqual([
      'Table 1: you are back at tictactoe, bob (O) against you (X).',
      'Each of you has 5 minutes for the game.',
    ])
    await back.type('resign', /"rematch"/)
    await back.type('rematch', /^You have offered/)
    await bob.until(/another game/)
    await bob.type('accept', /^Each of you has 5 minutes for the game\.$/)
  })

  test('is not shown if there is none', async () => {
    const { ada } = await seeking('tictactoe')
    expect(await ada.type('seeks', /^bob/)).toEqual(['bob  type: play tictactoe bob'])
    const seated = await ada.type('play tictactoe bob', /is to move/)
    expect(seated.join('\n')).not.toMatch(/\bhas\b|left/)
  })
})

test('a user who joins by a code sees that the game is rated, and its clock', async () => {
  const door = await startServer()
  const [ada, bob] = await callers(door, 'ada', 'bob')
  if (!ada || !bob) throw new Error('they have not come')
  for (const one of [ada, bob]) {
    await one.type('register', /A password/)
    await one.type('engine-1843', /once more/)
    await one.type('engine-1843', /is registered now/)
  }
  const code = /join (\S+)$/.exec((await ada.type('invite tictactoe rated seconds 45', /join/)).at(-1) ?? '')?.[1]
  await bob.type(`join ${code}`, /^Each of you has 45 seconds for a move\. The game is rated\.$/)
})

describe('the terms of a game, in the native protocol', () => {
  test('are in every message about the game: challenges, the lobby, a seat, watching', async () => {
    const clock = new TestClock()
    const door = await startServer('parlor/door', { clock })
    const [ada, bob, carl] = await Promise.all(['ada', 'bob', 'carl'].map((name) => door.program(name)))
    if (!ada || !bob || !carl) throw new Error('they have not come')
    const terms = { settings: { size: 4 }, rated: false, clock: { total: 60_000, turn: 20_000 } }
    await bob.ask({ type: 'seek', game: 'tictactoe', against: 'ada', ...terms })
    expect(await ada.first('sought')).toEqual({ type: 'sought', name: 'bob', game: 'tictactoe', ...terms })
    expect(await carl.ask({ type: 'lobby' })).toMatchObject({ seekers: [{ name: 'bob', against: 'ada', ...terms }] })
    const { clock: _, ...unlimited } = terms
    await ada.ask({ type: 'seek', game: 'tictactoe', against: 'bob', ...unlimited })
    for (const one of [ada, bob]) expect(await one.first('seated')).toMatchObject(terms)
    expect(await carl.ask({ type: 'lobby' })).toMatchObject({ tables: [{ table: 1, names: ['bob', 'ada'], ...terms }] })
    await clock.pass(8_000)
    expect(await carl.ask({ type: 'watch', table: 1 })).toMatchObject({
      ...terms,
      sight: { left: [52_000, 60_000], moveLeft: [12_000, 20_000] },
    })
    await bob.ask({ type: 'play', table: 1, move: '1' })
    await clock.pass(5_000)
    const { token = '' } = await bob.first('seated')
    const again = await door.program()
    expect(await again.ask({ type: 'resume', token })).toMatchObject({
      ...terms,
      sight: { left: [52_000, 55_000], moveLeft: [20_000, 15_000] },
    })
    await ada.ask({ type: 'resign', table: 1 })
    await carl.until(() => carl.all('event').some(({ what }) => what.type === 'ended'))
    const end = carl.all('event').at(-1)
    expect(end?.sight).toMatchObject({ left: [52_000, 55_000] })
    expect(end?.sight).not.toHaveProperty('moveLeft')
  })

  test('contain no clock if there is none', async () => {
    const door = await startServer()
    const [ada, bob] = await Promise.all(['ada', 'bob'].map((name) => door.program(name)))
    if (!ada || !bob) throw new Error('they have not come')
    await bob.ask({ type: 'seek', game: 'tictactoe', against: 'ada' })
    await ada.ask({ type: 'seek', game: 'tictactoe', against: 'bob' })
    const seated = await ada.first('seated')
    expect(seated).toMatchObject({ settings: {}, rated: false })
    await ada.until(() => ada.all('event').length > 0)
    const received = [await ada.first('sought'), seated, await ada.ask({ type: 'lobby' }), await ada.first('event')]
    expect(JSON.stringify(received)).not.toMatch(/clock|eft"/)
  })
})
