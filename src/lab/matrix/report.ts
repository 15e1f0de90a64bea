import type { Side } from '../../protocol/message-spec.ts'
import { escapeInvisible } from '../../wire/text.ts'
import { type Score, toScore, type Weights } from '../check/points.ts'
import type { Cause, CheckLevel, CheckResult } from '../check/report.ts'

/** MatrixCheck is the result of one check of one side of a hand-in. */
export interface MatrixCheck extends CheckResult {
  /** The diagram of a failure and the last lines of the program, as lines. */
  readonly details: readonly string[]
  /** True if the judge did not play this check, because an earlier check on which it depends has failed. */
  readonly isSkipped?: boolean
}

/** HandInSide is one side of a hand-in: the command that starts it, and the results of its checks. */
export interface HandInSide {
  /** A sentence with the command, and with the source of the command. */
  readonly start: string
  readonly checks: readonly MatrixCheck[]
  /** True if the side has played at least one conversation with the judge, and so can play with other hand-ins. */
  readonly hasPlayed: boolean
}

/** HandInReport is the row of one hand-in. */
export interface HandInReport {
  readonly name: string
  readonly client?: HandInSide
  readonly server?: HandInSide
  /** The reason why the judge could start no program of the hand-in. */
  readonly problem?: string
}

/**
 * PairOutcome is the result of the conversation of two hand-ins: both sides passed, one side made the first mistake, the judge cannot
 * identify the side of the first mistake, or one of the two hand-ins cannot play.
 */
export type PairOutcome = 'passed' | 'client' | 'server' | 'unclear' | 'not played'

/** PairReport is the result of a client of one hand-in and a server of another hand-in, or of the same hand-in. */
export interface PairReport {
  /** Names of the hand-ins. */
  readonly client: string
  readonly server: string
  readonly outcome: PairOutcome
  readonly cause: Cause | null
  readonly sentence: string
  readonly repeat: string
  readonly details: readonly string[]
}

/** MatrixReport is the judgment of a class. */
export interface MatrixReport {
  readonly program: string
  readonly level: CheckLevel
  readonly handIns: readonly HandInReport[]
  readonly pairs: readonly PairReport[]
}

/** Formats a text with names of folders on one line, because a name can contain a line end. */
export function showLine(text: string): string {
  return escapeInvisible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t')
}

/** The sides, in the order of the columns. */
export const MATRIX_SIDES: readonly Side[] = ['client', 'server']

/** Checks whether everything has passed. */
export function hasPassed({ handIns, pairs }: MatrixReport): boolean {
  const isGood = (handIn: HandInReport) =>
    handIn.problem === undefined && MATRIX_SIDES.every((side) => handIn[side]?.checks.every(({ passed }) => passed) ?? true)
  return handIns.length > 0 && handIns.every(isGood) && pairs.every(({ outcome }) => outcome === 'passed')
}

/** Returns the points of a hand-in for the checks of all its sides. */
export function scoreOf(handIn: HandInReport, weights: Weights): Score {
  return toScore(namedChecks(handIn), weights)
}

/** Returns all checks of a hand-in. Their names begin with the side, as in the report of one program with two sides. */
function namedChecks(handIn: HandInReport): readonly MatrixCheck[] {
  return MATRIX_SIDES.flatMap((side) => (handIn[side]?.checks ?? []).map((check) => ({ ...check, name: `${side}:${check.name}` })))
}

/** Checks whether a check was played and has failed. */
export function isPlayedFailure({ passed, isSkipped = false }: MatrixCheck): boolean {
  return !passed && !isSkipped
}

/** Formats the checks of a side in few words: `passed`, `missing-newline`, or `9 of 11, partial-read`. */
export function formatSide(side: HandInSide | undefined): string {
  if (!side) return '-'
  const failed = side.checks.filter(isPlayedFailure)
  const good = side.checks.filter(({ passed }) => passed).length
  if (failed.length === 0) return 'passed'
  const causes = [...new Set(failed.map(({ cause }) => cause ?? 'not judged'))]
  const [first = ''] = causes
  const cause = causes.length > 1 ? `${first} and ${causes.length - 1} more` : first
  return good === 0 && causes.length === 1 ? cause : `${good} of ${side.checks.length}, ${cause}`
}
