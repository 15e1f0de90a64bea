import type { Automaton, Side } from '../../protocol/automaton.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { quoteText } from '../../wire/text.ts'
import type { MessageObservation, Observation } from '../monitor/observation.ts'
import type { NamedCause } from './causes.ts'
import type { MatchEnd } from './match.ts'

/*
 * The wire shows what a program has sent. The judge also knows what it should have sent: Parlor's own role of the same side has read the
 * same messages and the same typed lines. And it knows the game: the board, and whether the game is over. With this knowledge, it
 * distinguishes a program that breaks the rules from a program that hangs, although both look the same on the wire.
 */

/** Look is the judge's knowledge of one conversation beside the bytes. */
export interface Look {
  readonly role: Side
  readonly automaton: Automaton
  readonly observations: readonly Observation[]
  readonly match: MatchEnd
  /** True if the judge's side may have closed its half before the game was over. */
  readonly closesEarly?: boolean
}

/** Returns a better cause than the cause that the wire alone shows, or a cause that it does not show; `undefined` if nothing is wrong. */
export function lookAgain(found: NamedCause | undefined, look: Look): NamedCause | undefined {
  if (found === undefined) return findMoveAfterEnd(look) ?? findLostCharacter(look)
  if (found.cause === 'hangs') return findUnflushed(look) ?? findOtherGame(look) ?? found
  if (found.cause !== 'wrong-rules') return found
  const difference = findDifference(look)
  return difference === undefined ? found : { ...found, sentence: `${found.sentence}; ${difference}` }
}

/** Finds a message that came only with the end of the connection, after the judge had waited for it. */
function findUnflushed({ role, observations, match }: Look): NamedCause | undefined {
  if (!(match.trouble instanceof Disconnected) || match.trouble.reason !== 'late') return undefined
  const end = observations.findIndex((one) => one.kind === 'end' && one.from !== role)
  const late = end < 0 ? undefined : messagesOf(observations.slice(end), role)[0]
  if (!late) return undefined
  return {
    cause: 'unflushed-output',
    sentence: `the ${role} sent ${quoteText(late.text)} only when the connection ended: the message had stayed in a buffer of the program, which has to flush it after each message`,
  }
}

/** Finds out whether the program's game and the judge's game have parted, so that each waits for the other. */
function findOtherGame(look: Look): NamedCause | undefined {
  if (!look.match.shadowBroke) return undefined
  const difference = findDifference(look)
  if (difference === undefined) return undefined
  return { cause: 'wrong-rules', sentence: `${difference}; from then on, the two sides play different games, and each waits for the other` }
}

/** Finds a message after a game whose outcome both sides know. */
function findMoveAfterEnd({ role, automaton, observations, match, closesEarly = false }: Look): NamedCause | undefined {
  const outcome = match.outcomes.at(-1)
  const end = observations.findIndex((one) => one.kind === 'end' && one.from !== role)
  if (outcome === undefined || /quits/.test(outcome) || end < 0 || match.stopped || closesEarly) return undefined
  const late = messagesOf(observations.slice(end), role).find(({ name }) => name === undefined || automaton.messages[name]?.bye !== true)
  if (!late) return undefined
  return {
    cause: 'wrong-rules',
    sentence: `the ${role} sent ${quoteText(late.text)} after the game was over: ${outcome === 'a draw' ? 'it was a draw' : outcome}`,
  }
}

/** Finds a typed character outside of ASCII that the program has left out of its message. */
function findLostCharacter({ role, automaton, observations, match }: Look): NamedCause | undefined {
  for (const [at, { name, text }] of messagesOf(observations, role).entries()) {
    const expected = match.expected[at]?.trim() ?? ''
    const lost = [...expected].find((character) => character > '\x7f' && !text.includes(character))
    if (lost === undefined || name === undefined || automaton.messages[name]?.free !== true) continue
    return {
      cause: 'wrong-encoding',
      sentence: `${quoteText(expected)} was typed, and the ${role} sent ${quoteText(text)}, without the character ${quoteText(lost)}: encode text as UTF-8, and leave nothing out`,
    }
  }
  return undefined
}

/** Finds the first message that differs from what Parlor's own role sent in its place, and describes the difference in a clause. */
function findDifference({ role, automaton, observations, match }: Look): string | undefined {
  for (const [at, message] of messagesOf(observations, role).entries()) {
    const expected = match.expected[at]
    const refused = match.refused.get(at)
    if (expected === undefined && refused === undefined) return undefined
    const isFree = message.name !== undefined && automaton.messages[message.name]?.free === true
    if (isFree || message.text.trim() === expected?.trim()) continue
    if (refused !== undefined)
      return `${quoteText(refused)} was typed, which the game does not allow now: the program must not send it, and has to ask again`
    return `the ${role} sent ${quoteText(message.text)}, but the worksheet's ${role} sends ${quoteText(expected?.trim() ?? '')}`
  }
  return undefined
}

function messagesOf(observations: readonly Observation[], side: Side): readonly MessageObservation[] {
  return observations.filter((one) => one.kind === 'message' && one.from === side) as readonly MessageObservation[]
}
