import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import '../styles/wire.css'
import { filterRows, isViolation, type RowFilter, type WireModel } from '../model/wire-model.ts'
import { toShown } from '../shown.ts'
import { isTyping } from './board.ts'
import { Icon } from './icons.tsx'
import { Choice, Section, ServerText } from './people.tsx'
import { type BytesForm, WireRowView } from './wire-row.tsx'
import { useWire, type WireControl } from './wire-socket.ts'
import { wireTexts } from './wire-texts.ts'

const FILTERS: readonly RowFilter[] = ['all', 'cut', 'violations']
const FORMS: readonly BytesForm[] = ['text', 'hex', 'both']

/** WireViewProps has the number of the connection that the address of the page names. */
interface WireViewProps {
  readonly wanted: number | undefined
}

/**
 * WireView shows the bytes of a program's connection when they arrive. The page loads the code of this view when it first shows the view.
 */
export function WireView({ wanted }: WireViewProps) {
  const wire = useWire(wanted)
  const { model } = wire
  return (
    <main class="wire" id="main" tabIndex={-1}>
      <nav aria-label={wireTexts.connections}>
        <Connections wire={wire} />
      </nav>
      {model.watching ? <Diagram key={model.watching.connection.connection} wire={wire} /> : <Waiting model={model} />}
      <CodeForm wire={wire} />
    </main>
  )
}

/** The connections that the page may see, with the newest connection first. */
function Connections({ wire: { model, send } }: { readonly wire: WireControl }) {
  const { list, watching, link } = model
  const shown = watching?.connection.connection
  return (
    <Section id="h-wires" title={wireTexts.connections} number={list?.connections.length}>
      {list && <p class="quiet small">{wireTexts.rights[list.right]}</p>}
      {list?.why !== undefined && (
        <p class="refusal">
          <Icon name="warn" />
          <ServerText text={list.why} />
        </p>
      )}
      {link === 'lost' && <p class="quiet">{wireTexts.lost}</p>}
      <ul class="socks">
        {[...(list?.connections ?? [])].reverse().map(({ connection, program, host, port, transport, isOpen }) => (
          <li key={connection}>
            <button
              class="sock"
              type="button"
              aria-current={connection === shown ? 'true' : undefined}
              onClick={() => send({ type: 'watch', connection })}
            >
              <b class="mono">{program}</b>
              <span class="mono small">
                {toShown(host)}:{port}
              </span>
              <span class="quiet small">
                {transport.toUpperCase()} · {isOpen ? wireTexts.live : wireTexts.ended}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** The field for a code of the operator. */
function CodeForm({ wire: { model, send } }: { readonly wire: WireControl }) {
  const [code, setCode] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    if (code.trim() !== '') send({ type: 'code', code: code.trim() })
  }
  return (
    <form class="wire__code" onSubmit={submit}>
      <label class="field">
        <span>{wireTexts.codeLabel}</span>
        <input class="in mono" autoComplete="off" maxLength={20} value={code} onInput={(event) => setCode(event.currentTarget.value)} />
        <small>{wireTexts.codeHint}</small>
      </label>
      <button class="btn" type="submit">
        {wireTexts.codeButton}
      </button>
      <p class="err" role="alert">
        {model.refusal !== undefined && <ServerText text={model.refusal} />}
      </p>
    </form>
  )
}

/** The view without a connection: the ports to which a program can connect. */
function Waiting({ model: { list } }: { readonly model: WireModel }) {
  return (
    <section class="wire__wait">
      <h1>{list && list.connections.length > 0 ? wireTexts.title : wireTexts.waiting}</h1>
      <p>{wireTexts.connectNow}</p>
      <ul class="wire__ports">
        {(list?.programs ?? []).map(({ program, port }) => (
          <li key={program}>
            <code>{program}</code> <span class="num">{wireTexts.portOf(port)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The sequence diagram of one connection, with its tools. */
function Diagram({ wire }: { readonly wire: WireControl }) {
  const { model, send } = wire
  const { watching, rows, now } = model
  const [paused, setPaused] = useState<number>()
  const [choice, setChoice] = useState<RowFilter>('all')
  const [text, setText] = useState('')
  const [form, setForm] = useState<BytesForm>('both')
  const list = useRef<HTMLOListElement>(null)
  const last = rows.at(-1)?.row ?? 0
  const frozen = paused === undefined ? rows : rows.filter(({ row }) => row <= paused)
  const shown = filterRows(frozen, choice, text)
  const bad = rows.filter(isViolation)
  const toggle = () => setPaused(paused === undefined ? last : undefined)
  const jump = () => jumpToViolation(list.current)
  useFollowing(list, paused === undefined ? last : 0)
  useWireKeys({ toggle, jump, changeForm: () => setForm(FORMS[(FORMS.indexOf(form) + 1) % FORMS.length] ?? 'both') })
  if (!watching) return null
  const { connection, legal, serverPort } = watching
  const state = !now.isOpen ? wireTexts.ended : paused === undefined ? wireTexts.live : wireTexts.paused
  return (
    <section class="wire__main" aria-label={wireTexts.diagram}>
      <div class="wire__tools">
        <div class="rowline">
          <h1 class="mono">{connection.program}</h1>
          <span class="via">
            <Icon name="program" />
            <bdi>
              {connection.transport.toUpperCase()} · {toShown(connection.host)}:{connection.port}
            </bdi>
          </span>
          <span class="wire__state" role="status">
            <span class={`dot${now.isOpen ? '' : ' dot--away'}`} />
            {state}
          </span>
          <span class="btns push">
            {(['pcapng', 'html'] as const).map((format) => (
              <button key={format} class="btn btn--s" type="button" onClick={() => send({ type: 'export', format })}>
                <Icon name="down" />
                <span aria-hidden="true">.{format}</span>
                <span class="sr">{wireTexts.save(format)}</span>
              </button>
            ))}
          </span>
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
        {bad.length > 0 && wireTexts.violation(bad.at(-1)?.notes.find(({ tone }) => tone === 'illegal')?.text ?? '')}
      </p>
      {now.isHidden && <p class="wnote wnote--odd">{wireTexts.hidden}</p>}
      {model.dropped > 0 && <p class="quiet small">{wireTexts.dropped(model.dropped)}</p>}
      <div class="wire__head" aria-hidden="true">
        <span>{wireTexts.seconds}</span>
        <span class="wire__ends">
          <b class="ink-who A">{wireTexts.client}</b>
          <b class="ink-who B">
            {wireTexts.server} <small>{wireTexts.portOf(serverPort)}</small>
          </b>
        </span>
        <span>{wireTexts.meant}</span>
      </div>
      <ol class="wire__rows" ref={list}>
        {shown.map((row, at) => (
          <WireRowView key={row.row} row={row} before={shown[at - 1]} legal={legal[row.after] ?? []} form={form} />
        ))}
      </ol>
      {shown.length === 0 && <p class="quiet">{rows.length === 0 ? wireTexts.noRows : wireTexts.noMatch}</p>}
      {now.isOpen && now.state !== '' && (
        <p class="wire__now">
          {wireTexts.nowIn(now.state)} · {wireTexts.turn(wireTexts.sides[now.turn])}
        </p>
      )}
    </section>
  )
}

/** Scrolls to the newest row, if the end of the diagram was in view before. */
function useFollowing(list: { readonly current: HTMLOListElement | null }, last: number) {
  const wasAtEnd = useRef(true)
  useEffect(() => {
    const note = () => {
      wasAtEnd.current = innerHeight + scrollY >= document.documentElement.scrollHeight - 200
    }
    addEventListener('scroll', note, { passive: true })
    return () => removeEventListener('scroll', note)
  }, [])
  useLayoutEffect(() => {
    if (last > 0 && wasAtEnd.current) list.current?.lastElementChild?.scrollIntoView({ block: 'nearest' })
  }, [last, list])
}

/** Moves the focus to the next violation behind the focused row. If there is no such violation, moves the focus to the first violation. */
function jumpToViolation(list: HTMLOListElement | null): void {
  const all = [...(list?.querySelectorAll<HTMLElement>('.is-bad') ?? [])]
  const here = all.findIndex((one) => one.matches(':focus'))
  const next = all[(here + 1) % Math.max(1, all.length)]
  if (!next) return
  next.tabIndex = 0
  next.focus()
  next.scrollIntoView({ block: 'center' })
}

/** The keys of the view: Space pauses, `v` jumps, `f` filters, `x` changes the form of the bytes, arrows move between rows. */
function useWireKeys(acts: { readonly toggle: () => void; readonly jump: () => void; readonly changeForm: () => void }) {
  const latest = useRef(acts)
  latest.current = acts
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return
      const { target, key } = event
      if (key === ' ' && target instanceof Element && target.closest('button, a, label')) return
      if (key === ' ') latest.current.toggle()
      else if (key === 'v') latest.current.jump()
      else if (key === 'x') latest.current.changeForm()
      else if (key === 'f') document.querySelector<HTMLElement>('.wire__filter')?.focus()
      else if ((key !== 'ArrowDown' && key !== 'ArrowUp') || !moveFocus(key === 'ArrowDown')) return
      event.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}

/** Moves the focus to the next or the previous row. Returns whether a row had the focus. */
function moveFocus(isDown: boolean): boolean {
  const row = document.activeElement
  if (!(row instanceof HTMLElement) || !row.classList.contains('wrow')) return false
  const rows = [...document.querySelectorAll<HTMLElement>('.wrow[tabindex]')]
  rows[rows.indexOf(row) + (isDown ? 1 : -1)]?.focus()
  return true
}
