import { countWins, HANDS } from '../../games/scissors.ts'
import { toBoard, toCoinBoard, toGuessBoard, toHands } from './boards.ts'
import { toHangmanBoard, toQuizBoard, toRobotBoard } from './solo-boards.ts'
import { isOver, type TableModel } from './table-model.ts'

/** TurnMessage is a message of a protocol, with the line end. */
export interface TurnMessage {
  readonly from: 'client' | 'server'
  readonly text: string
}

/** ProtocolTurn is the last turn of a table, as messages of a worksheet's program that plays the same game. */
export interface ProtocolTurn {
  /** The program, such as `tjc/guess`. */
  readonly program: string
  /** The messages in order. Empty before the first turn, and if this page does not have the move. */
  readonly messages: readonly TurnMessage[]
}

/** The programs of the worksheets that play the games of the lobby, by the names of the rules. */
export const CLASSIC_PROGRAMS: Readonly<Record<string, string>> = {
  tictactoe: 'tjc/tictactoe',
  hands: 'c8/scissors',
  hangman: 'fh/hangman',
  quiz: 'fh/quiz',
  guessing: 'tjc/guess',
  coin: 'c8/headtail',
  robot: 'tjc/robot',
}

/** Translation is the program that plays a game, with the function that translates the last turn into messages of the program. */
interface Translation {
  readonly program: string
  translate(table: TableModel): readonly TurnMessage[]
}

const client = (text: string): TurnMessage => ({ from: 'client', text: `${text}\n` })
const server = (text: string): TurnMessage => ({ from: 'server', text: `${text}\n` })

/** In this program the client begins, as seat 0 does at a table. */
const tictactoe: Translation = {
  program: 'tjc/tictactoe-alternative',
  translate: ({ moves }) =>
    moves.slice(-2).flatMap(({ seat, view }) => {
      const cell = toBoard(view)?.last
      return cell === undefined ? [] : [(seat === 0 ? client : server)(`MOVE${cell}`)]
    }),
}

const guessing: Translation = {
  program: 'tjc/guess',
  translate(table) {
    const last = toGuessBoard(table)?.guesses.at(-1)
    if (last?.text === undefined) return []
    const answer = { low: 'LOW', high: 'HIGH', right: 'WIN', wasted: 'Please enter number 1 to 100' }[last.verdict]
    const next = last.verdict === 'right' ? [] : [server(isOver(table) ? 'GAMEOVER' : 'GUESS')]
    return [client(last.text), server(answer), ...next]
  },
}

const coin: Translation = {
  program: 'c8/headtail',
  translate(table) {
    const last = toCoinBoard(table)?.tosses.at(-1)
    if (last?.face === undefined) return []
    const call = last.isRight ? last.face : last.face === 'H' ? 'T' : 'H'
    return [client(call), server(last.isRight ? 'You are right!' : 'Sorry, you are wrong.')]
  },
}

/** The client is Player1; for a player in seat 1, the client is Player2. */
const hands: Translation = {
  program: 'c8/scissors',
  translate(table) {
    const rounds = toHands(table.sight?.view)?.rounds ?? []
    const last = rounds.at(-1)
    if (!last) return []
    const hand = last[table.seat === 1 ? 1 : 0]
    const next = isOver(table) ? `END ${countWins(rounds).join(' ')}` : 'CHOOSE'
    return [client(String(HANDS.indexOf(hand) + 1)), server(`ROUND ${last.join(' ')}`), server(next)]
  },
}

const hangman: Translation = {
  program: 'fh/hangman',
  translate({ sight }) {
    const board = toHangmanBoard(sight?.view)
    if (!board?.last) return []
    const { last, left, word, shown } = board
    const isHit = last.positions.length > 0
    const end = word === undefined ? [] : [server(`END ${shown.includes('') || !isHit ? 'LOST' : 'WON'} ${word}`)]
    return [client(last.letter), server(isHit ? `AT ${last.positions.join(' ')}` : `MISS ${left}`), ...end]
  },
}

const quiz: Translation = {
  program: 'fh/quiz',
  translate(table) {
    const board = toQuizBoard(table)
    if (!board?.last) return []
    const { last, points, count } = board
    const end = isOver(table) ? [server(`TOTAL ${points} ${count}`)] : []
    return [client(last.given), server(last.correct ? `RIGHT ${points}` : `WRONG ${last.right} ${points}`), ...end]
  },
}

/** The server of this program sends nothing. */
const robot: Translation = {
  program: 'tjc/robot',
  translate(table) {
    const text = table.moves.at(-1)?.text?.trim().toUpperCase()
    return text === undefined || !toRobotBoard(table) ? [] : [client(text)]
  },
}

const TRANSLATIONS: Readonly<Record<string, Translation>> = { tictactoe, guessing, coin, hands, hangman, quiz, robot }

/** Returns the last turn of a table in a protocol of the worksheets; `undefined` if no program of the worksheets plays the game. */
export function toProtocolTurn(table: TableModel): ProtocolTurn | undefined {
  const translation = TRANSLATIONS[table.game]
  if (!translation) return undefined
  // the worksheet's board has nine cells
  if (table.game === 'tictactoe' && (toBoard(table.sight?.view)?.size ?? 3) !== 3) return undefined
  return { program: translation.program, messages: translation.translate(table) }
}
