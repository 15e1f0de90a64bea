import type { Visit } from './visit.ts'

const YES: ReadonlySet<string> = new Set(['yes', 'y', 'yeah', 'yep', 'ok', 'okay', 'sure'])
const NO: ReadonlySet<string> = new Set(['no', 'n', 'nope', 'nah'])
/** Words by which users greet each other, or thank, and which are no command. */
const TALK: ReadonlySet<string> = new Set(['hi', 'hello', 'hey', 'thanks', 'thx', 'ty', 'gg', 'lol', 'sorry'])
/** Polite words behind an answer that is not the name of a user. */
const POLITE = /^(?:,? *(?:please|thanks|thank you))?[.!]?$/i
/** Challenges that are looked at for a name. */
const LOOKED = 20

/** Answered is the command that an answer means, and the name behind it. */
interface Answered {
  readonly command: 'accept' | 'decline'
  readonly name: string
}

/** Finds the meaning of "yes" or "no" while something is offered to this visit: a draw, a rematch, or a game. */
export function answerMeant(visit: Visit, word: string, rest: string): Answered | undefined {
  const command = commandFor(word)
  if (command === undefined || !isAsked(visit)) return undefined
  if (POLITE.test(rest)) return { command, name: '' }
  return isAsking(visit, rest) ? { command, name: rest } : undefined
}

/** Explains why a word is no command that answers an offer, or is talk; `undefined` for other words. */
export function whyNoCommand(word: string, says: string): string | undefined {
  if (commandFor(word) !== undefined) return `nothing is offered to you just now${says}`
  return TALK.has(bare(word)) ? `"${bare(word)}" is no command${says}` : undefined
}

function commandFor(word: string): Answered['command'] | undefined {
  if (YES.has(bare(word))) return 'accept'
  return NO.has(bare(word)) ? 'decline' : undefined
}

/** A word without what ends a sentence. */
function bare(word: string): string {
  return word.toLowerCase().replace(/[.,!]+$/, '')
}

function isAsked({ tables, lobby }: Visit): boolean {
  return tables.all.some(({ offered }) => offered !== undefined) || lobby.listSought({ count: 1 }).total > 0
}

/** Checks whether a name is that of a user who offers something. */
function isAsking({ tables, lobby }: Visit, name: string): boolean {
  const asking = [
    ...tables.all.filter(({ offered }) => offered !== undefined).flatMap(({ company }) => company.names),
    ...lobby.listSought({ count: LOOKED }).items.map((seeker) => seeker.name),
  ]
  return asking.some((one) => one.toLowerCase() === name.toLowerCase())
}
