import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { toBoard } from '../model/boards.ts'
import { OWN_BOARDS } from '../model/due.ts'
import { mayMove, type TableModel } from '../model/table-model.ts'
import { toStatus } from '../status.ts'
import { formatTerms, texts } from '../texts.ts'
import { type BoardProps, isTyping, LETTER_GAMES } from './board.ts'
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
import { NoTable } from './says.tsx'
import { TableActs } from './table-acts.tsx'
import { TableInfo, TableTalk } from './table-side.tsx'

/** Widths of boards; a missing game has the width of the window's height. */
const WIDTHS: Readonly<Record<string, string>> = { hands: '46rem', guessing: '46rem', coin: '38rem', hangman: '46rem', quiz: '46rem' }
/** The boards that are made for a game, by the name of its rules; every other game has the board as text. */
const BOARDS: Readonly<Record<string, ComponentType<BoardProps>>> = {
  tictactoe: TicTacToe,
  hands: HandsTable,
  guessing: GuessTable,
  coin: CoinTable,
  hangman: HangmanTable,
  quiz: QuizTable,
  robot: RobotTable,
}

/** TableView shows a table, for a player or a watcher. */
export function TableView({ id }: { readonly id: number }) {
  const { model, client } = usePage()
  const table = model.value.tables.get(id)
  const { greeted } = model.value
  useEffect(() => {
    if (!table && greeted) client.tell({ type: 'opening', table: id })
  }, [table, greeted, id, client])
  if (table?.game) return <KnownTable table={table} />
  if (table?.closed !== undefined) return <NoTable table={id} />
  return (
    <main id="main" tabIndex={-1}>
      <div class="tbar">
        <BackLink />
        <h1>{texts.loadingTable(id)}</h1>
      </div>
    </main>
  )
}

function BackLink() {
  return (
    <a class="btn btn--plain btn--icon btn--s" href="#lobby" aria-label={texts.backToLobby}>
      <Icon name="back" />
    </a>
  )
}

function KnownTable({ table }: { readonly table: TableModel }) {
  const { model, client } = usePage()
  const { table: id, game, seat, names } = table
  const status = toStatus(table)
  const isOn = mayMove(table)
  const play = (move: string) => {
    if (mayMove(client.model.tables.get(id) ?? table)) client.send({ type: 'play', table: id, move })
  }
  useTableTitle(table, status.isOn)
  useWatchers(id, table.joined === 'yes')
  useTableKeys(game)
  const own = seat ?? 0
  const others = names.map((_, one) => one).filter((one) => one !== own || names.length === 1)
  const isAlone = names.length === 1
  const Board = BOARDS[game] ?? TextBoard
  const isLarge = (toBoard(table.sight?.view)?.size ?? 0) >= LARGE
  const width = isLarge ? '58rem' : OWN_BOARDS.has(game) ? WIDTHS[game] : '46rem'
  const board = <Board table={table} isOn={isOn} play={play} />
  return (
    <main id="main" tabIndex={-1}>
      <div class="tbar">
        <BackLink />
        <h1>{gameName(model.value, game)}</h1>
        <p class="quiet">{[texts.table(id), formatTerms(table)].filter(Boolean).join(', ')}</p>
        <span class="push rowline">
          <span class="link">
            <Icon name="eye" />
            <span class="num">{table.watchers?.total ?? 0}</span>
            <span class="sr"> {texts.watchers}</span>
          </span>
        </span>
      </div>
      <div class="table">
        <div class="table__main" style={width ? { '--board': width } : undefined}>
          {isAlone ? <Plate table={table} seat={0} /> : others.map((one) => <Plate key={one} table={table} seat={one} />)}
          {board}
          {!isAlone && <Plate table={table} seat={own} />}
          <div class="says__now">
            <p class={`status${status.isOn ? ' is-on' : ''}${table.refusal ? ' sr' : ''}`} role="status">
              {status.text} {status.more && <span class="quiet">{status.more}</span>}{' '}
              {status.spoken && <span class="sr">{status.spoken}</span>}
            </p>
            <p class="refusal" role="alert">
              {table.refusal && (
                <>
                  <Icon name="warn" />
                  <bdi>{table.refusal}</bdi>
                </>
              )}
            </p>
          </div>
          <TableActs table={table} />
        </div>
        <aside class="table__side" aria-label={texts.talk}>
          <TableTalk table={table} />
        </aside>
        <TableInfo table={table} />
      </div>
    </main>
  )
}

/** Names the table in the title of the window, with a dot if it is this user's turn. */
function useTableTitle(table: TableModel, isOn: boolean) {
  const { model } = usePage()
  const name = gameName(model.value, table.game)
  useEffect(() => {
    document.title = isOn ? `● ${texts.yourTurn.replace('.', '')}` : `${name}, ${texts.table(table.table)} · ${texts.title}`
    return () => {
      document.title = texts.title
    }
  }, [isOn, name, table.table])
}

/** Milliseconds between two requests for the watchers. */
const WATCHERS_EVERY = 10_000

function useWatchers(id: number, isJoined: boolean) {
  const { client } = usePage()
  useEffect(() => {
    if (!isJoined) return
    const ask = () => client.send({ type: 'watchers', table: id, limit: 20 })
    ask()
    const timer = setInterval(ask, WATCHERS_EVERY)
    return () => clearInterval(timer)
  }, [client, id, isJoined])
}

/** The keys of every table: `/` for the talk and, if letters are no moves, `b` for the board. */
function useTableKeys(game: string) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && document.activeElement instanceof HTMLElement) document.activeElement.blur()
      if (isTyping(event) || (event.key === 'b' && LETTER_GAMES.has(game))) return
      const goal = { '/': '[data-say]', b: '.stage [tabindex="0"], .stage button:not(:disabled), .stage input' }[event.key]
      const found = goal === undefined ? null : document.querySelector<HTMLElement>(goal)
      if (!found) return
      event.preventDefault()
      found.focus()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [game])
}
