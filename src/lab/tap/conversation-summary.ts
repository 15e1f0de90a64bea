import { formatCount } from '../../base/counts.ts'
import type { Side } from '../../protocol/automaton.ts'
import type { ConversationWatch, Watched } from './conversation-watch.ts'

/** ConversationSummary is what a connection has been, when it ends. */
export interface ConversationSummary {
  /** Duration in microseconds. */
  readonly duration: number
  readonly messages: Readonly<Record<Side, number>>
  readonly bytes: Readonly<Record<Side, number>>
  readonly violations: number
  /** Names of the programs that fit in the end; if the program was given, its name. */
  readonly fit: readonly string[]
  /** State in which it ended, if a program was watched. */
  readonly state: string | undefined
  /** True if the conversation may be over in that state. */
  readonly isOver: boolean
}

/** ConversationCounts counts what a summary says. */
export class ConversationCounts {
  readonly #begin: number
  #messages: Record<Side, number> = { client: 0, server: 0 }
  readonly #bytes: Record<Side, number> = { client: 0, server: 0 }
  #violations = 0

  /** `begin` is the time of the opening in microseconds. */
  constructor(begin: number) {
    this.#begin = begin
  }

  addBytes(from: Side, count: number): void {
    this.#bytes[from] += count
  }

  add({ observations, isAnew }: Watched): void {
    if (isAnew) {
      this.#messages = { client: 0, server: 0 }
      this.#violations = 0
    }
    for (const one of observations) {
      if (one.kind === 'message') this.#messages[one.from]++
      if ((one.kind === 'message' || one.kind === 'judged') && one.violation) this.#violations++
      if (one.kind === 'unreadable' || (one.kind === 'unfinished' && one.final)) this.#violations++
    }
  }

  /** Returns the summary at a time in microseconds. */
  summarize({ monitor, fit }: ConversationWatch, at: number): ConversationSummary {
    return {
      duration: at - this.#begin,
      messages: { ...this.#messages },
      bytes: { ...this.#bytes },
      violations: this.#violations,
      fit,
      state: monitor?.state,
      isOver: monitor?.isOver ?? false,
    }
  }
}

/** Limit of the programs that a summary names. */
const NAMED = 3

/** Formats a summary as one line. */
export function formatSummary(connection: number, summary: ConversationSummary): string {
  const { duration, messages, bytes, violations, fit, state, isOver } = summary
  const sent = (side: Side) => `${side} ${formatCount(messages[side], 'message')} (${formatCount(bytes[side], 'byte')})`
  const ended = state === undefined ? 'nothing was sent' : `ended in the state "${state}"${isOver ? '' : ', which is not the end'}`
  const named = `${fit.slice(0, NAMED).join(', ')}${fit.length > NAMED ? ` and ${fit.length - NAMED} more` : ''}`
  const judged = violations === 0 ? 'no violation' : formatCount(violations, 'violation')
  const fits = state === undefined ? '' : `; ${fit.length === 0 ? 'fits no program' : named}`
  return `connection ${connection}: ${(duration / 1e6).toFixed(3)} s, ${sent('client')}, ${sent('server')}, ${judged}; ${ended}${fits}`
}
