import { legalTransitions } from '../../protocol/automaton.ts'
import { ObservationMask } from '../class/observation-mask.ts'
import { ConversationMonitor } from '../monitor/monitor.ts'
import type { Observation, Turn, WireEvent } from '../monitor/observation.ts'
import { LOG_START, type LogPosition } from './connection-log.ts'
import type { LoggedConnection } from './connection-logs.ts'
import { RowCauses } from './row-causes.ts'
import type { LegalMessage, WireRow } from './wire-messages.ts'
import { toHiddenRow, toWireRow } from './wire-rows.ts'

/** WireViewOptions has the connection of a view, and the limits on its data. */
export interface WireViewOptions {
  readonly connection: LoggedConnection
  /** True for a viewer that is not the owner of the connection. Such a viewer sees no talk. */
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
  /** Milliseconds since the last byte of either side. */
  readonly quiet: number
}

/**
 * Milliseconds of silence after which the view gives the time to the monitor. The monitor needs the time to find pauses and unfinished
 * messages.
 */
const TICK = 500
/** The outcomes of conversations that the client has ended; the bytes show such an end. */
const ENDS_OF_CLIENT: ReadonlySet<string> = new Set(['finished', 'reset'])
/** Milliseconds of silence that the view adds after the end of a connection; longer than every pause that ends a message. */
const AFTER_END = 2000

/**
 * WireView judges the log of one connection for one viewer. It stores no rows: the caller sends the rows to the viewer. If the messages
 * become secret, or are no longer secret, the view judges the log again from the beginning, and the new rows replace the earlier rows.
 */
export class WireView {
  readonly connection: LoggedConnection
  readonly #options: WireViewOptions
  readonly #mask: ObservationMask
  #monitor: ConversationMonitor
  #causes: RowCauses
  #position: LogPosition = LOG_START
  #isHidden: boolean
  #isAnew = true
  #rows = 0
  /** Time up to which the monitor has seen the connection, and the time of the last byte. */
  #seenUntil = 0
  #byteAt = 0
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
    this.#causes = this.#createCauses()
    this.#isHidden = options.isHidden()
  }

  /** True if the view has passed on all rows of a closed connection. */
  get isOver(): boolean {
    return this.#isOver && this.#isHidden === this.#options.isHidden()
  }

  /**
   * Judges at most `count` further records. If there are no more records, also judges the pause from the last record to `now`, a monotonic
   * time. Returns `undefined` if nothing has changed.
   */
  read(now: number, count: number): WireRows | undefined {
    const { isOpen, since } = this.connection
    if (this.#isHidden !== this.#options.isHidden()) this.#begin()
    const rows: WireRow[] = []
    const isAtEnd = this.#readLog(count, rows)
    const at = now - since
    const wasOver = this.#isOver
    if (isAtEnd && isOpen && at - this.#seenUntil >= TICK) this.#judge({ kind: 'time', at }, rows)
    if (isAtEnd && !isOpen && !this.#isOver) this.#end(rows)
    if (isAtEnd) rows.push(...this.#toEnding())
    const isAnew = this.#isAnew
    if (rows.length === 0 && !isAnew && this.#isOver === wasOver) return undefined
    this.#isAnew = false
    const isHidden = this.#isHidden
    const { state, turn } = this.#monitor
    const isOver = this.#isOver
    const quiet = Math.max(0, at - this.#byteAt)
    return { isAnew, rows, isHidden, isOpen: !isOver, state: isHidden ? '' : state, turn: isOver ? 'none' : turn, quiet }
  }

  /**
   * Judges at most `count` further records. The row of a refusal is behind the refused message and before the answer. Returns true if no
   * records are left.
   */
  #readLog(count: number, rows: WireRow[]): boolean {
    const { log, refusals } = this.connection
    for (let left = count; ; ) {
      const refusal = refusals[this.#refused]
      const { events, next } = log.read(this.#position, left, refusal?.end)
      left -= events.length
      this.#position = next
      for (const event of events) this.#judge(event, rows)
      if (!refusal || next.at < refusal.end) return next.at === log.end
      this.#refused++
      if (this.#showsReasons && !this.#violations.has(refusal.sentence))
        rows.push(this.#toNote(refusal.at, refusal.sentence, this.#causes.findRefused()))
    }
  }

  /** Begins again with the first record. */
  #begin(): void {
    this.#monitor = this.#createMonitor()
    this.#causes = this.#createCauses()
    this.#position = LOG_START
    this.#isHidden = this.#options.isHidden()
    this.#isAnew = true
    this.#rows = 0
    this.#seenUntil = 0
    this.#byteAt = 0
    this.#violations = new Set()
    this.#refused = 0
    this.#hasEnding = false
    this.#isOver = false
  }

  #createMonitor(): ConversationMonitor {
    const { protocol, transport } = this.#options.connection
    return new ConversationMonitor(protocol, { datagrams: transport === 'udp' })
  }

  #createCauses(): RowCauses {
    return new RowCauses(this.#options.connection.protocol.automaton)
  }

  /** True if the view shows the sentences of the server on the messages of the client, which may quote these messages. */
  get #showsReasons(): boolean {
    return !this.#isHidden && (!this.#options.isMasked || !this.#mask.hidesTextOf('client'))
  }

  #judge(event: WireEvent, rows: WireRow[]): void {
    this.#seenUntil = event.at
    if (event.kind === 'bytes') this.#byteAt = event.at
    for (const one of this.#monitor.observe(event)) this.#addRow(one, rows)
  }

  /** Judges the end of the connection: no byte can arrive any more, so a pause ends the last message. */
  #end(rows: WireRow[]): void {
    this.#isOver = true
    const at = this.#seenUntil
    for (const one of this.#monitor.observe({ kind: 'time', at: at + AFTER_END })) this.#addRow({ ...one, at }, rows)
  }

  #addRow(one: Observation, rows: WireRow[]): void {
    if ('violation' in one && one.violation) this.#violations.add(one.violation.sentence)
    const shown = this.#options.isMasked ? this.#mask.mask(one) : one
    const cause = this.#causes.take(shown)
    const row = this.#isHidden ? toHiddenRow(shown) : toWireRow(shown)
    if (row) rows.push({ row: ++this.#rows, ...row, ...(cause === undefined || this.#isHidden ? {} : { cause }) })
  }

  /** If no violation shows why the server has ended the conversation, returns a row with the reason, such as a move against the rules. */
  #toEnding(): readonly WireRow[] {
    const { ending } = this.connection
    if (!ending || this.#hasEnding || !this.#showsReasons) return []
    this.#hasEnding = true
    if (this.#violations.has(ending.sentence) || ENDS_OF_CLIENT.has(ending.outcome)) return []
    const cause = this.#causes.findEnding(ending.outcome)
    return [this.#toNote(this.#seenUntil, `the server ended the conversation: ${ending.sentence}`, cause)]
  }

  #toNote(at: number, text: string, cause: string | undefined): WireRow {
    const row = { name: '', text: '', pieces: [], marks: [], before: '', after: '', ...(cause === undefined ? {} : { cause }) }
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
