import type { Observation } from '../monitor/observation.ts'
import type { Check, CheckSubject } from './check.ts'
import { selectChecks } from './registry.ts'
import type { CheckLevel, CheckResult } from './report.ts'

export interface JudgeOptions {
  readonly subject: CheckSubject
  readonly level: CheckLevel
  /** Name of the only check to run. */
  readonly only?: string | undefined
  /** Checks to choose from; by default, all. */
  readonly checks?: readonly Check[]
  /** Returns the command that repeats a check. */
  readonly repeat: (check: Check) => string
}

/** JudgedCheck is a result with the details that people want to see. */
export interface JudgedCheck {
  readonly result: CheckResult
  readonly proves: string
  /** The last lines that the program printed, if they explain the failure. */
  readonly lines: readonly string[]
  /** What was seen on the wire, if that explains the failure. */
  readonly observations: readonly Observation[]
  /** The states of the protocol that its conversations have been in. */
  readonly visited: ReadonlySet<string>
}

/** Runs the checks of a program one after the other, and yields each result. */
export async function* judge({ subject, level, only, checks, repeat }: JudgeOptions): AsyncGenerator<JudgedCheck> {
  const { program, role } = subject
  for (const check of selectChecks(program, role, level, checks, subject.datagrams)) {
    if (only !== undefined && check.name !== only) continue
    const { cause = null, sentence, lines = [], observations = [], visited = new Set<string>() } = await check.run(subject)
    const result = { name: check.name, passed: cause === null, cause, sentence, source: program.source, repeat: repeat(check) }
    yield { result, proves: check.proves, lines, observations, visited }
  }
}
