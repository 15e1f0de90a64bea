import { formatCount } from '../../base/counts.ts'
import { type Automaton, isField, legalTransitions, type MessageSpec, parseMessage, type Side } from '../../protocol/automaton.ts'
import { clueOfText, quoteMessage } from '../../protocol/violation-text.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { decode, quoteText } from '../../wire/text.ts'
import { isGlued, type MessageObservation, type Observation, type UnfinishedObservation, type Violation } from '../monitor/observation.ts'
import { causeOfBytes, causeOfMessage } from './byte-causes.ts'
import { quoteErrorLine } from './crash-lines.ts'
import { describeCut, describeExtra, type ExpectedMessages, findMisspelt } from './message-ends.ts'
import type { Cause } from './report.ts'
import type { ProgramEnd } from './sandbox.ts'

/*
 * The judge sees bytes, the end of a program and its output. A student needs the mistake behind them. Several signs can
 * point to one mistake, and one mistake leaves several signs: a client that forgets the line end is silent, is disconnected,
 * and may crash then. So the judge tries the signs in the order of causes: first the messages of the program, because everything else can follow from
 * a wrong message; then the end of the program; last its silence.
 *
 * If several messages are wrong, the judge explains the first wrong message. It checks the bytes of the message before the state, because JSON is
 * wrong in every state.
 */

/** Evidence has the observations of a program under test in one conversation. */
export interface Evidence {
  readonly role: Side
  readonly automaton: Automaton
  readonly observations: readonly Observation[]
  /** Why the judge's side ended early; missing if the conversation ended as its protocol ends. */
  readonly trouble: Error | undefined
  /** How the program has ended; missing if it still runs. */
  readonly end: ProgramEnd | undefined
  /** True if the end of its input has ended the program. */
  readonly inputEnded: boolean
  /** The last lines of its output. */
  readonly lines: readonly string[]
  /** The text that it has printed since the last message to it. */
  readonly printed: string
}

/** NamedCause is the likely cause of a failure, with a sentence for a beginner. */
export interface NamedCause {
  readonly cause: Cause
  readonly sentence: string
  /** The number of the message that shows the cause, if the sentence quotes that message with its typed line. */
  readonly shownBy?: number
}

/** Returns the likely cause of the observations; `undefined` if nothing is wrong. */
export function findCause(evidence: Evidence): NamedCause | undefined {
  const finders = [findWireFault, findEnd, findEarly, findOddBytes, findGlued, findTrouble]
  for (const find of finders) {
    const found = find(evidence)
    if (found) return found
  }
  return undefined
}

/** Finds a message before its turn. Such a message alone is not a failure, because the other side reads it later. */
function findEarly(evidence: Evidence): NamedCause | undefined {
  const { observations, role, trouble } = evidence
  const early = trouble && observations.find((one) => one.kind === 'message' && one.from === role && one.standing === 'early')
  if (early?.kind !== 'message') return undefined
  const extra = describeExtra(expectedBefore(early, evidence), early)
  if (extra !== undefined) return { cause: 'spelling', sentence: extra }
  return {
    cause: 'out-of-turn',
    sentence: `the ${role} sent ${quote(evidence, early)} before its turn (in the state ${early.before})`,
  }
}

/**
 * Finds a legal message with odd bytes, such as a CR at its end. The protocol may accept any text there, so such a message explains only a failure
 * that nothing else explains.
 */
function findOddBytes(evidence: Evidence): NamedCause | undefined {
  const { observations, role, automaton, trouble } = evidence
  if (!trouble) return undefined
  for (const one of observations) {
    if (one.kind !== 'message' || one.from !== role || one.name === undefined || automaton.messages[one.name]?.free) continue
    const cause = causeOfMessage(one.text, one.raw)
    if (cause)
      return {
        cause,
        sentence: `the ${role} sent ${quote(evidence, one)}${clueOfText({ automaton, side: role }, one.text, one.raw)}`,
      }
  }
  return undefined
}

/** Finds the first wrong message of the program. */
export function findWireFault(evidence: Evidence): NamedCause | undefined {
  const { observations, role, trouble } = evidence
  for (const [at, one] of observations.entries()) {
    if (one.kind === 'end' && one.from !== role) {
      const late = observations.slice(at + 1).find((later) => later.kind === 'message' && later.from === role)
      if (!trouble && late?.kind === 'message' && late.violation && isAfterEnd(evidence, late)) return explainLate(late, evidence)
      continue
    }
    if (one.kind === 'segment' || one.from !== role) continue
    const found = explainFault(one, at, evidence)
    if (found) return found
  }
  return undefined
}

function explainFault(one: Observation, at: number, evidence: Evidence): NamedCause | undefined {
  const { trouble, role } = evidence
  if (one.kind === 'message') {
    if (one.oddity !== undefined) {
      const cause = causeOfMessage(one.text, one.raw)
      return cause && { cause, sentence: one.oddity }
    }
    if (isRepeated(one, at, evidence))
      return {
        cause: 'answered-twice',
        sentence: `the ${role} sent ${quote(evidence, one)} as one more answer: it had answered already, and no question followed`,
      }
    if (isNoNumber(one, evidence)) return explainNoNumber(one, evidence)
    const meant = findMisspelt(evidence.automaton, one)
    if (meant !== undefined)
      return {
        cause: 'spelling',
        sentence: `the ${role} sent ${quote(evidence, one)}; write ${quoteText(meant)}, and not ${quoteText(one.text)}`,
      }
    // a refused message belongs to the game as long as the conversation continues
    return one.violation && trouble && !isCorrected(one, at, evidence) ? explainMessage(one, one.violation, evidence) : undefined
  }
  if (!trouble) return undefined
  if (one.kind === 'judged') {
    const message = evidence.observations.find((early) => early.kind === 'message' && early.number === one.number)
    return one.violation && message?.kind === 'message' ? explainMessage(message, one.violation, evidence) : undefined
  }
  if (one.kind === 'unreadable') return { cause: causeInWords(one.sentence), sentence: one.sentence }
  return one.kind === 'unfinished' ? explainUnfinished(one, evidence) : undefined
}

function explainMessage(message: MessageObservation, { sentence, expected }: Violation, evidence: Evidence): NamedCause {
  const { text, raw } = message
  const cause = causeOfMessage(text, raw)
  if (cause) return { cause, sentence }
  const extra = describeExtra(expectedBefore(message, evidence), message)
  if (extra !== undefined) return { cause: 'spelling', sentence: extra }
  if (isPrompt(text, evidence)) return { cause: 'prompt-on-wire', sentence: `${sentence}${PROMPT}` }
  if (/line end \(\\n\) is missing/.test(sentence)) return { cause: 'missing-newline', sentence }
  if (NEAR_MISS.test(sentence)) return { cause: 'spelling', sentence }
  const isTooSoon = /^it is not /.test(expected)
  return { cause: isTooSoon || isKnown(text, evidence) ? 'out-of-turn' : 'spelling', sentence }
}

/** Checks whether a side may send a text in any state of the protocol. */
function isKnown(text: string, { automaton, role }: Pick<Evidence, 'automaton' | 'role'>): boolean {
  return formsOf(automaton, role).some((form) => !takesAnything(form) && parseMessage(form, text) !== undefined)
}

/** Number of digits by which a number may be longer than the example of its message. */
const MORE_DIGITS = 4

/**
 * Checks whether a field that the protocol uses as a number is not a number, or is far too large. A role may accept any text there, but
 * the judge types small numbers only.
 */
function isNoNumber({ name, text }: MessageObservation, { automaton }: Evidence): boolean {
  const form = name === undefined ? undefined : automaton.messages[name]
  if (form === undefined || !isField(form) || !/^\d+$/.test(form.example)) return false
  const [, digits] = /^\s*[+-]?(\d+)\s*$/.exec(text) ?? []
  return digits === undefined || digits.length > form.example.length + MORE_DIGITS
}

function explainNoNumber(message: MessageObservation, evidence: Evidence): NamedCause {
  const { text, raw } = message
  if (/^\s*[+-]?\d+\s*$/.test(text))
    return {
      cause: 'spelling',
      sentence: `the ${evidence.role} sent ${quote(evidence, message)}, which is much larger than the numbers of this game: that looks like the address of a variable in C, or like a variable that was never set`,
    }
  const sentence = `the ${evidence.role} sent ${quote(evidence, message)} in place of a number${clueOfText({ automaton: evidence.automaton, side: evidence.role }, text, raw)}`
  const cause = causeOfMessage(text, raw)
  if (cause) return { cause, sentence }
  return isPrompt(text, evidence) ? { cause: 'prompt-on-wire', sentence: `${sentence}${PROMPT}` } : { cause: 'spelling', sentence }
}

/** End of a sentence on a message that is a prompt. */
const PROMPT = '; that looks like a prompt for a person, which belongs on the screen and not on the connection'

/** Ends of sentences on a message that is almost right. */
const NEAR_MISS = /; (?:write "|leave out the (?:blanks|line end)|the blank at its end is missing)/

/** Checks whether a form accepts a text that no program sends. */
function takesAnything(form: MessageSpec): boolean {
  return form.free === true || parseMessage(form, '~ ~') !== undefined
}

function explainUnfinished(unfinished: UnfinishedObservation, evidence: Evidence): NamedCause | undefined {
  const { bytes, sentence, lacks } = unfinished
  const cause = causeOfBytes(bytes)
  if (cause) return { cause, sentence }
  const cut = describeCut(expectedBefore(unfinished, evidence), decode(bytes))
  if (cut !== undefined) return { cause: 'spelling', sentence: `${sentence}; ${cut}` }
  if (isPrompt(decode(bytes), evidence)) return { cause: 'prompt-on-wire', sentence: `${sentence}${PROMPT}` }
  if (!lacks.includes('line end')) return undefined
  return { cause: 'missing-newline', sentence: `${sentence}: the other side waits for the line end, because the message could continue` }
}

/**
 * Returns the expected messages of the program at the time when it sent the bytes of an observation. */
function expectedBefore(one: Observation, { automaton, role, observations }: Evidence): ExpectedMessages {
  return { automaton, side: role, before: observations.slice(0, observations.indexOf(one)) }
}

/** Checks whether the other side has refused a message of the program, and the program has then sent a legal message. A message of another
 * state is out of turn, and no person corrects such a message.
 */
function isCorrected({ text }: MessageObservation, at: number, { observations, automaton, role }: Evidence): boolean {
  if (isKnown(text, { automaton, role })) return false
  const later = observations.slice(at + 1).filter((one) => one.kind === 'message')
  const isRefused = automaton.refusal !== undefined && later[0]?.from !== role && later[0]?.name === automaton.refusal
  return isRefused && later.some(({ from, violation }) => from === role && violation === undefined)
}

/** Checks whether a message repeats an answer of its side, before the other side has sent a message. */
function isRepeated(message: MessageObservation, at: number, { observations, automaton }: Evidence): boolean {
  if (message.standing !== 'early' && message.violation === undefined) return false
  const before = observations.slice(0, at).findLast((one) => one.kind === 'message')
  if (before?.kind !== 'message' || before.from !== message.from || before.name === undefined) return false
  const form = automaton.messages[before.name]
  return form !== undefined && !form.free && parseMessage(form, message.text) !== undefined
}

/** Checks whether a text is a prompt, or a prompt with a message behind it, in a protocol in which that side sends no prompts. */
function isPrompt(text: string, { automaton, role }: Evidence): boolean {
  if (formsOf(automaton, role).some(({ example }) => /[:?>]\s*$/.test(example))) return false
  const [, said] = /^[A-Za-z][^:?>]*[:?>]\s*(.*?)\r?\n?$/s.exec(text) ?? []
  return (
    said !== undefined && (said === '' || formsOf(automaton, role).some((form) => !form.free && parseMessage(form, said) !== undefined))
  )
}

function formsOf(automaton: Automaton, side: Side): readonly MessageSpec[] {
  return Object.values(automaton.messages).filter(({ from, closes }) => (from === side || from === 'either') && !closes)
}

function isAfterEnd({ automaton }: Evidence, { before }: MessageObservation): boolean {
  return legalTransitions(automaton, before).length === 0
}

function explainLate(message: MessageObservation, evidence: Evidence): NamedCause {
  const { role } = evidence
  const { text } = message
  if (/^\0+$/.test(text))
    return {
      cause: 'wrong-serialization',
      sentence: `the ${role} sent ${formatCount(text.length, 'byte')} of value 0 behind its message: that looks like the rest of a buffer of C; send strlen(text) bytes of it, and not all`,
    }
  return {
    cause: 'write-after-close',
    sentence: `the ${role} sent ${quote(evidence, message)} after the conversation was over and the other side had closed`,
  }
}

function quote({ automaton, role }: Evidence, { text, raw }: MessageObservation): string {
  return quoteMessage({ automaton, side: role }, text, raw)
}

function causeInWords(sentence: string): Cause {
  return /length/.test(sentence) ? 'length-prefix' : 'missing-newline'
}

const LF = 0x0a

/** Words of errors that show a write to a closed connection. */
const BROKEN_PIPE = /Broken ?pipe|EPIPE|write after end|WinError 10053/i

/** Explains a program that ended by an error. */
function findEnd({ trouble, end, inputEnded, lines, role, observations }: Evidence): NamedCause | undefined {
  const isOwnEnd = !trouble || (trouble instanceof Disconnected && trouble.isPeerClosed)
  if (!isOwnEnd || (inputEnded && !trouble) || !end || !(isCrash(end) || end.stopped !== undefined)) return undefined
  const { before } = observations.findLast((one) => one.kind === 'end') ?? { before: undefined }
  const place = before === undefined ? '' : ` in the state ${before}`
  if (isBrokenPipe(end, lines)) {
    const first = observations.find((one) => one.kind === 'end')
    // a program that closes too early may get the error only at its next send
    if (trouble && first?.from === role && first.expected !== undefined)
      return {
        cause: 'closed-early',
        sentence: `the ${role} closed the connection in the state ${first.before}, and then tried to send; ${first.expected}`,
      }
    return { cause: 'write-after-close', sentence: `the ${role} ended ${formatEnd(end)}, because it sent to a connection that was closed` }
  }
  const sentence = `the ${role} ended ${formatEnd(end)}${place}${quoteErrorLine(lines)}`
  return { cause: end.stopped === 'time' ? 'hangs' : 'crashed', sentence }
}

/** Finds messages that arrived together, and that a silent program has not answered. */
function findGlued({ trouble, observations, role, printed }: Evidence): NamedCause | undefined {
  if (!(trouble instanceof Disconnected) || trouble.reason !== 'late') return undefined
  const last = observations.findLast((one) => one.kind === 'message')
  if (last?.kind !== 'message' || last.from === role || !isGlued(last)) return undefined
  const text = last.text.trim()
  // a program that has read only the earlier messages has printed a text, but not the text of the last message
  const isDropped = printed.trim() !== '' && !printed.includes(text)
  const sentence = `${trouble.message}; ${JSON.stringify(text)} had arrived together with the message before it, in one read`
  return { cause: isDropped ? 'drops-buffered-data' : 'glued-read', sentence }
}

/** Explains why the judge's side ended early, if no message and no crash shows it. */
function findTrouble({ trouble, observations, role }: Evidence): NamedCause | undefined {
  if (!trouble) return undefined
  const { message: sentence } = trouble
  if (!(trouble instanceof Disconnected)) return { cause: 'hangs', sentence }
  if (trouble.unfinished?.lacks.includes('line end')) return { cause: 'missing-newline', sentence }
  if (trouble.isPeerClosed) return { cause: 'closed-early', sentence }
  if (trouble.reason === 'violation') return { cause: 'wrong-rules', sentence }
  const last = observations.findLast((one) => one.kind === 'message')
  const isUnended = last?.kind === 'message' && last.from !== role && last.bytes.at(-1) !== LF
  const hint = isUnended ? `; the last message to the ${role} has no line end, so do not wait for one` : ''
  return { cause: 'hangs', sentence: `${sentence}${hint}` }
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
