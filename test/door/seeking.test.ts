import { expect, test } from 'vitest'
import { DoorUser, lines } from '../support/door-user.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** Users at the front door of one lobby. */
async function connectUser(...names: readonly string[]): Promise<DoorUser[]> {
  const lobby = new TestLobby()
  const callers: DoorUser[] = []
  for (const name of names) {
    const caller = new DoorUser((line) => lobby.service.createSeating(line, 'parlor/door'), lobby.clock)
    await settled()
    await caller.type(name)
    caller.news()
    callers.push(caller)
  }
  return callers
}

const CANCELED = 'Your earlier seek, tictactoe, is canceled.\n'

test.each(['play tictactoe house', 'play hangman', 'play tictactoe size 4 house'])(
  '%s reports that it cancels the open seek',
  async (typed) => {
    const [ada] = (await connectUser('ada')) as [DoorUser]
    await ada.type('play tictactoe')
    expect(await ada.type(typed)).toContain(CANCELED)
    expect(await ada.type('seeks')).not.toContain('ada')
  },
)

test('the user gets no notice of a cancellation if another seek matches the seek', async () => {
  const [ada, bob] = (await connectUser('ada', 'bob')) as [DoorUser, DoorUser]
  await ada.type('play tictactoe')
  expect(await bob.type('play tictactoe')).not.toContain('canceled')
  expect(ada.news()).not.toContain('canceled')
})

test('accept and join report that they cancel the open seek', async () => {
  const [ada, bob, eve] = (await connectUser('ada', 'bob', 'eve')) as [DoorUser, DoorUser, DoorUser]
  await ada.type('play tictactoe')
  await bob.type('play scissors ada')
  expect(await ada.type('accept')).toContain(CANCELED)
  await eve.type('play tictactoe')
  await ada.type('resign')
  const [, code = ''] = /join (\S+)/.exec(await bob.type('invite scissors')) ?? []
  expect(await eve.type(`join ${code}`)).toContain(CANCELED)
})

const HOW = 'To challenge gil, name a game, too, such as "play tictactoe gil".'

test.each(['challenge gil', 'invite gil', 'play gil', 'play with gil', 'play against GIL', 'vs gil', 'duel gil'])(
  '%s explains how to challenge that user',
  async (typed) => {
    const [ada] = (await connectUser('ada', 'gil')) as [DoorUser]
    expect(await ada.type(typed)).toBe(lines(HOW))
  },
)

test('a challenge without an online user explains the command, and a game is not read as a user', async () => {
  const [ada] = (await connectUser('ada', 'student 7')) as [DoorUser]
  expect((await ada.type('challenge nobody')).replace(/\n {2}/, ' ')).toBe(
    lines('There is no command "challenge": "play GAME NAME" challenges a user, such as "play tictactoe ada".'),
  )
  expect(await ada.type('play gill')).toContain('There is no game "gill"')
  expect((await ada.type('challenge student 7')).replace(/\n {2}/, ' ')).toBe(
    lines('To challenge student 7, name a game, too, such as "play tictactoe against student_7".'),
  )
})

test.each([
  ['play tictactoe size=4 house', /Table 1: you are O/],
  ['play tictactoe Size=4 against a=4', /a=4 is not here|There is no|"a=4"/],
  ['play tictactoe 4x4', /^For 4x4, type "size 4"\.\n$/],
  ['play tictactoe minutes 1.5', /^"minutes" needs a whole number after it, such as "minutes 5"\.\n$/],
])('%s is accepted, or refused with the command to type', async (typed, answer) => {
  const [ada] = (await connectUser('ada')) as [DoorUser]
  expect((await ada.type(typed)).replace(/\n {2}/, ' ')).toMatch(answer)
})

test('a name in UTF-16 is refused with the reason', async () => {
  const [ada] = (await connectUser('ada')) as [DoorUser]
  expect((await ada.type('name t\0e\0s\0')).replace(/\n {2}/, ' ')).toContain('A name in UTF-16 has a NUL beside each letter: send UTF-8.')
})
