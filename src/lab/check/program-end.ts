import { Disconnected } from '../../wire/disconnect.ts'
import { quoteText } from '../../wire/text.ts'
import { isUnhandled, quoteErrorLine } from './crash-lines.ts'
import type { Evidence, NamedCause } from './evidence.ts'
import type { ProgramEnd } from './sandbox.ts'

/** Signs that a program wrote to a connection that was closed. */
const BROKEN_PIPE = /Broken ?pipe|EPIPE|write after end|WinError 10053/i

/** Explains a program that ended by an error. */
export function findEnd({ trouble, end, inputEnded, lines, role, observations }: Evidence): NamedCause | undefined {
  const isOwnEnd = !trouble || (trouble instanceof Disconnected && trouble.isPeerClosed)
  if (!isOwnEnd || (inputEnded && !trouble) || !end || !(isCrash(end) || end.stopped !== undefined)) return undefined
  const { before } = observations.findLast((one) => one.kind === 'end') ?? { before: undefined }
  const place = before === undefined ? '' : ` in the state "${before}"`
  if (isBrokenPipe(end, lines)) {
    const first = observations.find((one) => one.kind === 'end')
    // a program that closes too early may get the error only at its next send
    if (trouble && first?.from === role && first.expected !== undefined)
      return {
        cause: 'closed-early',
        sentence: `the ${role} closed the connection in the state "${first.before}", and then tried to send; ${first.expected}`,
      }
    return { cause: 'write-after-close', sentence: `the ${role} ended ${formatEnd(end)}, because it sent to a connection that was closed` }
  }
  const last = observations.findLast((one) => one.kind === 'message')
  const after = last?.kind === 'message' && last.from !== role ? ` after ${quoteText(last.text)}` : ''
  const isClosedByOther = observations.find((one) => one.kind === 'end')?.from !== role
  const readsOn = !trouble && isClosedByOther && end.stopped === undefined && !isUnhandled(end, lines.join('\n'))
  const why = readsOn ? '; the conversation is over in this state, so leave the loop before the next read' : ''
  const sentence = `the ${role} ended ${formatEnd(end)}${place}${after}${quoteErrorLine(lines)}${why}`
  return { cause: end.stopped === 'time' ? 'hangs' : 'crashed', sentence }
}

/** Checks whether a program has ended because it sent to a connection that was closed. */
export function isBrokenPipe({ signal }: ProgramEnd, lines: readonly string[]): boolean {
  return signal === 'SIGPIPE' || BROKEN_PIPE.test(lines.join('\n'))
}

/** Checks whether a program has ended by an error of its own. */
export function isCrash({ code, signal }: ProgramEnd): boolean {
  return signal !== undefined || (code !== undefined && code !== 0)
}

/** Formats how a program has ended, to follow "the client ended": "with the exit code 1". */
export function formatEnd({ code, signal, stopped }: ProgramEnd): string {
  if (stopped === 'time') return 'because its time was over'
  if (stopped === 'output') return 'because it printed without end'
  if (stopped === 'memory') return 'because it used too much memory'
  return signal === undefined ? `with the exit code ${code ?? 0}` : `by the signal ${signal}`
}
