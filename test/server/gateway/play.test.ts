import { expect, test } from 'vitest'
import { startGateway } from '../../support/start-gateway.ts'

test('two browsers play a game of tic-tac-toe', async () => {
  const { browser } = await startGateway()
  const [ada, bob] = [await browser({ name: 'ada' }), await browser({ name: 'bob' })]
  expect(ada.received[0]).toEqual({ type: 'hello', version: 1, software: 'parlor' })
  await ada.ask({ type: 'seek', game: 'tictactoe', wait: null })
  await bob.ask({ type: 'seek', game: 'tictactoe', wait: null })
  const { table } = await ada.first('seated')
  await bob.first('seated')
  for (const [who, move] of [
    [ada, '1'],
    [bob, '4'],
    [ada, '2'],
    [bob, '5'],
    [ada, '3'],
  ] as const) {
    expect(await who.ask({ type: 'play', table, move })).toMatchObject({ type: 'ok' })
  }
  for (const client of [ada, bob]) {
    await client.until(() => client.all('event').some(({ what }) => what.type === 'ended'))
    expect(client.all('event').at(-1)).toMatchObject({ what: { type: 'ended', outcome: { winners: [0] } } })
  }
})
