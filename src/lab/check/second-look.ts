import { parseMessage } from '../../protocol/message-spec.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { quoteText } from '../../wire/text.ts'
import { isUnhandled } from './crash-lines.ts'
import type { NamedCause } from './evidence.ts'
import type { Cause } from './report.ts'
import { findAlteredLine, findCutText, findNul, findSecondMessage, type Look, messagesOf } from './typed-text.ts'

/*
 * The wire shows the messages that a program has sent. The judge also knows the messages that the program should have sent: Parlor's own role of the
 * same side has read the same messages and the same typed lines. And it knows the game: the board, and whether the game is over. With this
 * knowledge, it distinguishes a program that breaks the rules from a program that hangs, although both look the same on the wire.
 */

/** The causes that the typed lines may explain better, because these causes can follow from a wrong text or a second message. */
const AMBIGUOUS: ReadonlySet<Cause> = new Set([
  'missing-newline',
  'hangs',
  'wrong-rules',
  'closed-early',
  'spelling',
  'out-of-turn',
  'answered-twice',
])

/** Returns a better cause than the cause that the wire alone shows, or a cause that the wire does not show; `undefined` if nothing is wrong. */
export function lookAgain(found: NamedCause | undefined, look: Look): NamedCause | undefined {
  if (found?.cause === 'crashed') return findEarlyLeave(look) ?? findUnnoticedOutcome(look, found)
  if (found !== undefined && !AMBIGUOUS.has(found.cause)) return found
  if (found?.cause === 'missing-newline') return findCutText(look) ?? found
  const shown = findNul(look) ?? findSecondMessage(look)
  if (shown) return shown
  if (found === undefined) return findMoveAfterEnd(look) ?? findAlteredLine(look) ?? findEarlyLeave(look)
  if (found.cause === 'hangs')
    return (
      findUnflushed(look) ??
      findAlteredLine(look) ??
      findOtherGame(look) ??
      findMissingPrompt(look, found) ??
      findRepeatedPrompt(look, found)
    )
  // a server without a person makes random choices of its own
  if (found.cause !== 'wrong-rules' || (look.role === 'server' && look.match.typed.length === 0)) return found
  const difference = findDifference(look)
  return difference === undefined ? found : { ...found, sentence: `${found.sentence}; ${withoutBeginning(difference, found.sentence)}` }
}

/** Returns the finding of the typed lines for a conversation that the judge has stopped; later faults are consequences of the stop. */
export function lookAtStopped(look: Look): NamedCause | undefined {
  const stop = look.observations.findIndex((one) => one.kind === 'end' && one.from !== look.role)
  const played = { ...look, observations: stop < 0 ? look.observations : look.observations.slice(0, stop) }
  return findNul(played) ?? findSecondMessage(played) ?? findAlteredLine(played)
}

/** Finds a message that came only when the connection ended, after the judge had waited for the message. */
function findUnflushed({ role, observations, match }: Look): NamedCause | undefined {
  if (!(match.trouble instanceof Disconnected) || match.trouble.reason !== 'late') return undefined
  const end = observations.findIndex((one) => one.kind === 'end' && one.from !== role)
  const late = end < 0 ? undefined : messagesOf(observations.slice(end), role)[0]
  if (!late) return undefined
  const fact = `the ${role} sent ${quoteText(late.text)} only when the connection ended`
  return {
    ...{ cause: 'unflushed-output', fact },
    sentence: `${fact}: the message had stayed in a buffer of the program; flush the buffer after each message`,
  }
}

/** Returns a clause of the form "the server sent X, but Y", or only Y if a sentence has already said that the server sent X. */
function withoutBeginning(clause: string, sentence: string): string {
  const beginning = clause.slice(0, clause.indexOf(', but ') + ', but '.length)
  return clause.includes(', but ') && sentence.startsWith(beginning) ? clause.slice(beginning.length) : clause
}

/** Finds out whether the program's game and the judge's game differ, so that each side waits for the other side. */
function findOtherGame(look: Look): NamedCause | undefined {
  if (!look.match.shadowBroke) return undefined
  const difference = findDifference(look)
  if (difference === undefined) return undefined
  return {
    cause: 'wrong-rules',
    sentence: `${difference}; from then on, the two sides play different games, and each side waits for the other side`,
  }
}

/** Finds a program that has not noticed the end of a game, and ends by an exit code of its own when the other side has closed. */
function findUnnoticedOutcome({ match }: Look, found: NamedCause): NamedCause {
  const outcome = match.outcomes.at(-1)
  if (match.trouble || outcome === undefined || /quits/.test(outcome) || isUnhandled({}, match.lines.join('\n'))) return found
  return { ...found, cause: 'wrong-rules', sentence: `the game is over (${outcome}), and ${found.sentence}` }
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

/**
 * Finds a program that leaves although the other side has asked it a question, and although its person has not quit. Only an open question
 * shows that the game is not over: between two games, the author of a program may leave.
 */
function findEarlyLeave({ role, automaton, observations, match }: Look): NamedCause | undefined {
  const isBye = (name: string | undefined) => name !== undefined && automaton.messages[name]?.bye === true
  const saysBye = match.expected.some((text) => Object.values(automaton.messages).some((form) => form.bye && form.text === text.trim()))
  const leave = observations.find((one) => one.from === role && (one.kind === 'end' || (one.kind === 'message' && isBye(one.name))))
  if (match.stopped || match.inputEnded || saysBye || !leave) return undefined
  const before = observations.slice(0, observations.indexOf(leave))
  if (before.some((one) => one.kind === 'end')) return undefined
  const last = before.findLast((one) => one.kind === 'message')
  if (last?.kind !== 'message' || last.from === role || last.name === undefined || automaton.messages[last.name]?.asks !== true)
    return undefined
  const how = leave.kind === 'message' ? `sent ${quoteText(leave.text)}` : 'closed the connection'
  const earlier = before.findLast((one) => one.kind === 'message' && one.from === role)
  const after = earlier?.kind === 'message' ? `; its last message before was ${quoteText(earlier.text)}` : ''
  return {
    cause: 'closed-early',
    sentence: `the ${role} ${how}, although the other side had asked ${quoteText(last.text)} and the person had not quit${after}`,
  }
}

/**
 * Finds a program that waits for a further message in its own turn: the program has asked its person in earlier turns, and does not ask in this turn.
 */
function findMissingPrompt({ role, automaton, observations, match }: Look, found: NamedCause): NamedCause | undefined {
  const { lineFor, prompts, expected, inputEnded } = match
  const sent = messagesOf(observations, role).length
  const isAsked = prompts.first !== '' && prompts.latest === '' && prompts.last === ''
  const last = observations.findLast((one) => one.kind === 'message' && one.name !== automaton.refusal)
  if (!isAsked || inputEnded || !lineFor.has(sent) || expected[sent] === undefined || last?.kind !== 'message' || last.from === role)
    return undefined
  return {
    ...found,
    sentence: `${found.sentence}; the ${role} shows no prompt after ${quoteText(last.text)}, so it waits for a further message in its own turn`,
  }
}

/**
 * Finds a program that asks its person again after a line that Parlor's own role accepts. If the program shows another prompt, it may wait
 * for a line for which the worksheet's program does not ask.
 */
function findRepeatedPrompt({ role, observations, match }: Look, found: NamedCause): NamedCause {
  const { typed, lineFor, prompts, inputEnded } = match
  const sent = messagesOf(observations, role).length
  const line = lineFor.get(sent)
  if (line === undefined || line !== typed.at(-1) || inputEnded || prompts.last === '' || match.expected[sent] === undefined) return found
  if (prompts.last !== prompts.first)
    return { ...found, sentence: `${found.sentence}; the ${role} waits at the prompt ${quoteText(prompts.last)} for another line` }
  return {
    cause: 'wrong-rules',
    sentence: `the ${role} asked again after ${quoteText(line)}, which the game allows here: the worksheet's ${role} sends ${quoteText(match.expected[sent].trim())}`,
  }
}

/**
 * Finds the first message that differs from the message that Parlor's own role sent in its place, and describes the difference in a clause.
 */
function findDifference({ role, automaton, observations, match }: Look): string | undefined {
  // a server that shows no prompt reads no lines, so its choices differ from the choices of the role, which reads the lines
  if (role === 'server' && match.prompts.first === '' && match.prompts.latest === '') return undefined
  const refusal = automaton.refusal === undefined ? undefined : automaton.messages[automaton.refusal]
  for (const [at, message] of messagesOf(observations, role).entries()) {
    const expected = match.expected[at]
    const refused = match.refused.get(at)
    if (expected === undefined && refused === undefined) return undefined
    const isFree = message.name !== undefined && automaton.messages[message.name]?.free === true
    if (isFree || message.text.trim() === expected?.trim()) continue
    // the role refuses a message if it gets the message at another moment than the program; this says nothing about the program
    if (match.shadowBroke && expected !== undefined && refusal && parseMessage(refusal, expected.trimEnd())) return undefined
    if (refused !== undefined)
      return `${quoteText(refused)} was typed, which the game does not allow now: the program must not send it, and has to ask again`
    return `the ${role} sent ${quoteText(message.text)}, but the worksheet's ${role} sends ${quoteText(expected?.trim() ?? '')}`
  }
  return undefined
}
