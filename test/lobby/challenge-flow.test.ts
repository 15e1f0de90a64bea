import { describe, expect, test } from 'vitest'
import { connectDoorUsers, type DoorUser, lines } from '../support/door-user.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

const PASSWORD = 'engine-1843'

/** Programs in one lobby, each under a name. */
async function clients(lobby: TestLobby, ...names: string[]): Promise<MemoryNativeClient[]> {
  const all: MemoryNativeClient[] = []
  for (const name of names) {
    const client = new MemoryNativeClient(lobby.service)
    await client.say({ type: 'enter', name })
    all.push(client)
  }
  return all
}

describe('a challenge at the front door', () => {
  test.each(['accept', 'accept ada', 'Accept Ada'])('is accepted by "%s"', async (typed) => {
    const [ada, bob] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob')) as [DoorUser, DoorUser]
    await ada.type('play tictactoe size 4 bob')
    expect(bob.news()).toBe(lines('', 'ada would like to play tictactoe with you (size 4):', 'type "accept ada" or "refuse ada".'))
    expect(await bob.type(typed)).toContain('Table 1: you are X; ada is O and begins.')
    expect(ada.news()).toContain('Table 1: you are O and begin; bob is X.')
  })

  test.each(['refuse', 'decline', 'refuse ada', 'decline ada'])('is declined by "%s", and the challenger is notified', async (typed) => {
    const [ada, bob] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob')) as [DoorUser, DoorUser]
    await ada.type('play scissors bob')
    bob.news()
    expect(await bob.type(typed)).toBe(lines('You have refused ada’s game of scissors.'))
    expect(ada.news()).toBe(lines('', 'bob refuses your game of scissors. You no longer wait for an opponent.'))
    expect(await ada.type('cancel')).toBe(lines('You do not wait for an opponent.'))
    expect(await bob.type('accept')).toBe(lines('You have no challenge or offer to answer.'))
  })

  test('needs a name if there are several, and is answered for that user alone', async () => {
    const [ada, bob, carl] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob', 'carl')) as [DoorUser, DoorUser, DoorUser]
    await ada.type('play scissors carl')
    await bob.type('play tictactoe carl')
    carl.news()
    const several = lines('Several users ask you for a game (ada, bob): name one of them.')
    expect(await carl.type('accept')).toBe(several)
    expect(await carl.type('refuse')).toBe(several)
    await carl.type('refuse ada')
    expect(ada.news()).toContain('carl refuses')
    expect(bob.news()).toBe('')
    expect(await carl.type('accept')).toContain('Table 1: you are X; bob is O and begins.')
  })

  test('of a user who has sent none is refused', async () => {
    const [ada] = (await connectDoorUsers(new TestLobby(), 'ada')) as [DoorUser]
    expect(await ada.type('accept bob')).toBe(lines('No user "bob" has asked you for a game.'))
  })

  test('at a table is answered after the opponent’s offer there, unless the answer has a name', async () => {
    const [ada, bob, carl] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob', 'carl')) as [DoorUser, DoorUser, DoorUser]
    await ada.type('play tictactoe bob')
    await bob.type('accept')
    await carl.type('play scissors bob')
    await ada.type('draw')
    bob.news()
    expect(await bob.type('refuse carl')).toContain('You have refused carl’s game of scissors.')
    expect(await bob.type('accept')).toContain('You have agreed on a draw.')
  })

  test('to a user who waits in a worksheet program starts the game, as in "seeks", if the terms are equal', async () => {
    const lobby = new TestLobby()
    const [ada] = (await connectDoorUsers(lobby, 'ada')) as [DoorUser]
    const dora = await lobby.client('fh/tictactoe')
    await dora.say('dora\n')
    expect(await ada.type('seeks')).toBe(lines('dora  type: play tictactoe dora'))
    await ada.type('play tictactoe size 4')
    expect(await ada.type('play tictactoe size 5 dora')).toContain('dora is here only through a worksheet program')
    expect(await ada.type('cancel')).toBe(lines('You no longer wait for an opponent.'))
    expect(await ada.type('play tictactoe dora')).toContain('dora is O and begins')
  })

  test('to a user who is online only through a worksheet program is refused with that reason', async () => {
    const lobby = new TestLobby()
    const [ada] = (await connectDoorUsers(lobby, 'ada')) as [DoorUser]
    const bob = await lobby.client('fh/tictactoe')
    await bob.say('bob\n')
    const here = [...lobby.service.people.online].map(({ name }) => name)
    expect(here).toContain('bob')
    expect(await ada.type('play scissors bob')).toBe(lines('bob is here only through a worksheet program, and cannot answer a challenge.'))
  })
})

describe('an open seek at the front door', () => {
  test('is replaced by another seek, whose answer names the replacement', async () => {
    const [ada, bob] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob')) as [DoorUser, DoorUser]
    await ada.type('play scissors')
    expect(await ada.type('play tictactoe size 5')).toContain('Your earlier seek, scissors, is canceled.\nYou wait for an opponent;')
    expect(await bob.type('seeks')).toBe(lines('ada  type: play tictactoe size 5 ada'))
  })

  test('stays if its replacement is refused', async () => {
    const [ada, bob] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob')) as [DoorUser, DoorUser]
    await ada.type('play scissors')
    expect(await ada.type('play tictactoe rated')).toContain('Rated games are for registered names')
    expect(await bob.type('seeks')).toBe(lines('ada  type: play scissors ada'))
  })

  test.each([
    ['play tictactoe size 4', 'bob waits for tictactoe, size 4: type "play tictactoe size 4 bob".'],
    ['play tictactoe minutes 5', 'bob waits for tictactoe, 5 minutes each: type "play tictactoe bob".'],
  ])('is offered to a user with a similar seek: %s', async (typed, offered) => {
    const [ada, bob] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob')) as [DoorUser, DoorUser]
    await bob.type(typed)
    const said = await ada.type('play tictactoe minutes 3')
    expect(said).toContain(offered)
    const answer = /type "(play[^"]*)"/.exec(said)?.[1] ?? ''
    expect(await ada.type(answer)).toContain('Table 1: you are X; bob is O and begins.')
  })

  test('is offered if it is rated and the user’s own is not', async () => {
    const lobby = new TestLobby()
    const rated = new MemoryNativeClient(lobby.service)
    await rated.say({ type: 'register', name: 'bob', password: PASSWORD })
    await rated.say({ type: 'seek', game: 'tictactoe', rated: true })
    const [carl] = (await connectDoorUsers(lobby, 'carl')) as [DoorUser]
    expect(await carl.type('play tictactoe')).toContain('bob waits for tictactoe, rated: type "play tictactoe rated bob".')
  })

  test('is offered if its owner challenges this user, who challenges back with other terms', async () => {
    const [ada, bob] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob')) as [DoorUser, DoorUser]
    await bob.type('play tictactoe size 4 ada')
    expect(await ada.type('play tictactoe bob')).toContain('bob waits for tictactoe, size 4: type "play tictactoe size 4 bob".')
    expect(await ada.type('play tictactoe')).toContain('bob waits for tictactoe, size 4: type "play tictactoe size 4 bob".')
    expect(await ada.type('play tictactoe size 4 bob')).toContain('Table 1: you are X; bob is O and begins.')
  })

  test('is not offered for another game, with a code, to its owner, or against a third user', async () => {
    const lobby = new TestLobby()
    const [ada, bob, carl, dora] = (await clients(lobby, 'ada', 'bob', 'carl', 'dora')) as [
      MemoryNativeClient,
      MemoryNativeClient,
      MemoryNativeClient,
      MemoryNativeClient,
    ]
    await bob.say({ type: 'seek', game: 'tictactoe', settings: { size: 4 }, private: true })
    await carl.say({ type: 'seek', game: 'tictactoe', settings: { size: 4 }, against: 'bob' })
    await dora.say({ type: 'seek', game: 'scissors' })
    expect(await ada.say({ type: 'seek', game: 'tictactoe' })).not.toHaveProperty('near')
  })
})

describe('a challenge in the native protocol', () => {
  test('is accepted, which cancels the user’s own open seek', async () => {
    const [ada, bob] = (await clients(new TestLobby(), 'ada', 'bob')) as [MemoryNativeClient, MemoryNativeClient]
    await ada.say({ type: 'seek', game: 'tictactoe', against: 'bob' })
    await bob.say({ type: 'seek', game: 'scissors' })
    expect(await bob.say({ type: 'accept', name: 'ada' })).toMatchObject({ type: 'ok' })
    expect(bob.last('seated').names).toEqual(['ada', 'bob'])
    expect(await bob.say({ type: 'cancel' })).toMatchObject({ type: 'error', code: 'not-now' })
  })

  test('is refused, and its owner is notified with the terms', async () => {
    const [ada, bob] = (await clients(new TestLobby(), 'ada', 'bob')) as [MemoryNativeClient, MemoryNativeClient]
    await ada.say({ type: 'seek', game: 'tictactoe', settings: { size: 4 }, against: 'bob' })
    expect(await bob.say({ type: 'refuse' })).toMatchObject({ type: 'ok' })
    expect(ada.last('refused')).toEqual({ type: 'refused', name: 'bob', game: 'tictactoe', settings: { size: 4 }, rated: false })
    expect(await bob.say({ type: 'refuse', name: 'ada' })).toMatchObject({ type: 'error', code: 'not-now' })
  })

  test('is accepted by a registered user if it is rated', async () => {
    const lobby = new TestLobby()
    const ada = new MemoryNativeClient(lobby.service)
    await ada.say({ type: 'register', name: 'ada', password: PASSWORD })
    const bob = new MemoryNativeClient(lobby.service)
    await bob.say({ type: 'register', name: 'bob', password: PASSWORD })
    await ada.say({ type: 'seek', game: 'tictactoe', rated: true, against: 'bob' })
    expect(await bob.say({ type: 'accept' })).toMatchObject({ type: 'ok' })
    expect(bob.last('seated')).toMatchObject({ rated: true })
  })

  test('is replaced by another seek only with `replace`, and similar seeks are listed', async () => {
    const [ada, bob] = (await clients(new TestLobby(), 'ada', 'bob')) as [MemoryNativeClient, MemoryNativeClient]
    await bob.say({ type: 'seek', game: 'tictactoe', settings: { size: 4 } })
    await ada.say({ type: 'seek', game: 'scissors' })
    expect(await ada.say({ type: 'seek', game: 'tictactoe' })).toMatchObject({ type: 'error', code: 'not-now' })
    expect(await ada.say({ type: 'seek', game: 'tictactoe', replace: true })).toMatchObject({
      type: 'ok',
      near: [{ name: 'bob', game: 'tictactoe', settings: { size: 4 }, rated: false }],
    })
  })
})
