import { type Clock, createSystemClock } from '../base/clock.ts'
import { formatCount } from '../base/counts.ts'
import type { SecretFinder, SecretSpan, SecretsContext } from '../wire/secret-masking.ts'
import { decode, encode, quoteBytes } from '../wire/text.ts'
import type { Sink, Transport } from '../wire/transport.ts'
import { TransportFilter } from '../wire/transport-filter.ts'

/** SecretPolicy finds the parts of a line of one side that no output may show. */
export type SecretPolicy = SecretFinder<'us' | 'peer'>

export interface TraceOptions {
  /** Called with one line for each write, each read, and each end of a direction. */
  readonly write: (line: string) => void
  readonly secrets?: SecretPolicy | undefined
  readonly clock?: Clock
}

/** Maximum number of bytes that a trace shows of one write or read. */
const SHOWN = 4096
/** Maximum number of characters of a line in which the trace searches for secrets. */
const LINE = 8192
/** Maximum number of characters of earlier lines in which the trace searches for questions. */
const EARLIER = 16_384
const HIDDEN = encode('***')

/** Returns the transport with a trace: one line for each write and each read, so the trace shows their boundaries. */
export function traceTransport(transport: Transport, options: TraceOptions): Transport {
  return new TracedTransport(transport, options)
}

class TracedTransport extends TransportFilter {
  readonly #write: (line: string) => void
  readonly #clock: Clock
  readonly #lines: Readonly<Record<'us' | 'peer', SecretLine>>
  #since: number | undefined

  constructor(inner: Transport, { write, secrets, clock = createSystemClock() }: TraceOptions) {
    super(inner)
    this.#write = write
    this.#clock = clock
    const finder = (from: 'us' | 'peer') => (text: string, context: SecretsContext) => secrets?.(from, text, context) ?? []
    this.#lines = { us: new SecretLine(finder('us')), peer: new SecretLine(finder('peer')) }
  }

  override open(sink: Sink): void {
    this.#since = this.#clock.monotonic()
    this.#writeLine(this.inner.datagrams ? 'begins (datagrams)' : 'begins')
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
    this.#writeLine('sent the end')
    super.finish()
  }

  override finished(): void {
    this.#writeLine('received the end')
    super.finished()
  }

  override reset(): void {
    this.#writeLine('reset by this side')
    super.reset()
  }

  override closed(broken?: string): void {
    this.#writeLine(broken === undefined ? 'closed' : `broken off (${broken})`)
    super.closed(broken)
  }

  #cross(how: 'sent' | 'received', from: 'us' | 'peer', bytes: Uint8Array): void {
    const shown = this.#lines[from].hide(bytes, this.#lines[from === 'us' ? 'peer' : 'us'])
    this.#writeLine(`${how} ${formatCount(bytes.length, 'byte')}: ${quoteBytes(shown, SHOWN)}`)
  }

  #writeLine(what: string): void {
    // a peer that the server rejected before `open` has no trace
    if (this.#since === undefined) return
    this.#write(`${((this.#clock.monotonic() - this.#since) / 1000).toFixed(3)} s  ${what}`)
  }
}

/** SecretLine joins the pieces of one side's lines, because the network may cut a line anywhere. It masks the secrets in the lines. */
class SecretLine {
  readonly #find: (text: string, context: SecretsContext) => readonly SecretSpan[]
  /** The lines of this side's last turn. The first whole line of the other side ends the turn. */
  #turn = ''
  #isOver = true
  /** The last whole line of this side. */
  #last = ''
  #line = ''

  constructor(find: (text: string, context: SecretsContext) => readonly SecretSpan[]) {
    this.#find = find
  }

  /** Returns the bytes with `***` in place of secrets. If a secret is cut, masks each of its pieces. */
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
      this.#addPart(part, whole, other)
    }
    return Uint8Array.from(shown)
  }

  /** The earlier lines of this turn. */
  get #before(): string {
    return this.#isOver ? '' : this.#turn.slice(0, this.#turn.lastIndexOf('\n') + 1)
  }

  #addPart(part: string, whole: boolean, other: SecretLine): void {
    this.#turn = `${this.#isOver ? '' : this.#turn}${part}`.slice(-EARLIER)
    this.#isOver = false
    if (!whole) return
    if (this.#line.trim() !== '') this.#last = this.#line
    this.#line = ''
    other.#isOver = true
  }
}
