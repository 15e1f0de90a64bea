import { findWinner, HANDS, type Hand, type HandsView, type Round } from '../../games/scissors.ts'
import { toName } from '../game-status.ts'
import { toHands } from '../model/boards.ts'
import type { TableModel } from '../model/table-model.ts'
import { texts } from '../texts.ts'
import { type BoardProps, toStageClass, useKeys } from './board.ts'
import { HandPicture, sideOf } from './icons.tsx'
import { Section } from './people.tsx'

/** HandsTable is the board of scissor, paper, stone: both hands, which are hidden until both players have chosen, and the rounds. */
export function HandsTable({ table, isOn, play }: BoardProps) {
  useKeys((key) => {
    if (/^[1-3]$/.test(key)) play(key)
  })
  const hands = toHands(table.sight?.view)
  if (!hands) return <div class={`${toStageClass(table, false)} pad`} />
  const chosen = toPendingHand(table) ?? hands.own
  const left = table.seat ?? 0
  return (
    <>
      <div class={`${toStageClass(table, isOn)} pad`}>
        <div class="hands">
          <HandOf table={table} hands={hands} seat={left} own={chosen} />
          <span class="quiet">{toVerb(table, hands)}</span>
          <HandOf table={table} hands={hands} seat={1 - left} own={undefined} />
        </div>
        {table.seat !== undefined && !table.sight?.outcome && (
          <div class="three" role="group" aria-label={texts.yourHand}>
            {HANDS.map((hand, at) => (
              <button
                key={hand}
                class={`big ${sideOf(left)}`}
                type="button"
                aria-pressed={hand === chosen}
                disabled={!isOn}
                onClick={() => play(String(at + 1))}
              >
                <HandPicture hand={hand} />
                <span>{texts.hands[hand]}</span>
                <small>
                  <kbd>{at + 1}</kbd>
                </small>
              </button>
            ))}
          </div>
        )}
      </div>
      {hands.rounds.length > 0 && (
        <Section id="h-rounds" title={texts.rounds} number={texts.ofRounds(hands.rounds.length)}>
          <ol class="rounds">
            {hands.rounds.map((round, at) => (
              <RoundRow key={at} table={table} round={round} number={at + 1} />
            ))}
          </ol>
        </Section>
      )}
    </>
  )
}

function toPendingHand({ pending }: TableModel): Hand | undefined {
  return pending ? HANDS[Number(pending.move) - 1] : undefined
}

/**
 * Checks whether the page shows the last round. A player sees the last round until this player has chosen the next hand; a watcher sees the
 * last round until any player has chosen.
 */
function showsRound({ seat, pending }: TableModel, { rounds, chosen }: HandsView): boolean {
  const isNext = seat === undefined ? chosen.length > 0 : chosen.includes(seat)
  return rounds.length > 0 && !isNext && !pending
}

function toVerb(table: TableModel, hands: HandsView): string {
  const last = hands.rounds.at(-1)
  return last && showsRound(table, hands) ? formatVerb(last, table.seat ?? 0) : texts.versus
}

/**
 * Formats the effect of the winning hand on the losing hand, for example "breaks" if the left hand wins, and "← breaks" if the right hand
 * wins. `left` is the seat with the left hand.
 */
function formatVerb(round: Round, left: number): string {
  const winner = findWinner(round)
  const hand = winner === undefined ? undefined : round[winner]
  if (hand === undefined) return texts.equal
  return winner === left ? texts.beats[hand] : texts.fromRight(texts.beats[hand])
}

function HandOf(props: { readonly table: TableModel; readonly hands: HandsView; readonly seat: number; readonly own: Hand | undefined }) {
  const { table, hands, seat, own } = props
  const side = sideOf(seat)
  const last = hands.rounds.at(-1)
  if (last && showsRound(table, hands)) {
    const hand = last[seat] ?? 'Stone'
    const winner = findWinner(last)
    return (
      <div class={`hand ${side}${winner === seat ? ' won' : winner === undefined ? '' : ' lost'}`}>
        <HandPicture hand={hand} />
        <b>{texts.hands[hand]}</b>
        <small class={winner === seat ? undefined : 'quiet'}>
          {winner === seat ? texts.winsRound(toName(table, seat)) : toName(table, seat)}
        </small>
      </div>
    )
  }
  if (own) {
    return (
      <div class={`hand ${side}`}>
        <HandPicture hand={own} />
        <b>{texts.hands[own]}</b>
        <small class="quiet">{texts.onlyYou}</small>
      </div>
    )
  }
  return (
    <div class={`hand sealed ${side}`}>
      <HandPicture hand="sealed" />
      <b>{texts.sealed}</b>
      <small class="quiet">
        {toName(table, seat)} {hands.chosen.includes(seat) ? texts.chosen : texts.choosing}
      </small>
    </div>
  )
}

function RoundRow({ table, round, number }: { readonly table: TableModel; readonly round: Round; readonly number: number }) {
  const winner = findWinner(round)
  return (
    <li>
      <span class="quiet num">{number}</span>
      {round.map((hand, seat) => [
        seat === 1 && (
          <span key="verb" class="x">
            {formatVerb(round, 0)}
          </span>
        ),
        <span key={seat} class={`${sideOf(seat)}${winner === seat ? ' won' : ''}`}>
          <HandPicture hand={hand} />
          <span class="sr">{toName(table, seat)}: </span>
          {texts.hands[hand]}
        </span>,
      ])}
    </li>
  )
}
