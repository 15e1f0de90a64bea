import type { Unfinished } from '../wire/ends.ts'
import type { Raw } from '../wire/raw.ts'
import { decode } from '../wire/text.ts'
import { quoted } from '../wire/visible.ts'
import { type Automaton, alternatives, dueBefore, expectation, nearMiss, type Side, type Step } from './automaton.ts'
import { belongsBehind, fieldFault } from './misplaced.ts'
import { masked, quotedMessage, quotedUnfinished, type Speaker } from './sentences.ts'

/** Standing is where a conversation stands, for sentences on what a peer says there that it may not say. */
export interface Standing {
  readonly automaton: Automaton
  readonly state: string
  /** What is legal now. */
  readonly steps: readonly Step[]
  /** The side that the sentences are about. */
  readonly peer: Side
  /** What the peer has said last. */
  readonly last: string
  /** Whether that has no line end, where other messages have one. */
  readonly unended: boolean
  /** Whether the message in question had come before it was the peer's turn. */
  readonly early: boolean
}

/** That a message had come before its turn, as the end of a sentence. */
export function tooSoon({ early, peer }: Pick<Standing, 'early' | 'peer'>, whose = `the ${peer}'s`): string {
  return early ? `; it had come before it was ${whose} turn` : ''
}

/** Why a message is illegal, in a sentence about the peer, or, where it goes there, to it; `raw` as of `quotedMessage`. */
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
  const faulty = isDue && near === '' ? fieldFault(theirs, text, masked(speakerOf(standing), text) !== text) : undefined
  const expected = due ?? (faulty ? `expected ${alternatives(automaton, [faulty.step])}` : expectation(automaton, state, peer, whose))
  const misplaced = isDue && near === '' && !faulty ? belongsBehind(automaton, state, peer, text) : ''
  const hint = `${due === undefined ? tooSoon(standing, whose) : ''}${near}${faulty?.fault ?? misplaced}`
  if (due !== undefined || theirs.length === 0) return `${said}${toPeer ? ' came too soon:' : ', but'} ${expected}${hint}`
  return `${said}${toPeer ? ' does' : ', which does'} not belong here; ${expected}${hint}`
}

/** That the peer has said something before its turn, whole or not, in a sentence; `raw` as of `quotedMessage`. */
export function hasComeEarly(standing: Standing, ahead: string | Unfinished, raw?: Raw): string {
  const isWhole = typeof ahead === 'string'
  if (isWhole && isLooseEnd(standing, ahead)) return `the ${standing.peer} has sent ${quoted(ahead || '\n')}${whyEarly(standing, ahead)}`
  const shown = isWhole ? quotedMessage(speakerOf(standing), ahead, raw) : quotedUnfinished(speakerOf(standing), ahead)
  return `the ${standing.peer} has sent ${shown}${whyEarly(standing, isWhole ? ahead : decode(ahead.bytes))}`
}

/** That the peer has said nothing for some milliseconds, and what it was to say, in a sentence. */
export function isSilent({ automaton, steps, peer }: Standing, ms: number): string {
  const theirs = steps.filter(({ from }) => from === peer)
  return `the ${peer} has said nothing for ${inSeconds(ms)} s; waiting for ${alternatives(automaton, theirs)}`
}

/** Milliseconds as seconds with one digit behind the point, at least 0.1. */
export function inSeconds(ms: number): number {
  return Math.max(1, Math.floor(ms / 100)) / 10
}

/** Why the peer was not to say a text yet, as the rest of a sentence. */
function whyEarly(standing: Standing, text: string): string {
  const { automaton, state, steps, peer, last } = standing
  if (isLooseEnd(standing, text)) return ` behind ${quotedMessage(speakerOf(standing), last)}, where a line end is too much`
  const ours = steps.filter(({ from }) => from !== peer)
  const wait = `it is not the ${peer}'s turn; it must wait for ${alternatives(automaton, ours)}`
  return `, but ${dueBefore(automaton, state, peer, text) ?? wait}${nearMiss([], text)}`
}

/** Whether a text is the end of a line behind a message that has none; an empty line is one where other messages are lines. */
function isLooseEnd({ last, unended }: Standing, text: string): boolean {
  return last !== '' && (/^[\r\n]+$/.test(text) || (unended && text === ''))
}

function speakerOf({ automaton, peer }: Standing): Speaker {
  return { automaton, side: peer }
}
