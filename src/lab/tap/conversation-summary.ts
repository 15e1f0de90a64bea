import { formatCount } from '../../base/counts.ts'
import type { Side } from '../../protocol/message-spec.ts'
import type { Observation } from '../monitor/observation.ts'
import type { ConversationWatch, Watched } from './conversation-watch.ts'

/** ConversationSummary is the summary of a connection at its end. */
export interface ConversationSummary {
  /** Duration in microseconds. */
  readonly duration: number
  readonly messages: Readonly<Record<Side, number>>
  readonly bytes: Readonly<Record<Side, number>>
  readonly violations: number
  /** Number of violations after a fault that may have caused them; `violations` does not include these. */
  readonly excused: number
  /** True if a fault has changed the bytes that a side received. */
  readonly isDisturbed: boolean
  /** Name of the program whose automaton judged the conversation; `undefined` if neither side has sent a byte. */
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
  #excused = 0
  #isDisturbed = false

  /** `begin` is the time of the opening in microseconds. */
  constructor(begin: number) {
    this.#begin = begin
  }

  /** Notes that a fault has changed the bytes that a side received. */
  disturb(): void {
    this.#isDisturbed = true
  }

  addBytes(from: Side, count: number): void {
    this.#bytes[from] += count
  }

  add({ observations, isAnew, isDisturbed = false }: Watched): void {
    if (isAnew) {
      this.#messages = { client: 0, server: 0 }
      this.#violations = 0
      this.#excused = 0
    }
    for (const one of observations) {
      if (one.kind === 'message') this.#messages[one.from]++
      if (!isViolation(one)) continue
      if (isDisturbed) this.#excused++
      else this.#violations++
    }
  }

  /** Returns the summary at a time in microseconds. */
  summarize({ monitor }: ConversationWatch, at: number): ConversationSummary {
    return {
      duration: at - this.#begin,
      messages: { ...this.#messages },
      bytes: { ...this.#bytes },
      violations: this.#violations,
      excused: this.#excused,
      isDisturbed: this.#isDisturbed,
      program: monitor?.protocol.name,
      state: monitor?.state,
      isOver: monitor?.isOver ?? false,
    }
  }
}

function isViolation(one: Observation): boolean {
  if (one.kind === 'message' || one.kind === 'judged') return one.violation !== undefined
  return one.kind === 'unreadable' || (one.kind === 'unfinished' && one.final)
}

/** Formats a summary as one line. */
export function formatSummary(connection: number, summary: ConversationSummary): string {
  const { duration, messages, bytes, violations, excused, isDisturbed, program, state, isOver } = summary
  const sent = (side: Side) => `${side} ${formatCount(messages[side], 'message')} (${formatCount(bytes[side], 'byte')})`
  const ended =
    state === undefined
      ? 'nothing was sent'
      : `${program} ended in "${state}"${isOver ? '' : `, which is not an end${isDisturbed ? ', after a fault of the tap' : ''}`}`
  const own = violations === 0 ? 'no violation' : formatCount(violations, 'violation')
  const judged = excused === 0 ? own : `${own}, and ${excused} after a fault`
  return `connection ${connection}: ${(duration / 1e6).toFixed(3)} s; ${sent('client')}, ${sent('server')}; ${judged}; ${ended}`
}
