import { joinWords } from '../base/counts.ts'
import type { UnfinishedMessage } from '../wire/disconnect.ts'
import { decode, quoteText, type Raw } from '../wire/text.ts'
import {
  type Automaton,
  alternatives,
  dueBefore,
  expectation,
  formatAwaited,
  legalTransitions,
  nearMiss,
  type Transition,
} from './automaton.ts'
import { formatMessage, isField, type MessageSpec, parseMessage, type Side, splitMessage } from './message-spec.ts'
import { beginning, maskMessage, quoteMessage, quoteUnfinished, type Speaker } from './violation-text.ts'

/**
 * ConversationState is the part of a conversation's state from which `explainIllegal` makes sentences on illegal messages.
 *
 * The problem: "protocol error" does not help a student. A useful sentence says which message was wrong, what was expected
 * in its place, and the likely mistake: the wrong case, a missing keyword, two messages without a separator, a message of another
 * state, or a message that arrived too early.
 *
 * The idea: no protocol writes such sentences. `explainIllegal` computes them from its automaton. It compares the text with
 * the messages of the current state, in this order:
 * 1. a line end after a message that must not have a line end (`isLooseEnd`);
 * 2. a message before the peer's turn, and the message of the other side for which the peer must wait (`dueBefore`);
 * 3. a legal message with a small mistake (`nearMiss`);
 * 4. a legal message with a wrong or missing field (`fieldFault`);
 * 5. a message that is legal after some later message (`formatPredecessors`).
 *
 * The first match gives the hint. The sentence also has a list of the expected messages.
 *
 * Invariants: a sentence quotes a message only without its secrets, so it quotes no field of a text that contains a secret (`hides`). If
 * the peer reads the sentence (`toPeer`), it says "your turn" instead of "the client's turn".
 */
export interface ConversationState {
  readonly automaton: Automaton
  readonly state: string
  /** Transitions of the state. */
  readonly steps: readonly Transition[]
  /** The side whose messages the sentences describe. */
  readonly peer: Side
  /** Last legal message of the peer. */
  readonly last: string
  /** True if the last message has no line end, although other messages have a line end. */
  readonly unended: boolean
  /** The peer's message before the illegal message. This earlier message may also be illegal. */
  readonly previous?: string
  /** True if the illegal message arrived before the peer's turn. */
  readonly early: boolean
}

/** Start of the clause on a message that arrived before the peer's turn. */
export const TOO_SOON = '; it had arrived before it was '

/** Checks whether a side may send a message other than a goodbye. */
export function maySpeak(steps: readonly Transition[], side: Side): boolean {
  return steps.some(({ form, from }) => from === side && !form.bye && !form.closes)
}

/**
 * Returns the end of an error sentence on a connection that has ended: which message the peer should have sent, or that it was the turn of
 * the other side. `other` is the name of the other side in the possessive form.
 */
export function formatExpected({ automaton, steps, peer }: ConversationState, other = 'this side’s'): string {
  const theirs = steps.filter(({ from }) => from === peer)
  const ours = steps.filter(({ from }) => from !== peer)
  const isOurs = !maySpeak(theirs, peer) && maySpeak(ours, peer === 'server' ? 'client' : 'server')
  if (isOurs) return `it was ${other} turn to say ${alternatives(automaton, ours)}`
  return theirs.length > 0 ? `expected ${alternatives(automaton, theirs)}` : `it was ${other} turn`
}

/** Returns the end of an error sentence on a message that arrived before the peer's turn. */
export function formatTooSoon({ early, peer }: Pick<ConversationState, 'early' | 'peer'>, whose = `the ${peer}'s`): string {
  return early ? `${TOO_SOON}${whose} turn` : ''
}

/**
 * Explains why a message is illegal, in a sentence about the peer or, with `toPeer`, for the peer. If `raw` is given, the quotation shows
 * the bytes.
 */
export function explainIllegal(
  conversationState: ConversationState,
  text: string,
  { toPeer = false, raw }: { toPeer?: boolean; raw?: Raw | undefined } = {},
): string {
  const { automaton, state, steps, peer } = conversationState
  const whose = toPeer ? 'your' : `the ${peer}'s`
  const isLoose = isLooseEnd(conversationState, text)
  const said = `${toPeer ? '' : `the ${peer} sent `}${isLoose ? quoteText(text || '\n') : quoteMessage(speakerOf(conversationState), text, raw)}`
  if (isLoose) return `${said}${whyEarly(conversationState, text)}`
  const theirs = steps.filter(({ from }) => from === peer)
  const isDue = theirs.some(({ form }) => !form.bye && !form.closes)
  const due = isDue || text === '' ? undefined : dueBefore(automaton, state, peer, text, whose)
  const near = nearMiss(theirs, text)
  const seen = beginning(text)
  const hides = maskMessage(speakerOf(conversationState), seen) !== seen
  const byes = theirs.filter(({ form }) => form.bye)
  const faulty = isDue && near === '' ? fieldFault(theirs, text, hides) : undefined
  const expected =
    due ?? (faulty ? `expected ${alternatives(automaton, [faulty.step, ...byes])}` : expectation(automaton, state, peer, whose))
  const misplaced = isDue && near === '' && !faulty ? formatPredecessors(automaton, state, peer, text, hides) : ''
  const hint = `${due === undefined ? formatTooSoon(conversationState, whose) : ''}${near}${faulty?.fault ?? misplaced}`
  if (due !== undefined || theirs.length === 0) return `${said}${toPeer ? ' arrived too soon:' : ', but'} ${expected}${hint}`
  return `${said}${toPeer ? ' does' : ', which does'} not belong here; ${expected}${hint}`
}

/**
 * Formats a sentence on a complete or incomplete message that arrived before the peer's turn. If `raw` is given, the quotation shows the
 * bytes.
 */
export function formatEarly(conversationState: ConversationState, ahead: string | UnfinishedMessage, raw?: Raw): string {
  const isWhole = typeof ahead === 'string'
  const text = isWhole ? ahead : decode(ahead.bytes)
  if (isLooseEnd(conversationState, text))
    return `the ${conversationState.peer} has sent ${quoteText(text || '\n')}${whyEarly(conversationState, text)}`
  const shown = isWhole ? quoteMessage(speakerOf(conversationState), ahead, raw) : quoteUnfinished(speakerOf(conversationState), ahead)
  return `the ${conversationState.peer} has sent ${shown}${whyEarly(conversationState, text)}`
}

/** Formats a sentence on the silence of the peer for `ms` milliseconds, with the expected message. */
export function formatSilence({ automaton, steps, peer }: ConversationState, ms: number): string {
  const theirs = steps.filter(({ from }) => from === peer)
  return `the ${peer} has sent nothing for ${toSeconds(ms)} s; waiting for ${alternatives(automaton, theirs)}`
}

/** Converts milliseconds to seconds, rounded down to one decimal place, at least 0.1. */
export function toSeconds(ms: number): number {
  return Math.max(1, Math.floor(ms / 100)) / 10
}

/** Returns the rest of a sentence that explains why a text is too early. */
function whyEarly(conversationState: ConversationState, text: string): string {
  const { automaton, state, steps, peer, last } = conversationState
  if (isLooseEnd(conversationState, text))
    return ` after ${quoteMessage(speakerOf(conversationState), last)}; that line end is one too many`
  const ours = steps.filter(({ from }) => from !== peer)
  const [only, second] = ours.filter(({ form }) => !form.bye && !form.closes)
  const due = only && !second && only.form.example === text ? formatAwaited(automaton, only, text) : alternatives(automaton, ours)
  const wait = `it is not the ${peer}'s turn; it must wait for ${due}`
  return `, but ${(text === '' ? undefined : dueBefore(automaton, state, peer, text)) ?? wait}${nearMiss([], text)}`
}

/**
 * Checks whether a text is a superfluous line end after the last message. If the last message has no line end although other messages have
 * a line end, an empty line is also such a superfluous line end.
 */
function isLooseEnd({ last, unended }: ConversationState, text: string): boolean {
  return last !== '' && (/^[\r\n]+$/.test(text) || (unended && text === ''))
}

function speakerOf({ automaton, peer, previous }: ConversationState): Speaker {
  return { automaton, side: peer, last: previous ?? '' }
}

/** End of the clause on a missing keyword. */
const BARE = ' is missing before it'

/**
 * FieldFault has the message that the peer probably meant by a text, and the end of an error sentence that says what is wrong with the
 * fields of the text.
 */
export interface FieldFault {
  readonly step: Transition
  readonly fault: string
}

/**
 * Finds what is wrong with the fields of a text that starts like one of these messages. Returns `undefined` for a text that is a
 * legal message, or that does not start like one of these messages. If `hides` is true, the text contains a secret, so the sentence quotes
 * no field.
 */
function fieldFault(steps: readonly Transition[], text: string, hides = false): FieldFault | undefined {
  const blank = steps.find(({ form }) => / {2}/.test(text) && parseMessage(form, text.replace(/ {2,}/g, ' ')) !== undefined)
  if (blank && keywordOf(blank.form) !== '') return { step: blank, fault: '; write one blank instead of several' }
  const bare = steps.find((step) => lacksKeyword(step.form, text))
  if (bare) return { step: bare, fault: `; ${quoteText(keywordOf(bare.form))}${BARE}` }
  const [nearest] = steps
    .filter(({ form }) => beginsAs(form, text))
    .sort((one, other) => keywordOf(other.form).length - keywordOf(one.form).length)
  if (!nearest || parseMessage(nearest.form, text) !== undefined) return undefined
  const fault = faultOf(nearest.form, text, hides)
  return fault === undefined ? undefined : { step: nearest, fault }
}

/**
 * Returns the end of an error sentence that says after which messages a text is legal; '' if there are no such messages. If `hides` is
 * true, the text contains a secret, so the sentence quotes no field.
 */
function formatPredecessors(automaton: Automaton, state: string, side: Side, text: string, hides = false): string {
  const before = new Map<string, Transition>()
  // if the state expects a value, a text without a keyword is probably this value, and not a later message without its keyword
  const isValue = legalTransitions(automaton, state).some(({ from, form }) => from === side && isField(form))
  let found: FieldFault['fault'] | undefined
  for (const step of reachable(automaton, state)) {
    const theirs = step.after.filter(({ from, form }) => from === side && !form.bye && !form.closes && keywordOf(form) !== '')
    const fault = theirs.some(({ form }) => parseMessage(form, text) !== undefined) ? '' : fieldFault(theirs, text, hides)?.fault
    const isItself = step.from === side && parseMessage(step.form, text) !== undefined
    if (fault === undefined || (isValue && fault.endsWith(BARE)) || step.name === automaton.refusal || isItself) continue
    found ??= fault
    before.set(step.name, step)
  }
  if (found === undefined) return ''
  return `; it belongs after ${alternatives(automaton, [...before.values()])}${found.replace(/^; /, ', and ')}`
}

/** Returns all transitions that can follow a state. The nearest transitions are first. */
function reachable(automaton: Automaton, start: string): readonly Transition[] {
  const states = new Set([start])
  const steps: Transition[] = []
  // the iteration includes the states that it adds
  for (const state of states) {
    for (const step of legalTransitions(automaton, state)) {
      steps.push(step)
      states.add(step.next)
    }
  }
  return steps
}

/** Returns the first word of a message; `''` for a message that starts with a field. */
function keywordOf(form: MessageSpec): string {
  const [first = '', ...others] = splitMessage(form)
  return others.length === 0 ? form.text : first.replace(/\P{L}+$/u, '')
}

/** Checks whether a text is a message without its keyword. Messages whose fields can be any text never match. */
function lacksKeyword(form: MessageSpec, text: string): boolean {
  const [first = '', ...fields] = splitMessage(form)
  return (
    keywordOf(form) !== '' &&
    fields.length > 0 &&
    form.accepts !== undefined &&
    !form.free &&
    text !== '' &&
    parseMessage(form, first + text) !== undefined
  )
}

function beginsAs(form: MessageSpec, text: string): boolean {
  const keyword = keywordOf(form)
  const parts = splitMessage(form)
  if (keyword === '' || parts.length === 1 || text.slice(0, keyword.length).toLowerCase() !== keyword.toLowerCase()) return false
  // if the message has a sign between the keyword and the field, a longer word that begins with the keyword is another word
  return keyword === parts[0] || !/^\p{L}/u.test(text.slice(keyword.length))
}

function faultOf(form: MessageSpec, text: string, hides: boolean): string | undefined {
  const keyword = keywordOf(form)
  const said = text.slice(0, keyword.length)
  const spelling = said === keyword ? '' : `; write ${quoteText(keyword)}, and not ${quoteText(said)}`
  const [first = '', ...others] = splitMessage(form)
  const sign = first.slice(keyword.length)
  const rest = text.slice(keyword.length)
  if (rest.trim() !== '' && !rest.startsWith(sign))
    return `${spelling}; ${sign === ' ' ? 'a blank' : quoteText(sign)} is missing after ${quoteText(said)}`
  const names = [...form.text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const values = valuesOf(rest.slice(sign.length), others)
  const missing = names.filter((_, at) => isMissing(values[at]))
  const wrong = wrongField(form, values)
  const faults = [
    ...(wrong === undefined
      ? []
      : [
          `its field "${names[wrong]}" ${hides || values[wrong]?.includes('\ufffd') ? 'has an invalid value' : `cannot be ${quoteText(values[wrong] ?? '')}`}`,
        ]),
    ...(missing.length === 0 ? [] : [`its ${fieldsInWords(missing)} missing`]),
  ]
  return faults.length === 0 ? undefined : `${spelling}; ${faults.join(', and ')}`
}

function isMissing(value = ''): boolean {
  return value.trim() === ''
}

/** Splits a text into field values. Each value ends at its separator, and the last value has the rest of the text. */
function valuesOf(text: string, signs: readonly string[]): readonly string[] {
  const values: string[] = []
  let rest: string | undefined = text
  for (const [at, sign] of signs.entries()) {
    const end: number = rest === undefined || at === signs.length - 1 ? -1 : rest.indexOf(sign)
    values.push((end < 0 ? rest : rest?.slice(0, end)) ?? '')
    rest = end < 0 ? undefined : rest?.slice(end + sign.length)
  }
  return values
}

/** Puts each value alone in place of the example's value. Returns the index of the first value with which the example is illegal. */
function wrongField(form: MessageSpec, values: readonly string[]): number | undefined {
  const example = parseMessage(form, form.example)
  const wrong = values.findIndex(
    (value, at) => example && !isMissing(value) && parseMessage(form, formatMessage(form, example.with(at, value))) === undefined,
  )
  return wrong < 0 ? undefined : wrong
}

function fieldsInWords(names: readonly string[]): string {
  const shown = names.map((name) => `"${name}"`)
  return shown.length === 1 ? `field ${shown[0]} is` : `fields ${joinWords(shown, 'and')} are`
}
