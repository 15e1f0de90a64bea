import { expect, test } from 'vitest'
import type { AnyGame } from '../../src/games/game.ts'
import { shippedGames } from '../../src/games/index.ts'
import type { QuizView } from '../../src/games/quiz.ts'
import { robot } from '../../src/games/robot.ts'
import type { LobbyServiceOptions } from '../../src/lobby/service.ts'
import { type Automaton, legalTransitions } from '../../src/protocol/automaton.ts'
import { parseMessage } from '../../src/protocol/message-spec.ts'
import { type ProtocolTurn, toProtocolTurn } from '../../src/web/model/protocol-turn.ts'
import type { TableModel } from '../../src/web/model/table-model.ts'
import { PageUser } from '../support/page-user.ts'
import { program } from '../support/play.ts'
import { startServer } from '../support/start-server.ts'

/** Seats a page alone, or against the house, in seat 0. */
async function seat(game: string, options: Partial<LobbyServiceOptions> = {}) {
  const server = await startServer('parlor/door', options)
  const user = new PageUser(server.port)
  await user.enter('ada')
  user.client.send({ type: 'seek', game, wait: 0, seats: [0] })
  await user.until(() => user.table?.sight !== undefined)
  const table = (): TableModel => user.table as TableModel
  const play = async (move: string): Promise<ProtocolTurn | undefined> => {
    const { n } = table()
    user.client.send({ type: 'play', table: table().table, move })
    await user.until(() => table().n > n && table().pending === undefined)
    return toProtocolTurn(table())
  }
  return { user, table, play }
}

const linesOf = (turn: ProtocolTurn | undefined) => turn?.messages.map(({ from, text }) => `${from} ${text}`)

/** Checks that the messages of a turn are legal in the program's own protocol, one after the other, from a state of the protocol on. */
async function expectLegal(turn: ProtocolTurn | undefined): Promise<void> {
  expect(turn?.messages).not.toEqual([])
  const { automaton } = (await program(turn?.program ?? '')).protocol
  const isLegal = Object.keys(automaton.states).some((state) => turn && canContinue(automaton, state, turn.messages))
  expect(isLegal, JSON.stringify(turn)).toBe(true)
}

function canContinue(automaton: Automaton, state: string, [message, ...rest]: ProtocolTurn['messages']): boolean {
  if (!message) return true
  return legalTransitions(automaton, state).some(
    ({ form, from, next }) =>
      from === message.from && parseMessage(form, message.text.slice(0, -1)) !== undefined && canContinue(automaton, next, rest),
  )
}

test('a turn of tic-tac-toe is the two last moves, and the client is the player who begins', async () => {
  const { user, table, play } = await seat('tictactoe')
  expect(toProtocolTurn(table())).toEqual({ program: 'tjc/tictactoe-alternative', messages: [] })
  await play('1')
  await user.until(() => table().moves.length === 2)
  const turn = toProtocolTurn(table())
  expect(linesOf(turn)).toEqual(['client MOVE1\n', expect.stringMatching(/^server MOVE[2-9]\n$/)])
  await expectLegal(turn)
})

test('a larger board of tic-tac-toe has no protocol of the worksheets', async () => {
  const { table } = await seat('tictactoe')
  const { sight } = table()
  const view = { cells: ' '.repeat(16), size: 4, turn: 0 }
  expect(sight && toProtocolTurn({ ...table(), sight: { ...sight, view } })).toBeUndefined()
})

test('a turn of guessing is the number, the answer, and the question for the next number', async () => {
  const { play } = await seat('guess')
  let [low, high] = [1, 100]
  for (let tries = 0; tries < 7; tries++) {
    const guess = Math.floor((low + high) / 2)
    const turn = await play(String(guess))
    await expectLegal(turn)
    const lines = linesOf(turn)
    expect(lines?.[0]).toBe(`client ${guess}\n`)
    if (lines?.[1] === 'server WIN\n') return expect(lines).toHaveLength(2)
    expect(['server LOW\n', 'server HIGH\n']).toContain(lines?.[1])
    expect(lines?.[2]).toBe('server GUESS\n')
    if (lines?.[1] === 'server LOW\n') low = guess + 1
    else high = guess - 1
  }
  throw new Error('seven guesses have not found the number')
})

test('a turn of head or tail is the call and its answer', async () => {
  const { play } = await seat('headtail')
  const turn = await play('T')
  expect(linesOf(turn)?.[0]).toBe('client T\n')
  await expectLegal(turn)
})

test('a turn of scissor, paper, stone is the hand of the client and the round, and at the end the result', async () => {
  const { play } = await seat('scissors')
  for (const next of ['server CHOOSE\n', 'server CHOOSE\n', expect.stringMatching(/^server END [0-3] [0-3]\n$/)]) {
    const turn = await play('3')
    expect(linesOf(turn)).toEqual(['client 3\n', expect.stringMatching(/^server ROUND Stone (?:Scissor|Paper|Stone)\n$/), next])
    await expectLegal(turn)
  }
})

test('a turn of hangman is the letter and its places or the misses left, and at the end the word', async () => {
  const { play } = await seat('hangman', { stock: { words: ['book'] } })
  const turns = [await play('o'), await play('x'), await play('b'), await play('k')]
  expect(turns.map(linesOf)).toEqual([
    ['client o\n', 'server AT 2 3\n'],
    ['client x\n', 'server MISS 7\n'],
    ['client b\n', 'server AT 1\n'],
    ['client k\n', 'server AT 4\n', 'server END WON book\n'],
  ])
  await Promise.all(turns.map(expectLegal))
})

test('a lost game of hangman ends with LOST', async () => {
  const { play } = await seat('hangman', { stock: { words: ['book'] } })
  let turn: ProtocolTurn | undefined
  for (const letter of 'acdefghi') turn = await play(letter)
  expect(linesOf(turn)).toEqual(['client i\n', 'server MISS 0\n', 'server END LOST book\n'])
  await expectLegal(turn)
})

/** Plays a quiz, with the letters of the right and of the wrong option of the open question; the game chooses the order of the options. */
async function seatAtQuiz(names: readonly string[]) {
  const questions = names.map((name) => ({ text: `Which port has ${name}?`, options: ['80', '443'], right: 1 }))
  const { table, play } = await seat('quiz', { stock: { words: [], questions } })
  const view = table().sight?.view as QuizView | undefined
  const [right, wrong] = view?.open?.options[0] === '443' ? ['A', 'B'] : ['B', 'A']
  return { play, right, wrong }
}

test('a turn of the quiz is the letter and its verdict, and at the end the total', async () => {
  const { play, right } = await seatAtQuiz(['HTTPS'])
  const turn = await play(right)
  expect(linesOf(turn)).toEqual([`client ${right}\n`, 'server RIGHT 1\n', 'server TOTAL 1 1\n'])
  await expectLegal(turn)
})

test('a wrong answer in the quiz names the right letter', async () => {
  const { play, right, wrong } = await seatAtQuiz(['HTTPS', 'HTTP over TLS'])
  const turn = await play(wrong)
  expect(linesOf(turn)).toEqual([`client ${wrong}\n`, `server WRONG ${right} 0\n`])
  await expectLegal(turn)
})

test('a turn of the robot is its instruction', async () => {
  const { isUnlisted: _, ...listed } = robot
  const { play } = await seat('robot', { catalog: shippedGames.with([listed as AnyGame]) })
  const turn = await play('right')
  expect(linesOf(turn)).toEqual(['client RIGHT\n'])
  await expectLegal(turn)
})
