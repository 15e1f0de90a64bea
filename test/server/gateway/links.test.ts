import { expect, test } from 'vitest'
import { LineSocket } from '../../support/line-socket.ts'
import { NativeLink } from '../../support/native-link.ts'
import { startGateway } from '../../support/start-gateway.ts'

test('a table shows how each seat is connected: a browser, a client of a worksheet, the front door and the house', async () => {
  const { browser, ports, port } = await startGateway({ programs: ['parlor/door', 'tjc/tictactoe'], lobby: { wait: 60_000 } })
  const ada = await browser({ name: 'ada' })
  expect(ada.received[0]).toEqual({ type: 'hello', version: 1, software: 'parlor', door: ports.get('parlor/door') })
  await ada.ask({ type: 'seek', game: 'tictactoe', seats: [0], wait: null })
  const worksheet = new LineSocket(ports.get('tjc/tictactoe') ?? 0)
  const { table } = await ada.first('seated')
  const web = { program: 'parlor/web', transport: 'websocket', port }
  expect(await ada.ask({ type: 'seats', table })).toMatchObject({
    type: 'seats',
    seats: [
      { name: 'ada', links: [web] },
      { name: 'tjc/tictactoe', links: [{ program: 'tjc/tictactoe', transport: 'tcp', port: ports.get('tjc/tictactoe') }] },
    ],
  })
  worksheet.close()

  await ada.until(() => ada.all('event').some(({ what }) => what.type === 'ended'))
  const door = { program: 'parlor/door', transport: 'tcp', port: ports.get('parlor/door') }
  const bob = await NativeLink.open(ports.get('parlor/door') ?? 0, () => {})
  await bob.ask({ type: 'enter', name: 'bob' })
  await bob.ask({ type: 'seek', game: 'scissors', wait: 0 })
  const watched = await bob.ask({ type: 'lobby' })
  if (watched.type !== 'lobby') throw new Error('no lobby')
  expect(watched.people).toMatchObject([
    { name: 'ada', links: [web] },
    { name: 'bob', links: [{ ...door, json: true }] },
  ])
  const [{ table: second } = { table: 0 }] = watched.tables
  const seats = await bob.ask({ type: 'seats', table: second })
  if (seats.type !== 'seats') throw new Error('no seats')
  expect(seats.seats.toSorted((one) => (one.house ? 1 : -1))).toEqual([
    { name: 'bob', links: [{ ...door, json: true }] },
    { name: expect.any(String), house: true, links: [] },
  ])
  expect(await ada.ask({ type: 'seats', table: 987 })).toMatchObject({ type: 'error', code: 'no-such-table' })
  // a subscription works behind "style json", too
  expect(await bob.ask({ type: 'subscribe' })).toMatchObject({ type: 'lobby', people: [{ name: 'ada' }, { name: 'bob' }] })
  bob.close()
})
