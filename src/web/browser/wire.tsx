import { useEffect, useRef, useState } from 'preact/hooks'
import '../styles/wire.css'
import { emptyWire, toOwnRows, type WireModel } from '../model/wire-model.ts'
import { toShown } from '../shown.ts'
import { wireTexts } from '../wire-texts.ts'
import { Icon } from './icons.tsx'
import { protocolLink, usePage } from './page.ts'
import { Section, ServerText } from './people.tsx'
import { Diagram } from './wire-diagram.tsx'
import { useWire, type WireControl } from './wire-socket.ts'

/**
 * WireViewProps has the connection that the address of the page names: the number of a connection, or `own` for the page's own connection.
 */
interface WireViewProps {
  readonly wanted: number | 'own' | undefined
}

/**
 * WireView shows the bytes of a program's connection when the bytes arrive. The page loads the code of this view on the first use of the
 * view.
 */
export function WireView({ wanted }: WireViewProps) {
  const wire = useWire(wanted === 'own' ? undefined : wanted)
  const { model, send } = wire
  const isOwn = wanted === 'own'
  return (
    <main class="wire" id="main" tabIndex={-1}>
      <nav aria-label={wireTexts.connections}>
        <Connections wire={wire} isOwn={isOwn} />
      </nav>
      {isOwn ? <OwnDiagram /> : model.watching ? <ProgramDiagram model={model} send={send} /> : <Waiting model={model} wanted={wanted} />}
      <CodeForm wire={wire} />
    </main>
  )
}

/** The diagram of a program's connection. */
function ProgramDiagram({ model: { watching, rows, dropped, now }, send }: WireControl) {
  if (!watching) return null
  const { connection, legal, serverPort } = watching
  const { program, transport, host, port, desk } = connection
  return (
    <Diagram
      key={connection.connection}
      {...{ rows, dropped, now, legal }}
      subject={{
        ...{ name: program, program },
        about: [...(desk === undefined ? [] : [desk]), transport.toUpperCase(), `${host}:${port}`].join(' · '),
        label: wireTexts.diagram,
        serverPort: wireTexts.portOf(serverPort),
      }}
      save={(format) => send({ type: 'export', format })}
    />
  )
}

/** The diagram of the page's own WebSocket. */
function OwnDiagram() {
  const { own, model } = usePage()
  const [messages, setMessages] = useState(own.all)
  useEffect(() => own.subscribe(() => setMessages(own.all)), [own])
  const isOpen = model.value.link.state === 'open'
  return (
    <Diagram
      rows={toOwnRows(messages)}
      dropped={(messages[0]?.number ?? 1) - 1}
      now={{ ...emptyWire.now, isOpen }}
      legal={{}}
      subject={{ name: wireTexts.own, about: wireTexts.ownAbout, label: wireTexts.ownDiagram, serverPort: location.host }}
    />
  )
}

/** The connections that the page may see, with the newest connection first. */
function Connections({ wire: { model, send }, isOwn }: { readonly wire: WireControl; readonly isOwn: boolean }) {
  const { list, watching, link } = model
  const shown = isOwn ? undefined : watching?.connection.connection
  const socks = useRef<HTMLUListElement>(null)
  // if the operator has pressed a tile of the class, the connection may be far down in the list
  useEffect(() => {
    const current = shown === undefined ? null : socks.current?.querySelector<HTMLElement>('[aria-current]')
    if (current) socks.current?.scrollTo({ top: current.offsetTop - socks.current.offsetTop })
  }, [shown])
  const watch = (connection: number) => {
    if (isOwn) location.hash = '#wire'
    // a reload shows the same connection
    else history.replaceState(null, '', `#wire/${connection}`)
    send({ type: 'watch', connection })
  }
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
      <ul class="socks" ref={socks}>
        {[...(list?.connections ?? [])].reverse().map(({ connection, program, host, port, transport, isOpen, isBad, openedAt, desk }) => (
          <li key={connection}>
            <button class="sock" type="button" aria-current={connection === shown ? 'true' : undefined} onClick={() => watch(connection)}>
              {desk !== undefined && (
                <b>
                  <bdi>{toShown(desk)}</bdi>
                </b>
              )}
              <b class="mono">{program}</b>
              <span class="mono small">
                {toShown(host)}:{port}
              </span>
              <span class="quiet small">
                {transport.toUpperCase()} · {isOpen ? wireTexts.live : wireTexts.ended} · {formatTime(openedAt)}
              </span>
              {isBad && (
                <span class="sock__bad small">
                  <Icon name="warn" />
                  {wireTexts.bad}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
      <ul class="socks">
        <li>
          <a class="sock" href="#wire/own" aria-current={isOwn ? 'true' : undefined}>
            <b>{wireTexts.own}</b>
            <span class="quiet small">{wireTexts.ownAbout}</span>
          </a>
        </li>
      </ul>
    </Section>
  )
}

/** Formats the time at which a connection was opened, to the second, because a user often starts a program again within a minute. */
function formatTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8)
}

/** The field for a code of the operator. */
function CodeForm({ wire: { model, send } }: { readonly wire: WireControl }) {
  const [code, setCode] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    if (code.trim() !== '') send({ type: 'code', code: code.trim() })
  }
  // a browser that sees no program needs a code
  const isNeeded = model.list?.right === 'none' || model.list?.why !== undefined
  return (
    <details class="wire__code" open={isNeeded}>
      <summary>{wireTexts.haveCode}</summary>
      <form onSubmit={submit}>
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
    </details>
  )
}

/** The view without a connection: the ports to which a program can connect. */
function Waiting({ model: { list }, wanted }: { readonly model: WireModel; readonly wanted: WireViewProps['wanted'] }) {
  const isGone = wanted !== undefined && list?.connections.some(({ connection }) => connection === wanted) === false
  return (
    <section class="wire__wait">
      {isGone && (
        <p class="refusal">
          <Icon name="warn" />
          {wireTexts.gone(wanted)}
        </p>
      )}
      <h1>{list && list.connections.length > 0 ? wireTexts.choose : wireTexts.waiting}</h1>
      <p>{wireTexts.connectNow(location.hostname)}</p>
      <ul class="wire__ports">
        {(list?.programs ?? []).map(({ program, port }) => (
          <li key={program}>
            <a class="mono" href={protocolLink(program)}>
              {toShown(program)}
            </a>
            <span class="num">{wireTexts.portOf(port)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
