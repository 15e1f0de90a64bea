import { describe, expect, test } from 'vitest'
import { Identity } from '../../src/lobby/identity.ts'
import { TestLobby } from '../support/test-lobby.ts'

const PASSWORD = 'engine-1843'

/** A user at a connection, with the events of that connection. */
function createIdentity({ service }: TestLobby) {
  const others: (string | undefined)[] = []
  const ended: string[] = []
  const peer = { address: '192.0.2.1', endOnDisconnect() {}, end: (reason: string) => ended.push(reason) }
  const identity = new Identity({ people: service.people, peer, owner: { beforeUserChange: () => void others.push(identity.user?.name) } })
  return { identity, others, ended }
}

const here = ({ service }: TestLobby) => [...service.people.online].map(({ person }) => person)

describe('the identity of a session', () => {
  test('is empty, then the given user, who is online once', async () => {
    const lobby = new TestLobby()
    const { identity, others } = createIdentity(lobby)
    expect(identity.user).toBeUndefined()
    expect(await identity.enter('Ada')).toBeUndefined()
    expect(await identity.enter('ada')).toBeUndefined()
    expect(identity.user).toMatchObject({ person: 'guest:ada', name: 'ada' })
    expect([here(lobby), others]).toEqual([['guest:ada'], []])
  })

  test('announces a change before it happens, so that the first user’s resources can be returned', async () => {
    const lobby = new TestLobby()
    const { identity, others } = createIdentity(lobby)
    await identity.enter('ada')
    await identity.enter('grace')
    await identity.register('grace', PASSWORD)
    expect(others).toEqual(['ada', 'grace'])
    expect(here(lobby)).toEqual(['account:1'])
  })

  test('stays the same if the new identity is refused', async () => {
    const lobby = new TestLobby()
    await createIdentity(lobby).identity.enter('grace')
    const { identity, others } = createIdentity(lobby)
    await identity.enter('ada')
    const refused = [await identity.enter('grace'), await identity.register('house', PASSWORD), await identity.enterBySession('nonsense')]
    expect(refused.map((denial) => denial?.code)).toEqual(['name-taken', 'bad-name', 'bad-token'])
    expect([identity.user?.name, others]).toEqual(['ada', []])
    expect(here(lobby)).toEqual(['guest:grace', 'guest:ada'])
  })

  test('ends the connection of a guest whose name is entered with its secret, or with the token of a seat', async () => {
    const lobby = new TestLobby()
    const [first, second, third] = [createIdentity(lobby), createIdentity(lobby), createIdentity(lobby)]
    await first.identity.enter('ada')
    const visitor = first.identity.user
    const secret = visitor && lobby.service.people.reconnectSecret(visitor)
    await second.identity.enter('ada', { ...(secret === undefined ? {} : { secret }) })
    second.identity.user?.addToken('hash')
    expect(await third.identity.enterByToken('guest:ada', 'ada', 'another')).toBe(false)
    expect(await third.identity.enterByToken('guest:ada', 'ada', 'hash')).toBe(true)
    expect([first, second, third].map(({ ended }) => ended.length)).toEqual([1, 1, 0])
    expect(here(lobby)).toEqual(['guest:ada'])
  })

  test.each(['before', 'while'])('leaves no user online that enters %s it is closed', async (when) => {
    const lobby = new TestLobby()
    const { identity } = createIdentity(lobby)
    const entering = identity.enter('ada')
    if (when === 'before') await entering
    identity.close()
    expect(await entering).toBeUndefined()
    expect(here(lobby)).toEqual([])
  })
})
