import { quoted } from '../wire/visible.ts'
import { type Automaton, alternatives, legal, type MessageForm, parse, partsOf, print, type Side, type Step } from './automaton.ts'

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
  if (bare) return { step: bare, fault: `; ${quoted(keywordOf(bare.form))} is missing before it` }
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
  let found: FieldFault['fault'] | undefined
  for (const step of reachable(automaton, state)) {
    const theirs = step.after.filter(({ from, form }) => from === side && !form.bye && !form.closes && keywordOf(form) !== '')
    const fault = theirs.some(({ form }) => parse(form, text) !== undefined) ? '' : fieldFault(theirs, text, hides)?.fault
    const isItself = step.from === side && parse(step.form, text) !== undefined
    if (fault === undefined || step.name === automaton.refusal || isItself) continue
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
    ...(wrong === undefined ? [] : [`its field "${names[wrong]}" cannot be ${hides ? 'so' : quoted(values[wrong] ?? '')}`]),
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
