import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { fakePeer } from '../support/fake-peer.ts'
import { play } from '../support/play.ts'

const PROMPT = 'I will toss a coin, guess if it is a head (H) or tail (T) : '
const ASKED = ['QUESTION 1 2 Why?\n', 'A one\n', 'B two\n', 'ANSWER?\n']

interface Case {
  readonly title: string
  readonly typed: readonly string[]
  /** The server's messages, each in turn, legal except for the last. */
  readonly says: readonly string[]
  readonly sentence: string
}

const CASES: Readonly<Record<string, readonly Case[]>> = {
  hangman: [
    {
      title: 'more misses left than before',
      typed: ['x'],
      says: ['WORD 3 8\n', 'MISS 9\n'],
      sentence: '"MISS 9", but 8 misses were left, so expected MISS 7',
    },
    { title: 'a miss that skips', typed: ['x'], says: ['WORD 3 8\n', 'MISS 5\n'], sentence: 'so expected MISS 7' },
    { title: 'a miss that costs nothing', typed: ['x'], says: ['WORD 3 8\n', 'MISS 8\n'], sentence: 'so expected MISS 7' },
    {
      title: 'a letter that is overwritten',
      typed: ['e', 'l'],
      says: ['WORD 3 8\n', 'AT 1 2\n', 'AT 2 3\n'],
      sentence: '"AT 2 3", but position 2 was shown as e already',
    },
    { title: 'a position that the word does not have', typed: ['e'], says: ['WORD 3 8\n', 'AT 4\n'], sentence: 'its word has 3 letters' },
    {
      title: 'position 0',
      typed: ['e'],
      says: ['WORD 3 8\n', 'AT 0\n'],
      sentence: 'the server sent AT 0, and its word has 3 letters: positions count from 1 to 3',
    },
    {
      title: 'a win with the wrong word',
      typed: ['e', 'l'],
      says: ['WORD 3 8\n', 'AT 1 2\n', 'AT 3\nEND WON eek\n'],
      sentence: '"END WON eek", but position 3 was shown as l',
    },
    {
      title: 'a win with a word of another length',
      typed: ['e', 'l'],
      says: ['WORD 3 8\n', 'AT 1 2\n', 'AT 3\nEND WON eels\n'],
      sentence: 'the server has announced a word of 3 letters',
    },
    {
      title: 'a loss with a word that was shown otherwise',
      typed: ['e', 'x'],
      says: ['WORD 3 1\n', 'AT 1\n', 'MISS 0\nEND LOST owl\n'],
      sentence: 'position 1 was shown as e',
    },
    {
      title: 'a loss with a letter that was a miss',
      typed: ['x'],
      says: ['WORD 3 1\n', 'MISS 0\nEND LOST fox\n'],
      sentence: 'x was tried, and was a MISS',
    },
    {
      title: 'a loss with a letter that stands at more positions than was said',
      typed: ['e', 'x'],
      says: ['WORD 3 1\n', 'AT 1\n', 'MISS 0\nEND LOST eel\n'],
      sentence: 'e was shown, and not at position 2',
    },
  ],
  guess: [
    {
      title: 'HIGH after LOW for the same guess',
      typed: ['50', '50'],
      says: ['GUESS\n', 'LOW\nGUESS\n', 'HIGH\n'],
      sentence: '"HIGH", but the guess was 50, and by its earlier answers, the number is greater than 50',
    },
    {
      title: 'a lower bound above the upper',
      typed: ['50', '60'],
      says: ['GUESS\n', 'HIGH\nGUESS\n', 'LOW\n'],
      sentence: 'the number is less than 50',
    },
    {
      title: 'a win that cannot be',
      typed: ['50', '40'],
      says: ['GUESS\n', 'LOW\nGUESS\n', 'WIN\n'],
      sentence: '"WIN", but the guess was 40',
    },
    {
      title: 'no number left',
      typed: ['50', '51', '51'],
      says: ['GUESS\n', 'LOW\nGUESS\n', 'HIGH\n'],
      sentence: '"HIGH", but the guess was 51',
    },
    {
      title: 'a number beyond 100',
      typed: ['100'],
      says: ['GUESS\n', 'LOW\n'],
      sentence: 'the guess was 100, and the number is from 1 to 100',
    },
    {
      title: 'a sixth try',
      typed: ['1', '2', '3', '4', '5'],
      says: ['GUESS\n', 'LOW\nGUESS\n', 'LOW\nGUESS\n', 'LOW\nGUESS\n', 'LOW\nGUESS\n', 'LOW\nGUESS\n'],
      sentence: '"GUESS", but there were 5 tries; expected "GAMEOVER"',
    },
    {
      title: 'a number that is said to be none',
      typed: ['50'],
      says: ['GUESS\n', 'Please enter number 1 to 100\n'],
      sentence: 'the guess was 50, which is such a number',
    },
  ],
  highlow: [
    {
      title: 'HIGH after LOW',
      typed: ['50', '50'],
      says: ['GUESS\n', 'LOW\n', 'GUESS\n', 'HIGH\n'],
      sentence: '"HIGH", but the guess was 50',
    },
  ],
  number: [
    {
      title: 'too big after too small',
      typed: ['50', '50'],
      says: ['Too small!', 'Too big!'],
      sentence: '"Too big!", but the guess was 50',
    },
    {
      title: 'exact although it is impossible',
      typed: ['50', '60'],
      says: ['Too big!', 'Exactly! You win!'],
      sentence: 'the number is less than 50',
    },
  ],
  tictactoe: [
    { title: 'an occupied cell', typed: ['1'], says: ['MOVE5\n', 'MOVE1\n'], sentence: 'the server sent MOVE1: cell 1 is taken by X' },
    { title: 'its own cell again', typed: ['1'], says: ['MOVE5\n', 'MOVE5\n'], sentence: 'cell 5 is taken by O' },
    { title: 'a cell beyond the board', typed: [], says: ['MOVE10\n'], sentence: 'there is no cell 10; cells go from 1 to 9' },
    { title: 'cell 0', typed: [], says: ['MOVE0\n'], sentence: 'MOVE0: there is no cell 0; cells go from 1 to 9' },
    { title: 'a cell below 0', typed: [], says: ['MOVE-1\n'], sentence: 'there is no cell -1; cells go from 1 to 9' },
  ],
  'tjc/tictactoe-alternative': [{ title: 'an occupied cell', typed: ['5'], says: ['MOVE5\n'], sentence: 'cell 5 is taken by X' }],
  headtail: [
    {
      title: 'H found unusable',
      typed: ['H'],
      says: [PROMPT, 'Please enter head (H), tail (T)             or Q to quit\n'],
      sentence: 'but the guess was "H", which is head (H) or tail (T)',
    },
    {
      title: 'what is no guess found right',
      typed: ['X'],
      says: [PROMPT, 'You are right!\n'],
      sentence: 'the guess was "X", which is neither head (H) nor tail (T)',
    },
  ],
  scissors: [
    {
      title: 'a hand that this side has not played',
      typed: ['1'],
      says: ['CHOOSE\n', 'ROUND Stone Paper\n'],
      sentence: '"ROUND Stone Paper", but Player2, which is this side, has chosen Scissor',
    },
    {
      title: 'an end that does not add up',
      typed: ['1', '1', '1'],
      says: ['CHOOSE\n', 'ROUND Stone Scissor\nCHOOSE\n', 'ROUND Stone Scissor\nCHOOSE\n', 'ROUND Paper Scissor\nEND 3 0\n'],
      sentence: '"END 3 0", but by the rounds that were played it is 2 to 1',
    },
    {
      title: 'an end too early',
      typed: ['1'],
      says: ['CHOOSE\n', 'ROUND Stone Scissor\nEND 1 0\n'],
      sentence: '1 of 3 rounds were played; expected "CHOOSE"',
    },
    {
      title: 'a fourth round',
      typed: ['1', '1', '1'],
      says: ['CHOOSE\n', 'ROUND Stone Scissor\nCHOOSE\n', 'ROUND Stone Scissor\nCHOOSE\n', 'ROUND Stone Scissor\nCHOOSE\n'],
      sentence: '3 rounds were played; expected "END 3 0"',
    },
  ],
  match: [
    {
      title: 'another move than this side has sent',
      typed: ['ada', '5'],
      says: ['Welcome ada\n', 'init@1@ada@bob\nmove@1@---------\n', 'moved@1@ada@4@---O-----\n'],
      sentence: 'but ada, which is this side, has sent 5',
    },
    {
      title: 'the time of a player who is not to move is over',
      typed: ['ada', '5'],
      says: ['Welcome ada\n', 'init@1@ada@bob\nmove@1@---------\n', 'moved@1@ada@5@----O----\nGameEnd@1@bob@late\n'],
      sentence: 'it is the turn of bob, so only the other player can be late',
    },
    {
      title: 'a game of others',
      typed: ['ada'],
      says: ['Welcome ada\n', 'init@1@bob@eve\n'],
      sentence: 'this side is ada, who is neither of the two players',
    },
    {
      title: 'a turn out of turn',
      typed: ['ada'],
      says: ['Welcome ada\n', 'init@1@bob@ada\nmove@1@---------\n'],
      sentence: 'it is the turn of bob',
    },
    {
      title: 'a board that is not the one',
      typed: ['ada'],
      says: ['Welcome ada\n', 'init@1@ada@bob\nmove@1@X--------\n'],
      sentence: 'after the moves that were made, the board is ---------',
    },
    {
      title: 'a move that changes another cell',
      typed: ['ada', '1'],
      says: ['Welcome ada\n', 'init@1@ada@bob\nmove@1@---------\n', 'moved@1@ada@1@-O-------\n'],
      sentence: 'the board is O--------',
    },
    {
      title: 'a move on an occupied cell',
      typed: ['ada', '1'],
      says: ['Welcome ada\n', 'init@1@ada@bob\nmove@1@---------\n', 'moved@1@ada@1@O--------\nmoved@1@bob@1@X--------\n'],
      sentence: 'cell 1 is taken by O',
    },
    {
      title: 'two moves in a row',
      typed: ['ada', '1'],
      says: ['Welcome ada\n', 'init@1@ada@bob\nmove@1@---------\n', 'moved@1@ada@1@O--------\nmoved@1@ada@2@OO-------\n'],
      sentence: 'it is the turn of bob',
    },
    {
      title: 'another game',
      typed: ['ada'],
      says: ['Welcome ada\n', 'init@1@ada@bob\nmove@2@---------\n'],
      sentence: 'the game that began is 1',
    },
    {
      title: 'a win that is none',
      typed: ['ada'],
      says: ['Welcome ada\n', 'init@1@bob@ada\nGameEnd@1@bob@won\n'],
      sentence: 'neither player has three in a row',
    },
    {
      title: 'the wrong winner',
      typed: ['ada'],
      says: [
        'Welcome ada\n',
        'init@1@ada@bob\n',
        'moved@1@ada@1@O--------\nmoved@1@bob@4@O--X-----\nmoved@1@ada@2@OO-X-----\nmoved@1@bob@5@OO-XX----\nmoved@1@ada@3@OOOXX----\nGameEnd@1@bob@won\n',
      ],
      sentence: 'the board is OOOXX----; expected ada@won',
    },
    {
      title: 'a move after the end',
      typed: ['ada'],
      says: [
        'Welcome ada\n',
        'init@1@ada@bob\n',
        'moved@1@ada@1@O--------\nmoved@1@bob@4@O--X-----\nmoved@1@ada@2@OO-X-----\nmoved@1@bob@5@OO-XX----\nmoved@1@ada@3@OOOXX----\nmoved@1@bob@6@OOOXXX---\n',
      ],
      sentence: 'the game is over; expected GameEnd',
    },
  ],
  quiz: [
    {
      title: 'points that do not add up',
      typed: ['ada', '', '2', 'A'],
      says: ['Welcome ada\n', ASKED.join(''), 'RIGHT 2\n'],
      sentence: '"RIGHT 2", but the points are 1 now',
    },
    {
      title: 'points for a wrong answer',
      typed: ['ada', '', '2', 'A'],
      says: ['Welcome ada\n', ASKED.join(''), 'WRONG B 1\n'],
      sentence: 'the points are 0 now',
    },
    {
      title: 'the own answer as the right one',
      typed: ['ada', '', '2', 'A'],
      says: ['Welcome ada\n', ASKED.join(''), 'WRONG A 0\n'],
      sentence: 'the answer was A; expected "RIGHT 1"',
    },
    {
      title: 'an option that there is not',
      typed: ['ada', '', '2', 'A'],
      says: ['Welcome ada\n', ASKED.join(''), 'WRONG C 0\n'],
      sentence: 'the question has no option C',
    },
    {
      title: 'a question that is left out',
      typed: ['ada', '', '2'],
      says: ['Welcome ada\n', 'QUESTION 2 2 Why?\n'],
      sentence: 'expected question 1',
    },
    {
      title: 'more questions than were asked for',
      typed: ['ada', '', '2'],
      says: ['Welcome ada\n', 'QUESTION 1 3 Why?\n'],
      sentence: '2 questions were asked for',
    },
    {
      title: 'options in another order',
      typed: ['ada', '', '2'],
      says: ['Welcome ada\n', 'QUESTION 1 2 Why?\nB two\n'],
      sentence: 'expected option A',
    },
    {
      title: 'a single option',
      typed: ['ada', '', '2'],
      says: ['Welcome ada\n', 'QUESTION 1 2 Why?\nA one\n', 'ANSWER?\n'],
      sentence: 'a question has 2 to 6 options, and there are 1',
    },
    {
      title: 'a total that is too high',
      typed: ['ada', '', '1', 'A'],
      says: ['Welcome ada\n', 'QUESTION 1 1 Why?\nA one\nB two\nANSWER?\n', 'WRONG B 0\nTOTAL 1 1\n'],
      sentence: 'expected "TOTAL 0 1"',
    },
    {
      title: 'a total too early',
      typed: ['ada', '', '2', 'A'],
      says: ['Welcome ada\n', ASKED.join(''), 'RIGHT 1\nTOTAL 1 2\n'],
      sentence: 'question 1 was the last, of 2',
    },
    {
      title: 'more points than questions',
      typed: ['ada', '', 'RESUME'],
      says: ['Welcome ada\n', 'RESUMED 2 5 2\n'],
      sentence: 'only 1 question can have been answered right',
    },
    {
      title: 'a question beyond the last',
      typed: ['ada', '', 'RESUME'],
      says: ['Welcome ada\n', 'RESUMED 6 5 2\n'],
      sentence: 'there are 5 questions',
    },
    {
      title: 'a rank beyond the last',
      typed: ['ada', '', '1', 'A'],
      says: ['Welcome ada\n', 'QUESTION 1 1 Why?\nA one\nB two\nANSWER?\n', 'RIGHT 1\nTOTAL 1 1\n', 'RANK 3 2\n'],
      sentence: 'a rank is from 1 to 2',
    },
  ],
}

describe.each(Object.keys(CASES))('join %s detects a server that breaks the rules', (name) => {
  test.each(CASES[name] ?? [])('$title', async ({ typed, says, sentence }) => {
    const peer = await fakePeer(name, 'client', { typed })
    for (const text of says) await peer.sayAlone(text, 10)
    const end = await peer.end()
    expect(end?.message).toContain(sentence)
    expect(end).toMatchObject({ reason: 'violation', message: expect.stringMatching(/^the server sent /) })
  })
})

describe('join talk detects another side that breaks the rules of a game inside', () => {
  test.each([
    { typed: ['play hangman', 'x'], says: ['WORD 3 8\n', 'MISS 9\n'], sentence: '"MISS 9", but 8 misses were left' },
    { typed: ['play hangman', 'e', 'l'], says: ['WORD 3 8\n', 'AT 1 2\n', 'AT 2 3\n'], sentence: 'position 2 was shown as e already' },
    { typed: ['play hangman', 'e'], says: ['WORD 2 8\n', 'AT 1 2\nEND WON of\n'], sentence: 'position 1 was shown as e' },
    { typed: ['play guess', '50', '50'], says: ['LOW\n', 'HIGH\n'], sentence: '"HIGH", but the guess was 50' },
  ])('$sentence', async ({ typed, says, sentence }) => {
    const peer = await fakePeer('talk', 'client', { typed })
    for (const text of says) await peer.sayAlone(text, 10)
    expect((await peer.end())?.message).toContain(sentence)
  })
})

describe('the client reports no breach of a server that obeys the rules', () => {
  const letters = fc.array(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzäß'), { maxLength: 40 })
  const numbers = fc.array(fc.integer({ min: -5, max: 105 }).map(String), { maxLength: 12 })

  test.each([
    ['hangman', letters],
    ['guess', numbers],
    ['highlow', numbers],
    ['number', numbers],
    ['headtail', fc.array(fc.constantFrom('h', 'T', 'x', 'head', ''), { maxLength: 8 })],
    ['scissors', fc.array(fc.constantFrom('1', '2', '3', '9'), { maxLength: 8 })],
  ] as const)('%s', async (name, lines: fc.Arbitrary<string[]>) => {
    await fc.assert(
      fc.asyncProperty(lines, fc.nat(1000), async (join, seed) => {
        const { joinEnd } = await play({ program: name, join, host: ['1', '2', '3'], random: seededRandom(seed), options: { pace: 0 } })
        if (joinEnd instanceof Disconnected) expect(joinEnd.reason).not.toBe('violation')
      }),
      { numRuns: 40 },
    )
  })
})
