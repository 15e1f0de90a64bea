import { formatCount } from '../../base/counts.ts'
import type { Side } from '../../protocol/automaton.ts'
import type { ConversationWatch, Watched } from './conversation-watch.ts'

/** ConversationSummary is the summary of a connection at its end. */
export interface ConversationSummary {
  /** Duration in microseconds. */
  readonly duration: number
  readonly messages: Readonly<Record<Side, number>>
  readonly bytes: Readonly<Record<Side, number>>
  readonly violations: number
  /** Name of the program whose automaton judged it; `undefined` if neither side has sent a byte. */
  readonly program: string | undefined
  /** State in which it ended, if a program was watched. */
  readonly state: string | undefined
  /** True if the conversation may be over in that state. */
  readonly isOver: boolean
}

/** ConversationCounts counts the bytes, messages and violations of a summary. */
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
  summarize({ monitor }: ConversationWatch, at: number): ConversationSummary {
    return {
      duration: at - this.#begin,
      messages: { ...this.#messages },
      bytes: { ...this.#bytes },
      violations: this.#violations,
      program: monitor?.protocol.name,
      state: monitor?.state,
      isOver: monitor?.isOver ?? false,
    }
  }
}

/** Formats a summary as one line. */
export function formatSummary(connection: number, summary: ConversationSummary): string {
  const { duration, messages, bytes, violations, program, state, isOver } = summary
  const sent = (side: Side) => `${side} ${formatCount(messages[side], 'message')} (${formatCount(bytes[side], 'byte')})`
  const ended = state === undefined ? 'nothing was sent' : `${program} ended in "${state}"${isOver ? '' : ', which is not an end'}`
  const judged = violations === 0 ? 'no violation' : formatCount(violations, 'violation')
  return `connection ${connection}: ${(duration / 1e6).toFixed(3)} s; ${sent('client')}, ${sent('server')}; ${judged}; ${ended}`
}
