import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { findRecord } from '../connection/private-record.ts'
import { formatDay, formatTerms } from '../formats.ts'
import { OWN_BOARDS } from '../model/due.ts'
import { countMoves, type ReplayPosition, type TableRecord, toPosition } from '../model/replay.ts'
import { toReplayStatus } from '../status.ts'
import { texts } from '../texts.ts'
import { useKeys } from './board.ts'
import { Icon } from './icons.tsx'
import { findGame, gameName, tableLink, usePage } from './page.ts'
import { Section } from './people.tsx'
import { useReading, useViewTitle } from './reading.tsx'
import { NoTable, Trouble } from './says.tsx'
import { Strip } from './strip.tsx'
import { BackLink, TableFrame } from './table-frame.tsx'
import { Moves, ShareTable, TalkLines } from './table-side.tsx'

/** Milliseconds between two moves while a replay plays automatically. */
const STEP = 1000

/** ReplayView shows the position of a finished game after a move. Without a move, shows the position at the end of the game. */
export function ReplayView(props: { readonly id: number; readonly move: number | undefined; readonly token: string | undefined }) {
  const { id, move } = props
  const { model, client } = usePage()
  const { games, greeted, me, guest, entry } = model.value
  // this state retains the token, because the page removes the token from the address
  const [given] = useState(props.token)
  const token = given ?? (me?.registered ? undefined : model.value.tables.get(id)?.token)
  const isDrawn = (game: string) => OWN_BOARDS.has(findGame(model.value, game)?.rules ?? game)
  // the view waits for the list of games, because the names of the rules determine the boards; the view also waits for the login of a
  // guest, because the guest may be a player of the game
  const isEntering = guest !== undefined && me === undefined && entry.error === undefined
  const key = games && greeted && !isEntering ? `record ${id} ${me?.name ?? ''}` : undefined
  const reading = useReading(key, () => findRecord(id, isDrawn, { ask: (wish) => client.ask(wish), token }))
  if (reading.state === 'loading') {
    return (
      <main id="main" tabIndex={-1}>
        <div class="tbar">
          <BackLink />
          <h1>{texts.loadingTable(id)}</h1>
          <p class="quiet">{texts.reading}</p>
        </div>
      </main>
    )
  }
  if (reading.state === 'read') {
    const { record, isPrivate } = reading.answer
    return <Replay record={record} move={move ?? countMoves(record)} isPrivate={isPrivate} token={isPrivate ? token : undefined} />
  }
  const { refusal, again } = reading
  if (refusal.code === 'no-such-table') return <NoTable table={id} />
  return (
    <Trouble title={refusal.code === 'not-now' ? texts.notOver : texts.loadingTable(id)} why={refusal.message}>
      {refusal.code === 'not-now' ? (
        <a class="btn btn--go" href={tableLink(id)}>
          {texts.watch}
        </a>
      ) : (
        <button class="btn btn--go" type="button" onClick={again}>
          {texts.tryNow}
        </button>
      )}
    </Trouble>
  )
}

function Replay(props: {
  readonly record: TableRecord
  readonly move: number
  readonly isPrivate: boolean
  readonly token: string | undefined
}) {
  const { record, move, isPrivate, token } = props
  const { model } = usePage()
  const rules = findGame(model.value, record.game)?.rules ?? record.game
  const all = useMemo(() => toPosition(record, rules, Number.POSITIVE_INFINITY), [record, rules])
  const here = useMemo(() => toPosition(record, rules, move), [record, rules, move])
  const { table: id } = record
  const go = (to: number) => location.replace(tableLink(id, Math.max(0, Math.min(all.move, to))))
  const status = toReplayStatus(here, all.move)
  useViewTitle(`${texts.replay}: ${gameName(model.value, rules)}, ${texts.table(id)}`)
  return (
    <TableFrame
      table={here.table}
      isOn={false}
      isReplay
      play={() => {}}
      about={[texts.table(id), formatTerms(record), formatDay(record.events.at(-1)?.at ?? 0)].filter(Boolean).join(', ')}
      corner={<Downloads record={record} hasText={!isPrivate} />}
      side={
        <Section id="h-talk" title={texts.talk}>
          <TalkLines table={here.table} />
          {all.table.talk.length > 0 && <p class="quiet small">{texts.talkUpTo(here.move)}</p>}
        </Section>
      }
      info={
        <div class="table__info">
          <Section id="h-moves" title={texts.moves} number={all.move}>
            <Moves table={all.table} here={here.move} linkTo={(to) => tableLink(id, to)} />
          </Section>
          {isPrivate ? (
            <ShareTable link={tableLink(id, here.move, token)}>{token === undefined ? texts.sharePrivate : texts.replayToken}</ShareTable>
          ) : (
            <ShareTable link={tableLink(id, here.move)}>{texts.replayHint}</ShareTable>
          )}
        </div>
      }
    >
      <Scrubber here={here} all={all.move} go={go} />
      <p class="status" role="status">
        <bdi>{status.text}</bdi> <span class="quiet">{status.more}</span> {status.spoken && <span class="sr">{status.spoken}</span>}
      </p>
      <Strip table={here.table} />
    </TableFrame>
  )
}

/** Scrubber has buttons, a slider and keys with which the user moves through a replay. */
function Scrubber({ here, all, go }: { readonly here: ReplayPosition; readonly all: number; readonly go: (move: number) => void }) {
  const [isPlaying, setPlaying] = useState(false)
  const { move } = here
  const isAtEnd = move >= all
  useEffect(() => {
    if (!isPlaying) return
    if (isAtEnd) return setPlaying(false)
    const timer = setTimeout(() => go(move + 1), STEP)
    return () => clearTimeout(timer)
  }, [isPlaying, isAtEnd, move, go])
  const toggle = () => {
    if (!isPlaying && isAtEnd) go(0)
    setPlaying(!isPlaying)
  }
  // the view reads the move from the address, but the user may press the next key before the browser has changed the address
  const wanted = useRef(move)
  useLayoutEffect(() => {
    wanted.current = move
  }, [move])
  const step = (to: number) => {
    setPlaying(false)
    wanted.current = Math.max(0, Math.min(all, to))
    go(to)
  }
  useKeys((key, event) => {
    // on a board, the same keys move the focus between the cells, and Space presses the button that has the focus
    const isTaken = event.defaultPrevented || (key === ' ' && event.target instanceof Element && event.target.closest('button, a'))
    const to = { ArrowLeft: wanted.current - 1, ArrowRight: wanted.current + 1, Home: 0, End: all }[key]
    if (isTaken || (to === undefined && key !== ' ')) return
    event.preventDefault()
    if (to === undefined) toggle()
    else step(to)
  })
  const { first, back, on, last } = texts.replaySteps
  return (
    <div class="scrub" role="group" aria-label={texts.replay}>
      <StepButton icon="first" label={first} isOff={move === 0} press={() => step(0)} />
      <StepButton icon="back" label={back} isOff={move === 0} press={() => step(move - 1)} />
      <StepButton
        icon={isPlaying ? 'pause' : 'play'}
        label={isPlaying ? texts.replayPause : texts.replayPlay}
        isOff={all === 0}
        press={toggle}
      />
      <StepButton icon="forward" label={on} isOff={isAtEnd} press={() => step(move + 1)} />
      <StepButton icon="last" label={last} isOff={isAtEnd} press={() => step(all)} />
      <label>
        <span class="sr">{texts.replayMove}</span>
        <input type="range" min={0} max={all} value={move} onInput={(event) => step(Number(event.currentTarget.value))} />
      </label>
      <span class="quiet num">{texts.moveOf(move, all)}</span>
    </div>
  )
}

function StepButton(props: {
  readonly icon: 'first' | 'back' | 'play' | 'pause' | 'forward' | 'last'
  readonly label: string
  readonly isOff: boolean
  readonly press: () => void
}) {
  const { icon, label, isOff, press } = props
  return (
    <button class="btn btn--icon" type="button" aria-label={label} aria-disabled={isOff} onClick={() => !isOff && press()}>
      <Icon name={icon} />
    </button>
  )
}

/** Downloads draws links with which the user saves the record as JSON, or as text in the notation of the game. */
function Downloads({ record, hasText }: { readonly record: TableRecord; readonly hasText: boolean }) {
  const { table } = record
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([JSON.stringify(record, null, 1)], { type: 'application/json' }))
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [record])
  return (
    <>
      <a class="btn btn--s" {...(address === undefined ? {} : { href: address })} download={`table-${table}.json`}>
        <Icon name="down" />
        {texts.record}
        <span class="sr"> {texts.recordHint}</span>
      </a>
      {hasText && (
        <a class="btn btn--s" href={`api/tables/${table}/record.txt`} download={`table-${table}.txt`}>
          <Icon name="down" />
          {texts.recordText}
          <span class="sr"> {texts.recordTextHint}</span>
        </a>
      )}
    </>
  )
}
