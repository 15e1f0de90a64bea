import { formatCount } from '../../base/counts.ts'
import { type Automaton, legalTransitions } from '../../protocol/automaton.ts'
import { isField, type MessageSpec, parseMessage, type Side } from '../../protocol/message-spec.ts'
import { clueOfText } from '../../protocol/violation-text.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { decode, quoteText } from '../../wire/text.ts'
import type { MessageObservation, Observation, UnfinishedObservation, Violation } from '../monitor/observation.ts'
import { isNoNumber } from '../monitor/violation.ts'
import { causeOfBytes, causeOfMessage } from './byte-causes.ts'
import { type Evidence, expectedBefore, type NamedCause, quoteSent } from './evidence.ts'
import { describeCut, describeExtra, findMisspelt } from './message-ends.ts'
import type { Cause } from './report.ts'

/*
 * If several messages are wrong, the judge explains the first wrong message. It checks the bytes of this message first, and the state of
 * the protocol afterwards: JSON, for example, is wrong in every state.
 */

/** Finds the first wrong message of the program. */
export function findWireFault(evidence: Evidence): NamedCause | undefined {
  const { observations, role, trouble } = evidence
  for (const [at, one] of observations.entries()) {
    if (one.kind === 'end' && one.from !== role) {
      const late = observations.slice(at + 1).find((later) => later.kind === 'message' && later.from === role)
      if (!trouble && late?.kind === 'message' && late.violation && isAfterEnd(evidence, late)) {
        const rest = findBufferRest(late, evidence)
        if (rest) return rest
        return hasLastWord(evidence, at) ? explainMessage(late, late.violation, evidence) : explainLate(late, evidence)
      }
      continue
    }
    if (one.kind === 'segment' || one.from !== role) continue
    const found = explainFault(one, at, evidence)
    if (found) return found
  }
  return undefined
}

/** Finds the cause of one observation of a conversation that still continues, or has ended early. */
export function explainObservation(
  at: number,
  { automaton, role, observations }: Pick<Evidence, 'automaton' | 'role' | 'observations'>,
): NamedCause | undefined {
  const one = observations[at]
  const trouble = new Disconnected('violation', '')
  return one && explainFault(one, at, { automaton, role, observations, trouble, end: undefined, inputEnded: false, lines: [], printed: '' })
}

function explainFault(one: Observation, at: number, evidence: Evidence): NamedCause | undefined {
  const { trouble, role } = evidence
  if (one.kind === 'message') {
    if (isRepeated(one, at, evidence))
      return {
        cause: 'answered-twice',
        sentence: `the ${role} sent ${quoteSent(evidence, one)} as one more answer: it had answered already, and no question followed`,
      }
    if (isWrongNumber(one, evidence)) return explainWrongNumber(one, evidence)
    if (one.oddity !== undefined) {
      const cause = causeOfMessage(one.text, one.raw)
      return cause && { cause, sentence: one.oddity }
    }
    const meant = findMisspelt(evidence.automaton, one)
    if (meant !== undefined)
      return {
        cause: 'spelling',
        sentence: `the ${role} sent ${quoteSent(evidence, one)}; write ${quoteText(meant)}, and not ${quoteText(one.text)}`,
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
  if (isPrompt(text, evidence)) return { cause: 'prompt-on-wire', sentence: `${sentence}${PROMPT}`, fact: sentence }
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

/** Checks whether a field that the protocol uses as a number is not a number, or is far too large: the judge types small numbers only. */
function isWrongNumber({ name, text }: MessageObservation, { automaton }: Evidence): boolean {
  const form = name === undefined ? undefined : automaton.messages[name]
  if (form === undefined || !isField(form) || !/^\d+$/.test(form.example)) return false
  return isNoNumber(form, text) || text.replace(/\D/g, '').length > form.example.length + MORE_DIGITS
}

function explainWrongNumber(message: MessageObservation, evidence: Evidence): NamedCause {
  const { text, raw } = message
  if (/^\s*[+-]?\d+\s*$/.test(text))
    return {
      cause: 'spelling',
      sentence: `the ${evidence.role} sent ${quoteSent(evidence, message)}, which is much larger than the numbers of this game: that looks like the address of a variable in C, or like a variable that was never set`,
    }
  const sentence = `the ${evidence.role} sent ${quoteSent(evidence, message)} in place of a number${clueOfText({ automaton: evidence.automaton, side: evidence.role }, text, raw)}`
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
  if (isPrompt(decode(bytes), evidence)) return { cause: 'prompt-on-wire', sentence: `${sentence}${PROMPT}`, fact: sentence }
  if (!lacks.includes('line end')) return undefined
  return {
    ...{ cause: 'missing-newline', fact: sentence },
    sentence: `${sentence}: the other side waits for the line end, because the message could continue`,
  }
}

/** Checks whether the other side has refused a message of the program, and the program has then sent a legal message. A message of another
 * state is out of turn, and no person corrects such a message.
 */
function isCorrected(
  { text }: MessageObservation,
  at: number,
  { observations, automaton, role }: Pick<Evidence, 'observations' | 'automaton' | 'role'>,
): boolean {
  if (isKnown(text, { automaton, role })) return false
  const later = observations.slice(at + 1).filter((one) => one.kind === 'message')
  const isRefused = automaton.refusal !== undefined && later[0]?.from !== role && later[0]?.name === automaton.refusal
  const isGood = ({ from, name, violation }: MessageObservation) =>
    from === role && violation === undefined && (name === undefined || automaton.messages[name]?.bye !== true)
  return isRefused && later.some(isGood)
}

/**
 * Finds a message of a client that the server has refused, although the worksheet's client sends another message in its place and the
 * person has typed a good line. After the refusal, such a client often leaves as its protocol allows. `expected` are the messages of the
 * worksheet's client.
 */
export function findRefused(
  { automaton, role, observations }: Pick<Evidence, 'automaton' | 'role' | 'observations'>,
  expected: readonly string[],
): NamedCause | undefined {
  if (role !== 'client' || automaton.refusal === undefined) return undefined
  const messages = observations.filter((one) => one.kind === 'message')
  const own = messages.filter(({ from }) => from === role)
  const refused = own.find((one) => messages[messages.indexOf(one) + 1]?.name === automaton.refusal)
  if (!refused) return undefined
  const right = expected[own.indexOf(refused)]?.trimEnd()
  if (
    right === undefined ||
    right === refused.text.trimEnd() ||
    isCorrected(refused, observations.indexOf(refused), { observations, automaton, role })
  )
    return undefined
  const found = explainObservation(observations.indexOf(refused), { automaton, role, observations })
  if (found) return found
  const refusal = messages[messages.indexOf(refused) + 1]?.text ?? ''
  return {
    cause: 'spelling',
    sentence: `the client sent ${quoteText(refused.text)}, and the server refused it with ${quoteText(refusal)}; write ${quoteText(right)}`,
  }
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

/** Checks whether the program sent the last message before an observation. A further message of the program is then wrong in itself, and
 * the other side's close, which can come before or after that message, does not matter.
 */
function hasLastWord({ observations, role }: Evidence, at: number): boolean {
  const last = observations.slice(0, at).findLast((one) => one.kind === 'message')
  return last?.kind === 'message' && last.from === role && last.violation === undefined
}

function isAfterEnd({ automaton }: Evidence, { before }: MessageObservation): boolean {
  return legalTransitions(automaton, before).length === 0
}

/** Finds the rest of a buffer of C that a program has sent behind its message. */
function findBufferRest({ text }: MessageObservation, { role }: Evidence): NamedCause | undefined {
  if (!/^\0+$/.test(text)) return undefined
  return {
    cause: 'wrong-serialization',
    sentence: `the ${role} sent ${formatCount(text.length, 'byte')} of value 0 behind its message: that looks like the rest of a buffer of C; send strlen(text) bytes of it, and not all`,
  }
}

function explainLate(message: MessageObservation, evidence: Evidence): NamedCause {
  return {
    cause: 'write-after-close',
    sentence: `the ${evidence.role} sent ${quoteSent(evidence, message)} after the conversation was over and the other side had closed`,
  }
}

function causeInWords(sentence: string): Cause {
  return /length/.test(sentence) ? 'length-prefix' : 'missing-newline'
}
