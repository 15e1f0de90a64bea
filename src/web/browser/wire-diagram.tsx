import { Component } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { LegalMessage, WireRow } from '../../lab/wire/wire-messages.ts'
import { formatElapsed } from '../formats.ts'
import { filterRows, findStuck, isViolation, type RowFilter, type WireModel } from '../model/wire-model.ts'
import { toShown } from '../shown.ts'
import { wireTexts } from '../wire-texts.ts'
import { Icon } from './icons.tsx'
import { protocolLink, usePage } from './page.ts'
import { Choice } from './people.tsx'
import { RemedyNote } from './remedy.tsx'
import { jumpToViolation, useFollowing, useWireKeys } from './wire-keys.ts'
import { type BytesForm, type WireRowProps, WireRowView } from './wire-row.tsx'

const FILTERS: readonly RowFilter[] = ['all', 'cut', 'violations']
const FORMS: readonly BytesForm[] = ['text', 'hex', 'both']

interface DiagramProps {
  readonly rows: readonly WireRow[]
  /** Number of earlier rows that the page has dropped. */
  readonly dropped: number
  readonly now: WireModel['now']
  readonly subject: DiagramSubject
  /** The messages that are legal in each state. */
  readonly legal: Readonly<Record<string, readonly LegalMessage[]>>
  /** Exports the connection; missing if no server has the bytes of the connection. */
  readonly save?: (format: 'pcapng' | 'html') => void
}

/** DiagramSubject describes the connection of a diagram in words. */
interface DiagramSubject {
  readonly name: string
  /** The name of a program. If present, the diagram shows `name` as a link to the protocol of this program. */
  readonly program?: string
  readonly about: string
  /** The name of the diagram for a screen reader. */
  readonly label: string
  readonly serverPort: string
}

/**
 * Number of rows that the diagram draws at first, and number of rows that one press on the button for more rows adds. The number is small,
 * because a row can have 150 elements, and a slow machine needs a second for 300 rows.
 */
const DRAWN = 300
const NO_MESSAGES: readonly LegalMessage[] = []

/** Diagram is the sequence diagram of one connection, with its tools. */
export function Diagram({ rows, dropped, now, subject, legal, save }: DiagramProps) {
  const [paused, setPaused] = useState<number>()
  const [choice, setChoice] = useState<RowFilter>('all')
  const [text, setText] = useState('')
  const [form, setForm] = useState<BytesForm>('both')
  const [most, setMost] = useState(DRAWN)
  const isJumping = useRef(false)
  const list = useRef<HTMLOListElement>(null)
  const last = rows.at(-1)?.row ?? 0
  const frozen = paused === undefined ? rows : rows.filter(({ row }) => row <= paused)
  const shown = filterRows(frozen, choice, text)
  const bad = rows.filter(isViolation)
  const drawn = shown.slice(-most)
  const hidden = shown.length - drawn.length
  const toggle = () => setPaused(paused === undefined ? last : undefined)
  const jump = () => {
    const first = shown.findIndex(isViolation)
    if (first < 0 || first >= hidden) return jumpToViolation(list.current)
    isJumping.current = true
    setMost(shown.length - first)
  }
  useLayoutEffect(() => {
    if (!isJumping.current) return
    isJumping.current = false
    jumpToViolation(list.current)
  }, [most])
  useFollowing(list, paused === undefined ? last : 0)
  useWireKeys({ toggle, jump, changeForm: () => setForm(FORMS[(FORMS.indexOf(form) + 1) % FORMS.length] ?? 'both') })
  const state = !now.isOpen ? wireTexts.ended : paused === undefined ? wireTexts.live : wireTexts.paused
  return (
    <section class="wire__main" aria-label={subject.label}>
      <div class="wire__tools">
        <div class="rowline">
          <h1 class={subject.program === undefined ? undefined : 'mono'}>
            {subject.program === undefined ? (
              subject.name
            ) : (
              <a href={protocolLink(subject.program)} title={wireTexts.protocol(subject.program)}>
                {toShown(subject.name)}
              </a>
            )}
          </h1>
          <span class="via">
            <Icon name="program" />
            <bdi>{toShown(subject.about)}</bdi>
          </span>
          <span class="wire__state" role="status">
            <span class={`dot${now.isOpen ? '' : ' dot--away'}`} />
            {state}
          </span>
          {save && (
            <span class="btns push">
              {(['pcapng', 'html'] as const).map((format) => (
                <button key={format} class="btn btn--s" type="button" onClick={() => save(format)}>
                  <Icon name="down" />
                  <span aria-hidden="true">.{format}</span>
                  <span class="sr">{wireTexts.save(format)}</span>
                </button>
              ))}
            </span>
          )}
        </div>
        <div class="rowline">
          <button class="btn btn--s" type="button" aria-pressed={paused !== undefined} onClick={toggle}>
            <Icon name={paused === undefined ? 'pause' : 'play'} />
            {paused === undefined ? wireTexts.pause : wireTexts.resume}
            {paused !== undefined && last > paused && <span class="n"> {wireTexts.newRows(last - paused)}</span>}
          </button>
          <input
            class="in wire__filter"
            aria-label={wireTexts.filter}
            placeholder={wireTexts.filterHint}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <Choice
            isSmall
            label={wireTexts.messages}
            name="wire-rows"
            all={FILTERS}
            wordOf={(one) => wireTexts.choices[one]}
            chosen={choice}
            choose={setChoice}
          />
          <Choice
            isSmall
            label={wireTexts.bytes}
            name="wire-bytes"
            all={FORMS}
            wordOf={(one) => wireTexts.forms[one]}
            chosen={form}
            choose={setForm}
          />
          <button class="btn btn--s" type="button" aria-disabled={bad.length === 0} onClick={jump}>
            {wireTexts.jump} <span class="n">{bad.length}</span>
          </button>
        </div>
      </div>
      <p class="sr" aria-live="assertive">
        {bad.length > 0 && wireTexts.violation(toShown(bad.at(-1)?.notes[0]?.text ?? ''))}
      </p>
      {now.isHidden && <p class="wnote wnote--odd">{wireTexts.hidden}</p>}
      {dropped > 0 && <p class="quiet small">{wireTexts.dropped(dropped)}</p>}
      <div class="wire__head" aria-hidden="true">
        <span>{wireTexts.seconds}</span>
        <span class="wire__ends">
          <b class="ink-who A">{wireTexts.client}</b>
          <b class="ink-who B">
            {wireTexts.server} <small>{subject.serverPort}</small>
          </b>
        </span>
        <span>{wireTexts.meant}</span>
      </div>
      {hidden > 0 && (
        <button class="btn btn--s wire__earlier" type="button" onClick={() => setMost(most + DRAWN)}>
          {wireTexts.showEarlier(Math.min(DRAWN, hidden), hidden)}
        </button>
      )}
      <ol class="wire__rows" ref={list}>
        {drawn.map((row, at) => (
          <DrawnRow key={row.row} row={row} before={shown[hidden + at - 1]} legal={legal[row.after] ?? NO_MESSAGES} form={form} />
        ))}
      </ol>
      {shown.length === 0 && <p class="quiet">{rows.length === 0 ? wireTexts.noRows : wireTexts.noMatch}</p>}
      {now.isOpen && now.state !== '' && <PresentState rows={rows} now={now} legal={legal[now.state] ?? NO_MESSAGES} />}
    </section>
  )
}

/**
 * DrawnRow draws a row again only if something has changed, because there can be several new rows a second. DrawnRow is a class, because a
 * stored vnode of an earlier drawing would retain the elements of all rows of that drawing.
 */
class DrawnRow extends Component<WireRowProps> {
  override shouldComponentUpdate({ row, before, legal, form }: WireRowProps): boolean {
    const own = this.props
    return row !== own.row || before !== own.before || legal !== own.legal || form !== own.form
  }

  override render() {
    return <WireRowView {...this.props} />
  }
}

/** The present state, and whether the client hangs in this state. */
function PresentState({ rows, now, legal }: Pick<DiagramProps, 'rows' | 'now'> & { readonly legal: readonly LegalMessage[] }) {
  const { now: clock } = usePage()
  const stuck = findStuck({ rows, now }, clock.value)
  const expected = legal.filter(({ from }) => from === 'client').map(({ name }) => name)
  return (
    <div class="wire__now">
      <p>
        {wireTexts.nowIn(now.state)} · {wireTexts.turn(wireTexts.sides[now.turn])}
      </p>
      {stuck && (
        <>
          <p class="wnote wnote--illegal">{wireTexts.stuck(formatElapsed(stuck.quiet), expected.join(', '))}</p>
          <RemedyNote key={stuck.cause} cause={stuck.cause} row={0} />
        </>
      )}
    </div>
  )
}
