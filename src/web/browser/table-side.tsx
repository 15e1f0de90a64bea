import type { ComponentChildren } from 'preact'
import { HANDS } from '../../games/scissors.ts'
import { formatLastMove } from '../game-status.ts'
import { lobbyTexts } from '../lobby-texts.ts'
import { toHands } from '../model/boards.ts'
import type { TableModel } from '../model/table-model.ts'
import { toShown } from '../shown.ts'
import { texts } from '../texts.ts'
import { SeatToken, sideOf } from './icons.tsx'
import { isLocal, tableLink, usePage } from './page.ts'
import { ClockTime, CopyField, SayForm, Section, ServerText, ShownText, TalkLog, UserName } from './people.tsx'

/** TableTalk shows the talk at a table, and a field for a chat message. */
export function TableTalk({ table }: { readonly table: TableModel }) {
  const { client, model } = usePage()
  const { table: id, joined, closed } = table
  const mayTalk = model.value.me !== undefined && closed === undefined
  return (
    <Section id="h-talk" title={texts.talk}>
      <TalkLines table={table} />
      {mayTalk && (
        <SayForm
          label={texts.sayHere}
          button={texts.say}
          isOff={joined !== 'yes'}
          say={(text) => client.send({ type: 'say', table: id, text })}
        />
      )}
    </Section>
  )
}

/**
 * Missed lists the events that happened at a table while this user was disconnected. The page shows the list until the user closes the
 * list.
 */
export function Missed({ table: { table, missed } }: { readonly table: TableModel }) {
  const { client } = usePage()
  return (
    <div role="status">
      {missed && (
        <Section id="h-missed" title={texts.whileAway}>
          <ol class="talk missed" tabIndex={0} aria-label={texts.whileAway}>
            {missed.omitted !== undefined && <li class="quiet">{texts.missedEarlier(missed.omitted)}</li>}
            {missed.lines.map(({ n, at, text }) => (
              <li key={n}>
                <ServerText text={text} /> <ClockTime at={at} />
              </li>
            ))}
          </ol>
          <button class="btn btn--s" type="button" onClick={() => client.tell({ type: 'caught-up', table })}>
            {texts.close}
          </button>
        </Section>
      )}
    </div>
  )
}

/** TalkLines lists the chat messages of a table. */
export function TalkLines({ table: { talk } }: { readonly table: TableModel }) {
  return (
    <TalkLog size={talk.length} label={texts.talk}>
      {talk.length === 0 && <li class="sys">{texts.noTalk}</li>}
      {talk.map(({ n, name, seat, text, at }) => (
        <li key={n}>
          <b class={seat === undefined ? undefined : `ink-who ${sideOf(seat)}`}>
            <UserName name={name} />
          </b>{' '}
          <ShownText text={text} /> <ClockTime at={at} />
        </li>
      ))}
    </TalkLog>
  )
}

/** TableInfo shows the moves and the watchers of a table, and a link to the table. */
export function TableInfo({ table }: { readonly table: TableModel }) {
  const { moves, watchers, table: id, private: isPrivate } = table
  const names = watchers?.names ?? []
  return (
    <div class="table__info">
      <Section id="h-moves" title={texts.moves} number={moves.length}>
        <Moves table={table} here={moves.length} />
      </Section>
      {names.length > 0 && (
        <Section id="h-watching" title={texts.watching} number={watchers?.total}>
          <ul class="people">
            {names.map((name) => (
              <li key={name}>
                <UserName name={name} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      <ShareTable link={tableLink(id)}>
        {isPrivate ? (
          texts.sharePrivate
        ) : (
          <>
            {texts.shareHint} <code>watch {id}</code>
          </>
        )}
      </ShareTable>
    </div>
  )
}

/** ShareTable shows a link to a table, with a sentence about the link. */
export function ShareTable({ link, children }: { readonly link: string; readonly children: ComponentChildren }) {
  return (
    <Section id="h-share" title={texts.share}>
      <CopyField label={texts.shareLink} value={`${location.href.split('#')[0]}${link}`} />
      <p class="quiet small">
        {isLocal() && `${lobbyTexts.linkHere} `}
        {children}
      </p>
    </Section>
  )
}

/** Moves lists the moves at a table. `here` is the number of the move that the board shows. With `linkTo`, each move is a link. */
export function Moves(props: { readonly table: TableModel; readonly here: number; readonly linkTo?: (move: number) => string }) {
  const { table, here, linkTo } = props
  const { moves, game, sight, names } = table
  if (moves.length === 0) return <p class="quiet">{sight && table.n > 1 ? texts.movesBefore : texts.noMoves}</p>
  return (
    <ol class="moves" tabIndex={0} aria-label={texts.moves}>
      {moves.map((move, at) => {
        const before = moves[at - 1]
        const seconds = before ? `${((move.at - before.at) / 1000).toFixed(1)} s` : ''
        return (
          <li key={move.n} class={at + 1 === here ? 'is-here' : undefined} aria-current={linkTo && at + 1 === here ? 'step' : undefined}>
            <span class="quiet">{at + 1}</span>
            <SeatToken seat={move.seat} isMark={game === 'tictactoe'} />
            {names.length > 1 && (
              <span class="sr">
                <UserName name={names[move.seat] ?? ''} />:{' '}
              </span>
            )}
            {linkTo ? (
              <a class="cut" href={linkTo(at + 1)}>
                <bdi>{toShown(toMoveText(table, at))}</bdi>
                <span class="sr"> {texts.moveNumber(at + 1)}</span>
              </a>
            ) : (
              <bdi class="cut">{toShown(toMoveText(table, at))}</bdi>
            )}
            <span class="quiet">{seconds}</span>
          </li>
        )
      })}
    </ol>
  )
}

/** Returns the text of a move: the text from the view if the view shows the move; otherwise the text that the player has typed. */
function toMoveText({ moves, game, sight }: TableModel, at: number): string {
  const move = moves[at]
  const hand = move && game === 'hands' ? toHandOf(move, sight?.view) : undefined
  return hand ?? formatLastMove(game, move?.view) ?? move?.text ?? '·'
}

/**
 * Returns the name of the hand that a move has chosen. After the round, the view shows the hand. During the round, the page has only the
 * hand of its own user.
 */
function toHandOf({ view, seat, text }: TableModel['moves'][number], now: unknown): string | undefined {
  const then = toHands(view)
  if (!then) return undefined
  const round = then.chosen.includes(seat) ? then.rounds.length : then.rounds.length - 1
  const hand = toHands(now)?.rounds[round]?.[seat] ?? HANDS[Number(text) - 1]
  return hand && texts.hands[hand]
}
