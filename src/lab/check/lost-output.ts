import type { Program } from '../../protocol/definition.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { quoteText } from '../../wire/text.ts'
import type { CheckSubject } from './check.ts'
import { type PlayedFinding, type PlayOptions, playConversation } from './play.ts'
import type { Script } from './script.ts'

/*
 * A server that obeys commands without an answer shows only on its screen which commands it has read. No document says which lines a
 * program has to print, but the program's own output on a good network shows them. So the judge plays the same conversation on a good
 * network twice, and takes the lines that the program has printed both times. A line with a time or a port of the client differs each time,
 * so it does not count.
 */

/** Milliseconds of the program's idle time between two lines of the judge's person, in which the program can read a message. */
const APART = 40
/** Number of lines after which the judge's person quits: a network that delays everything changes later lines. */
const LINES = 3

/** Checks whether a side of a program sends no message. */
export function isSilent({ protocol }: Program, role: Side): boolean {
  return Object.values(protocol.automaton.messages).every(({ from, closes }) => closes || (from !== role && from !== 'either'))
}

/**
 * Plays a short conversation on a disturbed network and on a good network. Resolves to the conversation on the disturbed network, and
 * to the first line that the program has printed on the good network only.
 */
export async function compareOutput(
  subject: CheckSubject,
  play: PlayOptions,
): Promise<{ readonly played: PlayedFinding; readonly lost: string | undefined }> {
  const script: Script = { seed: subject.seed, quits: { side: subject.role === 'server' ? 'client' : 'server', after: LINES } }
  const disturbed = { ...play, pause: APART, script }
  const { faults: _, ...plain } = disturbed
  const played = await playConversation(subject, disturbed)
  if (played.cause !== undefined) return { played, lost: undefined }
  const good = [await playConversation(subject, plain), await playConversation(subject, plain)]
  const find = (one: PlayedFinding) =>
    findLostLine(
      one.printed ?? '',
      good.map(({ printed = '' }) => printed),
    )
  // a busy program may print late
  return { played, lost: find(played) === undefined ? undefined : find(await playConversation(subject, disturbed)) }
}

/** Returns the first line that each text of `plain` has more often than `text` has it; `undefined` if there is no such line. */
export function findLostLine(text: string, plain: readonly string[]): string | undefined {
  const [first, ...others] = plain.map(countLines)
  const counts = countLines(text)
  const lost =
    first && [...first].find(([line, count]) => Math.min(count, ...others.map((one) => one.get(line) ?? 0)) > (counts.get(line) ?? 0))
  return lost?.[0]
}

/** Describes a program that does not print a line, as the beginning of a sentence. */
export function describeLost(role: string, line: string): string {
  return `the ${role} does not print ${quoteText(line)}, which it prints if nothing disturbs the network, so it has not read a message as it was sent`
}

function countLines(text: string): ReadonlyMap<string, number> {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return new Map([...Map.groupBy(lines, (line) => line)].map(([line, all]) => [line, all.length]))
}
