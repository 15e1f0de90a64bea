import { type Clock, createSystemClock } from '../../base/clock.ts'
import type { Automaton } from '../../protocol/automaton.ts'
import type { Side } from '../../protocol/message-spec.ts'
import type { Framing } from '../../wire/framing/framing.ts'
import { encode } from '../../wire/text.ts'
import type { Transport } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import { DatagramLane } from './datagram-lane.ts'
import { FaultDecisions } from './decisions.ts'
import type { Lane, NotifyFault } from './lane.ts'
import { MessageFinder } from './message-finder.ts'
import { MessageNames } from './message-names.ts'
import { type LaneRule, resolveFaults } from './resolve.ts'
import type { FaultRule } from './rule.ts'
import { StreamLane } from './stream-lane.ts'

/** FaultProgram is the part of a conversation's program that faults use. */
export interface FaultProgram {
  readonly name: string
  readonly automaton: Automaton
  readonly toServer: Framing
  readonly toClient: Framing
}

/** FaultPlan has the faults of one connection. The same seed and connection number have the same effects on the same bytes. */
export interface FaultPlan {
  readonly rules: readonly FaultRule[]
  readonly seed?: number
  /** Number of the connection, so that the connections of a server have different random numbers. */
  readonly connection?: number
  /** The side that writes to the transport; the default is the server. A proxy writes to its client as the server, too. */
  readonly side?: Side
  /** True for a proxy. A proxy has no side, so a rule without a direction disturbs both directions. */
  readonly isProxy?: boolean
  /** The program; missing if no rule applies at a message. */
  readonly program?: FaultProgram | undefined
  readonly clock?: Clock
  /** Called when a fault has an effect that looks like an act of a program. */
  readonly onFault?: NotifyFault | undefined
}

/** Returns the transport with the faults of a plan. Throws a RangeError for a rule that `resolveFaults` refuses. */
export function addFaults(transport: Transport, plan: FaultPlan): Transport {
  return new FaultyTransport(transport, plan)
}

/** Number of bytes in a lane above which a writer has to wait. */
const LITTLE = 16 * 1024
/** Maximum number of milliseconds that a reset waits for the system to accept the earlier bytes. */
const BEFORE_RESET = 1000

class FaultyTransport extends TransportFilter {
  /** The lane of each direction; `undefined` for a direction without a fault. */
  readonly #out: Lane | undefined
  readonly #in: Lane | undefined
  readonly #clock: Clock
  #broken: string | undefined
  /** True if the user has paused reading, or if the lane is full. */
  #isPaused = false
  #isThrottled = false
  /** Callbacks of `whenSent` that wait for the lane. */
  #onSent: (() => void)[] = []

  constructor(inner: Transport, plan: FaultPlan) {
    super(inner)
    const { side = 'server', isProxy = false, clock = createSystemClock(), rules, program } = plan
    this.#clock = clock
    const resolved = resolveFaults(rules, { side: isProxy ? undefined : side, program, datagrams: undefined })
    if ('refused' in resolved) throw new RangeError(resolved.refused)
    const other = side === 'server' ? 'client' : 'server'
    this.#out = this.#lane(resolved[side], side, plan, {
      pass: (bytes) => this.inner.write(bytes),
      finish: () => this.inner.finish(),
      drained: () => this.#notifySent(),
    })
    this.#in = this.#lane(resolved[other], other, plan, {
      pass: (bytes) => this.sink?.data(bytes),
      finish: () => this.sink?.finished(),
      drained: () => this.#throttle(),
    })
  }

  override get unsent(): number {
    return this.inner.unsent + (this.#out?.waiting ?? 0)
  }

  override whenSent(then: () => void): void {
    if ((this.#out?.waiting ?? 0) <= LITTLE) this.inner.whenSent(then)
    else this.#onSent.push(then)
  }

  override write(data: string | Uint8Array): void {
    if (this.#out) this.#out.take(typeof data === 'string' ? encode(data) : data)
    else if (this.#broken === undefined) this.inner.write(data)
  }

  override pause(): void {
    this.#isPaused = true
    this.#in?.hold(true)
    this.inner.pause()
  }

  override resume(): void {
    this.#isPaused = false
    this.#in?.hold(false)
    if (!this.#isPaused && !this.#isThrottled) this.inner.resume()
  }

  override finish(): void {
    if (this.#out) this.#out.behind(() => this.inner.finish())
    else if (this.#broken === undefined) this.inner.finish()
  }

  override destroy(): void {
    this.#stop()
    this.inner.destroy()
  }

  override reset(): void {
    this.#stop()
    this.inner.reset()
  }

  override data(bytes: Uint8Array): void {
    if (!this.#in) {
      if (this.#broken === undefined) this.sink?.data(bytes)
      return
    }
    // a Buffer's own slice would be a view
    this.#in.take(new Uint8Array(bytes))
    this.#throttle()
  }

  override finished(): void {
    if (this.#in) this.#in.behind(() => this.sink?.finished())
    else if (this.#broken === undefined) this.sink?.finished()
  }

  override closed(broken?: string): void {
    this.#out?.stop()
    const close = () => this.sink?.closed(this.#broken ?? broken)
    if (this.#in) this.#in.behind(close, true)
    else close()
  }

  /** Resets the connection for both sides, after the system has accepted all earlier bytes. */
  #break(): void {
    this.#broken = 'ECONNRESET'
    this.#out?.stop()
    this.#in?.stop()
    const cancel = this.#clock.after(BEFORE_RESET, () => this.inner.reset())
    this.inner.whenSent(() => {
      cancel()
      this.inner.reset()
    })
  }

  /** Stops reading while the lane is full, so that the sender has to wait. */
  #throttle(): void {
    const isFull = this.#in?.isFull === true
    if (isFull === this.#isThrottled) return
    this.#isThrottled = isFull
    if (isFull) this.inner.pause()
    else if (!this.#isPaused) this.inner.resume()
  }

  #notifySent(): void {
    if ((this.#out?.waiting ?? 0) > LITTLE) return
    const onSent = this.#onSent
    this.#onSent = []
    for (const then of onSent) this.inner.whenSent(then)
  }

  #stop(): void {
    this.#out?.stop()
    this.#in?.stop()
    this.#in?.hold(false)
  }

  #lane(
    rules: readonly LaneRule[],
    sender: Side,
    { seed = 1, connection = 0, program, side = 'server', onFault }: FaultPlan,
    ends: Pick<ConstructorParameters<typeof StreamLane>[0], 'pass' | 'finish' | 'drained'>,
  ): Lane | undefined {
    if (rules.length === 0) return undefined
    const decisions = new FaultDecisions(seed, connection, sender)
    const notify: NotifyFault = (sentence, isLossy) => onFault?.(sentence, isLossy)
    const options = { ...ends, rules, sender, decisions, clock: this.#clock, notify, reset: () => this.#break() }
    if (this.inner.datagrams) return new DatagramLane({ ...options, names: program && new MessageNames(program.automaton, sender) })
    return new StreamLane({ ...options, finder: createFinder(rules, program, sender, sender === side) })
  }
}

/** Creates the finder that the rules need; `undefined` for rules that need no finder. */
function createFinder(
  rules: readonly LaneRule[],
  program: FaultProgram | undefined,
  sender: Side,
  isOurs: boolean,
): MessageFinder | undefined {
  const whole = rules.some(({ value, moment }) => value === 'message' || (moment !== undefined && 'place' in moment))
  const isCounted = rules.some(({ verb, value }) => verb === 'delay' && typeof value === 'object')
  if (!program || !(whole || isCounted)) return undefined
  const framing = sender === 'server' ? program.toClient : program.toServer
  // if only a pause ends a message, the finder treats each write of this side as a message, and it counts each read as a message if no rule
  // needs whole messages: it does not wait for the pause, because the wait would be a delay
  const isWritten = framing.settle !== undefined && (isOurs || !whole)
  return new MessageFinder({ framing, automaton: program.automaton, sender, isWritten, whole })
}
