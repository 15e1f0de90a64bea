import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../games/game.ts'
import type { Options, Program } from '../../protocol/definition.ts'
import type { Side } from '../../protocol/message-spec.ts'
import type { Observation } from '../monitor/observation.ts'
import type { Cause, CheckLevel } from './report.ts'
import type { Sandbox } from './sandbox.ts'

/** CheckSubject is the program under test, and the place in which it runs. */
export interface CheckSubject {
  /** The program whose protocol the program under test uses. */
  readonly program: Program
  readonly options: Options
  /** Its side. */
  readonly role: Side
  /** The words of its command, in which `{HOST}` and `{PORT}` are not replaced yet. */
  readonly words: readonly string[]
  /** The port at which the program listens, or at which the judge listens for it. */
  readonly port: number
  /** True if the program uses UDP. */
  readonly datagrams?: boolean
  readonly sandbox: Sandbox
  /** Randomness of the judge's side, if the options prescribe it. */
  readonly random?: Random | undefined
  /** Makes the random choices of a check the same each time. */
  readonly seed: number
  readonly clock: Clock
  /** Called with a note on the present step of a check, for people who wait. */
  readonly onProgress?: ((note: string) => void) | undefined
}

/** Finding is the result of a check. */
export interface Finding {
  /** The likely cause; missing if the program has passed. */
  readonly cause?: Cause
  readonly sentence: string
  /** The sentence without its advice, if the advice fits only this cause. */
  readonly fact?: string
  /** The last lines that the program printed, if they explain the failure. */
  readonly lines?: readonly string[]
  /** The observations on the wire; missing if the program has not connected. */
  readonly observations?: readonly Observation[]
  /** The game as the judge saw it last, if it explains the failure. */
  readonly board?: string
  /** The states of the protocol that its conversations have reached. */
  readonly visited?: ReadonlySet<string>
  /** The outcomes of the game, and the outcomes that its conversations have reached; missing in a check that looks for no outcome. */
  readonly outcomes?: OutcomeCoverage
}

/** OutcomeCoverage has all outcomes of a game, and the outcomes that the conversations have reached. */
export interface OutcomeCoverage {
  readonly reached: ReadonlySet<string>
  readonly all: readonly string[]
}

/** Check is one named criterion by which the judge judges a program. */
export interface Check {
  /** Name for `--only`, in words joined by dashes. */
  readonly name: string
  /** A sentence about the program, which a passed check proves. */
  readonly proves: string
  readonly level: CheckLevel
  /**
   * True if `parlor check` runs this check of the level `robust` at the level `worksheet`, too. If the field is a side, `parlor check` runs it
   * only for that side. At the level `worksheet`, `parlor check` prints a failure of the check, but does not count it.
   */
  readonly isHint?: boolean | Side
  /** The sides that the check judges. */
  readonly roles: readonly Side[]
  /** The connections on which the check runs. Default: streams. */
  readonly carriers?: 'streams' | 'datagrams' | 'both'
  /** Returns whether the check can judge this side of this program; by default, it can judge each side in `roles`. */
  appliesTo?(program: Program, role: Side): boolean
  run(subject: CheckSubject): Promise<Finding>
}
