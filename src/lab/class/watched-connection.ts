import { isEndless } from '../../protocol/automaton.ts'
import { parseMessage, type Side } from '../../protocol/message-spec.ts'
import type { Address } from '../../wire/transport.ts'
import { ConversationMonitor, type WatchedProtocol } from '../monitor/monitor.ts'
import type { EndObservation, MessageVerdict, Observation, WireEvent } from '../monitor/observation.ts'
import type { ClassConnection, ClassFault, ClassLimits, ClassObservation } from './class-view.ts'
import { ObservationMask } from './observation-mask.ts'

/** ConnectionOrigin describes a connection at its opening. */
export interface ConnectionOrigin {
  readonly connection: number
  readonly client: Address
  readonly transport: ClassConnection['transport']
  /** Wall time, in milliseconds since the Unix epoch, and monotonic time. */
  readonly openedAt: number
  readonly since: number
}

/** Maximum number of characters of a name in a row. */
const NAME = 40
/** Maximum number of messages in the trace of a row. */
const TRACE = 40
/** Estimated bytes of an observation without its texts. */
const OVERHEAD = 400

/**
 * WatchedConnection follows one connection with a monitor. It has the connection's row in the class console, and the last
 * observations with masked secrets.
 */
export class WatchedConnection {
  readonly origin: ConnectionOrigin
  readonly #protocol: WatchedProtocol
  readonly #limits: Pick<ClassLimits, 'observations' | 'bytes'>
  readonly #mask: ObservationMask
  readonly #visited = new Set<string>()
  readonly #isEndless: boolean
  /** `undefined` after the end of the connection, or after a failure of the monitor. */
  #monitor: ConversationMonitor | undefined
  #stored: { readonly entry: ClassObservation; readonly size: number }[] = []
  #size = 0
  #count = 0
  #trace: number[] = []
  #games = 0
  #name: string | undefined
  #fault: ClassFault | undefined
  #state: string
  #isOver = false
  #isSeated = false
  #isOpen = true
  #isLost = false
  #hasServerEnded = false
  /** Times since the connection was opened, in milliseconds. */
  #lastAt = 0
  #quietAt = 0
  closedAt: number | undefined

  constructor(protocol: WatchedProtocol, origin: ConnectionOrigin, limits: ClassLimits, isDatagrams: boolean) {
    this.#protocol = protocol
    this.origin = origin
    this.#limits = limits
    this.#mask = new ObservationMask(protocol.automaton)
    this.#monitor = new ConversationMonitor(protocol, { datagrams: isDatagrams })
    this.#isEndless = isEndless(protocol.automaton)
    this.#state = this.#monitor.state
    this.#visited.add(this.#state)
  }

  /** Estimated bytes of the stored observations. */
  get size(): number {
    return this.#size
  }

  /** Time from the opening of the connection to the last byte. */
  get lastAt(): number {
    return this.#lastAt
  }

  /** Returns the row of the console at a monotonic time. */
  toRow(now: number): ClassConnection {
    const { connection, client, transport, openedAt, since } = this.origin
    const states = Object.keys(this.#protocol.automaton.states).length
    return {
      connection,
      program: this.#protocol.name,
      host: client.host,
      port: client.port,
      transport,
      ...(this.#name === undefined ? {} : { name: this.#name }),
      state: this.#state,
      turn: this.#monitor?.turn ?? 'none',
      isOpen: this.#isOpen,
      // a protocol may let its client leave a game, which does not finish the game
      isOver: this.#isEndless || (this.#isOver && (!this.#isSeated || this.#games > 0)),
      openedAt,
      lastAt: openedAt + this.#lastAt,
      quietFor: now - since - this.#lastAt,
      progress: { visited: this.#visited.size, states, games: this.#games },
      ...(this.#fault ? { fault: this.#fault } : {}),
      ...(this.#trace.length > 0 ? { trace: [...this.#trace] } : {}),
      observations: this.#count,
      isLost: this.#isLost,
    }
  }

  /** Returns the stored observations whose numbers are above `since`. */
  observations(since: number): readonly ClassObservation[] {
    return this.#stored.filter(({ entry }) => entry.number > since).map(({ entry }) => entry)
  }

  /** Processes an event; its time counts from the opening of the connection. Returns whether the row has changed. */
  observe(event: WireEvent): boolean {
    const monitor = this.#monitor
    if (!monitor) return false
    if (event.kind === 'bytes') this.#lastAt = event.at
    else if (event.kind === 'time') this.#quietAt = event.at
    const seen = monitor.observe(event)
    for (const one of seen) this.#take(one)
    this.#state = monitor.state
    this.#isOver = monitor.isOver
    return event.kind !== 'time' || seen.length > 0
  }

  /** Checks whether the connection has now been silent for `quiet` milliseconds, and the monitor has not been notified of this silence yet. */
  isQuiet(at: number, quiet: number): boolean {
    return this.#monitor !== undefined && at - this.#lastAt >= quiet && this.#quietAt - this.#lastAt < quiet
  }

  /**
   * Notes how the server has ended the conversation. The server knows causes that the bytes do not show: a timeout, or a move against the
   * rules. The sentence names the cause, and no secret.
   */
  endConversation(outcome: string, sentence: string, at: number): void {
    if (this.#fault?.stands) return
    if (outcome === 'late') this.#setFault(`the client sent nothing until the timeout, in the state "${this.#state}"`, at)
    if (outcome !== 'violation' && outcome !== 'much') return
    const hides = this.#mask.hidesTextOf('client')
    this.#setFault(hides ? 'the client broke the rules of its protocol; its message is not shown' : sentence, at)
  }

  /** Notes that the server has refused a message that the protocol allows. The sentence names the cause, and may quote the message. */
  refuseMessage(sentence: string, at: number): void {
    if (this.#fault?.stands) return
    const hides = this.#mask.hidesTextOf('client')
    this.#setFault(hides ? 'the server refused a message of the client, which is not shown' : sentence, at)
  }

  /** Notes that the client plays at a table. */
  addSeat(): void {
    this.#isSeated = true
  }

  /** Counts a game that the client has finished. */
  addGame(): void {
    this.#games++
  }

  /** Sets the name under which the client plays. */
  setName(name: string): void {
    this.#name = name.slice(0, NAME)
  }

  /** Ends the watch of a connection that is closed. */
  close(at: number): void {
    this.#isOpen = false
    this.#monitor = undefined
    this.closedAt = at
  }

  /** Ends the watch of a connection whose monitor has failed. */
  lose(): void {
    this.#isLost = true
    this.#monitor = undefined
  }

  /** Drops all stored observations. */
  forget(): void {
    this.#stored = []
    this.#size = 0
  }

  #take(one: Observation): void {
    // a message lists the reads in which it arrived
    if (one.kind === 'segment') return
    const shown = this.#mask.mask(one)
    this.#store(shown)
    switch (one.kind) {
      case 'message':
        if (one.from === 'client') this.#name = this.#findName(one.name, one.text) ?? this.#name
        if (shown.kind === 'message') this.#addToTrace(shown)
        this.#takeVerdict(one.from, one.at, one, shown.kind === 'message' ? shown : one)
        break
      case 'judged':
        this.#takeVerdict(one.from, one.at, one, shown.kind === 'judged' ? shown : one)
        break
      case 'end':
        this.#takeEnd(one)
        break
      default:
        if (one.from === 'client' && 'sentence' in shown) this.#setFault(shown.sentence, one.at)
    }
  }

  #takeVerdict(from: Side, at: number, { standing, before, after }: MessageVerdict, { violation }: MessageVerdict): void {
    this.#visited.add(before).add(after)
    if (from !== 'client') return
    if (violation) this.#setFault(violation.sentence, at)
    else if (this.#fault?.stands && (standing === 'legal' || standing === 'crossed')) this.#fault = { ...this.#fault, stands: false }
  }

  #takeEnd({ at, from, how, before, after, over, expected }: EndObservation): void {
    this.#visited.add(before).add(after)
    if (from === 'server') this.#hasServerEnded = true
    else if (!over && !this.#isEndless && !this.#hasServerEnded && !this.#fault?.stands) {
      const what = how === 'finished' ? 'closed the connection' : 'broke the connection off'
      this.#setFault(`the client ${what} before the end of the conversation${expected === undefined ? '' : `: ${expected}`}`, at)
    }
  }

  /** Adds a masked message, so that the trace does not show the length of a secret. */
  #addToTrace({ from, bytes, violation }: Extract<Observation, { kind: 'message' }>): void {
    const size = Math.max(1, bytes.length)
    this.#trace.push(from === 'server' ? -size : violation ? 0 : size)
    if (this.#trace.length > TRACE) this.#trace.shift()
  }

  #setFault(sentence: string, at: number): void {
    this.#fault = { sentence, at, stands: true }
  }

  /** Finds the field `name` of a legal message, with which clients of several protocols give their names. */
  #findName(name: string | undefined, text: string): string | undefined {
    const form = name === undefined ? undefined : this.#protocol.automaton.messages[name]
    if (!form) return undefined
    const fields = Array.from(form.text.matchAll(/\{(\w+)\}/g), ([, field]) => field)
    return parseMessage(form, text)?.[fields.indexOf('name')]?.trim().slice(0, NAME)
  }

  #store(observation: Observation): void {
    this.#count++
    const size = estimateSize(observation)
    this.#stored.push({ entry: { number: this.#count, observation }, size })
    this.#size += size
    const { observations, bytes } = this.#limits
    while (this.#stored.length > 1 && (this.#stored.length > observations || this.#size > bytes))
      this.#size -= this.#stored.shift()?.size ?? 0
  }
}

/** Estimates the memory of an observation, in bytes. */
function estimateSize(one: Observation): number {
  const texts = Object.values(one).reduce((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0)
  if (one.kind !== 'message') return OVERHEAD + 2 * texts
  const { bytes, segments, violation } = one
  return OVERHEAD + 2 * texts + bytes.length + 60 * segments.length + 4 * (violation?.sentence.length ?? 0)
}
