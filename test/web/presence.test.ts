import { expect, test } from 'vitest'
import { toBadge } from '../../src/web/formats.ts'
import { PageUser } from '../support/page-user.ts'
import { startServer } from '../support/start-server.ts'

test('the page follows the lobby without asking again', async () => {
  const server = await startServer()
  const ada = new PageUser(server.port)
  await ada.enter('ada')
  ada.client.showLobby(true)
  await ada.until(({ lobby }) => lobby?.people.length === 1)
  const grace = new PageUser(server.port)
  await grace.enter('grace')
  grace.client.send({ type: 'seek', game: 'tictactoe', wait: null })
  await ada.until(({ lobby }) => lobby?.people.length === 2 && lobby.seekers.length === 1)
  expect(ada.model.lobby?.total).toMatchObject({ people: 2, seekers: 1 })
  grace.client.stop()
  await ada.until(({ lobby }) => lobby?.people.length === 1 && lobby.seekers.length === 0)
  expect(ada.log.filter((input) => input.type === 'sent' && input.command.type === 'lobby')).toEqual([])
  ada.client.showLobby(false)
  await ada.until(({ sent }) => sent.size === 0)
})

test('a table has the connection of each seat, and reads it again when a player comes back', async () => {
  const server = await startServer()
  const ada = new PageUser(server.port)
  const grace = new PageUser(server.port)
  await Promise.all([ada.enter('ada'), grace.enter('grace')])
  ada.client.send({ type: 'seek', game: 'tictactoe', wait: null })
  await ada.until(({ seek }) => seek?.state === 'open')
  grace.client.send({ type: 'seek', game: 'tictactoe', against: 'ada' })
  const links = () => ada.table?.owners?.seats.map((owner) => owner.links.length)
  await ada.until(() => links()?.join() === '1,1')
  expect(ada.table?.owners?.seats.flatMap((owner) => owner.links.map((link) => toBadge(link).kind))).toEqual(['bot', 'bot'])
  await grace.cut()
  await ada.until(() => ada.table?.away.size === 0 && (ada.table?.owners?.n ?? 0) >= ada.table.presence && ada.table.presence > 0)
  expect(links()).toEqual([1, 1])
  const asked = ada.log.filter((input) => input.type === 'sent' && input.command.type === 'seats')
  expect(asked.length).toBeGreaterThan(1)
})

test('a badge shows the client of a user', () => {
  expect(toBadge({ program: 'parlor/web', transport: 'websocket', port: 8080 })).toEqual({
    kind: 'browser',
    text: 'browser',
    title: 'parlor/web, port 8080',
  })
  expect(toBadge({ program: 'parlor/door', transport: 'tcp' })).toMatchObject({ kind: 'frontDoor', title: 'parlor/door' })
  expect(toBadge({ program: 'parlor/door', transport: 'tls', json: true }).kind).toBe('bot')
  expect(toBadge({ program: 'tjc/tictactoe', transport: 'tcp', port: 3456 })).toEqual({
    kind: 'program',
    text: 'TCP · tjc/tictactoe',
    title: 'tjc/tictactoe, port 3456',
  })
})
