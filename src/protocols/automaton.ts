import type { SecretFinder } from '../wire/secrets.ts'
import { quoted } from '../wire/text.ts'

/** Side is which end of a connection: the one that listened, or the one that dialled. */
export type Side = 'server' | 'client'

/** MessageForm is one kind of message of a protocol. */
export interface MessageForm {
  readonly from: Side | 'either'
  /**
   * How it is written, with fields in braces: `MOVE{cell}`. A field is a word; the last field is the rest of the text.
   * `''` for an event without text: that side closes the connection, in good order.
   */
  readonly text: string
  /** What is taken for it on arrival, where that is more or less than what is sent; the groups are the fields. */
  readonly accepts?: RegExp
  readonly example: string
  /** Name in a sentence, for a message whose example is too long for one. */
  readonly called?: string
  /** It asks the peer for something, and is said again when the answer was refused. */
  readonly asks?: true
  /** It ends the conversation, and may be said by a side that has to leave. */
  readonly bye?: true
  /** It is no message: that side closes its end. */
  readonly closes?: true
  /** Marks a message without a line end, in a protocol whose other messages have one, so that one behind it is too much. */
  readonly unended?: true
  /** Marks a text for people: any text is right, so only its bytes can be wrong. */
  readonly free?: true
  /** A sentence about it, for people. */
  readonly about?: string
  /** Range of its field, if that is less than its name says: "from 1 to 9". */
  readonly range?: string
  /** Marks a message for advanced use, which is listed as expected only if no other is. */
  readonly advanced?: true
}

/**
 * Automaton is a protocol as data: which message, in which state, leading where. A state without messages is an end.
 * From this one table come the refusal of what is out of turn, the reference page, the diagram and the tests.
 */
export interface Automaton<Name extends string = string> {
  readonly messages: Readonly<Record<Name, MessageForm>>
  readonly start: string
  readonly states: Readonly<Record<string, Transitions<Name>>>
  /** Whose turn it is, in the states in which a message that either side may send belongs to one of them. */
  readonly turns?: Readonly<Record<string, Side>>
  /** Messages that are legal in every state that is not an end. */
  readonly always?: Transitions<Name>
  /** States in which both may close, because the game is over and both know it without a word. */
  readonly quiet?: readonly string[]
  /** States in which a side speaks by itself, and no person chooses its message; `true` for all. */
  readonly automatic?: Readonly<Partial<Record<Side, true | readonly string[]>>>
  /** The server's answer to what is illegal; it changes nothing. Where there is none, what is illegal ends the conversation. */
  readonly refusal?: Name
  /** A language of other programs that this protocol speaks, so that nothing is wrong with bytes that look like it. */
  readonly speaks?: string
  /** Finds the secrets in a message, whole or begun. Without it, they are what stands behind a word such as `LOGIN`. */
  readonly secrets?: SecretFinder<Side>
}

/** Transitions of one state: message, and the state it leads to. */
export type Transitions<Name extends string = string> = Readonly<Partial<Record<Name, string>>>

/** Said is a message that was understood. */
export interface Said<Name extends string = string> {
  readonly name: Name
  /** The message as it came. */
  readonly text: string
  /** Its fields, in order. */
  readonly fields: readonly string[]
}

type Extras = Omit<MessageForm, 'from' | 'text' | 'example'> & { example?: string }

function form(from: Side | 'either', text: string, extras: Extras): MessageForm {
  return { from, text, example: text, ...extras }
}

/** A message of the server: `server('MOVE{cell}', { example: 'MOVE5' })`. */
export function server(text: string, extras: Extras = {}): MessageForm {
  return form('server', text, extras)
}

/** A message of the client. */
export function client(text: string, extras: Extras = {}): MessageForm {
  return form('client', text, extras)
}

/** A message that both sides may send, each when it is its turn. */
export function either(text: string, extras: Extras = {}): MessageForm {
  return form('either', text, extras)
}

/** The client may close the connection here, and that is a good end. */
export const clientCloses: MessageForm = { from: 'client', text: '', example: '', closes: true, about: 'the client closes the connection' }

/** The text of a message with its fields filled in, in order. */
export function print(form: MessageForm, fields: readonly (string | number)[]): string {
  const parts = partsOf(form)
  let text = parts[0] ?? ''
  for (let at = 1; at < parts.length; at++) text += `${fields[at - 1] ?? ''}${parts[at]}`
  return text
}

/** The fields of a text that is a message of this form; `undefined` where it is none. */
export function parse(form: MessageForm, text: string): readonly string[] | undefined {
  if (form.accepts) return form.accepts.exec(text)?.slice(1)
  const parts = partsOf(form)
  if (parts.length === 1) return text === form.text ? NO_FIELDS : undefined
  // one field and nothing else, as most talk is, takes any text
  if (parts === ALONE) return [text]
  return patternOf(form, parts).exec(text)?.slice(1)
}

/** Step is one legal message of a state. */
export interface Step<Name extends string = string> {
  readonly name: Name
  readonly form: MessageForm
  /** Who may say it here. */
  readonly from: Side
  /** The state it leads to. */
  readonly next: string
  /** What is legal there. */
  readonly after: readonly Step<Name>[]
}

/** The step of a name; `undefined` if none of these has it. */
export function stepOf<Name extends string>(steps: readonly Step<Name>[], name: Name): Step<Name> | undefined {
  for (const step of steps) if (step.name === name) return step
  return undefined
}

/** Returns what is legal in a state. Throws a RangeError for a state that is none. */
export function legal<Name extends string>(automaton: Automaton<Name>, state: string): readonly Step<Name>[] {
  let table = tables.get(automaton) as Map<string, readonly Step<Name>[]> | undefined
  if (!table) {
    table = tableOf(automaton)
    tables.set(automaton, table)
  }
  const found = table.get(state)
  if (!found) throw new RangeError(`the automaton has no state ${state}`)
  return found
}

/**
 * A clause on what a side may say in a state: `expected "LOW", "HIGH" or "WIN"`; or why it may say nothing there. `whose` is
 * "your" for the side itself.
 */
export function expectation(automaton: Automaton, state: string, side: Side, whose = `the ${side}'s`): string {
  const steps = legal(automaton, state)
  if (steps.length === 0) return 'the conversation is over'
  const due = steps.filter(({ from }) => from === side)
  if (due.length === 0) return `it is not ${whose} turn`
  const waits = due.every(({ form }) => form.bye || form.closes) && steps.some(({ from, form }) => from !== side && !form.bye)
  return waits
    ? `it is not ${whose} turn: only ${alternatives(automaton, due)} may be said now`
    : `expected ${alternatives(automaton, due)}`
}

/** Lists the messages that a side may say in a state: `something like "START 5" or "RESUME", or "QUIT" to stop`. */
export function alternatives(automaton: Automaton, steps: readonly Pick<Step, 'name' | 'form'>[]): string {
  const told = steps.filter(({ form }) => !form.closes)
  // a close is an alternative only for a peer that has no other
  if (told.length === 0) return steps[0]?.form.about ?? 'the end of the connection'
  const said = told.filter(({ form, name }) => !form.bye && name !== automaton.refusal)
  const usual = said.filter(({ form }) => !form.advanced)
  const main = usual.length > 0 ? usual : said
  const byes = told.filter(({ form }) => form.bye).map(({ form }) => quoted(form.text))
  const forms = (main.length > 0 ? main : told).map(({ form }) => form)
  const alone = new Map(forms.filter(isField).map((form) => [form.text, describe(form)]))
  const others = forms.filter((form) => !isField(form))
  const like = alone.size === 0 && others.some(({ text, called }) => called === undefined && text.includes('{')) ? 'something like ' : ''
  const names = others.map(({ example, called }) => called ?? quoted(example))
  const list = inWords([...alone.values(), ...new Set(names)])
  return `${like}${list}${main.length > 0 && byes.length > 0 ? `, or ${inWords(byes)} to stop` : ''}`
}

/**
 * A clause on what a side is to wait for, which has said a text that belongs to a later state; `undefined` where the text
 * belongs to none that the other side leads to by itself. `whose` as in `expectation`.
 */
export function dueBefore(automaton: Automaton, state: string, side: Side, text: string, whose = `the ${side}'s`): string | undefined {
  const levels = levelsBefore(automaton, state, side)
  const speaks = ({ form, from }: Step) => from === side && !form.bye && !form.closes
  const leading = (isMeant: (form: MessageForm) => boolean) =>
    levels
      .map((steps) => steps.filter(({ after }) => after.some((step) => speaks(step) && isMeant(step.form))))
      .find(({ length }) => length > 0)
  const takes = (form: MessageForm) => parse(form, text) !== undefined
  const any = leading(takes)
  if (!any) return undefined
  const [now = []] = levels
  // a text that any field takes says nothing of what is meant, so what comes next counts
  const found = now.length === 1 ? now : (leading((form) => takes(form) && !takesAnything(form)) ?? leading(() => true) ?? any)
  const likeliest = found.find(({ form }) => isField(form)) ?? found[0]
  return likeliest && `it is not ${whose} turn yet; wait for ${awaited(automaton, likeliest, text)}`
}

/** The steps of the other side that a side can wait for: those of a state, those that follow on them, and so on. */
function levelsBefore(automaton: Automaton, state: string, side: Side): readonly (readonly Step[])[] {
  const seen = new Set([state])
  const levels: Step[][] = []
  for (let reached = [state]; reached.length > 0; ) {
    const others = reached
      .flatMap((one) => legal(automaton, one))
      .filter(({ from, name, form }) => from !== side && name !== automaton.refusal && !form.bye)
    levels.push(others)
    reached = [...new Set(others.map(({ next }) => next))].filter((next) => !seen.has(next))
    for (const next of reached) seen.add(next)
  }
  return levels
}

/** Names a message that is waited for; by an example, unless that is the text which came in its place. */
export function awaited(automaton: Automaton, step: Step, text: string): string {
  if (step.form.example !== text) return alternatives(automaton, [step])
  return `the ${step.from}'s ${isField(step.form) ? step.form.text.slice(1, -1) : step.name}`
}

/** Checks whether a message is one field that takes any text. */
function takesAnything(form: MessageForm): boolean {
  return isField(form) && (form.free === true || form.accepts === undefined)
}

/**
 * Explains what is wrong with a text that is nearly one of these messages, as the end of a sentence: capital and small
 * letters, or blanks around it, or nothing but its end; empty if it is none of them.
 */
export function nearMiss(steps: readonly Step[], text: string): string {
  if (text === '') return EMPTY
  const trimmed = text.replace(AROUND, '')
  for (const { form, from, after } of steps) {
    if (isGlued(form, from, after, text)) return `; a line end (\\n) is missing behind ${quoted(form.text)}`
    if (form.text !== text && form.text.trimEnd() === text) return '; the blank at its end is missing'
    const word = partsOf(form)[0]?.trim() ?? ''
    const said = trimmed.slice(0, word.length)
    if (form.closes || said.toLowerCase() !== word.toLowerCase()) continue
    const meant = parse(form, word + trimmed.slice(word.length)) !== undefined
    if (meant && said !== word) return `; write ${quoted(word)}, and not ${quoted(said)}`
    if (meant && /^[\r\n]/.test(text)) return '; the line end before it is too much'
    if (meant && trimmed !== text) return '; leave out the blanks around it'
  }
  return ''
}

/** Checks whether a text is a message without fields, and directly behind it the next one of its side. */
function isGlued({ text: first, unended }: MessageForm, from: Side, after: readonly Step[], text: string): boolean {
  if (first === '' || unended || first.includes('{') || text.length === first.length || !text.startsWith(first)) return false
  // the next message of a side may be due only after one of the other
  const next = after.flatMap((step) => (step.from === from ? [step] : step.after.filter(({ form }) => !isField(form))))
  return next.some((step) => step.from === from && !step.form.closes && parse(step.form, text.slice(first.length)) !== undefined)
}

/** Checks whether a protocol has no end at all: neither a state that is one, nor a side that may close. */
export function endless(automaton: Automaton): boolean {
  return Object.keys(automaton.states).every((state) => {
    const all = legal(automaton, state)
    return all.length > 0 && !all.some(({ form }) => form.closes)
  })
}

/** What is legal in each state. Throws a RangeError where a step leads to a state that is none. */
function tableOf<Name extends string>(automaton: Automaton<Name>): Map<string, readonly Step<Name>[]> {
  const drafts = Object.keys(automaton.states).map((state) => [state, steps(automaton, state)] as const)
  const table = new Map<string, readonly Step<Name>[]>(drafts)
  for (const step of drafts.flatMap(([, all]) => all)) {
    const after = table.get(step.next)
    if (!after) throw new RangeError(`the automaton has no state ${step.next}`)
    step.after = after
  }
  return table
}

/** A step before it is known what follows. */
type Draft<Name extends string> = Omit<Step<Name>, 'after'> & { after: readonly Step<Name>[] }

function steps<Name extends string>(automaton: Automaton<Name>, state: string): readonly Draft<Name>[] {
  const own = automaton.states[state] ?? {}
  const final = Object.keys(own).length === 0
  const all = final ? {} : { ...automaton.always, ...own }
  return (Object.entries(all) as [Name, string][]).map(([name, next]) => {
    const form = automaton.messages[name]
    const from = form.from === 'either' ? automaton.turns?.[state] : form.from
    if (from === undefined) throw new TypeError(`whose turn is it in the state ${state}?`)
    return { name, form, from, next, after: [] }
  })
}

/** Checks whether a message is one field and nothing else. */
export function isField({ text }: MessageForm): boolean {
  return /^\{\w+\}$/.test(text)
}

function describe({ text, example, range }: MessageForm): string {
  const field = text.slice(1, -1)
  return `${/^[aeio]/.test(field) ? 'an' : 'a'} ${field}${range === undefined ? '' : ` ${range}`} (such as ${quoted(example)})`
}

/** `a`, `a or b`, `a, b or c`. */
function inWords(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`
}

/** Blanks around a text; a byte order mark, which is a blank for `trim`, is none. */
const AROUND = /^[^\S\ufeff]+|[^\S\ufeff]+$/g
/** Usual cause of an empty line, as the end of a sentence. */
export const EMPTY = '; an empty line is often one line end too many'
const FIELD = /\{\w+\}/g
const NO_FIELDS: readonly string[] = []
/** The texts around the field of a message that is one field and nothing else. */
const ALONE: readonly string[] = ['', '']
const forms = new WeakMap<MessageForm, readonly string[]>()
const patterns = new WeakMap<MessageForm, RegExp>()
const tables = new WeakMap<Automaton, ReadonlyMap<string, readonly Step[]>>()

/** The texts before, between and behind the fields of a message: one text more than fields. */
export function partsOf(form: MessageForm): readonly string[] {
  let parts = forms.get(form)
  if (!parts) {
    parts = form.text.split(FIELD)
    if (parts.length === 2 && parts.every((part) => part === '')) parts = ALONE
    forms.set(form, parts)
  }
  return parts
}

/** The pattern of a message with fields. */
function patternOf(form: MessageForm, [first = '', ...others]: readonly string[]): RegExp {
  let pattern = patterns.get(form)
  if (!pattern) {
    const last = others.pop() ?? ''
    const fields = others.map((part) => `(\\S+)${RegExp.escape(part)}`).join('')
    pattern = new RegExp(`^${RegExp.escape(first)}${fields}(.*)${RegExp.escape(last)}$`, 's')
    patterns.set(form, pattern)
  }
  return pattern
}
