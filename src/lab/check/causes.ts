import { clueOfText } from '../../protocol/violation-text.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { isGlued } from '../monitor/observation.ts'
import { causeOfMessage } from './byte-causes.ts'
import { type Evidence, expectedBefore, type NamedCause, quoteSent } from './evidence.ts'
import { describeExtra } from './message-ends.ts'
import { findEnd } from './program-end.ts'
import { findWireFault } from './wire-faults.ts'

/*
 * The judge sees bytes, the end of a program and its output. A student needs to know the mistake that has caused these signs. Several signs
 * can point to one mistake, and one mistake leaves several signs: a client that forgets the line end is silent, is disconnected, and may
 * crash then. So the judge tries the signs in the order of causes: first the messages of the program, because everything else can follow
 * from a wrong message; then the end of the program; last its silence.
 */

/** Returns the likely cause of the observations; `undefined` if nothing is wrong. */
export function findCause(evidence: Evidence): NamedCause | undefined {
  const finders = [findWireFault, findEnd, findEarly, findOddBytes, findGlued, findTrouble]
  for (const find of finders) {
    const found = find(evidence)
    if (found) return found
  }
  return undefined
}

/**
 * Finds a message that the program has sent before its turn. Such a message alone is not a failure, because the other side reads it later.
 */
function findEarly(evidence: Evidence): NamedCause | undefined {
  const { observations, role, trouble } = evidence
  const early = trouble && observations.find((one) => one.kind === 'message' && one.from === role && one.standing === 'early')
  if (early?.kind !== 'message') return undefined
  const extra = describeExtra(expectedBefore(early, evidence), early)
  if (extra !== undefined) return { cause: 'spelling', sentence: extra }
  return {
    cause: 'out-of-turn',
    sentence: `the ${role} sent ${quoteSent(evidence, early)} before its turn (in the state "${early.before}")`,
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
        sentence: `the ${role} sent ${quoteSent(evidence, one)}${clueOfText({ automaton, side: role }, one.text, one.raw)}`,
      }
  }
  return undefined
}

const LF = 0x0a

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
  return { cause: 'hangs', sentence: `${sentence}${hint}`, ...(isUnended && { fact: sentence }) }
}
