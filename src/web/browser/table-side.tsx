import { formatLastMove } from '../game-status.ts'
import type { TableModel } from '../model/table-model.ts'
import { toShown } from '../shown.ts'
import { texts } from '../texts.ts'
import { SeatToken, sideOf } from './icons.tsx'
import { tableLink, usePage } from './page.ts'
import { ClockTime, CopyField, SayForm, Section, ShownText, TalkLog, UserName } from './people.tsx'

/** TableTalk shows the talk at a table, and a field to say something. */
export function TableTalk({ table }: { readonly table: TableModel }) {
  const { client, model } = usePage()
  const { talk, table: id, joined, closed } = table
  const mayTalk = model.value.me !== undefined && closed === undefined
  return (
    <Section id="h-talk" title={texts.talk}>
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

/** TableInfo shows the moves and the watchers of a table, and its link. */
export function TableInfo({ table }: { readonly table: TableModel }) {
  const { moves, watchers, table: id } = table
  const names = watchers?.names ?? []
  return (
    <div class="table__info">
      <Section id="h-moves" title={texts.moves} number={moves.length}>
        <Moves table={table} />
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
      <Section id="h-share" title={texts.share}>
        <CopyField label={texts.shareLink} value={`${location.href.split('#')[0]}${tableLink(id)}`} />
        <p class="quiet small">
          {texts.shareHint} <code>watch {id}</code>
        </p>
      </Section>
    </div>
  )
}

function Moves({ table }: { readonly table: TableModel }) {
  const { moves, game, sight } = table
  if (moves.length === 0) return <p class="quiet">{sight && table.n > 1 ? texts.movesBefore : texts.noMoves}</p>
  return (
    <ol class="moves" tabIndex={0} aria-label={texts.moves}>
      {moves.map((move, at) => {
        const before = moves[at - 1]
        const seconds = before ? `${((move.at - before.at) / 1000).toFixed(1)} s` : ''
        return (
          <li key={move.n} class={at === moves.length - 1 ? 'is-here' : undefined}>
            <span class="quiet">{at + 1}</span>
            <SeatToken seat={move.seat} isMark={game === 'tictactoe'} />
            <span class="cut">{toShown(toMoveText(table, at))}</span>
            <span class="quiet">{seconds}</span>
          </li>
        )
      })}
    </ol>
  )
}

/** Returns the text of a move: as the view shows it or, if it does not, as its player typed it. */
function toMoveText({ moves, game }: TableModel, at: number): string {
  const move = moves[at]
  return formatLastMove(game, move?.view) ?? move?.text ?? '·'
}
