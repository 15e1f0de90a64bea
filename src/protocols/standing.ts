import type { Unfinished } from '../wire/ends.ts'
import type { Raw } from '../wire/raw.ts'
import { decode } from '../wire/text.ts'
import { quoted } from '../wire/visible.ts'
import { type Automaton, alternatives, dueBefore, expectation, nearMiss, type Side, type Step } from './automaton.ts'
import { belongsBehind, fieldFault } from './misplaced.ts'
import { beginning, masked, quotedMessage, quotedUnfinished, type Speaker } from './sentences.ts'

/** Standing is where a conversation stands, for sentences on what a peer says there that it may not say. */
export interface Standing {
  readonly automaton: Automaton
  readonly state: string
  /** Legal messages. */
  readonly steps: readonly Step[]
  /** The side that the sentences are about. */
  readonly peer: Side
  /** Last message of the peer. */
  readonly last: string
  /** True if that has no line end, and other messages have one. */
  readonly unended: boolean
  /** The message of the peer before the one in question, legal or not. */
  readonly previous?: string
  /** True if the message in question came before the peer's turn. */
  readonly early: boolean
}

/** Beginning of the clause that a message came before its turn. */
export const TOO_SOON = '; it had come before it was '

/** Checks whether a side may say more than a goodbye. */
export function maySpeak(steps: readonly Step[], side: Side): boolean {
  return steps.some(({ form, from }) => from === side && !form.bye && !form.closes)
}

/** Says what was expected from the peer when it went, or that it was not its turn, as the end of a sentence. */
export function whatWasDue({ automaton, steps, peer }: Standing): string {
  const theirs = steps.filter(({ from }) => from === peer)
  const isOurs = !maySpeak(theirs, peer) && maySpeak(steps, peer === 'server' ? 'client' : 'server')
  return theirs.length > 0 && !isOurs ? `expected ${alternatives(automaton, theirs)}` : 'it was this side’s turn'
}

/** Says that a message came before its turn, as the end of a sentence. */
export function tooSoon({ early, peer }: Pick<Standing, 'early' | 'peer'>, whose = `the ${peer}'s`): string {
  return early ? `${TOO_SOON}${whose} turn` : ''
}

/** Explains why a message is illegal, in a sentence about the peer, or to it; `raw` as of `quotedMessage`. */
export function whyIllegal(
  standing: Standing,
  text: string,
  { toPeer = false, raw }: { toPeer?: boolean; raw?: Raw | undefined } = {},
): string {
  const { automaton, state, steps, peer } = standing
  const whose = toPeer ? 'your' : `the ${peer}'s`
  const isLoose = isLooseEnd(standing, text)
  const said = `${toPeer ? '' : `the ${peer} said `}${isLoose ? quoted(text || '\n') : quotedMessage(speakerOf(standing), text, raw)}`
  if (isLoose) return `${said}${whyEarly(standing, text)}`
  const theirs = steps.filter(({ from }) => from === peer)
  const isDue = theirs.some(({ form }) => !form.bye && !form.closes)
  const due = isDue ? undefined : dueBefore(automaton, state, peer, text, whose)
  const near = nearMiss(theirs, text)
  const seen = beginning(text)
  const hides = masked(speakerOf(standing), seen) !== seen
  const byes = theirs.filter(({ form }) => form.bye)
  const faulty = isDue && near === '' ? fieldFault(theirs, text, hides) : undefined
  const expected =
    due ?? (faulty ? `expected ${alternatives(automaton, [faulty.step, ...byes])}` : expectation(automaton, state, peer, whose))
  const misplaced = isDue && near === '' && !faulty ? belongsBehind(automaton, state, peer, text, hides) : ''
  const hint = `${due === undefined ? tooSoon(standing, whose) : ''}${near}${faulty?.fault ?? misplaced}`
  if (due !== undefined || theirs.length === 0) return `${said}${toPeer ? ' came too soon:' : ', but'} ${expected}${hint}`
  return `${said}${toPeer ? ' does' : ', which does'} not belong here; ${expected}${hint}`
}

/** Reports a message before the peer's turn, whole or not, in a sentence; `raw` as of `quotedMessage`. */
export function hasComeEarly(standing: Standing, ahead: string | Unfinished, raw?: Raw): string {
  const isWhole = typeof ahead === 'string'
  if (isWhole && isLooseEnd(standing, ahead)) return `the ${standing.peer} has sent ${quoted(ahead || '\n')}${whyEarly(standing, ahead)}`
  const shown = isWhole ? quotedMessage(speakerOf(standing), ahead, raw) : quotedUnfinished(speakerOf(standing), ahead)
  return `the ${standing.peer} has sent ${shown}${whyEarly(standing, isWhole ? ahead : decode(ahead.bytes))}`
}

/** Reports the silence of the peer for some milliseconds, and what was expected, in a sentence. */
export function isSilent({ automaton, steps, peer }: Standing, ms: number): string {
  const theirs = steps.filter(({ from }) => from === peer)
  return `the ${peer} has said nothing for ${inSeconds(ms)} s; waiting for ${alternatives(automaton, theirs)}`
}

/** Milliseconds as seconds with one digit behind the point, at least 0.1. */
export function inSeconds(ms: number): number {
  return Math.max(1, Math.floor(ms / 100)) / 10
}

/** Explains why it was not the peer's turn for a text, as the rest of a sentence. */
function whyEarly(standing: Standing, text: string): string {
  const { automaton, state, steps, peer, last } = standing
  if (isLooseEnd(standing, text)) return ` behind ${quotedMessage(speakerOf(standing), last)}, where a line end is too much`
  const ours = steps.filter(({ from }) => from !== peer)
  const wait = `it is not the ${peer}'s turn; it must wait for ${alternatives(automaton, ours)}`
  return `, but ${dueBefore(automaton, state, peer, text) ?? wait}${nearMiss([], text)}`
}

/** Checks whether a text is the line end of a message that has none; an empty line is one if other messages are lines. */
function isLooseEnd({ last, unended }: Standing, text: string): boolean {
  return last !== '' && (/^[\r\n]+$/.test(text) || (unended && text === ''))
}

function speakerOf({ automaton, peer, previous }: Standing): Speaker {
  return { automaton, side: peer, last: previous ?? '' }
}
