import { legalTransitions } from '../../protocol/automaton.ts'
import { ObservationMask } from '../class/observation-mask.ts'
import { ConversationMonitor } from '../monitor/monitor.ts'
import type { Observation, Turn, WireEvent } from '../monitor/observation.ts'
import { LOG_START, type LogPosition } from './connection-log.ts'
import type { LoggedConnection } from './connection-logs.ts'
import type { LegalMessage, WireRow } from './wire-messages.ts'
import { toHiddenRow, toWireRow } from './wire-rows.ts'

/** WireViewOptions has the connection of a view, and the limits on its data. */
export interface WireViewOptions {
  readonly connection: LoggedConnection
  /** True for a viewer that is not the owner of the connection: the view has no talk. */
  readonly isMasked: boolean
  /** Checks whether the messages are secret now, because their game is not over and has secrets between its seats. */
  readonly isHidden: () => boolean
}

/** WireRows is the result of one read of a view. */
export interface WireRows {
  /** True if the rows are the first rows, or replace all earlier rows. */
  readonly isAnew: boolean
  readonly rows: readonly WireRow[]
  readonly state: string
  readonly turn: Turn
  readonly isHidden: boolean
  readonly isOpen: boolean
}

/** Milliseconds of silence after which the monitor receives the time, for pauses and unfinished messages. */
const TICK = 500
/** Milliseconds that the monitor gets after the end of a connection: longer than every pause. */
const AFTER_END = 2000

/**
 * WireView judges the log of one connection for one viewer. It stores no rows: the caller sends the rows to the viewer. If the
 * secrecy of the
 * messages changes, the view judges the log again from the beginning, and the new rows replace the earlier rows.
 */
export class WireView {
  readonly connection: LoggedConnection
  readonly #options: WireViewOptions
  readonly #mask: ObservationMask
  #monitor: ConversationMonitor
  #position: LogPosition = LOG_START
  #isHidden: boolean
  #isAnew = true
  #rows = 0
  /** Time up to which the monitor has seen the connection. */
  #seenUntil = 0
  /** The sentences of the violations so far. */
  #violations = new Set<string>()
  /** Number of refusals that have a row, or that need no row. */
  #refused = 0
  #hasEnding = false
  #isOver = false

  constructor(options: WireViewOptions) {
    this.connection = options.connection
    this.#options = options
    this.#mask = new ObservationMask(options.connection.protocol.automaton)
    this.#monitor = this.#createMonitor()
    this.#isHidden = options.isHidden()
  }

  /** True if the view has passed on all rows of a closed connection. */
  get isOver(): boolean {
    return this.#isOver && this.#isHidden === this.#options.isHidden()
  }

  /**
   * Judges at most `count` further records, and at `now`, a monotonic time, the pause after them. Returns `undefined` if nothing has
   * changed.
   */
  read(now: number, count: number): WireRows | undefined {
    const { log, isOpen, since } = this.connection
    if (this.#isHidden !== this.#options.isHidden()) this.#begin()
    const { events, next } = log.read(this.#position, count)
    this.#position = next
    const seen: Observation[] = []
    for (const event of events) this.#judge(event, seen)
    const isAtEnd = next.at === log.end
    const at = now - since
    const wasOver = this.#isOver
    if (isAtEnd && isOpen && at - this.#seenUntil >= TICK) this.#judge({ kind: 'time', at }, seen)
    if (isAtEnd && !isOpen && !this.#isOver) this.#end(seen)
    const isAnew = this.#isAnew
    const rows = seen.flatMap((one) => [...this.#toRefusals(one.at), ...this.#toRows(one)])
    if (isAtEnd) rows.push(...this.#toRefusals(Number.POSITIVE_INFINITY), ...this.#toEnding())
    if (rows.length === 0 && !isAnew && this.#isOver === wasOver) return undefined
    this.#isAnew = false
    const isHidden = this.#isHidden
    const { state, turn } = this.#monitor
    return { isAnew, rows, isHidden, isOpen: !this.#isOver, state: isHidden ? '' : state, turn: this.#isOver ? 'none' : turn }
  }

  /** Begins again with the first record. */
  #begin(): void {
    this.#monitor = this.#createMonitor()
    this.#position = LOG_START
    this.#isHidden = this.#options.isHidden()
    this.#isAnew = true
    this.#rows = 0
    this.#seenUntil = 0
    this.#violations = new Set()
    this.#refused = 0
    this.#hasEnding = false
    this.#isOver = false
  }

  #createMonitor(): ConversationMonitor {
    const { protocol, transport } = this.#options.connection
    return new ConversationMonitor(protocol, { datagrams: transport === 'udp' })
  }

  #judge(event: WireEvent, seen: Observation[]): void {
    this.#seenUntil = event.at
    seen.push(...this.#monitor.observe(event))
  }

  /** Judges the end of the connection: no byte can arrive any more, so a pause ends the last message. */
  #end(seen: Observation[]): void {
    this.#isOver = true
    const at = this.#seenUntil
    for (const one of this.#monitor.observe({ kind: 'time', at: at + AFTER_END })) seen.push({ ...one, at })
  }

  #toRows(one: Observation): readonly WireRow[] {
    if ('violation' in one && one.violation) this.#violations.add(one.violation.sentence)
    const shown = this.#options.isMasked ? this.#mask.mask(one) : one
    const row = this.#isHidden ? toHiddenRow(shown) : toWireRow(shown)
    return row ? [{ row: ++this.#rows, ...row }] : []
  }

  /** Returns a row with the reason why the server has ended the conversation, such as a move against the rules, if no violation shows it. */
  #toEnding(): readonly WireRow[] {
    const { ending } = this.connection
    const mayQuote = !this.#options.isMasked || !this.#mask.hidesTextOf('client')
    if (ending === undefined || this.#hasEnding || this.#isHidden || !mayQuote) return []
    this.#hasEnding = true
    return this.#violations.has(ending) ? [] : [this.#toNote(this.#seenUntil, `the server ended the conversation: ${ending}`)]
  }

  /** Returns a row for each message that the program had refused before a time, if no violation shows it. */
  #toRefusals(until: number): readonly WireRow[] {
    const { refusals } = this.connection
    const rows: WireRow[] = []
    const mayQuote = !this.#options.isMasked || !this.#mask.hidesTextOf('client')
    for (let next = refusals[this.#refused]; next && next.at < until; next = refusals[this.#refused]) {
      this.#refused++
      if (mayQuote && !this.#isHidden && !this.#violations.has(next.sentence)) rows.push(this.#toNote(next.at, next.sentence))
    }
    return rows
  }

  #toNote(at: number, text: string): WireRow {
    const row = { name: '', text: '', pieces: [], marks: [], before: '', after: '' }
    return { row: ++this.#rows, at, from: 'server', kind: 'note', ...row, notes: [{ text, tone: 'illegal' }] }
  }
}

/** Returns the messages that are legal in each state of the protocol of a connection. */
export function toLegalMessages({ protocol: { automaton } }: LoggedConnection): Record<string, LegalMessage[]> {
  const states = Object.keys(automaton.states).map((state) => {
    const steps = legalTransitions(automaton, state).filter(({ form }) => !form.closes)
    return [state, steps.map(({ name, from, form }) => ({ name, from, text: form.text }))] as const
  })
  return Object.fromEntries(states)
}
