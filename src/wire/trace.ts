import { counted } from '../base/counts.ts'
import { type Clock, wallClock } from './clock.ts'
import { Layer } from './layer.ts'
import type { SecretFinder, SecretsContext, Span } from './secrets.ts'
import { decode, encode, quotedBytes } from './text.ts'
import type { Sink, Transport } from './transport.ts'

/** Secrets finds what is not to be shown in a line of one side. */
export type Secrets = SecretFinder<'us' | 'peer'>

/** TraceOptions is how a connection is traced. */
export interface TraceOptions {
  /** Called with one line for each write, each read, and each end. */
  readonly write: (line: string) => void
  readonly secrets?: Secrets | undefined
  readonly clock?: Clock
}

/** Bytes of one write or read that are shown at most. */
const SHOWN = 4096
/** Characters of a line that are looked at for secrets at most. */
const LINE = 8192
/** Characters of earlier lines that are looked at, at most. */
const EARLIER = 16_384
const HIDDEN = encode('***')

/** The transport, of which a line is written for each write and each read: what crosses, with the borders it crosses in. */
export function traced(transport: Transport, options: TraceOptions): Transport {
  return new TracedTransport(transport, options)
}

class TracedTransport extends Layer {
  readonly #write: (line: string) => void
  readonly #clock: Clock
  readonly #lines: Readonly<Record<'us' | 'peer', SecretLine>>
  #since: number | undefined

  constructor(inner: Transport, { write, secrets, clock = wallClock }: TraceOptions) {
    super(inner)
    this.#write = write
    this.#clock = clock
    const finder = (from: 'us' | 'peer') => (text: string, context: SecretsContext) => secrets?.(from, text, context) ?? []
    this.#lines = { us: new SecretLine(finder('us')), peer: new SecretLine(finder('peer')) }
  }

  override open(sink: Sink): void {
    this.#since = this.#clock.monotonic()
    this.#say(this.inner.datagrams ? 'begins (datagrams)' : 'begins')
    super.open(sink)
  }

  override write(data: string | Uint8Array): void {
    this.#cross('sent', 'us', typeof data === 'string' ? encode(data) : data)
    super.write(data)
  }

  override data(bytes: Uint8Array): void {
    this.#cross('received', 'peer', bytes)
    super.data(bytes)
  }

  override finish(): void {
    this.#say('sent the end')
    super.finish()
  }

  override finished(): void {
    this.#say('received the end')
    super.finished()
  }

  override reset(): void {
    this.#say('reset by this side')
    super.reset()
  }

  override closed(broken?: string): void {
    this.#say(broken === undefined ? 'closed' : `broken off (${broken})`)
    super.closed(broken)
  }

  #cross(how: 'sent' | 'received', from: 'us' | 'peer', bytes: Uint8Array): void {
    const shown = this.#lines[from].hide(bytes, this.#lines[from === 'us' ? 'peer' : 'us'])
    this.#say(`${how} ${counted(bytes.length, 'byte')}: ${quotedBytes(shown, SHOWN)}`)
  }

  #say(what: string): void {
    // a peer that was turned away before it was opened has no trace
    if (this.#since === undefined) return
    this.#write(`${((this.#clock.monotonic() - this.#since) / 1000).toFixed(3)} s  ${what}`)
  }
}

/** SecretLine follows the lines of one side, however they are cut, and hides what is secret in them. */
class SecretLine {
  readonly #find: (text: string, context: SecretsContext) => readonly Span[]
  /** What this side has said in its last turn, which ends with the first whole line of the other side behind it. */
  #turn = ''
  #isOver = true
  /** Last whole line. */
  #last = ''
  #line = ''

  constructor(find: (text: string, context: SecretsContext) => readonly Span[]) {
    this.#find = find
  }

  /** The bytes with `***` in place of secrets; a secret that is cut is hidden in each of its pieces. */
  hide(bytes: Uint8Array, other: SecretLine): Uint8Array {
    const shown: number[] = []
    for (const part of decode(bytes, 'bytes').split(/(?<=\n)/)) {
      const start = this.#line.length
      this.#line = (this.#line + part).slice(0, LINE)
      const whole = part.endsWith('\n')
      const text = this.#line.replace(/\r?\n$/, '')
      const secrets = this.#find(text, { asked: other.#turn, before: this.#before, last: this.#last, whole })
      for (const [at, char] of [...part].entries()) {
        const place = secrets.find(([from, to]) => start + at >= from && start + at < to)
        if (!place) shown.push(char.charCodeAt(0))
        else if (at === 0 || start + at === place[0]) shown.push(...HIDDEN)
      }
      this.#said(part, whole, other)
    }
    return Uint8Array.from(shown)
  }

  /** The lines of this turn before the present one. */
  get #before(): string {
    return this.#isOver ? '' : this.#turn.slice(0, this.#turn.lastIndexOf('\n') + 1)
  }

  #said(part: string, whole: boolean, other: SecretLine): void {
    this.#turn = `${this.#isOver ? '' : this.#turn}${part}`.slice(-EARLIER)
    this.#isOver = false
    if (!whole) return
    if (this.#line.trim() !== '') this.#last = this.#line
    this.#line = ''
    other.#isOver = true
  }
}
