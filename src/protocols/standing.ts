import type { Unfinished } from '../wire/ends.ts'
import { decode, quoted, type Raw } from '../wire/text.ts'
import {
  type Automaton,
  alternatives,
  awaited,
  dueBefore,
  expectation,
  isField,
  legal,
  type MessageForm,
  nearMiss,
  parse,
  partsOf,
  print,
  type Side,
  type Step,
} from './automaton.ts'
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

/** Says what was expected from the peer when it went, or what from this side, as the end of a sentence. */
export function whatWasDue({ automaton, steps, peer }: Standing): string {
  const theirs = steps.filter(({ from }) => from === peer)
  const ours = steps.filter(({ from }) => from !== peer)
  const isOurs = !maySpeak(theirs, peer) && maySpeak(ours, peer === 'server' ? 'client' : 'server')
  if (isOurs) return `it was this side’s turn to say ${alternatives(automaton, ours)}`
  return theirs.length > 0 ? `expected ${alternatives(automaton, theirs)}` : 'it was this side’s turn'
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
  const due = isDue || text === '' ? undefined : dueBefore(automaton, state, peer, text, whose)
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
  const text = isWhole ? ahead : decode(ahead.bytes)
  if (isLooseEnd(standing, text)) return `the ${standing.peer} has sent ${quoted(text || '\n')}${whyEarly(standing, text)}`
  const shown = isWhole ? quotedMessage(speakerOf(standing), ahead, raw) : quotedUnfinished(speakerOf(standing), ahead)
  return `the ${standing.peer} has sent ${shown}${whyEarly(standing, text)}`
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
  const [only, second] = ours.filter(({ form }) => !form.bye && !form.closes)
  const due = only && !second && only.form.example === text ? awaited(automaton, only, text) : alternatives(automaton, ours)
  const wait = `it is not the ${peer}'s turn; it must wait for ${due}`
  return `, but ${(text === '' ? undefined : dueBefore(automaton, state, peer, text)) ?? wait}${nearMiss([], text)}`
}

/** Checks whether a text is the line end of a message that has none; an empty line is one if other messages are lines. */
function isLooseEnd({ last, unended }: Standing, text: string): boolean {
  return last !== '' && (/^[\r\n]+$/.test(text) || (unended && text === ''))
}

function speakerOf({ automaton, peer, previous }: Standing): Speaker {
  return { automaton, side: peer, last: previous ?? '' }
}

/** End of the clause that the fields of a message stand without its keyword. */
const BARE = ' is missing before it'

/** FieldFault is a message that a text begins as, and what is wrong with its fields, as the end of a sentence. */
export interface FieldFault {
  readonly step: Step
  readonly fault: string
}

/**
 * Finds what is wrong with the fields of a text that begins as one of these messages; `undefined` if it begins as none of
 * them, or is one. `hides`: the text has a secret in it, so no field is quoted.
 */
export function fieldFault(steps: readonly Step[], text: string, hides = false): FieldFault | undefined {
  const blank = steps.find(({ form }) => / {2}/.test(text) && parse(form, text.replace(/ {2,}/g, ' ')) !== undefined)
  if (blank && keywordOf(blank.form) !== '') return { step: blank, fault: '; write one blank where there are several' }
  const bare = steps.find((step) => lacksKeyword(step.form, text))
  if (bare) return { step: bare, fault: `; ${quoted(keywordOf(bare.form))}${BARE}` }
  const [nearest] = steps
    .filter(({ form }) => beginsAs(form, text))
    .sort((one, other) => keywordOf(other.form).length - keywordOf(one.form).length)
  if (!nearest || parse(nearest.form, text) !== undefined) return undefined
  const fault = faultOf(nearest.form, text, hides)
  return fault === undefined ? undefined : { step: nearest, fault }
}

/** Says behind which messages a side may say a text that is illegal now, as the end of a sentence; empty if behind none. `hides` as in `fieldFault`. */
export function belongsBehind(automaton: Automaton, state: string, side: Side, text: string, hides = false): string {
  const before = new Map<string, Step>()
  // a value alone is meant for what is expected, if that is a value
  const isValue = legal(automaton, state).some(({ from, form }) => from === side && isField(form))
  let found: FieldFault['fault'] | undefined
  for (const step of reachable(automaton, state)) {
    const theirs = step.after.filter(({ from, form }) => from === side && !form.bye && !form.closes && keywordOf(form) !== '')
    const fault = theirs.some(({ form }) => parse(form, text) !== undefined) ? '' : fieldFault(theirs, text, hides)?.fault
    const isItself = step.from === side && parse(step.form, text) !== undefined
    if (fault === undefined || (isValue && fault.endsWith(BARE)) || step.name === automaton.refusal || isItself) continue
    found ??= fault
    before.set(step.name, step)
  }
  if (found === undefined) return ''
  return `; it belongs behind ${alternatives(automaton, [...before.values()])}${found.replace(/^; /, ', and ')}`
}

/** All steps that can follow in a conversation, the nearest first. */
function reachable(automaton: Automaton, start: string): readonly Step[] {
  const states = new Set([start])
  const steps: Step[] = []
  // a set goes on with what is added to it meanwhile
  for (const state of states) {
    for (const step of legal(automaton, state)) {
      steps.push(step)
      states.add(step.next)
    }
  }
  return steps
}

/** The word with which a message with fields begins; `''` if it begins with a field, or has none. */
function keywordOf(form: MessageForm): string {
  const [first = '', ...others] = partsOf(form)
  return others.length === 0 ? form.text : first.replace(/\P{L}+$/u, '')
}

/** Checks whether a text is the fields of a message alone. A field that can be any text is skipped. */
function lacksKeyword(form: MessageForm, text: string): boolean {
  const [first = '', ...fields] = partsOf(form)
  return (
    keywordOf(form) !== '' &&
    fields.length > 0 &&
    form.accepts !== undefined &&
    !form.free &&
    text !== '' &&
    parse(form, first + text) !== undefined
  )
}

function beginsAs(form: MessageForm, text: string): boolean {
  const keyword = keywordOf(form)
  const parts = partsOf(form)
  if (keyword === '' || parts.length === 1 || text.slice(0, keyword.length).toLowerCase() !== keyword.toLowerCase()) return false
  // a longer word is another one, unless the field follows at once
  return keyword === parts[0] || !/^\p{L}/u.test(text.slice(keyword.length))
}

function faultOf(form: MessageForm, text: string, hides: boolean): string | undefined {
  const keyword = keywordOf(form)
  const said = text.slice(0, keyword.length)
  const spelling = said === keyword ? '' : `; write ${quoted(keyword)}, and not ${quoted(said)}`
  const [first = '', ...others] = partsOf(form)
  const sign = first.slice(keyword.length)
  const rest = text.slice(keyword.length)
  if (rest.trim() !== '' && !rest.startsWith(sign))
    return `${spelling}; ${sign === ' ' ? 'a blank' : quoted(sign)} is missing behind ${quoted(said)}`
  const names = [...form.text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const values = valuesOf(rest.slice(sign.length), others)
  const missing = names.filter((_, at) => isMissing(values[at]))
  const wrong = wrongField(form, values)
  const faults = [
    ...(wrong === undefined
      ? []
      : [`its field "${names[wrong]}" cannot be ${hides || values[wrong]?.includes('\ufffd') ? 'so' : quoted(values[wrong] ?? '')}`]),
    ...(missing.length === 0 ? [] : [`its ${fieldsInWords(missing)} missing`]),
  ]
  return faults.length === 0 ? undefined : `${spelling}; ${faults.join(', and ')}`
}

function isMissing(value = ''): boolean {
  return value.trim() === ''
}

/** The texts of the fields, each up to the sign behind it; the last one has all the rest. */
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

/** The first field that does not do in the place of the same field of the example. */
function wrongField(form: MessageForm, values: readonly string[]): number | undefined {
  const example = parse(form, form.example)
  const wrong = values.findIndex(
    (value, at) => example && !isMissing(value) && parse(form, print(form, example.with(at, value))) === undefined,
  )
  return wrong < 0 ? undefined : wrong
}

function fieldsInWords(names: readonly string[]): string {
  const shown = names.map((name) => `"${name}"`)
  return shown.length === 1 ? `field ${shown[0]} is` : `fields ${shown.slice(0, -1).join(', ')} and ${shown.at(-1)} are`
}
