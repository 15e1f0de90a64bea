import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ClientKind } from '../formats.ts'
import { foldText, isHouse, toSentence, toShown, toShownName } from '../shown.ts'
import { texts } from '../texts.ts'
import { Icon } from './icons.tsx'

/**
 * UserName shows the name of a user, isolated from the direction of the surrounding text. UserName shortens a long name; the title then has
 * the whole name.
 */
export function UserName({ name }: { readonly name: string }) {
  const shown = isHouse(name) ? texts.house : toShownName(name)
  const whole = toShown(name)
  return <bdi title={whole === shown || isHouse(name) ? undefined : whole}>{shown}</bdi>
}

/** Badge shows the kind of a user's connection: a browser, a program, or another client. */
export function Badge({ kind, text, title }: { readonly kind: ClientKind; readonly text: string; readonly title?: string }) {
  return (
    <span class="via" title={title === undefined ? undefined : toShown(title)}>
      <Icon name={kind} />
      <bdi class="cut">{toShown(text)}</bdi>
    </span>
  )
}

/** ServerText shows a text of the server. The text may repeat a text that a user has typed. */
export function ServerText({ text }: { readonly text: string }) {
  return <bdi>{toShown(text)}</bdi>
}

/**
 * RefusalText shows a refusal of the server as a sentence with a capital letter. A refusal that begins with one of the `names` retains the
 * spelling of the name.
 */
export function RefusalText({ text, names = [] }: { readonly text: string; readonly names?: readonly string[] | undefined }) {
  return <bdi>{toSentence(text, names)}</bdi>
}

/** ShownText shows a text of a user as plain text: it makes no links, shows control characters as visible signs, and folds a long text. */
export function ShownText({ text }: { readonly text: string }) {
  const [isOpen, setOpen] = useState(false)
  const folded = foldText(text)
  return (
    <>
      <bdi>{isOpen ? toShown(text) : folded.text}</bdi>
      {folded.isCut && (
        <>
          {isOpen ? ' ' : '… '}
          <button class="more" type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? texts.less : texts.more}
          </button>
        </>
      )}
    </>
  )
}

/** Section is a part of the page, below a line with the name of the part. */
export function Section(props: {
  readonly id: string
  readonly title: string
  readonly number?: number | string | undefined
  readonly children: ComponentChildren
}) {
  const { id, title, number, children } = props
  return (
    <section class="sect" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2> {number !== undefined && <span class="n">{number}</span>}
      </header>
      {children}
    </section>
  )
}

/** EmptyList replaces a list without entries, and has a link to the lobby, in which games begin. */
export function EmptyList({ text }: { readonly text: string }) {
  return (
    <div class="empty">
      <p>{text}</p>
      <a class="btn" href="#lobby">
        {texts.toLobby}
      </a>
    </div>
  )
}

/** TalkLog is a list of messages that scrolls to its end when a message arrives. A screen reader reads each new message. */
export function TalkLog({
  size,
  label,
  children,
}: {
  readonly size: number
  readonly label: string
  readonly children: ComponentChildren
}) {
  const list = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (size > 0) list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [size])
  return (
    <div class="talklog" role="log" aria-label={label} ref={list} tabIndex={0}>
      <ol class="talk">{children}</ol>
    </div>
  )
}

/** ClockTime shows the time of day of a message, in hours and minutes. */
export function ClockTime({ at }: { readonly at: number }) {
  const date = new Date(at)
  return <time dateTime={date.toISOString()}>{date.toTimeString().slice(0, 5)}</time>
}

/** SayForm is a field for one line, with a button. */
export function SayForm(props: {
  readonly label: string
  readonly button: string
  readonly isOff?: boolean
  readonly say: (text: string) => void
}) {
  const { label, button, isOff = false, say } = props
  const [text, setText] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    if (text.trim() === '' || isOff) return
    say(text)
    setText('')
  }
  return (
    <form class="say" onSubmit={submit}>
      <input
        class="in"
        data-say
        aria-label={label}
        placeholder={texts.saySomething}
        autoComplete="off"
        enterkeyhint="send"
        maxLength={1000}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button class="btn" type="submit" aria-disabled={isOff}>
        {button}
      </button>
    </form>
  )
}

/**
 * Copies a text to the clipboard with the Clipboard API, which only secure pages have. Resolves to `false` if the page is not secure, or if
 * the browser does not allow the copy.
 */
async function writeClipboard(text: string): Promise<boolean> {
  if (!navigator.clipboard) return false
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch (reason) {
    if (reason instanceof DOMException) return false
    throw reason
  }
}

/** CopyField shows a link with a button that copies the link. */
export function CopyField({ label, value }: { readonly label: string; readonly value: string }) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [isCopied])
  const field = useRef<HTMLInputElement>(null)
  const copy = async () => {
    field.current?.select()
    // if the browser rejects both attempts, the user can copy the selected text
    setCopied((await writeClipboard(value)) || document.execCommand('copy'))
  }
  return (
    <p class="share">
      <input class="in" readOnly aria-label={label} value={value} ref={field} />
      <button class="btn" type="button" onClick={copy}>
        {isCopied ? texts.copied : texts.copy}
      </button>
    </p>
  )
}

/** Choice is a row of words from which the user chooses one word. */
export function Choice<Value extends string>(props: {
  readonly label: string
  readonly name: string
  readonly all: readonly Value[]
  readonly wordOf: (value: Value) => string
  readonly chosen: Value
  readonly choose: (value: Value) => void
  readonly isSmall?: boolean
}) {
  const { label, name, all, wordOf, chosen, choose, isSmall } = props
  const frame = useRef<HTMLDivElement>(null)
  // on a phone, the row is wider than the window, so the row scrolls to the chosen value
  useEffect(() => {
    const row = frame.current
    const label = row?.querySelector(':checked')?.closest('label')
    if (row && label) row.scrollLeft = label.offsetLeft - row.offsetLeft - (row.clientWidth - label.offsetWidth) / 2
  }, [chosen])
  return (
    <div class="scroll-x" ref={frame}>
      <div class={`seg-ctl${isSmall ? ' seg-ctl--s' : ''}`} role="radiogroup" aria-label={label}>
        {all.map((value) => (
          <label key={value}>
            <input type="radio" name={name} checked={value === chosen} onChange={() => choose(value)} />
            <bdi>{wordOf(value)}</bdi>
          </label>
        ))}
      </div>
    </div>
  )
}
