import type { Clock } from '../../base/clock.ts'
import type { Automaton } from '../../protocol/automaton.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { encode } from '../../wire/text.ts'
import type { Transport } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import { ConversationMonitor, toWatchedProtocol, type WatchedProtocol } from '../monitor/monitor.ts'
import type { Observation, Turn, WireEvent } from '../monitor/observation.ts'
import type { CheckSubject } from './check.ts'

/** Watches the judge's end of a connection to a program under test. */
export function watchWire({ program, options, role, clock }: CheckSubject, transport: Transport): WireWatch {
  return new WireWatch(transport, toWatchedProtocol(program, options), role === 'client' ? 'server' : 'client', clock)
}

/** Maximum number of observations of one conversation from which a finding quotes; the first observations show its cause. */
const STORED = 2000

/** WireWatch passes everything through, and lets a monitor see it: the reads and the writes of the judge's side. */
export class WireWatch extends TransportFilter {
  readonly observations: Observation[] = []
  /** Number of bytes that the judge's side has sent. */
  written = 0
  readonly #monitor: ConversationMonitor
  readonly #own: Side
  readonly #peer: Side
  readonly #clock: Clock
  readonly #visited = new Set<string>()

  /** `own` is the side of the judge. */
  constructor(inner: Transport, protocol: WatchedProtocol, own: Side, clock: Clock) {
    super(inner)
    this.#monitor = new ConversationMonitor(protocol, { datagrams: inner.datagrams })
    this.#own = own
    this.#peer = own === 'server' ? 'client' : 'server'
    this.#clock = clock
    this.#visited.add(this.#monitor.state)
  }

  /** The automaton of the protocol that is watched. */
  get automaton(): Automaton {
    return this.#monitor.protocol.automaton
  }

  /** The state of the conversation after everything that has passed. */
  get state(): string {
    return this.#monitor.state
  }

  /** The side whose turn it is in that state. */
  get turn(): Turn {
    return this.#monitor.turn
  }

  /** The states that the conversation has reached. */
  get visited(): ReadonlySet<string> {
    return this.#visited
  }

  /** Number of the judge's messages. */
  get sent(): number {
    return this.observations.filter((one) => one.kind === 'message' && one.from === this.#own).length
  }

  /** Notes that nothing else has happened until now, so that the monitor reports a message without an end. */
  settle(): void {
    this.#observe({ kind: 'time', at: this.#clock.monotonic() })
  }

  override write(data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? encode(data) : Uint8Array.from(data)
    this.written += bytes.length
    this.#observe({ kind: 'bytes', at: this.#clock.monotonic(), from: this.#own, bytes })
    super.write(data)
  }

  override data(bytes: Uint8Array): void {
    this.#observe({ kind: 'bytes', at: this.#clock.monotonic(), from: this.#peer, bytes: Uint8Array.from(bytes) })
    super.data(bytes)
  }

  override finish(): void {
    this.#end(this.#own, 'finished')
    super.finish()
  }

  override finished(): void {
    this.#end(this.#peer, 'finished')
    super.finished()
  }

  override reset(): void {
    this.#end(this.#own, 'reset')
    super.reset()
  }

  override closed(broken?: string): void {
    if (broken !== undefined) this.#end(this.#peer, 'reset')
    super.closed(broken)
  }

  #end(from: Side, how: 'finished' | 'reset'): void {
    this.#observe({ kind: 'end', at: this.#clock.monotonic(), from, how })
  }

  #observe(event: WireEvent): void {
    const seen = this.#monitor.observe(event)
    this.#visited.add(this.#monitor.state)
    // several messages can arrive together
    for (const one of seen) if ('after' in one) this.#visited.add(one.after)
    if (this.observations.length < STORED) this.observations.push(...seen)
  }
}
