import type { ComponentChildren, ComponentType } from 'preact'
import { toBoard } from '../model/boards.ts'
import { OWN_BOARDS } from '../model/due.ts'
import { isOver } from '../model/table-model.ts'
import { texts } from '../texts.ts'
import type { BoardProps } from './board.ts'
import { CoinTable } from './board-coin.tsx'
import { GuessTable } from './board-guess.tsx'
import { HandsTable } from './board-hands.tsx'
import { HangmanTable } from './board-hangman.tsx'
import { QuizTable } from './board-quiz.tsx'
import { RobotTable } from './board-robot.tsx'
import { TextBoard } from './board-text.tsx'
import { LARGE, TicTacToe } from './board-tictactoe.tsx'
import { Icon } from './icons.tsx'
import { gameName, usePage } from './page.ts'
import { Plate } from './plate.tsx'

/**
 * Width of a square board that has buttons between the board and the status. With this width, the window shows the board, the buttons and
 * the status at the same time.
 */
const NARROW = 'calc(100dvh - 27rem)'
/** Widths of boards, by the names of the rules. If a game is missing, the width of its board depends on the height of the window. */
const WIDTHS: Readonly<Record<string, string>> = {
  hands: '46rem',
  guessing: '46rem',
  coin: '38rem',
  hangman: '46rem',
  quiz: '46rem',
  robot: NARROW,
}
/** The boards of the games that have a special board, by the names of the rules. Every other game has TextBoard. */
const BOARDS: Readonly<Record<string, ComponentType<BoardProps>>> = {
  tictactoe: TicTacToe,
  hands: HandsTable,
  guessing: GuessTable,
  coin: CoinTable,
  hangman: HangmanTable,
  quiz: QuizTable,
  robot: RobotTable,
}

/** TableFrameProps has the parts that both a table in play and a replay have. */
export interface TableFrameProps extends BoardProps {
  /** True for a replay, which has buttons between the board and the status. */
  readonly isReplay?: boolean
  /** Text in the title line after the name of the game. */
  readonly about: string
  /** The end of the title line. */
  readonly corner: ComponentChildren
  /** The parts below the board: the status and the buttons. */
  readonly children: ComponentChildren
  readonly side: ComponentChildren
  readonly info: ComponentChildren
}

/** TableFrame renders a table: the title line, the plates around the board, and the columns beside the board. */
export function TableFrame({ table, isOn, play, isReplay = false, about, corner, children, side, info }: TableFrameProps) {
  const { model } = usePage()
  const { game, seat, names } = table
  const own = seat ?? 0
  const isAlone = names.length === 1
  const others = names.map((_, one) => one).filter((one) => one !== own || isAlone)
  const Board = BOARDS[game] ?? TextBoard
  const size = toBoard(table.sight?.view)?.size ?? 0
  const narrow = isReplay ? NARROW : undefined
  // if the game is over, the page does not request the connections of the players, so the plates are short
  const isShort = isReplay || (isOver(table) && table.owners === undefined)
  const width = size >= LARGE ? toLargeWidth(size) : OWN_BOARDS.has(game) ? (WIDTHS[game] ?? narrow) : '46rem'
  return (
    <main id="main" tabIndex={-1}>
      <div class="tbar">
        <BackLink />
        <h1>{gameName(model.value, game)}</h1>
        <p class="quiet">{about}</p>
        <span class="push rowline">{corner}</span>
      </div>
      <div class="table">
        <div class="table__main" style={width ? { '--board': width } : undefined}>
          {others.map((one) => (
            <Plate key={one} table={table} seat={one} isShort={isShort} />
          ))}
          <Board table={table} isOn={isOn} play={play} />
          {!isAlone && <Plate table={table} seat={own} isShort={isShort} />}
          {children}
        </div>
        <aside class="table__side" aria-label={texts.talk}>
          {side}
        </aside>
        {info}
      </div>
    </main>
  )
}

/**
 * Returns the width at which a large board is as high as the window permits. If the cells need more space, the board scrolls in its frame.
 */
function toLargeWidth(size: number): string {
  return `max(100dvh - 24.5rem, min(58rem, (${size} * (var(--hit) + 2px)) * 1.09 + 2px))`
}

/** BackLink is the link to the lobby. */
export function BackLink() {
  return (
    <a class="btn btn--plain btn--icon btn--s" href="#lobby" aria-label={texts.backToLobby}>
      <Icon name="back" />
    </a>
  )
}
