import type { Clock } from '../../base/clock.ts'
import { displayWidth } from '../../games/text/graphemes.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { quoteBytes } from '../../wire/text.ts'
import type { Transport } from '../../wire/transport.ts'
import type { ConnectionEnding, RecordedConnection, RecordedSegment } from '../recordings/recording.ts'

/** Divergence is the first difference between a recording and the acts of a program. */
export interface Divergence {
  /** Offset in the bytes that the program sends. */
  readonly at: number
  /** A clause on the content of the recording at that place, and a clause on the act of the program instead. */
  readonly expected: string
  readonly received: string
  /** Column of the first different byte, if both clauses quote bytes. */
  readonly caret: number | undefined
}

export interface RerunOptions {
  readonly connection: RecordedConnection
  /** The side that the rerun plays against the program. */
  readonly side: Side
  readonly transport: Transport
  readonly clock: Clock
  /** Maximum milliseconds of silence of the program when it has to send. */
  readonly timeout: number
  /**
   * Called once for each entry that the program has to send; `index` is the index of the entry. `signal` aborts when the program has sent
   * bytes.
   */
  readonly onTurn?: (index: number, signal: AbortSignal) => void
}

type Entry = RecordedSegment | ConnectionEnding

/**
 * Plays one side of a recorded connection against a program. Resolves to the first divergence, or to `undefined` if there is no difference.
 */
export function rerunConnection(options: RerunOptions): Promise<Divergence | undefined> {
  return new Promise((resolve) => {
    const rerun = new Rerun(options, resolve)
    options.transport.open(rerun)
    rerun.advance()
  })
}

/** Bytes that are shown before and after the first difference. */
const SHOWN = { before: 24, all: 60 }

/** Ended is the end of the program's stream; `broken` is the system's code if the connection broke. */
interface Ended {
  readonly broken: string | undefined
}

/**
 * Rerun sends the bytes that its side has sent in the recording. Before each entry, it waits until the program has sent all earlier entries
 * of the other side.
 */
class Rerun {
  readonly #options: RerunOptions
  readonly #resolve: (divergence: Divergence | undefined) => void
  readonly #entries: readonly Entry[]
  #place = 0
  /** The received bytes of the present entry, and of later entries. */
  #received = new Uint8Array()
  /** Offset of `#received`. */
  #start = 0
  #ended: Ended | undefined
  #cancel: (() => void) | undefined
  /** Index of the entry for which `onTurn` was called. */
  #turn = -1
  #turnOver = new AbortController()
  #isOver = false

  constructor(options: RerunOptions, resolve: (divergence: Divergence | undefined) => void) {
    this.#options = options
    this.#resolve = resolve
    this.#entries = options.connection.entries
  }

  data(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#received.length + bytes.length)
    joined.set(this.#received)
    joined.set(bytes, this.#received.length)
    this.#received = joined
    this.#turnOver.abort()
    this.advance()
  }

  finished(): void {
    this.#ended ??= { broken: undefined }
    this.advance()
  }

  closed(broken?: string): void {
    this.#ended = this.#ended && broken === undefined ? this.#ended : { broken }
    this.advance()
  }

  /** Plays the entries up to the next entry that the program has to send. */
  advance(): void {
    this.#cancel?.()
    this.#cancel = undefined
    while (!this.#isOver) {
      const entry = this.#entries[this.#place]
      if (!entry) return this.#finish()
      if (entry.from === this.#options.side) this.#send(entry)
      else if (!this.#compare(entry)) return this.#wait(entry)
      this.#place++
    }
  }

  #send(entry: Entry): void {
    const { transport } = this.#options
    if (entry.type === 'segment') transport.write(entry.bytes)
    else if (entry.how === 'fin') transport.finish()
    else transport.reset()
  }

  /** Compares an entry with the bytes and the end that the program has sent. Returns false if more bytes have to come. */
  #compare(entry: Entry): boolean {
    if (entry.type === 'end') {
      if (this.#received.length > 0) this.#diverge(describeEnd(entry.how), quote(this.#received, 0).text)
      else if (!this.#ended) return false
      else if (entry.how === 'fin' && this.#ended.broken !== undefined) this.#diverge(describeEnd('fin'), describeEnd('reset'))
      return true
    }
    const { bytes, masked = [] } = entry
    const length = Math.min(bytes.length, this.#received.length)
    for (let at = 0; at < length; at++) {
      const isMasked = masked.some(([from, to]) => at >= from && at < to)
      if (isMasked || bytes[at] === this.#received[at]) continue
      const [expected, received] = [quote(bytes, at), quote(this.#received, at)]
      this.#diverge(expected.text, received.text, at, expected.caret)
      return true
    }
    if (length < bytes.length) {
      if (!this.#ended) return false
      this.#diverge(quote(bytes, length).text, describeEnd(this.#ended.broken === undefined ? 'fin' : 'reset'), length)
      return true
    }
    this.#received = this.#received.subarray(bytes.length)
    this.#start += bytes.length
    return true
  }

  #wait(entry: Entry): void {
    const { clock, timeout, onTurn } = this.#options
    if (this.#turn !== this.#place && entry.type === 'segment') {
      this.#turn = this.#place
      this.#turnOver = new AbortController()
      onTurn?.(this.#place, this.#turnOver.signal)
    }
    const missing = entry.type === 'end' ? describeEnd(entry.how) : quote(entry.bytes, this.#received.length).text
    const sent = this.#received.length === 0 ? '' : ` after ${quote(this.#received, 0).text}`
    this.#cancel = clock.after(timeout, () => this.#diverge(missing, `nothing for ${timeout / 1000} s${sent}`, this.#received.length))
  }

  #diverge(expected: string, received: string, at = 0, caret?: number): void {
    this.#end({ at: this.#start + at, expected, received, caret })
  }

  #finish(): void {
    if (this.#received.length > 0) this.#diverge('nothing more', quote(this.#received, 0).text)
    else this.#end(undefined)
  }

  #end(divergence: Divergence | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#turnOver.abort()
    this.#cancel?.()
    this.#resolve(divergence)
  }
}

function describeEnd(how: ConnectionEnding['how']): string {
  return how === 'fin' ? 'the end of the stream (FIN)' : 'a broken connection (RST)'
}

/** Quotes bytes around an index, and finds the column of the byte there. */
function quote(bytes: Uint8Array, at: number): { readonly text: string; readonly caret: number } {
  const from = at > SHOWN.all / 2 ? at - SHOWN.before : 0
  const more = from > 0 ? '…' : ''
  const text = `${more}${quoteBytes(bytes.subarray(from), SHOWN.all)}`
  return { text, caret: displayWidth(`${more}${quoteBytes(bytes.subarray(from, at), SHOWN.all)}`) - 1 }
}

/** Formats a divergence as lines; `program` is the side of the program. */
export function formatDivergence({ at, expected, received, caret }: Divergence, program: Side): readonly string[] {
  const indent = '  expected  '
  return [
    `the ${program} differs from the recording at byte ${at} of its output:`,
    `${indent}${expected}`,
    `  received  ${received}`,
    ...(caret === undefined ? [] : [`${' '.repeat(indent.length + caret)}^`]),
  ]
}
