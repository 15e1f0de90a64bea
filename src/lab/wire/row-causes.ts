import type { Automaton } from '../../protocol/automaton.ts'
import type { Cause } from '../check/report.ts'
import { explainObservation } from '../check/wire-faults.ts'
import type { Observation } from '../monitor/observation.ts'

/** Number of earlier observations to which a cause can refer: the last messages of both sides, with their reads. */
const EARLIER = 40
/** Maximum number of causes of one conversation, because a program that floods its peer causes more, and each search takes long. */
const CAUSES = 200

/** The cause of a conversation that the server has ended, by the outcome in the logs of the server. */
const OF_ENDINGS: Readonly<Record<string, Cause>> = { violation: 'wrong-rules', late: 'hangs' }

/**
 * RowCauses finds the likely cause of each mistake of a client, by the rules with which `parlor check` finds the cause of a failed check.
 * The row has only the code of the cause; the reader of the row looks the remedy up.
 */
export class RowCauses {
  readonly #automaton: Automaton
  #recent: Observation[] = []
  #found = 0

  constructor(automaton: Automaton) {
    this.#automaton = automaton
  }

  /** Returns the cause of an observation, if it shows a mistake of the client. Call this with each observation, in order. */
  take(one: Observation): Cause | undefined {
    this.#recent.push(one)
    if (this.#recent.length > EARLIER) this.#recent.shift()
    if (one.from !== 'client' || one.kind === 'segment' || one.kind === 'gap') return undefined
    // a user ends a program that has failed, so an early end after a mistake has no cause of its own
    if (one.kind === 'end') return one.over || one.expected === undefined || this.#found > 0 ? undefined : 'closed-early'
    // the other side reads such a message later, so the engine reports no violation; but the sender has not waited for its turn
    if (one.kind === 'message' && one.standing === 'early') return this.#find(this.#recent.length - 1) ?? 'out-of-turn'
    const isWrong = one.kind === 'unfinished' || one.kind === 'unreadable' || one.violation !== undefined || one.oddity !== undefined
    return isWrong ? this.#find(this.#recent.length - 1) : undefined
  }

  /** Returns the cause of the last message of the client, which the program has refused. */
  findRefused(): Cause | undefined {
    const last = this.#recent.findLastIndex((one) => one.kind === 'message' && one.from === 'client')
    return last < 0 ? undefined : (this.#find(last) ?? 'wrong-rules')
  }

  /** Returns the cause of an early end, by the outcome in the logs of the server. */
  findEnding(outcome: string): Cause | undefined {
    return OF_ENDINGS[outcome]
  }

  #find(at: number): Cause | undefined {
    if (this.#found >= CAUSES) return undefined
    this.#found++
    return explainObservation(at, { automaton: this.#automaton, role: 'client', observations: this.#recent })?.cause
  }
}
