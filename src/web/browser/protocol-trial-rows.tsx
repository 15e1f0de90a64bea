import { useLayoutEffect, useRef } from 'preact/hooks'
import { fromHex } from '../model/escapes.ts'
import type { TrialModel, TrialRow, TrialSide } from '../model/trial.ts'
import { protocolTexts } from '../protocol-texts.ts'
import { toShown } from '../shown.ts'
import { Icon } from './icons.tsx'
import { Bytes, SIDE_CLASS } from './octets.tsx'
import { ServerText } from './people.tsx'

const SIDES: readonly TrialSide[] = ['client', 'server']

/**
 * TrialRows shows the sequence of a trial: the bytes of each message, the state after the message, violations, and the ends of both
 * directions.
 */
export function TrialRows({ trial }: { readonly trial: TrialModel }) {
  const { rows, dropped, pending, state } = trial
  const frame = useRef<HTMLDivElement>(null)
  const waiting = SIDES.filter((side) => pending[side].length > 0)
  useLayoutEffect(() => frame.current?.scrollTo({ top: frame.current.scrollHeight }), [rows, pending])
  return (
    <div class="walk__frame walk__frame--trial" role="log" aria-label={protocolTexts.conversation} tabIndex={0} ref={frame}>
      {dropped > 0 && <p class="quiet small">{protocolTexts.dropped(dropped)}</p>}
      {rows.length === 0 && waiting.length === 0 && <p class="quiet">{protocolTexts.noRows}</p>}
      <ol class="walk">
        {rows.map((row, at) => (
          <li key={dropped + at}>
            <Row row={row} />
          </li>
        ))}
        {waiting.map((side) => (
          <li key={side}>
            <Line side={side} bytes={fromHex(pending[side])} after={state ?? ''} isPart />
            <p class="quiet small">{protocolTexts.isWhole[side]}</p>
          </li>
        ))}
      </ol>
    </div>
  )
}

function Row({ row }: { readonly row: TrialRow }) {
  if (row.kind === 'message') return <MessageRow row={row} />
  if (row.kind === 'note') {
    return (
      <p class="small quiet">
        <ServerText text={row.sentence} />
      </p>
    )
  }
  const { how, from, state, isOver, expected } = row
  return (
    <p class="trial__end">
      {protocolTexts.ended[how][from]}{' '}
      {isOver ? protocolTexts.endedIn.over : expected !== undefined && <ServerText text={protocolTexts.endedIn.early(state, expected)} />}
    </p>
  )
}

function MessageRow({ row }: { readonly row: Extract<TrialRow, { kind: 'message' }> }) {
  const { from, bytes, state, standing, violation, wrongAt, oddity } = row
  const remark = standing === 'early' ? protocolTexts.early : standing === 'late' ? protocolTexts.late : oddity
  return (
    <>
      <Line side={from} bytes={bytes} after={state} wrongAt={violation === undefined ? undefined : (wrongAt ?? 0)} />
      {violation !== undefined && (
        <p class="err">
          <Icon name="x" />
          <span>
            <b>{protocolTexts.violation}:</b> <ServerText text={violation} />
          </span>
        </p>
      )}
      {remark !== undefined && (
        <p class="small quiet">
          <ServerText text={remark} />
        </p>
      )}
    </>
  )
}

/** Line draws an arrow between the lifelines, with bytes. The arrow is dashed if the bytes are not a whole message. */
function Line(props: {
  readonly side: TrialSide
  readonly bytes: Uint8Array
  readonly after: string
  readonly wrongAt?: number | undefined
  readonly isPart?: boolean
}) {
  const { side, bytes, after, wrongAt, isPart } = props
  const look = `${isPart ? ' is-part' : ''}${wrongAt === undefined ? '' : ' is-bad'}`
  return (
    <div class="walk__line">
      <span class={`ln ${SIDE_CLASS[side]}${look}`}>
        <span class="sr">{protocolTexts.who[side]}: </span>
        <Bytes bytes={bytes} wrongAt={wrongAt} />
      </span>
      <span class="st">
        <span class="sr">{protocolTexts.after} </span>
        {toShown(after)}
      </span>
    </div>
  )
}
