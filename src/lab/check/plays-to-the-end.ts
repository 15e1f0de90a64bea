import { Disconnected } from '../../wire/disconnect.ts'
import { quoteText } from '../../wire/text.ts'
import type { Check, CheckSubject, Finding } from './check.ts'
import { connectProgram, endWithin, formatEnd, isCrash } from './connecting.ts'
import { type MatchEnd, playMatch } from './match.ts'
import { QUOTED } from './program-output.ts'
import type { Cause } from './report.ts'
import type { ProgramEnd, RunningProgram } from './sandbox.ts'

/** Milliseconds for each answer of the program. */
const SILENCE = 4000
/** Milliseconds for a program to end after the conversation, and to show that it has crashed. */
const END_WAIT = 3000
const CRASH_WAIT = 500
/** Number of typed lines that a sentence shows. */
const SHOWN = 8

/** The first check: one game or conversation on an undisturbed network, from the start of the program to its end. */
export const playsToTheEnd: Check = {
  name: 'plays-to-the-end',
  proves: 'plays one conversation to its end, on a network that disturbs nothing',
  level: 'worksheet',
  roles: ['client', 'server'],
  // the roles of these programs meet in the hall, which a sandbox does not have
  appliesTo: ({ needs }) => needs === undefined,
  async run(subject) {
    const connected = await connectProgram(subject)
    if ('sentence' in connected) return connected
    const { running, transport } = connected
    const match = await playMatch({ ...subject, running, transport, silence: SILENCE })
    const end = await endWithin(running, match.trouble || subject.role === 'server' ? CRASH_WAIT : END_WAIT, subject.clock)
    const finding = toFinding(subject, match, end, running)
    await running.stop()
    return finding
  },
}

function toFinding(
  { role }: CheckSubject,
  { trouble, stopped, inputEnded, state, typed, lines: linesBefore }: MatchEnd,
  end: ProgramEnd | undefined,
  running: RunningProgram,
): Finding {
  const lines = running.output.lastLines(QUOTED)
  const played = formatTyped(typed)
  // after the judge has closed the connection, every error of the program is only a consequence
  if (stopped) return { sentence: `the conversation went on until the judge stopped it, because its protocol has no end (${played})` }
  const isOwnEnd = !trouble || (trouble instanceof Disconnected && trouble.isPeerClosed)
  // the worksheets' programs end by an error at the end of their input
  const isEndOfInput = inputEnded && !trouble
  if (isOwnEnd && !isEndOfInput && end && (isCrash(end) || end.stopped !== undefined)) {
    const sentence = `the ${role} ended ${formatEnd(end)} in the state ${state} (${played})`
    return { cause: end.stopped === 'time' ? 'hangs' : 'crashed', sentence, lines }
  }
  if (trouble) return { cause: toCause(trouble), sentence: `${trouble.message} (${played})`, lines: linesBefore }
  if (!end && role === 'client') {
    const sentence = `the conversation is over, but the client does not end within ${END_WAIT / 1000} s`
    return { cause: 'never-closes', sentence, lines }
  }
  return { sentence: `the conversation ended as its protocol ends (${played})` }
}

/** Formats the typed lines, or the last of them if there are many. */
function formatTyped(typed: readonly string[]): string {
  if (typed.length === 0) return 'nothing was typed'
  const shown = typed.slice(-SHOWN).map((line) => quoteText(line))
  return `typed: ${typed.length > SHOWN ? '… ' : ''}${shown.join(', ')}`
}

/** Returns the cause of an error of the judge's side, as far as the error alone shows it. */
function toCause(trouble: Error): Cause {
  if (!(trouble instanceof Disconnected)) return 'hangs'
  if (trouble.unfinished?.lacks.includes('line end') || /line end \(\\n\) is missing/.test(trouble.message)) return 'missing-newline'
  if (trouble.isPeerClosed) return 'closed-early'
  return trouble.reason === 'violation' ? 'spelling' : 'hangs'
}
