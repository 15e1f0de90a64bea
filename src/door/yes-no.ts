import type { DoorSession } from './session.ts'

const YES: ReadonlySet<string> = new Set(['yes', 'y', 'yeah', 'yep', 'ok', 'okay', 'sure'])
const NO: ReadonlySet<string> = new Set(['no', 'n', 'nope', 'nah'])
/** Words of greeting or thanks, which are chat and not commands. */
const TALK: ReadonlySet<string> = new Set(['hi', 'hello', 'hey', 'thanks', 'thx', 'ty', 'gg', 'lol', 'sorry'])
/** Matches polite words after an answer, so that the session does not mistake them for the name of a user. */
const POLITE = /^(?:,? *(?:please|thanks|thank you))?[.!]?$/i
/** Maximum number of challenges among which the session searches for a name. */
const LOOKED = 20

/** ParsedAnswer is the command that an answer means, and the name after the answer. */
interface ParsedAnswer {
  readonly command: 'accept' | 'decline'
  readonly name: string
}

/** Finds the command for "yes" or "no". Returns `undefined` if the user has neither an offer of a draw or a rematch nor a challenge. */
export function parseAnswer(session: DoorSession, word: string, rest: string): ParsedAnswer | undefined {
  const command = commandFor(word)
  if (command === undefined || !isAsked(session)) return undefined
  if (POLITE.test(rest)) return { command, name: '' }
  return isAsking(session, rest) ? { command, name: rest } : undefined
}

/** Explains why a word is not a command: a "yes" or "no" without an offer, or chat; `undefined` for other words. */
export function whyNoCommand(word: string, says: string): string | undefined {
  if (commandFor(word) !== undefined) return `you have no offer now${says}`
  return TALK.has(bare(word)) ? `"${bare(word)}" is not a command${says}` : undefined
}

function commandFor(word: string): ParsedAnswer['command'] | undefined {
  if (YES.has(bare(word))) return 'accept'
  return NO.has(bare(word)) ? 'decline' : undefined
}

/** Returns a word in lower case, without punctuation at its end. */
function bare(word: string): string {
  return word.toLowerCase().replace(/[.,!]+$/, '')
}

function isAsked({ tables, lobby }: DoorSession): boolean {
  return tables.all.some(({ offered }) => offered !== undefined) || lobby.listChallenges({ count: 1 }).total > 0
}

/** Checks whether a user with this name has made an offer or a challenge. */
function isAsking({ tables, lobby }: DoorSession, name: string): boolean {
  const asking = [
    ...tables.all.filter(({ offered }) => offered !== undefined).flatMap(({ company }) => company.names),
    ...lobby.listChallenges({ count: LOOKED }).items.map((seeker) => seeker.name),
  ]
  return asking.some((one) => one.toLowerCase() === name.toLowerCase())
}
