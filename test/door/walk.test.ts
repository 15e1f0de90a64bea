import { expect, test } from 'vitest'
import { commands } from '../../src/door/commands/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { DoorUser } from '../support/door-user.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

const SEEDS = Array.from({ length: 20 }, (_, at) => at + 1)
const TURNS = 120

/** Possible input: every command with or without arguments, moves, names, nonsense. */
const WORDS = [
  'ada',
  'grace',
  'house',
  'tictactoe',
  'scissors',
  'hangman',
  'quiz',
  'guess',
  'headtail',
  'rated',
  'private',
  'size 4',
  'json',
  '1',
  '2',
  '',
]
const MOVES = ['1', '2', '3', '4', '5', '6', '7', '8', '9', 'e', 'a', 'A', 'H', '50', 'stone', '']
const NONSENSE = [
  'hello',
  "'hello",
  '"help"',
  '\u001b[2J',
  '\u0000',
  '\ufffd',
  'x'.repeat(500),
  'ä ö',
  'plya',
  '{"type":"ping"}',
  '9'.repeat(40),
]

test('any typed lines are answered in lines that fit, without an exception', async () => {
  for (const seed of SEEDS) {
    const random = seededRandom(seed)
    const lobby = new TestLobby({ random: seededRandom(seed) })
    const connectUser = () => new DoorUser((line) => lobby.service.createSeating(line, 'parlor/door'), lobby.clock)
    const callers = [connectUser(), connectUser(), connectUser()]
    for (let turn = 0; turn < TURNS; turn++) {
      const at = random.integer(0, callers.length - 1)
      const caller = callers[at] ?? connectUser()
      const { name } = random.choice(commands)
      const typed = random.choice([
        random.choice(WORDS),
        random.choice(MOVES),
        random.choice(MOVES),
        name,
        `${name} ${random.choice(WORDS)} ${random.choice(WORDS)}`.trim(),
        `play ${random.choice(WORDS)}`,
        random.choice(NONSENSE),
      ])
      await caller.type(typed)
      if (random.integer(0, 20) === 0) await lobby.clock.pass(10_000)
      if (caller.conversation.connection.end === undefined && !/\nBye\.( .*)?\n/.test(caller.screen)) continue
      expect(await caller.close()).toBeUndefined()
      callers[at] = connectUser()
    }
    await settled()
    for (const caller of callers) {
      caller.news()
      expect(await caller.close()).toBeUndefined()
    }
    expect({ seed, troubles: lobby.troubles }).toEqual({ seed, troubles: [] })
  }
})
