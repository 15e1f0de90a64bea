import type { Program } from '../../protocol/definition.ts'
import { quoteText } from '../../wire/text.ts'
import type { Check, CheckSubject, Finding } from './check.ts'
import { type PlayedFinding, playConversation } from './play.ts'
import type { Cause } from './report.ts'
import { judgeServerEnd } from './server-end.ts'

/** Checks whether the judge can play a program's protocol: a program of the lobby needs the whole server. */
export function isPlayable({ needs }: Program): boolean {
  return needs !== 'lobby'
}

/** The first check: one game or conversation on an undisturbed network, from the start of the program to its end. */
export const playsToTheEnd: Check = {
  name: 'plays-to-the-end',
  proves: 'plays one conversation to its end, on a network that disturbs nothing',
  level: 'worksheet',
  roles: ['client', 'server'],
  carriers: 'both',
  appliesTo: isPlayable,
  async run(subject) {
    const holdsFirst = subject.role === 'client' && subject.datagrams !== true
    const played = await judgeServerEnd(subject, await playConversation(subject, { holdsFirst }), { seed: subject.seed })
    return findFirstMessage(subject, played) ?? findComplaint(subject, played) ?? played
  },
}

/** Causes that can follow from a first message that came too early. */
const CONSEQUENCES: ReadonlySet<Cause> = new Set(['answered-twice', 'out-of-turn', 'wrong-rules', 'hangs', 'closed-early'])

/** Finds a client that sends its first message, or asks its person for it, before the first message of the server. */
function findFirstMessage({ role }: CheckSubject, { cause, observations = [], promptBefore = '' }: PlayedFinding): Finding | undefined {
  const first = observations.find((one) => one.kind === 'message')
  if ((cause !== undefined && !CONSEQUENCES.has(cause)) || first?.kind !== 'message') return undefined
  const next = observations.find((one) => one.kind === 'message' && one.from !== role)
  const awaited = next?.kind === 'message' ? `: it has to read ${quoteText(next.text)} first` : ''
  const tooSoon = 'before the server had sent its first message'
  if (first.from === role && first.standing === 'early')
    return { cause: 'out-of-turn', sentence: `the ${role} sent ${quoteText(first.text)} ${tooSoon}${awaited}`, observations }
  // a prompt alone may be a part of a good program
  if (cause === undefined || promptBefore === '' || first.from === role) return undefined
  return { cause: 'out-of-turn', sentence: `the ${role} showed the prompt ${quoteText(promptBefore)} ${tooSoon}${awaited}`, observations }
}

/**
 * Finds a message that the judge's role has answered, but that other programs of the protocol may refuse. A message that the protocol itself
 * refuses, or a free text, is not a mistake.
 */
function findComplaint({ role, program }: CheckSubject, played: PlayedFinding): Finding | undefined {
  const [sentence] = played.complaints ?? []
  const { messages, refusal } = program.protocol.automaton
  const isFree = refusal !== undefined || Object.values(messages).some(({ from, free }) => from === role && free)
  return played.cause === undefined && !isFree && sentence !== undefined ? { ...played, cause: 'spelling', sentence } : undefined
}
