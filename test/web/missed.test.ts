import { expect, test } from 'vitest'
import { MemoryStore, PageUser } from '../support/page-user.ts'
import { startServer } from '../support/start-server.ts'

/** Two pages at a table of tic-tac-toe, bob to move. */
async function startGame() {
  const server = await startServer()
  const store = new MemoryStore()
  const [ada, bob] = [new PageUser(server.port, store), new PageUser(server.port)]
  await Promise.all([ada.enter('ada'), bob.enter('bob')])
  bob.client.send({ type: 'seek', game: 'tictactoe', wait: null, seats: [0] })
  await bob.until(({ seek }) => seek?.state === 'open')
  ada.client.send({ type: 'seek', game: 'tictactoe', wait: null, seats: [1] })
  await Promise.all([ada, bob].map((user) => user.until(() => user.table?.sight !== undefined)))
  return { server, store, ada, bob, table: ada.table?.table ?? 0 }
}

async function playAndSay(bob: PageUser, table: number): Promise<void> {
  bob.client.send({ type: 'play', table, move: '5' })
  bob.client.send({ type: 'say', table, text: 'are you there?' })
  await bob.until(() => bob.table?.talk.length === 1)
}

const LINES = ['bob played 5.', 'bob said: are you there?']

test('a page that reloads says what its user has missed, until the user closes the list', async () => {
  const { server, store, ada, bob, table } = await startGame()
  ada.client.stop()
  await bob.until(() => bob.table?.away.size === 1)
  await playAndSay(bob, table)
  const again = new PageUser(server.port, store)
  await again.until(() => again.table?.missed !== undefined)
  expect(again.table?.missed?.lines.map(({ text }) => text)).toEqual(LINES)
  expect(again.table).toMatchObject({ moves: [{ seat: 0 }], talk: [{ name: 'bob' }] })
  again.client.tell({ type: 'caught-up', table })
  expect(again.table?.missed).toBeUndefined()
  bob.client.send({ type: 'say', table, text: 'welcome' })
  await again.until(() => again.table?.talk.length === 2)
  expect(again.table?.missed).toBeUndefined()
  expect(again.log.filter((input) => input.type === 'sent' && input.command.type === 'missed')).toHaveLength(1)
})

test('a page shows no list after a lost connection in which nothing happened', async () => {
  const { ada } = await startGame()
  await ada.cut()
  const isAnswered = () => ada.log.some((input) => input.type === 'received' && input.message.type === 'missed')
  await ada.until(() => ada.table?.joined === 'yes' && isAnswered() && ada.table.missedAfter === undefined)
  expect(ada.table?.missed).toBeUndefined()
})

test('a page offers a claim 30 seconds after the opponent was given more time', async () => {
  const { ada, bob, table } = await startGame()
  ada.client.stop()
  await bob.until(() => bob.table?.away.size === 1)
  bob.client.send({ type: 'wait', table })
  await bob.until(() => bob.table?.refusal !== undefined)
  expect(bob.table?.refusal).toBe('ada still has time to return: try again in 30 seconds')
})
