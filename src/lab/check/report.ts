import type { Side } from '../../protocol/message-spec.ts'

/** CheckLevel is the behavior that a check demands: the behavior of the worksheets' own programs, or more. */
export type CheckLevel = 'worksheet' | 'robust'

/** The causes of failures. The codes are stable: programs read them, and pages explain them. */
export const CAUSES = [
  ...(['missing-newline', 'partial-read', 'glued-read', 'crlf', 'wrong-encoding', 'length-prefix', 'repr-of-bytes'] as const),
  ...([
    'wrong-serialization',
    'spelling',
    'doubled-newline',
    'altered-line',
    'out-of-turn',
    'answered-twice',
    'wrong-rules',
    'closed-early',
    'never-closes',
  ] as const),
  ...(['spins-after-close', 'write-after-close', 'wrong-address', 'not-listening', 'address-in-use', 'unflushed-output'] as const),
  ...(['prompt-on-wire', 'drops-buffered-data', 'stale-buffer', 'crashed', 'hangs'] as const),
] as const

/** Cause is the code of the likely cause of a failure. */
export type Cause = (typeof CAUSES)[number]

/** CheckResult is the result of one check, as `--json` prints it. */
export interface CheckResult {
  readonly name: string
  readonly passed: boolean
  /** The likely cause; `null` if the check has passed. */
  readonly cause: Cause | null
  /** A sentence on the result of the check, or on the fault that it found. */
  readonly sentence: string
  /** The worksheet's section. */
  readonly source: string
  /** The command that repeats exactly this check. */
  readonly repeat: string
}

/** CheckReport is the judgment of one program, as `--json` prints it. */
export interface CheckReport {
  /** Name of the program whose protocol the judged program uses. */
  readonly program: string
  /** The side of the judged program; `both` if its client and its server were judged. */
  readonly role: Side | 'both'
  readonly level: CheckLevel
  readonly passed: boolean
  readonly checks: readonly CheckResult[]
}

/** Returns the report of results. It has passed if at least one check ran, and every check has passed. */
export function toReport(about: Pick<CheckReport, 'program' | 'role' | 'level'>, checks: readonly CheckResult[]): CheckReport {
  return { ...about, passed: checks.length > 0 && checks.every(({ passed }) => passed), checks }
}
