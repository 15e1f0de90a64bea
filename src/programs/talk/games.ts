import type { SeatNumber } from '../../games/game.ts'
import { guessing, type Verdict } from '../../games/guessing.ts'
import { countWins, findWinner, HANDS, type Hand, parseHand, ROUNDS, type Round } from '../../games/scissors.ts'
import { tictactoe } from '../../games/tictactoe.ts'
import type { RoleContext } from '../../protocol/definition.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { quoteText } from '../../wire/text.ts'
import { checkSecret, NumberJudge, toSecretNumber } from '../numbers.ts'
import { pythonInt } from '../python/values.ts'
import { type GameName, REQUESTS, type TalkChannel } from './channel.ts'
import { parseSeal, sealHand, verifyReveal } from './commitment.ts'
import { guessWord, keepWord } from './hangman.ts'

/** InTalk plays a game inside a talk to its end; `begins` is the seat whose side has sent `play`. */
type InTalk = (line: TalkChannel, at: RoleContext<unknown>, begins: SeatNumber) => Promise<void>

/** Number of guesses in a game, as in C8 slides, assignment 5. */
const TRIES = 5

/** Tic-tac-toe: each side shows its own board, and a move is the number of a cell. */
const ticTacToe: InTalk = async (line, { seating }, begins) => {
  const seat = await seating.sit(tictactoe, line.them, { first: begins })
  const move = async (text: string) => {
    const cell = pythonInt(text)
    return cell !== undefined && !seat.play(Number(cell)) ? cell : undefined
  }
  try {
    for (;;) {
      const { view, outcome } = await seat.turn()
      if (outcome?.left !== undefined) line.quit()
      if (view.last !== undefined && view.turn === seat.number) line.say(String(view.last))
      if (outcome) return
      await line.receiveMove(REQUESTS.cell, move)
    }
  } finally {
    seat.leave()
  }
}

/**
 * Scissors: each side sends a sealed hand, and reveals the hand when it has both seals. The side that sent `play` is first in every round.
 */
const scissors: InTalk = async (line, { console, random }, begins) => {
  const rounds: Round[] = []
  while (rounds.length < ROUNDS) {
    let seal = begins === line.us ? undefined : await line.receiveMove(REQUESTS.seal, parseSeal)
    const ours = await sealHand(line.hasPerson ? await typedHand() : random.choice(HANDS))
    line.say(ours.seal)
    // a peer that copies this side's seal could later copy this side's revealed hand
    seal ??= await line.receiveMove(REQUESTS.seal, (text) => (parseSeal(text) === ours.seal ? undefined : parseSeal(text)))
    const expected = seal
    const show = () => line.say(ours.text)
    if (begins === line.us) show()
    const theirs = await line.receiveMove(REQUESTS.hand, (text) => verifyReveal(text, expected))
    if (begins !== line.us) show()
    const round: Round = [ours.hand, theirs]
    rounds.push(round)
    console.say(
      `You: ${round[0]}, the other side: ${round[1]}. ${['You win this round.', 'You lose this round.'][findWinner(round) ?? 2] ?? 'Draw.'}`,
    )
  }
  const [won, lost] = countWins(rounds)
  console.say(`Rounds won: ${won}, rounds lost: ${lost}.`)

  async function typedHand(): Promise<Hand> {
    for (;;) {
      console.say('Type 1 for Scissor, 2 for Paper, 3 for Stone.')
      const hand = parseHand(await line.ask())
      if (hand) return hand
    }
  }
}

const ANSWERS: Readonly<Record<Verdict, string>> = { low: 'LOW', high: 'HIGH', right: 'WIN', wasted: REQUESTS.guess }

/** Chooses a secret number, at random or by the option `secret`, and answers the other side's guesses. */
const keepNumber: InTalk = async (line, { seating, console, options }) => {
  // the option may be a word, because hangman has the same option
  const secret = checkSecret(options) ? undefined : toSecretNumber(options)
  const seat = await seating.sit(guessing, 0, { tries: TRIES, secret })
  console.say('This side has a secret number from 1 to 100, and answers by itself.')
  try {
    for (let { view, outcome } = await seat.next(); !outcome; ) {
      const guess = await line.receiveMove(REQUESTS.guess, pythonInt)
      seat.play(Number(guess))
      ;({ view, outcome } = await seat.next())
      const lost = outcome?.winners.length === 0
      const answers = [ANSWERS[view.last ?? 'wasted'], ...(lost ? ['GAMEOVER'] : [])]
      console.say(`${guess}: ${answers.join(', ')}`)
      line.say(...answers)
    }
  } finally {
    seat.leave()
  }
}

const VERDICTS: Readonly<Record<string, string>> = {
  LOW: 'Your guess is too low.',
  HIGH: 'Your guess is too high.',
  WIN: 'You win!',
  GAMEOVER: 'You ran out of tries! Game over.',
}

/** Guesses the secret number of the other side. Both sides count the guesses, so GAMEOVER may be missing. */
const guessNumber: InTalk = async (line, { console }) => {
  const judge = new NumberJudge()
  console.say('Guess a number from 1 to 100.')
  for (let left = TRIES; left > 0; left--) {
    const guess = await typedNumber()
    line.say(guess)
    const verdict = await line.receiveMove(REQUESTS.verdict, (text) => (Object.hasOwn(VERDICTS, text.trim()) ? text.trim() : undefined))
    const answer = ({ LOW: 'low', HIGH: 'high', WIN: 'right' } as const)[verdict]
    const wrong = answer && judge.check(answer, Number(guess))
    if (wrong !== undefined) throw new Disconnected('violation', `the other side sent ${quoteText(verdict)}, but ${wrong}`)
    console.say(VERDICTS[verdict])
    if (verdict === 'WIN' || verdict === 'GAMEOVER') return
  }
  console.say(VERDICTS.GAMEOVER)
  line.expectEcho('GAMEOVER')

  async function typedNumber(): Promise<string> {
    for (;;) {
      const number = pythonInt(await line.ask())
      if (number !== undefined) return number
      console.say('A guess is a whole number.')
    }
  }
}

/**
 * Returns a game in which the side that sent `play` guesses the other side's secret. If this side guesses and no person is at its
 * console, the game is plain talk.
 */
function guessed(guess: InTalk, keep: InTalk): InTalk {
  return async (line, at, begins) => {
    if (begins === line.them) await keep(line, at, begins)
    else if (line.hasPerson) await guess(line, at, begins)
  }
}

/** Games by the name that follows `play`. */
export const games: Readonly<Record<GameName, InTalk>> = {
  tictactoe: ticTacToe,
  scissors,
  guess: guessed(guessNumber, keepNumber),
  hangman: guessed(guessWord, keepWord),
}
