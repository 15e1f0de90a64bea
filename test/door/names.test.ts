import { describe, expect, test } from 'vitest'
import { formatIntroduction } from '../../src/door/event-text.ts'
import type { AnyGame } from '../../src/games/game.ts'
import { tictactoe } from '../../src/games/tictactoe.ts'
import { checkLobbyName, checkPersonName } from '../../src/hall/names/names.ts'
import { connectDoorUsers, type DoorUser, lines } from '../support/door-user.ts'
import { TestLobby } from '../support/test-lobby.ts'

describe('a name at the front door', () => {
  test.each(['O', 'o', 'X', 'x', 'Х', 'О', 'Ｘ'])('cannot be %s, which is a mark on a board', (name) => {
    expect(checkLobbyName(name)).toEqual({
      refused: `${name.normalize('NFC')} cannot be a name: it is a mark on the board of tictactoe; choose another`,
    })
    expect(checkPersonName(name)).toBe(name)
  })

  test('is not shown as a mark if a worksheet program gives a mark as the name', () => {
    const company = { table: 2, game: 'tictactoe', rules: tictactoe as AnyGame, seat: 1, names: ['O', 'ada'], me: 'ada' }
    expect(formatIntroduction(company, 'seated')).toBe('Table 2: you are X; the user O is O and begins.')
  })

  test('is shown in its owner’s spelling, and not as it was typed', async () => {
    const [ada, zoe] = (await connectDoorUsers(new TestLobby(), 'ada', 'Zoë')) as [DoorUser, DoorUser]
    expect(await ada.type('tell ZOË hello')).toBe(lines('Zoë has received your message.'))
    expect(await ada.type('mute zoë', 'unmute zoË')).toBe(
      lines('You have muted Zoë until you disconnect or type "unmute Zoë".', 'You no longer mute Zoë.'),
    )
    expect(await ada.type('play tictactoe zoë')).toContain('You wait for Zoë;')
    expect(await ada.type('refuse zoë')).toBe(lines('Zoë has not asked you for a game.'))
    await zoe.type('register', 'engine-1843')
    await zoe.send('engine-1843\n')
    await zoe.until('registered now')
    expect(await ada.type('login zoë', '', 'register zOË')).toContain(lines('Zoë is registered already: "login Zoë".'))
    expect(ada.screen).toContain('Zoë is registered. What is the password?')
    expect(await ada.type('name zoë', '')).toContain('Zoë is registered. What is the password?')
  })

  test.each([
    ['refuse nobody', 'No user "nobody" has asked you for a game.'],
    ['accept you', 'No user "you" has asked you for a game.'],
    ['tell everybody hello', 'There is no user "everybody" here. "who" lists the users.'],
    ['mute somebody', 'There is no user "somebody" here. "who" lists the users.'],
    ['unmute nobody', 'You have not muted "nobody".'],
    ['play tictactoe nobody', 'There is no user "nobody" here. "who" lists the users.'],
    ['history nobody', 'No finished game of "nobody" is known here.'],
  ])('that no user has is quoted: %s', async (typed, answer) => {
    const [ada] = (await connectDoorUsers(new TestLobby(), 'ada')) as [DoorUser]
    expect(await ada.type(typed)).toBe(lines(answer))
  })
})

describe('sentences at the front door', () => {
  test('the rules of a game begin with a capital', async () => {
    const [ada] = (await connectDoorUsers(new TestLobby(), 'ada')) as [DoorUser]
    for (const game of ['tictactoe', 'scissors', 'hangman', 'quiz', 'guess', 'headtail'])
      expect(await ada.type(`rules ${game}`)).toMatch(/^\p{Lu}.*\.\n\p{Lu}/u)
  })

  test('the name of a game, as a move of another, is not a misspelled command', async () => {
    const [ada] = (await connectDoorUsers(new TestLobby(), 'ada')) as [DoorUser]
    await ada.type('play headtail')
    expect(await ada.type('coin')).toBe(lines('Type H (head) or T (tail).'))
    expect(await ada.type('quiz')).toBe(lines('Type H (head) or T (tail); "play quiz" begins a game of quiz beside this game.'))
    expect(await ada.type('jion')).toContain('did you mean "join"?')
  })

  test('a move of another game after the end is answered that the game is over', async () => {
    const [ada] = (await connectDoorUsers(new TestLobby(), 'ada')) as [DoorUser]
    await ada.type('play headtail', 'resign')
    expect(await ada.type('5')).toBe(lines('The game is over. "rematch" plays it again, "play GAME" begins another game.'))
    expect(await ada.type('frobnicate')).toBe(lines('There is no command "frobnicate": "help" lists all.'))
  })
})
