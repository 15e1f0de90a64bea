import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ProtocolReference } from '../../server/gateway/protocol-schemas.ts'
import { formatBytes, fromHex, parseEscapes, parseHex, toHex } from '../model/escapes.ts'
import type { TrialModel } from '../model/trial.ts'
import { type ProtocolStep, type StateTurn, speakerOf } from '../model/walk.ts'
import { protocolTexts } from '../protocol-texts.ts'
import { toShown } from '../shown.ts'
import { texts } from '../texts.ts'
import { Icon } from './icons.tsx'
import { Choice, Section, ServerText } from './people.tsx'
import { type ProtocolMessage, toMessageLabel } from './protocol-parts.tsx'
import { TrialRows } from './protocol-trial-rows.tsx'
import type { TrialActs } from './use-trial.ts'

/** Maximum number of bytes that the server accepts in one step. */
const MOST_BYTES = 1024
const NOTATIONS = ['text', 'hex'] as const
type Notation = (typeof NOTATIONS)[number]

interface TrialProps {
  readonly protocol: ProtocolReference
  readonly trial: TrialModel
  /** The legal messages of the present state. */
  readonly legal: readonly ProtocolStep[]
  readonly acts: TrialActs
}

/** TrialPanel connects to a program; the user plays the client, byte by byte. */
export function TrialPanel({ protocol, trial, legal, acts }: TrialProps) {
  const { link, refusal, isFinished } = trial
  const isOpen = link === 'open'
  const connect = useRef<HTMLButtonElement>(null)
  // the field that had the focus no longer exists, so the focus moves to the button that connects again
  useLayoutEffect(() => {
    if (link === 'over' && document.activeElement === document.body) connect.current?.focus()
  }, [link])
  const servers = legal.flatMap(({ from, message }) =>
    from === 'server' ? toMessageLabel(protocol.messages.find(({ name }) => name === message)) : [],
  )
  const hasUdp = protocol.ports.some(({ transport }) => transport === 'udp')
  return (
    <Section id="h-try" title={protocolTexts.try}>
      <p class="quiet small">
        {protocolTexts.tryAbout} {hasUdp && protocolTexts.tryUdp}
      </p>
      <p class="btns trial__acts">
        {isOpen ? (
          <>
            <button class="btn btn--s" type="button" aria-disabled={isFinished} onClick={() => !isFinished && acts.finish()}>
              {protocolTexts.finish}
            </button>
            <button class="btn btn--s" type="button" onClick={acts.disconnect}>
              {protocolTexts.disconnect}
            </button>
          </>
        ) : (
          <button
            class="btn btn--go"
            type="button"
            ref={connect}
            aria-disabled={link === 'opening'}
            onClick={() => link !== 'opening' && acts.connect()}
          >
            {link === 'over' ? protocolTexts.connectAgain : protocolTexts.connect}
          </button>
        )}
      </p>
      {link !== 'none' && <TrialRows trial={trial} />}
      <p class="stepstate" role="status">
        {toStatus(trial, speakerOf(protocol, legal))}
      </p>
      {isOpen && servers.length > 0 && <p class="quiet small">{protocolTexts.serverMay(servers.join(', '))}</p>}
      {refusal !== undefined && (
        <p class="err" role="alert">
          <Icon name="warn" />
          <ServerText text={refusal} />
        </p>
      )}
      {isOpen && !isFinished && <ByteForm protocol={protocol} legal={legal} acts={acts} />}
    </Section>
  )
}

/** Formats the state of a trial, and the side that may send. */
function toStatus({ link, state }: TrialModel, speaker: StateTurn): string {
  if (link === 'none') return protocolTexts.notOpen
  if (link === 'opening') return protocolTexts.opening
  if (link === 'over' || state === undefined) return protocolTexts.over
  const { yourTurn, serverTurn, eitherTurn, speaks } = protocolTexts
  const turn = { client: yourTurn, server: serverTurn, either: eitherTurn, none: speaks.none }[speaker]
  return `${protocolTexts.stateIs(toShown(state))} ${turn}`
}

/** ByteForm draws a field for bytes, and buttons for the legal messages of the client. */
function ByteForm({ protocol, legal, acts }: Omit<TrialProps, 'trial'>) {
  const [typed, setTyped] = useState('')
  const [notation, setNotation] = useState<Notation>('text')
  const field = useRef<HTMLInputElement>(null)
  // the button that had the focus no longer exists, so the focus moves to the field
  useLayoutEffect(() => field.current?.focus(), [])
  const parsed = notation === 'text' ? parseEscapes(typed) : parseHex(typed)
  const wrong = 'wrong' in parsed ? parsed.wrong : parsed.bytes.length > MOST_BYTES ? protocolTexts.tooMany(MOST_BYTES) : undefined
  const bytes = 'bytes' in parsed ? parsed.bytes : undefined
  const submit = (event: Event) => {
    event.preventDefault()
    if (!bytes || bytes.length === 0 || wrong !== undefined) return
    acts.send(bytes)
    setTyped('')
  }
  const change = (to: Notation) => {
    if (bytes) setTyped(to === 'hex' ? toHex(bytes, ' ') : formatBytes(bytes))
    setNotation(to)
  }
  const own = legal.filter(({ from }) => from === 'client')
  const messages = own.flatMap(({ message }) => protocol.messages.filter(({ name }) => name === message))
  const press = (message: ProtocolMessage) => {
    const example = fromHex(message.example)
    if (message.closes) return acts.finish()
    if (!hasField(message)) acts.send(example)
    else setTyped(notation === 'hex' ? toHex(example, ' ') : formatBytes(example))
    field.current?.focus()
  }
  return (
    <>
      <div class="btns legal" role="group" aria-label={protocolTexts.legalNext}>
        {messages.map((message) => (
          <LegalButton key={message.name} message={message} press={() => press(message)} />
        ))}
      </div>
      <form class="trial__form" onSubmit={submit}>
        <Choice
          label={protocolTexts.mode}
          name="notation"
          all={NOTATIONS}
          wordOf={(one) => protocolTexts.modes[one]}
          chosen={notation}
          choose={change}
          isSmall
        />
        <label class="field">
          <span>{protocolTexts.bytes}</span>
          <input
            class="in mono"
            ref={field}
            value={typed}
            autoComplete="off"
            autoCapitalize="off"
            spellcheck={false}
            aria-invalid={wrong !== undefined}
            aria-describedby="bytes-hint"
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
          <small id="bytes-hint">{notation === 'text' ? protocolTexts.bytesHint : protocolTexts.hexHint}</small>
        </label>
        <p class="trial__check" aria-live="polite">
          {wrong !== undefined ? (
            <span class="err">
              <Icon name="warn" />
              {toShown(wrong)}
            </span>
          ) : (
            bytes &&
            bytes.length > 0 && <span class="quiet small">{protocolTexts.willSend(texts.bytesOf(formatBytes(bytes), bytes.length))}</span>
          )}
        </p>
        <button class="btn" type="submit" aria-disabled={!bytes || bytes.length === 0 || wrong !== undefined}>
          {protocolTexts.send}
        </button>
      </form>
    </>
  )
}

/**
 * LegalButton draws a button for a legal message. If the message has a field, the button writes the example of the message into the input.
 * Otherwise, the button sends the message.
 */
function LegalButton({ message, press }: { readonly message: ProtocolMessage; readonly press: () => void }) {
  const label = toMessageLabel(message)
  const isExample = !message.closes && hasField(message)
  const example = formatBytes(fromHex(message.example))
  return (
    <button
      class={`btn A${message.closes ? '' : ' mono'}`}
      type="button"
      title={isExample ? protocolTexts.insertHint(example) : undefined}
      onClick={press}
    >
      {isExample ? protocolTexts.insert(label) : label}
    </button>
  )
}

/** Checks whether a message has a field that the user must fill in. */
function hasField({ text }: ProtocolMessage): boolean {
  return /\{\w+\}/.test(text)
}
