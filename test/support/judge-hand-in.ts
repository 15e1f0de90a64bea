import { createSystemClock } from '../../src/base/clock.ts'
import { parseCommand } from '../../src/lab/check/command.ts'
import { type JudgedCheck, judge } from '../../src/lab/check/judge.ts'
import type { CheckLevel, CheckResult } from '../../src/lab/check/report.ts'
import { openSandbox } from '../../src/lab/sandbox/open-sandbox.ts'
import type { Options } from '../../src/protocol/definition.ts'
import type { Side } from '../../src/protocol/message-spec.ts'
import { program } from './play.ts'

/** JudgedHandIn says which hand-in is judged, and by what. */
export interface JudgedHandIn {
  readonly name: string
  readonly role: Side
  readonly command: string
  /** Folder in which the command runs. */
  readonly cwd: string
  readonly only?: string | undefined
  readonly level?: CheckLevel
  readonly seed?: number
  /** Options of the program, for the judge's side. */
  readonly options?: Options
  /** True if the hand-in speaks over UDP. */
  readonly datagrams?: boolean
}

/** Judges a hand-in, and returns the results of all its checks. */
export async function judgeHandIn(judged: JudgedHandIn): Promise<readonly CheckResult[]> {
  return (await judgeWithDetails(judged)).map(({ result }) => result)
}

/** Judges a hand-in, and returns the results of all its checks, with what the checks have observed. */
export async function judgeWithDetails(judged: JudgedHandIn): Promise<readonly JudgedCheck[]> {
  const { name, role, command, cwd, only, level = 'robust', seed = 1, options, datagrams = false } = judged
  const subject = await program(name)
  const words = parseCommand(command)
  const sandbox = await openSandbox({ words, cwd })
  try {
    const port = sandbox.ownNetwork ? subject.port : 0
    const start = { program: subject, options: { ...subject.defaults, ...options }, role, words, port, datagrams }
    const terms = { ...start, sandbox, seed, clock: createSystemClock() }
    const results: JudgedCheck[] = []
    for await (const one of judge({ subject: terms, level, only, repeat: ({ name: check }) => check })) results.push(one)
    return results
  } finally {
    await sandbox.close()
  }
}
