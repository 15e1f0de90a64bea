import { countWins } from '../../games/scissors.ts'
import { formatClock, toBadge } from '../formats.ts'
import { toCoinBoard, toGuessBoard, toHands } from '../model/boards.ts'
import { toQuizBoard } from '../model/solo-boards.ts'
import { isOver, type TableModel, timeLeft } from '../model/table-model.ts'
import { texts } from '../texts.ts'
import { markOf, SeatToken, sideOf } from './icons.tsx'
import { usePage } from './page.ts'
import { Badge, UserName } from './people.tsx'

/** PlateProps has the table and the seat that a plate shows. */
interface PlateProps {
  readonly table: TableModel
  readonly seat: number
  /** True for a plate without a line for the connections, because the page has no data about the connections. */
  readonly isShort?: boolean
}

/** Plate shows a seat: the player, the state of the seat, and a clock or a count. */
export function Plate({ table, seat, isShort = false }: PlateProps) {
  const { now } = usePage()
  const { names, sight, away, game } = table
  const isOn = !isOver(table) && sight?.toMove.includes(seat) === true
  const since = away.get(seat)
  const isAway = since !== undefined && !isOver(table)
  return (
    <div class={`plate ${sideOf(seat)}${isOn ? ' is-on' : ''}${isAway ? ' is-away' : ''}${isShort ? ' plate--short' : ''}`}>
      <SeatToken seat={seat} isMark={game === 'tictactoe'} />
      <p class="plate__name">
        <UserName name={names[seat] ?? ''} />
        {seat === table.seat && <small> {texts.you}</small>}
        {game === 'tictactoe' && <span class="sr">, {markOf(seat)}</span>}
      </p>
      {!isShort && (
        <p class="plate__via">
          <SeatBadges table={table} seat={seat} />
          {isAway && <span class="away">{texts.connectionClosed(formatClock(Math.max(0, now.value - since)))}</span>}
        </p>
      )}
      <PlateNumber table={table} seat={seat} isOn={isOn} />
    </div>
  )
}

/** SeatBadges draws a badge for each connection of the owner of a seat. */
function SeatBadges({ table, seat }: { readonly table: TableModel; readonly seat: number }) {
  const owner = table.owners?.seats[seat]
  if (!owner) return null
  if (owner.house) return <Badge kind="house" text={texts.clients.house} />
  return (
    <>
      {owner.links.map((link, at) => {
        const badge = toBadge(link)
        const isOwn = badge.kind === 'browser' && seat === table.seat
        return badge.kind === 'program' || isOwn ? (
          <a key={at} class="plainlink" href={isOwn ? '#wire/own' : '#wire'} title={isOwn ? texts.toOwnWire : texts.toWire}>
            <Badge {...badge} />
          </a>
        ) : (
          <Badge key={at} {...badge} />
        )
      })}
    </>
  )
}

/** PlateNumber shows the clock of a seat or, in a game without a clock, a count such as the points of the seat. */
function PlateNumber({ table, seat, isOn }: { readonly table: TableModel; readonly seat: number; readonly isOn: boolean }) {
  const { now } = usePage()
  if (table.clock) {
    const left = timeLeft(table, seat, now.value)
    return (
      <p class="clock">
        <span class="sr">{isOn ? texts.clockRuns : texts.clock}</span>
        {left === undefined ? '' : formatClock(left)}
      </p>
    )
  }
  const [number, about] = toCount(table, seat) ?? []
  return (
    <p class="clock">
      {number}
      {about && <small>{about}</small>}
    </p>
  )
}

function toCount(table: TableModel, seat: number): readonly [number, string] | undefined {
  const { game, sight } = table
  if (game === 'guessing') {
    const left = toGuessBoard(table)?.left
    return left === undefined ? undefined : [left, texts.triesLeft]
  }
  if (game === 'coin') {
    const coin = toCoinBoard(table)
    return coin && [coin.right, texts.rightOfAll(coin.guesses)]
  }
  if (game === 'quiz') {
    const quiz = toQuizBoard(table)
    return quiz && [quiz.points, texts.points]
  }
  const hands = game === 'hands' ? toHands(sight?.view) : undefined
  if (!hands) return undefined
  const won = countWins(hands.rounds)[seat] ?? 0
  return [won, texts.roundsWon]
}

/** Remaining times, in seconds, that a screen reader announces. */
const CALLED = [60, 30, 10]

/** ClockCalls announces the last minute of this user's clock. */
export function ClockCalls({ table }: { readonly table: TableModel }) {
  const { now } = usePage()
  const { seat } = table
  const left = seat === undefined || !table.sight?.turn ? undefined : timeLeft(table, seat, now.value)
  const called = left === undefined ? undefined : CALLED.findLast((seconds) => left <= seconds * 1000)
  return (
    <span class="sr" aria-live="polite">
      {called === undefined ? '' : texts.secondsLeft(called)}
    </span>
  )
}
