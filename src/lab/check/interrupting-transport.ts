import type { Sink } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import { joinBytes } from '../faults/message-finder.ts'
import { toBytes } from './wire-filters.ts'
import type { WireWatch } from './wire-watch.ts'

/** Goodbye is a way in which the other side of a connection leaves: it closes, breaks the connection off, or sends nothing more. */
export type Goodbye = 'fin' | 'rst' | 'silence'

export interface InterruptionOptions {
  readonly how: Goodbye
  /** The last bytes that the judge's side sends, even if the protocol forbids them. */
  readonly last?: string | Uint8Array | undefined
  /** True to send the last bytes together with the judge's next message; by default, they replace that message. */
  readonly isBehind?: boolean
  /** The state of the conversation in which the judge's side leaves. */
  readonly state: string
  /** Called when the judge's side has left, with the number of earlier observations. */
  readonly onInterrupt: (seen: number) => void
}

/** InterruptingTransport ends a conversation in the middle: when it reaches a state, the judge's side leaves. */
export class InterruptingTransport extends TransportFilter {
  readonly #watch: WireWatch
  readonly #options: InterruptionOptions
  #isGone = false

  constructor(watch: WireWatch, options: InterruptionOptions) {
    super(watch)
    this.#watch = watch
    this.#options = options
  }

  override open(sink: Sink): void {
    super.open(sink)
    this.#check()
  }

  override write(data: string | Uint8Array): void {
    if (this.#isGone) return
    const { isBehind, last, state } = this.#options
    if (isBehind && last !== undefined && this.#watch.state === state) return this.#interrupt(joinBytes([toBytes(data), toBytes(last)]))
    super.write(data)
    this.#check()
  }

  override data(bytes: Uint8Array): void {
    // if these bytes lead to the state, the judge's side must leave before it reads the bytes and answers
    this.#check()
    if (!this.#isGone) super.data(bytes)
  }

  override finish(): void {
    if (!this.#isGone) super.finish()
  }

  override destroy(): void {
    if (!this.#isGone) super.destroy()
    else this.inner.destroy()
  }

  override reset(): void {
    if (!this.#isGone) super.reset()
    else this.inner.destroy()
  }

  #check(): void {
    const { last, isBehind, state } = this.#options
    if (!this.#isGone && !isBehind && this.#watch.state === state) this.#interrupt(last)
  }

  #interrupt(last: string | Uint8Array | undefined): void {
    const { how, onInterrupt } = this.#options
    this.#isGone = true
    const seen = this.#watch.observations.length
    if (last !== undefined) this.inner.write(last)
    // the system still sends the bytes that were written earlier
    if (how === 'fin') this.inner.finish()
    else if (how === 'rst') this.inner.whenSent(() => this.inner.reset())
    onInterrupt(seen)
  }
}
