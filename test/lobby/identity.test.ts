import { describe, expect, test } from 'vitest'
import { Identity } from '../../src/lobby/identity.ts'
import { Room } from '../support/test-lobby.ts'

const PASSWORD = 'engine-1843'

/** A user at a connection, with the events of that connection. */
function somebody({ premises }: Room) {
  const others: (string | undefined)[] = []
  const ended: string[] = []
  const line = { address: '192.0.2.1', endOnDisconnect() {}, end: (reason: string) => ended.push(reason) }
  const identity = new Identity({ people: premises.people, line, onUserChange: () => others.push(identity.user?.name) })
  return { identity, others, ended }
}

const here = ({ premises }: Room) => [...premises.people.online].map(({ person }) => person)

describe('the identity of a session', () => {
  test('is empty, then the given user, who is online once', async () => {
    const room = new Room()
    const { identity, others } = somebody(room)
    expect(identity.user).toBeUndefined()
    expect(await identity.enter('Ada')).toBeUndefined()
    expect(await identity.enter('ada')).toBeUndefined()
    expect(identity.user).toMatchObject({ person: 'guest:ada', name: 'ada' })
    expect([here(room), others]).toEqual([['guest:ada'], []])
  })

  test('announces a change before it happens, so that the first user’s resources can be returned', async () => {
    const room = new Room()
    const { identity, others } = somebody(room)
    await identity.enter('ada')
    await identity.enter('grace')
    await identity.register('grace', PASSWORD)
    expect(others).toEqual(['ada', 'grace'])
    expect(here(room)).toEqual(['account:1'])
  })

  test('stays the same if the new one is refused', async () => {
    const room = new Room()
    await somebody(room).identity.enter('grace')
    const { identity, others } = somebody(room)
    await identity.enter('ada')
    const refused = [await identity.enter('grace'), await identity.register('house', PASSWORD), await identity.enterBySession('nonsense')]
    expect(refused.map((denial) => denial?.code)).toEqual(['name-taken', 'bad-name', 'bad-token'])
    expect([identity.user?.name, others]).toEqual(['ada', []])
    expect(here(room)).toEqual(['guest:grace', 'guest:ada'])
  })

  test('ends the connection of a guest whose name is entered with its secret, or with the token of a seat', async () => {
    const room = new Room()
    const [first, second, third] = [somebody(room), somebody(room), somebody(room)]
    await first.identity.enter('ada')
    const visitor = first.identity.user
    const secret = visitor && room.premises.people.reconnectSecret(visitor)
    await second.identity.enter('ada', { ...(secret === undefined ? {} : { secret }) })
    second.identity.user?.addToken('hash')
    expect(third.identity.enterByToken('guest:ada', 'ada', 'another')).toBe(false)
    expect(third.identity.enterByToken('guest:ada', 'ada', 'hash')).toBe(true)
    expect([first, second, third].map(({ ended }) => ended.length)).toEqual([1, 1, 0])
    expect(here(room)).toEqual(['guest:ada'])
  })

  test.each(['before', 'while'])('leaves no user online that enters %s it is closed', async (when) => {
    const room = new Room()
    const { identity } = somebody(room)
    const entering = identity.enter('ada')
    if (when === 'before') await entering
    identity.close()
    expect(await entering).toBeUndefined()
    expect(here(room)).toEqual([])
  })
})
