import { counted } from '../base/counts.ts'
import { type Clock, wallClock } from './clock.ts'
import { Layer } from './layer.ts'
import { decode, encode } from './text.ts'
import type { Sink, Transport } from './transport.ts'
import { quotedBytes } from './visible.ts'

/**
 * Secrets finds what is not to be shown in a line of one side: the first group of each match. `asked` is the last line
 * that the other side has said before, and `since` are the whole lines of this side since then. The pattern has the flags
 * `d` and `g`.
 */
export type Secrets = (from: 'us' | 'peer', asked: string, since: readonly string[]) => RegExp | undefined

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
/** Lines of one side that are remembered. */
const REMEMBERED = 4
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
    const us = new SecretLine((asked, since) => secrets?.('us', asked, since))
    const peer = new SecretLine((asked, since) => secrets?.('peer', asked, since))
    this.#lines = { us, peer }
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
    const shown = this.#lines[from].hide(bytes, this.#lines[from === 'us' ? 'peer' : 'us'].last)
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
  readonly #patternFor: (asked: string, since: readonly string[]) => RegExp | undefined
  /** The last line that had anything in it, whole or not. */
  last = ''
  #line = ''
  /** Last message of the other side when this line began. */
  #asked = ''
  /** The last lines since then. */
  #since: readonly string[] = []

  constructor(patternFor: (asked: string, since: readonly string[]) => RegExp | undefined) {
    this.#patternFor = patternFor
  }

  /** The bytes with `***` in place of secrets; a secret that is cut is hidden in each of its pieces. */
  hide(bytes: Uint8Array, asked: string): Uint8Array {
    const shown: number[] = []
    for (const part of decode(bytes, 'bytes').split(/(?<=\n)/)) {
      if (this.#line === '' && this.#asked !== asked) {
        this.#asked = asked
        this.#since = []
      }
      const before = this.#line.length
      this.#line = (this.#line + part).slice(0, LINE)
      const secrets = this.#secrets()
      for (const [at, char] of [...part].entries()) {
        const place = secrets.find(([from, to]) => before + at >= from && before + at < to)
        if (!place) shown.push(char.charCodeAt(0))
        else if (at === 0 || before + at === place[0]) shown.push(...HIDDEN)
      }
      if (this.#line.trim() !== '') this.last = this.#line
      if (!part.endsWith('\n')) continue
      this.#since = [...this.#since, this.#line].slice(-REMEMBERED)
      this.#line = ''
    }
    return Uint8Array.from(shown)
  }

  /** Finds the secrets in the line, as far as it has come. */
  #secrets(): (readonly [number, number])[] {
    const pattern = this.#patternFor(this.#asked, this.#since)
    if (!pattern) return []
    const text = this.#line.replace(/\r?\n$/, '')
    return [...text.matchAll(pattern)].flatMap(({ indices }) => (indices?.[1] ? [indices[1]] : []))
  }
}
