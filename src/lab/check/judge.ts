import type { Observation } from '../monitor/observation.ts'
import type { Check, CheckSubject, OutcomeCoverage } from './check.ts'
import { selectChecks } from './registry.ts'
import type { Cause, CheckLevel, CheckResult } from './report.ts'

export interface JudgeOptions {
  readonly subject: CheckSubject
  readonly level: CheckLevel
  /** Name of the only check to run. */
  readonly only?: string | undefined
  /** The possible checks; by default, all checks. */
  readonly checks?: readonly Check[]
  /**
   * Number of sandboxes in which checks may run at the same time, after the first check. If the options prescribe the randomness, checks
   * run in one sandbox. Default: 1.
   */
  readonly lanes?: number
  /** Called with the name of a check that has started, and with a note on its present step. */
  readonly onProgress?: (check: string, note: string) => void
  /** Returns the command that repeats a check. */
  readonly repeat: (check: Check) => string
}

/** JudgedCheck is a result with the details that people want to see. */
export interface JudgedCheck {
  readonly result: CheckResult
  readonly proves: string
  /** True if the judge has not played this check, because the check on which it depends has failed. */
  readonly isSkipped: boolean
  /** The last lines that the program printed, if they explain the failure. */
  readonly lines: readonly string[]
  /** The observations on the wire, if they explain the failure. */
  readonly observations: readonly Observation[]
  /** The game as the judge saw it last, if it explains the failure. */
  readonly board: string | undefined
  /** The states of the protocol that its conversations have reached. */
  readonly visited: ReadonlySet<string>
  /** The outcomes of the game, in a check that looks for them. */
  readonly outcomes: OutcomeCoverage | undefined
}

/** The causes that do not end a conversation early, so the other checks can still find other mistakes. */
const HARMLESS: ReadonlySet<Cause> = new Set(['unflushed-output'])

/**
 * Runs the checks of a program, and yields each result as soon as it is known. The first check runs alone. If it fails for a cause that
 * ends conversations early, the judge skips the other checks, because they would fail for the same cause. The other checks run in several sandboxes at the same time, if the system has them.
 */
export async function* judge(options: JudgeOptions): AsyncGenerator<JudgedCheck> {
  const { level, only, checks, lanes = 1 } = options
  const subject = withCheckServer(options.subject)
  const [first, ...others] = selectChecks(subject.program, subject.role, level, checks, subject.datagrams).filter(
    ({ name }) => only === undefined || name === only,
  )
  if (!first) return
  const begun = await judgeOne(subject, first, options)
  yield begun
  const { cause } = begun.result
  if (cause !== null && !HARMLESS.has(cause)) {
    for (const check of others) yield toSkipped(check, begun.result, options)
    return
  }
  yield* judgeAtOnce(await openLanes(subject, Math.min(subject.random === undefined ? lanes : 1, others.length)), others, options)
}

/** Returns the subject with the server that the program declares for checks, if a client is under test. */
function withCheckServer(subject: CheckSubject): CheckSubject {
  const { program, options, role } = subject
  const { checkServer } = program
  if (role !== 'client' || !checkServer) return subject
  const { words = program.words } = checkServer
  return { ...subject, program: { ...program, words }, options: { ...checkServer.options, ...options } }
}

async function judgeOne(subject: CheckSubject, check: Check, { repeat, onProgress }: JudgeOptions): Promise<JudgedCheck> {
  onProgress?.(check.name, check.proves)
  const run = check.run({ ...subject, onProgress: (note) => onProgress?.(check.name, note) })
  const { cause = null, sentence, lines = [], observations = [], visited = new Set<string>(), board, outcomes } = await run
  const result = { name: check.name, passed: cause === null, cause, sentence, source: subject.program.source, repeat: repeat(check) }
  return { result, proves: check.proves, isSkipped: false, lines, observations, board, visited, outcomes }
}

/** Returns the result of a check that is not played, because the first check has failed. */
function toSkipped(check: Check, { name, cause, source }: CheckResult, { repeat }: JudgeOptions): JudgedCheck {
  const sentence = `not played, because ${name} has failed: correct that first`
  const result = { name: check.name, passed: false, cause, sentence, source, repeat: repeat(check) }
  return {
    result,
    proves: check.proves,
    isSkipped: true,
    lines: [],
    observations: [],
    board: undefined,
    visited: new Set(),
    outcomes: undefined,
  }
}

/** Opens the sandboxes in which checks run at the same time; the first sandbox is the subject's own. */
async function openLanes(subject: CheckSubject, count: number): Promise<readonly CheckSubject[]> {
  const more = await Promise.all(Array.from({ length: Math.max(0, count - 1) }, () => subject.sandbox.another()))
  return [subject, ...more.flatMap((sandbox) => (sandbox ? [{ ...subject, sandbox }] : []))]
}

/** Runs checks in several sandboxes, and yields the results in the order in which they are known. */
async function* judgeAtOnce(lanes: readonly CheckSubject[], checks: readonly Check[], options: JudgeOptions): AsyncGenerator<JudgedCheck> {
  const open = [...checks]
  const playing = new Map<CheckSubject, Promise<readonly [CheckSubject, JudgedCheck]>>()
  const start = (lane: CheckSubject) => {
    const check = open.shift()
    if (check)
      playing.set(
        lane,
        judgeOne(lane, check, options).then((judged) => [lane, judged] as const),
      )
    else playing.delete(lane)
  }
  for (const lane of lanes) start(lane)
  while (playing.size > 0) {
    const [lane, judged] = await Promise.race(playing.values())
    start(lane)
    yield judged
  }
}
