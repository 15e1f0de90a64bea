import { useEffect, useState } from 'preact/hooks'
import { toName } from '../game-status.ts'
import { absentSince, isOver, type TableModel } from '../model/table-model.ts'
import { texts } from '../texts.ts'
import { useKeys } from './board.ts'
import { Icon } from './icons.tsx'
import { tableLink, usePage } from './page.ts'
import { ClockCalls } from './plate.tsx'

/** Milliseconds for which a button asks the user for a confirmation. */
const ASKS = 5000
/** Milliseconds for which an opponent must be disconnected before a player may end the game. */
const ABSENT = 30_000

type Act = 'offer' | 'decline' | 'resign' | 'claim' | 'abort' | 'wait'

/** TableActs has the buttons of a table that are not moves, such as draw, resign and rematch. */
export function TableActs({ table }: { readonly table: TableModel }) {
  const { client, now } = usePage()
  const { table: id, seat, names, offers, declined, waited, joined } = table
  const act = (type: Act) => client.send({ type, table: id })
  const leave = () => {
    client.send({ type: 'leave', table: id })
    location.hash = '#lobby'
  }
  const isOff = joined !== 'yes'
  if (seat === undefined) {
    return (
      <div class="acts">
        <button class="btn" type="button" onClick={leave}>
          {texts.leaveTable}
        </button>
      </div>
    )
  }
  const isAlone = names.length === 1
  const other = offers.find((one) => one !== seat)
  const hasOffered = offers.includes(seat)
  if (isOver(table)) return <ActsAfter table={table} act={act} />
  const since = absentSince(table)
  const isAbsent = since !== undefined && now.value - since >= ABSENT
  const hasWaited = since !== undefined && !isAbsent && waited?.seat === seat && waited.at === since
  return (
    <>
      {hasWaited && (
        <p class="offer" role="status">
          {texts.waitsLonger}
        </p>
      )}
      {other !== undefined && <p class="offer">{texts.offersDraw(toName(table, other))}</p>}
      {declined !== undefined && declined !== seat && (
        <p class="offer" role="status">
          {texts.declines(toName(table, declined))}
        </p>
      )}
      <div class="acts">
        {!isAlone && other === undefined && (
          <AskedButton
            label={texts.draw}
            icon="half"
            isOff={isOff || hasOffered}
            offLabel={hasOffered ? texts.drawOffered : texts.draw}
            act={() => act('offer')}
          />
        )}
        {other !== undefined && (
          <>
            <button class="btn btn--go" type="button" disabled={isOff} onClick={() => act('offer')}>
              {texts.acceptDraw}
            </button>
            <button class="btn" type="button" disabled={isOff} onClick={() => act('decline')}>
              {texts.decline}
            </button>
          </>
        )}
        <AskedButton label={isAlone ? texts.giveUp : texts.resign} icon="flag" isOff={isOff} act={() => act('resign')} />
        {isAbsent && (
          <>
            <button class="btn btn--go" type="button" disabled={isOff} onClick={() => act('claim')}>
              {texts.claim}
            </button>
            <button class="btn" type="button" disabled={isOff} onClick={() => act('abort')}>
              {texts.abort}
            </button>
            <button class="btn" type="button" disabled={isOff} onClick={() => act('wait')}>
              {texts.wait}
            </button>
          </>
        )}
      </div>
      <ClockCalls table={table} />
    </>
  )
}

/** ActsAfter has the buttons of a table after the end of the game. */
function ActsAfter({ table, act }: { readonly table: TableModel; readonly act: (type: Act) => void }) {
  const { client, model } = usePage()
  const { table: id, names, offers, seat, game, settings, joined } = table
  const isAlone = names.length === 1
  const other = offers.find((one) => one !== seat)
  const hasOffered = seat !== undefined && offers.includes(seat)
  const isOff = !isAlone && (hasOffered || joined !== 'yes')
  const name = model.value.games?.find(({ rules }) => rules === game)?.game
  const again = () => {
    if (isOff) return
    if (!isAlone) act('offer')
    else if (name !== undefined) client.want({ type: 'seek', game: name, settings, wait: 0, replace: true })
  }
  const replay = tableLink(id, 0)
  useKeys((key, event) => {
    if (key === 'r') location.hash = replay
    // if a button or a link has the focus, Enter presses that button or link
    if (key === 'Enter' && !(event.target instanceof Element && event.target.closest('button, a, summary'))) again()
  })
  const offer = hasOffered ? texts.rematchOffered : other === undefined ? texts.rematch : texts.acceptRematch
  return (
    <>
      {other !== undefined && <p class="offer">{texts.offersRematch(toName(table, other))}</p>}
      <div class="acts">
        <button class="btn btn--go" type="button" disabled={isOff} onClick={again}>
          <Icon name="again" />
          {isAlone ? texts.again : offer}
        </button>
        <a class="btn" href={replay}>
          {texts.replay}
        </a>
        <a class="btn" href="#lobby">
          {texts.toLobby}
        </a>
      </div>
    </>
  )
}

/** AskedButton asks the user for a confirmation before it calls `act`. The question replaces the button. */
function AskedButton(props: {
  readonly label: string
  readonly icon: 'half' | 'flag'
  readonly isOff: boolean
  readonly offLabel?: string
  readonly act: () => void
}) {
  const { label, icon, isOff, offLabel = label, act } = props
  const [isAsking, setAsking] = useState(false)
  useEffect(() => {
    if (!isAsking) return
    const timer = setTimeout(() => setAsking(false), ASKS)
    return () => clearTimeout(timer)
  }, [isAsking])
  if (!isAsking || isOff) {
    return (
      <button class="btn" type="button" disabled={isOff} onClick={() => setAsking(true)}>
        <Icon name={icon} />
        {isOff ? offLabel : label}
      </button>
    )
  }
  const answer = (isSure: boolean) => {
    setAsking(false)
    if (isSure) act()
  }
  return (
    <span class="asked" role="group" aria-label={texts.sure(label)}>
      <b>{texts.sure(label)}</b>
      <button class="btn btn--s" type="button" ref={(button) => button?.focus()} onClick={() => answer(true)}>
        {texts.yes}
      </button>
      <button class="btn btn--s" type="button" onClick={() => answer(false)}>
        {texts.no}
      </button>
    </span>
  )
}
