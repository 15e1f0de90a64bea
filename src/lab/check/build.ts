import { join } from 'shlex'
import type { Finding } from './check.ts'
import { type JudgedCheck, type JudgeOptions, judge } from './judge.ts'
import { formatEnd } from './program-end.ts'
import { QUOTED } from './program-output.ts'
import { selectChecks } from './registry.ts'
import type { Sandbox } from './sandbox.ts'

/**
 * Runs the command that builds a program, in its sandbox. If the command fails, resolves to a finding with the last lines of the command's
 * output.
 */
export async function buildProgram(sandbox: Sandbox, words: readonly string[]): Promise<Finding | undefined> {
  const running = await sandbox.start({ words, pipes: true, keepsFiles: true })
  const end = await running.ended
  if (end.code === 0 && end.stopped === undefined) return undefined
  const sentence = `the build failed, so nothing could be started: ${join([...words])} ended ${formatEnd(end)}`
  return { cause: 'crashed', sentence, lines: running.output.lastLines(QUOTED) }
}

/** Builds a program, if it has a build command, and judges it. If the build fails, every check fails. */
export async function* judgeBuilt(options: JudgeOptions, words: readonly string[] | undefined): AsyncGenerator<JudgedCheck> {
  const { subject, level, checks } = options
  const failure = words && (await buildProgram(subject.sandbox, words))
  if (!failure) {
    yield* judge(options)
    return
  }
  const unbuilt = selectChecks(subject.program, subject.role, level, checks, subject.datagrams).map((check) => ({
    ...check,
    run: async () => failure,
  }))
  yield* judge({ ...options, checks: unbuilt })
}
