import { describe, expect, test } from 'vitest'
import { commands } from '../../src/door/commands/index.ts'
import { shippedGames } from '../../src/games/index.ts'
import { DoorUser, lines } from '../support/door-user.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

const PASSWORD = 'engine-1843'
/** The lines of a screen: a terminal has 24, of which one has the typed command, and one is for the next. */
const LINES = 22

async function caller(lobby: TestLobby, name: string): Promise<DoorUser> {
  const one = new DoorUser((line) => lobby.service.createSeating(line, 'parlor/door'), lobby.clock)
  await settled()
  await one.type(name)
  one.news()
  return one
}

function linesOf(said: string): string[] {
  return said.split('\n').slice(0, -1)
}

/** A lobby in which every list is longer than a screen, and ada, who is registered. */
async function crowded() {
  const lobby = new TestLobby()
  for (let user = 1; user <= 50; user++) {
    const client = new MemoryNativeClient(lobby.service)
    expect(await client.say({ type: 'enter', name: `user ${user}` })).toMatchObject({ type: 'entered' })
    if (user <= 25) await client.say({ type: 'seek', game: 'tictactoe', wait: 0 })
    else await client.say({ type: 'seek', game: 'tictactoe', settings: { size: 20 }, clock: { total: 60_000 * user }, wait: null })
  }
  const ada = await caller(lobby, 'ada')
  await ada.type('register', PASSWORD, PASSWORD)
  await ada.until('is registered now')
  for (let game = 0; game < 45; game++) await ada.type('play hangman', 'resign')
  ada.news()
  return { lobby, ada }
}

describe('every list fits on a screen', () => {
  test('in pages by "more" or by number, with each item on one page', async () => {
    const { ada } = await crowded()
    for (const [command, found, count] of [
      ['who', /user \d+ /g, 50],
      ['tables', /against house/g, 25],
      ['seeks', /type: play/g, 25],
      ['history', /given up/g, 45],
    ] as const) {
      let all = ''
      for (let said = await ada.type(command); ; said = await ada.type('more')) {
        expect(linesOf(said).length, command).toBeLessThanOrEqual(LINES)
        if (said.startsWith('There is no more to show.')) break
        all += said
      }
      expect(all.match(found), command).toHaveLength(count)
      const second = await ada.type(`${command} 2`)
      expect(linesOf(second).length).toBeLessThanOrEqual(LINES)
      expect(await ada.type(`${command} 99`)).toMatch(/^There is no page 99: the last page is ".* \d"\.\n$/)
    }
  }, 60_000)

  test.each([
    'help',
    'games',
    'rules tictactoe',
    ...commands.map(({ name }) => `help ${name}`),
    ...shippedGames.entries.map(({ name }) => `help ${name}`),
  ])('%s, at a table too', async (typed) => {
    const lobby = new TestLobby()
    const ada = await caller(lobby, 'ada')
    await ada.type('play tictactoe size 20 house')
    ada.news()
    expect(linesOf(await ada.type(typed)).length).toBeLessThanOrEqual(LINES)
  })

  test('the rest is shown by "more", and dropped when another command is typed', async () => {
    const { ada } = await crowded()
    expect(await ada.type('more')).toBe(lines('There is no more to show.'))
    expect(await ada.type('who')).toContain('"more"')
    expect(await ada.type('more')).toMatch(/user \d+/)
    await ada.type('who', 'help')
    expect(await ada.type('more')).toBe(lines('There is no more to show.'))
  })

  test('a board of 20 by 20 cells fits, too, with the lines below it', async () => {
    const lobby = new TestLobby()
    const ada = await caller(lobby, 'ada')
    expect(linesOf(await ada.type('play tictactoe size 20 house')).length).toBeLessThanOrEqual(24)
    expect(linesOf(await ada.type('board')).length).toBeLessThanOrEqual(LINES)
    expect(linesOf(await ada.type('1')).length).toBeLessThanOrEqual(2 * LINES + 2)
  })
})

describe('commands and games by other words, and by abbreviations', () => {
  test.each([
    ['play ttt house', 'you are O and begin'],
    ['play TicTac house', 'you are O and begin'],
    ['play tic tac toe house', 'you are O and begin'],
    ['play rock house', 'you play scissors with house'],
    ['play rock paper scissors house', 'you play scissors with house'],
    ['play head', 'headtail'],
    ['play hang', 'hangman'],
    ['pl ttt house', 'you are O and begin'],
    ['ladder ttt', 'No user is on the ladder of tictactoe yet.'],
    ['rules rps', 'Scissor cuts paper'],
    ['ttt', 'To play it, type: play tictactoe'],
    ['tab', 'No game is under way.'],
    ['see', 'No player waits for an opponent.'],
    ['help tab', 'tables [PAGE]'],
  ])('%s', async (typed, said) => {
    const ada = await caller(new TestLobby(), 'ada')
    expect(await ada.type(typed)).toContain(said)
  })

  test.each([
    ['re', '"re" could be "refuse", "resign", "rematch", "recent", "replay", "register" or\n  "resume": type more letters.'],
    ['play h', 'There is no game "h": type tictactoe, scissors, hangman, quiz, guess or\n  headtail.'],
    ['res', '"res" could be "resign" or "resume": type more letters.'],
    ['qui', 'Type "quit" in full, if you mean that command.'],
    ['unr', 'Type "unregister" in full, if you mean that command.'],
  ])('%s gets the answer that it is ambiguous', async (typed, said) => {
    const ada = await caller(new TestLobby(), 'ada')
    expect(await ada.type(typed)).toBe(lines(said))
  })

  test('a move is not read as an abbreviation', async () => {
    const ada = await caller(new TestLobby(), 'ada')
    await ada.type('play headtail')
    expect(await ada.type('h')).toMatch(/of 1 so far/)
  })
})

describe('rules', () => {
  test.each(shippedGames.entries.map(({ name }) => name))('of %s are shown in lines that fit', async (name) => {
    const ada = await caller(new TestLobby(), 'ada')
    const said = linesOf(await ada.type(`rules ${name}`))
    expect(said.length).toBeGreaterThan(3)
    expect(shippedGames.find(name)?.rules).toBeDefined()
    await ada.type(`play ${name} ${['tictactoe', 'scissors'].includes(name) ? 'house' : ''}`)
    if (!ada.screen.includes('Your move')) await ada.until('Your move')
    ada.news()
    expect(linesOf(await ada.type('rules')).slice(0, 2)).toEqual(said.slice(0, 2))
  })

  test('need a game if the user is at no table', async () => {
    const ada = await caller(new TestLobby(), 'ada')
    expect(await ada.type('rules')).toContain('Name a game')
  })
})

describe('history at the front door', () => {
  test('shows the winner and the kind of end, for the user and for others', async () => {
    const lobby = new TestLobby()
    const [ada, bob] = [await caller(lobby, 'ada'), await caller(lobby, 'bob')]
    expect(await ada.type('history')).toBe(lines('You have finished no game yet.'))
    expect(await ada.type('history carl')).toBe(lines('No finished game of "carl" is known here.'))
    expect(await ada.type(`history ${'y'.repeat(300)}`)).toBe(lines(`No finished game of "${'y'.repeat(30)}..." is known here.`))
    await ada.type('play tictactoe')
    await bob.type('play tictactoe')
    await ada.type('resign')
    expect(await ada.type('history')).toBe(lines('  1  2024-02-29  tictactoe  against bob  lost (resigned)'))
    expect(await ada.type('history bob')).toBe(lines('  1  2024-02-29  tictactoe  against ada  won (ada resigned)'))
  })
})

describe('unregister', () => {
  test('requires the password, and removes the account', async () => {
    const ada = await caller(new TestLobby(), 'ada')
    expect(await ada.type('unregister')).toBe(lines('Your name is not registered.'))
    await ada.type('register', PASSWORD, PASSWORD)
    await ada.until('is registered now')
    expect(await ada.type('unregister')).toContain('This removes ada permanently')
    expect(await ada.type('')).toContain('Nothing has changed.')
    await ada.type('unregister', 'wrong-password')
    await ada.until('Your password?')
    await ada.type(PASSWORD)
    expect(await ada.until('What is your name')).toContain('ada is no longer registered.')
    expect(await ada.type('ada', 'register')).toContain('A password for ada')
  })
})
