import { describe, expect, test } from 'vitest'
import { type LineClient, type StartedServer, startServer } from '../support/start-server.ts'

/** Two users who play, ada first. */
async function two(door: StartedServer) {
  const ada = await door.caller('ada')
  const bob = await door.caller('bob')
  await ada.type('play tictactoe', /^You wait/)
  await bob.type('play tictactoe', /is to move/)
  await ada.until(/^Your move/)
  return { ada, bob }
}

describe('a user who joins a table between an offer and its answer', () => {
  test('sees an offered draw, and not a second offer when the opponent accepts it', async () => {
    const door = await startServer()
    const { ada, bob } = await two(door)
    await ada.type('draw', /^You have offered a draw/)
    const watcher = await door.caller('carl')
    expect(await watcher.type('watch 1', /is to move/)).toContain('ada offers a draw.')
    await bob.until(/offers a draw/)
    await bob.type('accept', /agreed on a draw/)
    expect(await watcher.until(/"leave"/)).toEqual(['', 'They have agreed on a draw.', '"leave" leaves the table.'])
  })

  test('sees an offered rematch in the same way', async () => {
    const door = await startServer()
    const { ada, bob } = await two(door)
    await ada.type('resign', /"rematch"/)
    await ada.type('rematch', /^You have offered another game/)
    const watcher = await door.caller('carl')
    expect(await watcher.type('watch 1', /"leave"/)).toContain('ada offers another game.')
    await bob.until(/another game/)
    await bob.type('accept', /^Table 2/)
    expect(await watcher.until(/Table|table/)).toEqual(['', 'They play again at table 2: type "watch 2".'])
  })

  test('can accept it in a resumed seat', async () => {
    const door = await startServer()
    const { ada, bob } = await two(door)
    const token = /resume (\w+)$/.exec(bob.lines.find((line) => line.startsWith('If the connection breaks')) ?? '')?.[1] ?? ''
    await bob.leave()
    await ada.until(/has disconnected\./)
    await ada.type('draw', /^You have offered a draw/)
    const back = door.reader()
    await back.until(/What is your name/)
    expect(await back.type(`resume ${token}`, /is to move/)).toContain('ada offers a draw: "accept", "decline", or make a move.')
    await back.type('accept', /^You have agreed on a draw/)
  })

  test('finds it in the native messages as long as it is open', async () => {
    const door = await startServer()
    const [ada, bob, carl] = [await door.program('ada'), await door.program('bob'), await door.program('carl')]
    await ada.ask({ type: 'seek', game: 'tictactoe' })
    await bob.ask({ type: 'seek', game: 'tictactoe' })
    await ada.ask({ type: 'offer', table: 1 })
    expect(await carl.ask({ type: 'watch', table: 1 })).toMatchObject({ offers: [0] })
    await bob.ask({ type: 'decline', table: 1 })
    expect(await carl.ask({ type: 'watch', table: 1 })).not.toHaveProperty('offers')
    await ada.ask({ type: 'resign', table: 1 })
    await bob.ask({ type: 'offer', table: 1 })
    expect(await carl.ask({ type: 'watch', table: 1 })).toMatchObject({ offers: [1] })
    await ada.ask({ type: 'offer', table: 1 })
    await carl.until(() => carl.all('event').some(({ what }) => what.type === 'continued'))
    expect(await carl.ask({ type: 'watch', table: 1 })).not.toHaveProperty('offers')
  })
})

describe('after a game', () => {
  test.each([
    ['leaves the table', (one: LineClient) => one.type('leave', /^You have left/)],
    ['begins something else', (one: LineClient) => one.type('play hangman', /^Your move/)],
    ['says goodbye', (one: LineClient) => one.type('quit', /^Bye/)],
    ['disconnects suddenly', (one: LineClient) => one.leave()],
  ])('the opponent is notified when the player who offered a rematch %s', async (_, goes) => {
    const door = await startServer()
    const { ada, bob } = await two(door)
    await ada.type('resign', /"rematch"/)
    await bob.until(/"rematch"/)
    await ada.type('rematch', /^You have offered/)
    await bob.until(/another game/)
    await goes(ada)
    expect(await bob.until(/ada/)).toEqual(['', 'ada has left the table.'])
    await bob.type('accept', /^You have no challenge or offer to answer\.$/)
    await bob.type('rematch', /^ada has left the table\.$/)
  })

  test('a player who offered a rematch is notified when the opponent leaves, and not when a seat is resumed', async () => {
    const door = await startServer()
    const { ada, bob } = await two(door)
    await ada.type('resign', /"rematch"/)
    await bob.until(/"rematch"/)
    await bob.type('rematch', /^You have offered/)
    const token = /resume (\w+)$/.exec(ada.lines.find((line) => line.startsWith('If the connection breaks')) ?? '')?.[1] ?? ''
    await ada.until(/another game/)
    await ada.type(`resume ${token}`, /"rematch"/)
    await ada.type('leave', /^You have left/)
    expect(await bob.until(/ada/)).toEqual(['', 'ada has left the table.'])
    const after = await bob.type('board', /"rematch"/)
    expect(after.join('\n')).not.toContain('left the table')
  })

  test('no player is notified of a departure if none waits for an answer, or both continue', async () => {
    const door = await startServer()
    const { ada, bob } = await two(door)
    await ada.type('resign', /"rematch"/)
    await ada.type('rematch', /^You have offered/)
    await bob.until(/another game/)
    await bob.type('accept', /^Your move/)
    await ada.until(/is to move/)
    await bob.type('resign', /"rematch"/)
    await ada.until(/"rematch"/)
    await bob.type('leave', /^You have left/)
    await ada.type('board', /"rematch"/)
    expect([...ada.lines, ...bob.lines].filter((line) => line.includes('left the table'))).toEqual([])
  })
})

test('the house declines a draw immediately, each time', async () => {
  const door = await startServer()
  const ada = await door.caller('ada')
  await ada.type('play tictactoe house', /^Your move/)
  for (let times = 0; times < 2; times++) {
    expect(await ada.type('draw', /^house/)).toEqual(['', 'You have offered a draw.', 'house declines.'])
  }
  await ada.type('1', /Your move|"rematch"/)
  const bot = await door.program('bot')
  await bot.ask({ type: 'seek', game: 'tictactoe', wait: 0 })
  await bot.ask({ type: 'offer', table: 2 })
  await bot.until(() => bot.all('event').some(({ what }) => what.type === 'declined'))
  expect(bot.all('event').at(-1)?.what).toEqual({ type: 'declined', seat: 1 })
})
