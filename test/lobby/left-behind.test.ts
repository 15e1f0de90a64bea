import { describe, expect, test } from 'vitest'
import '../../src/games/questions/bank.ts'
import { connectDoorUsers, type DoorUser, lines } from '../support/door-user.ts'
import { TestLobby } from '../support/test-lobby.ts'

const PASSWORD = 'engine-1843'

/** A user registers, under its own name or another. */
async function register(caller: DoorUser, name = ''): Promise<string> {
  await caller.type(`register ${name}`.trim(), PASSWORD)
  await caller.send(`${PASSWORD}\n`)
  return caller.until('registered now')
}

/** A user enters under a registered name. */
async function login(caller: DoorUser, name: string): Promise<string> {
  await caller.type(`login ${name}`)
  await caller.send(`${PASSWORD}\n`)
  return caller.until('Type "play tictactoe"')
}

/** A registered user who has entered again, and whose seat at table 1 is reserved; and others who are online. */
async function holding() {
  const lobby = new TestLobby()
  const [before, grace, ada] = (await connectDoorUsers(lobby, 'Hello', 'grace', 'ada')) as [DoorUser, DoorUser, DoorUser]
  await register(before)
  await before.type('play tictactoe')
  await grace.type('play tictactoe')
  await before.drop()
  await login(ada, 'hello')
  ada.news()
  return { lobby, grace, ada }
}

describe('a user who takes another name', () => {
  test('is notified of the seat that stays with the old name, and how to resume it', async () => {
    const { ada } = await holding()
    const received = await ada.type('name ada')
    expect(received).toContain(
      lines(
        'You are no longer Hello: "login Hello" returns to that name.',
        'The seat of Hello at table 1 (tictactoe with grace) stays held: reconnect and',
        '  type "resume".',
        'Hello, ada. 1 other is here.',
      ),
    )
    await login(ada, 'Hello')
    expect(await ada.type('resume')).toContain('you are back at tictactoe')
  })

  test('is notified of the same by "login" and by "register"', async () => {
    const { lobby, ada } = await holding()
    const [other] = (await connectDoorUsers(lobby, 'dora')) as [DoorUser]
    await register(other)
    await other.type('quit')
    expect(await login(ada, 'dora')).toContain('You are no longer Hello: "login Hello" returns to that name.')
    await login(ada, 'hello')
    expect(await register(ada, 'emmy')).toContain('The seat of Hello at table 1 (tictactoe with grace) stays held')
  })

  test('is notified of the tables that it has left, and of the canceled seek', async () => {
    const lobby = new TestLobby()
    const [ada, bob, carl] = (await connectDoorUsers(lobby, 'ada', 'bob', 'carl')) as [DoorUser, DoorUser, DoorUser]
    await ada.type('play tictactoe')
    await bob.type('play tictactoe')
    await carl.type('watch 1', 'invite tictactoe')
    const received = await carl.type('name dora')
    expect(received).toContain('Your invitation to tictactoe is canceled: its code is invalid.')
    expect(received).toContain('You have left table 1.')
    expect(received).not.toContain('no longer carl')
  })

  test('is notified of the challenges to the former user', async () => {
    const lobby = new TestLobby()
    const [ada, bob] = (await connectDoorUsers(lobby, 'ada', 'bob')) as [DoorUser, DoorUser]
    await bob.type('play tictactoe ada')
    expect(await ada.type('name dora')).toContain(lines('The challenge of bob was for ada and is no longer for you.'))
  })

  test('has the same seats and seeks if the name does not change, or the new name is refused', async () => {
    const lobby = new TestLobby()
    const [ada, bob, carl] = (await connectDoorUsers(lobby, 'ada', 'bob', 'carl')) as [DoorUser, DoorUser, DoorUser]
    await ada.type('play tictactoe')
    await bob.type('play tictactoe')
    await carl.type('watch 1')
    expect(await carl.type('name bob', 'register a@b', 'board')).not.toContain('have left')
    expect(await carl.type('board')).toContain('Table 1: tictactoe')
  })
})

describe('a guest of a worksheet program who enters again under another name', () => {
  test.each(['QUIT', 'a closed connection', 'a reset'])(
    'has left the game by %s, and the opponent is notified immediately',
    async (way) => {
      const lobby = new TestLobby()
      const [ada, grace] = [await lobby.client('fh/tictactoe'), await lobby.client('fh/tictactoe')]
      await ada.say('ada\n')
      await grace.say('grace\n')
      await (way === 'QUIT' ? ada.say('QUIT\n') : way === 'a reset' ? ada.reset() : ada.close())
      const dora = await lobby.client('fh/tictactoe')
      await dora.say('dora\n')
      expect(dora.received).toBe('Welcome dora\n')
      expect(grace.received).toMatch(/\nGameEnd@1@grace@left\n$/)
      expect((await lobby.store.tables.read(1, 0)).at(-1)).toMatchObject({ type: 'ended', outcome: { winners: [1], left: 0 } })
      await grace.say('grace\n')
      expect(dora.received).toMatch(/^Welcome dora\ninit@2@dora@grace\nmove@2@-{9}\n$/)
    },
  )

  test('begins a quiz of its own, and the other quiz continues under the former name', async () => {
    const lobby = new TestLobby()
    const ada = await lobby.client('fh/quiz')
    await ada.say('NAME ada\n')
    await ada.say('START 3\n')
    expect(ada.received).toContain('\nQUESTION 1 3 ')
    await ada.close()
    const dora = await lobby.client('fh/quiz')
    await dora.say('NAME dora\n')
    expect(dora.received).toBe('Welcome dora\n')
    await dora.say('START 2\n')
    expect(dora.received).toContain('\nQUESTION 1 2 ')
    const again = await lobby.client('fh/quiz')
    await again.say('NAME ada\n')
    expect(again.received).toMatch(/^Welcome ada\nRESUMED 1 3 0\nQUESTION 1 3 /)
  })
})
