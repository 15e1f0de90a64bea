import { formatWords } from '../base/word-lists.ts'
import type { SecretFinder } from '../wire/secret-masking.ts'
import { quoteText } from '../wire/text.ts'
import { isField, type MessageSpec, parseMessage, type Side, splitMessage } from './message-spec.ts'

/**
 * Automaton is a protocol as data: for each state, the legal messages and the next state of each message. A state without
 * messages is an end.
 *
 * All code about a protocol reads this one table: `Peer` refuses the messages that the table does not have, the generator makes the
 * reference page and the diagram from the table, and the tests visit all its states. No role checks whose turn it is.
 *
 * The names of messages and states are types. `defineAutomaton` infers them from the keys of `messages` and `states` alone, so the
 * compiler checks every other place that names a message or a state.
 *
 * The functions below compute the messages that a state allows (`legalTransitions`) from the table, and put these messages into words
 * (`expectation`, `alternatives`, `dueBefore`, `nearMiss`). The first call compiles an automaton: every transition then contains the
 * transitions of its next state (`after`), so a step through a running conversation is two assignments and allocates
 * nothing. Compiled tables, split texts and patterns are in weak maps beside the automaton, because a protocol file declares its automaton
 * as a plain constant.
 */
export interface Automaton<Name extends string = string, State extends string = string> {
  readonly messages: { readonly [N in Name]: MessageSpec }
  readonly start: NoInfer<State>
  readonly states: { readonly [S in State]: Transitions<NoInfer<Name>, NoInfer<State>> }
  /** For each state, the side that may send the messages whose `from` is `either`. */
  readonly turns?: { readonly [S in NoInfer<State>]?: Side }
  /** Messages that are legal in every state except an end. */
  readonly always?: Transitions<NoInfer<Name>, NoInfer<State>>
  /** States in which both sides may close without a message, because both sides have received the end of the game. */
  readonly quiet?: readonly NoInfer<State>[]
  /** States in which a side sends its message without input from a person; `true` for all states. */
  readonly automatic?: Readonly<Partial<Record<Side, true | readonly NoInfer<State>[]>>>
  /**
   * The server's answer to an illegal message; the answer leaves the state unchanged. Without a refusal, an illegal message ends
   * the conversation.
   */
  readonly refusal?: NoInfer<Name>
  /** Another language that this protocol uses, such as HTTP. Sentences do not report bytes that look like this language. */
  readonly language?: string
  /** Finds the secrets in a whole or partial message. By default, a secret is the text after a keyword such as `LOGIN`. */
  readonly secrets?: SecretFinder<Side>
  /**
   * Finds the texts of people in a message, because an operator who watches the server must not see these texts. By default, these texts
   * are the messages with `free`, but not their fields `name`.
   */
  readonly talk?: SecretFinder<Side>
}

/** Transitions of one state: each legal message, with the state to which the message leads. */
export type Transitions<Name extends string = string, State extends string = string> = { readonly [N in Name]?: State }

/**
 * Returns the automaton, with the names of its messages and states as types. The compiler then reports a name that the automaton
 * does not have: in a transition, in `start`, `turns`, `quiet`, `automatic` or `refusal`, and in a role that sends a message or
 * compares `peer.state`.
 */
export function defineAutomaton<Name extends string, State extends string>(automaton: Automaton<Name, State>): Automaton<Name, State> {
  return automaton
}

/** ReceivedMessage is a legal message with its fields. */
export interface ReceivedMessage<Name extends string = string> {
  readonly name: Name
  /** The text of the message as received. */
  readonly text: string
  readonly fields: readonly string[]
}

/** ReceivedMessageReader waits for one legal message. `Peer` calls one of the two methods, and only once. */
export interface ReceivedMessageReader<Name extends string> {
  resolve(said: ReceivedMessage<Name>): void
  /** Called with the error if `receive` would reject. */
  reject(reason: Error): void
}

/** Transition is one legal message of a state. */
export interface Transition<Name extends string = string, State extends string = string> {
  readonly name: Name
  readonly form: MessageSpec
  /** The side that may send the message in this state. */
  readonly from: Side
  /** Name of the state to which the message leads. */
  readonly next: State
  /** Transitions of the next state. */
  readonly after: readonly Transition<Name, State>[]
}

/** Finds the transition of a message name; `undefined` for a message that is illegal in this state. */
export function findTransition<Name extends string, State extends string>(
  steps: readonly Transition<Name, State>[],
  name: NoInfer<Name>,
): Transition<Name, State> | undefined {
  for (const step of steps) if (step.name === name) return step
  return undefined
}

/** Returns the transitions of a state. Throws a RangeError for an unknown state. */
export function legalTransitions<Name extends string, State extends string>(
  automaton: Automaton<Name, State>,
  state: NoInfer<State>,
): readonly Transition<Name, State>[] {
  let table = tables.get(automaton) as ReadonlyMap<string, readonly Transition<Name, State>[]> | undefined
  if (!table) {
    table = tableOf(automaton)
    tables.set(automaton, table)
  }
  const found = table.get(state)
  if (!found) throw new RangeError(`the automaton has no state ${state}`)
  return found
}

/** Checks whether a state is an end, which has no messages. Throws a RangeError for an unknown state. */
export function isEnd(automaton: Automaton, state: string): boolean {
  return legalTransitions(automaton, state).length === 0
}

/**
 * Checks whether a conversation may be over in a state: the state is an end, or it is quiet. If the close of a side is a transition of the
 * state, that side may also end the conversation by closing; the conversation is then over in the next state. Throws a RangeError like
 * `isEnd`.
 */
export function mayEnd(automaton: Automaton, state: string): boolean {
  return isEnd(automaton, state) || automaton.quiet?.includes(state) === true
}

/**
 * Formats a clause on the messages that a side may send in a state: `expected "LOW", "HIGH" or "WIN"`; if the side may send nothing, gives
 * the reason.
 * `whose` is "your" if that side reads the clause.
 */
export function expectation(automaton: Automaton, state: string, side: Side, whose = `the ${side}'s`): string {
  const steps = legalTransitions(automaton, state)
  if (isEnd(automaton, state)) return 'the conversation is over'
  const due = steps.filter(({ from }) => from === side)
  if (due.length === 0) return `it is not ${whose} turn`
  const waits = due.every(({ form }) => form.bye || form.closes) && steps.some(({ from, form }) => from !== side && !form.bye)
  return waits
    ? `it is not ${whose} turn: only ${alternatives(automaton, due)} may be sent now`
    : `expected ${alternatives(automaton, due)}`
}

/** Formats a list of messages: `something like "START 5" or "RESUME", or "QUIT" to stop`. */
export function alternatives(automaton: Automaton, steps: readonly Pick<Transition, 'name' | 'form'>[]): string {
  const messages = steps.filter(({ form }) => !form.closes)
  // the list mentions the end of the connection only if there is no message to mention
  if (messages.length === 0) return steps[0]?.form.about ?? 'the end of the connection'
  const said = messages.filter(({ form, name }) => !form.bye && name !== automaton.refusal)
  const usual = said.filter(({ form }) => !form.advanced)
  const main = usual.length > 0 ? usual : said
  const byes = messages.filter(({ form }) => form.bye).map(({ form }) => quoteText(form.text))
  const forms = (main.length > 0 ? main : messages).map(({ form }) => form)
  const alone = new Map(forms.filter(isField).map((form) => [form.text, describe(form)]))
  const others = forms.filter((form) => !isField(form))
  const like = alone.size === 0 && others.some(({ text, label }) => label === undefined && text.includes('{')) ? 'something like ' : ''
  const names = others.map(({ example, label }) => label ?? quoteText(example))
  const list = formatWords([...alone.values(), ...new Set(names)], 'or')
  return `${like}${list}${main.length > 0 && byes.length > 0 ? `, or ${formatWords(byes, 'or')} to stop` : ''}`
}

/**
 * Formats a clause for a side that has sent a text too early: the clause names the message for which that side must wait. Returns
 * `undefined` if the messages of the other side alone cannot lead to a state in which the text is legal. `whose` is "your" if that side
 * reads the clause.
 */
export function dueBefore(automaton: Automaton, state: string, side: Side, text: string, whose = `the ${side}'s`): string | undefined {
  const levels = levelsBefore(automaton, state, side)
  const speaks = ({ form, from }: Transition) => from === side && !form.bye && !form.closes
  const leading = (isMeant: (form: MessageSpec) => boolean) =>
    levels
      .map((steps) => steps.filter(({ after }) => after.some((step) => speaks(step) && isMeant(step.form))))
      .find(({ length }) => length > 0)
  const takes = (form: MessageSpec) => parseMessage(form, text) !== undefined
  const any = leading(takes)
  if (!any) return undefined
  const [now = []] = levels
  // if only a field for any text accepts the text, the text does not show which state the peer means, so the clause names the nearest state
  const found = now.length === 1 ? now : (leading((form) => takes(form) && !takesAnything(form)) ?? leading(() => true) ?? any)
  const likeliest = found.find(({ form }) => isField(form)) ?? found[0]
  return likeliest && `it is not ${whose} turn yet; wait for ${formatAwaited(automaton, likeliest, text)}`
}

/**
 * Returns the transitions of the other side for which a side can wait, in levels. The first level has the transitions of the state, and
 * each further level has the transitions that can follow the previous level.
 */
function levelsBefore(automaton: Automaton, state: string, side: Side): readonly (readonly Transition[])[] {
  const seen = new Set([state])
  const levels: Transition[][] = []
  for (let reached = [state]; reached.length > 0; ) {
    const others = reached
      .flatMap((one) => legalTransitions(automaton, one))
      .filter(({ from, name, form }) => from !== side && name !== automaton.refusal && !form.bye)
    levels.push(others)
    reached = [...new Set(others.map(({ next }) => next))].filter((next) => !seen.has(next))
    for (const next of reached) seen.add(next)
  }
  return levels
}

/**
 * Describes the message for which a side waits, by the example of the message. If the example equals the text that arrived instead,
 * describes the message by its side and its name.
 */
export function formatAwaited(automaton: Automaton, step: Transition, text: string): string {
  if (step.form.example !== text) return alternatives(automaton, [step])
  return `the ${step.from}'s ${isField(step.form) ? step.form.text.slice(1, -1) : step.name}`
}

/** Checks whether a message is one field that accepts any text. */
function takesAnything(form: MessageSpec): boolean {
  return isField(form) && (form.free === true || form.accepts === undefined)
}

/**
 * Returns the end of an error sentence on a text that is almost one of these messages: the mistake is the text's case, blanks around the
 * text, or a missing line end. Returns `''` for a text that resembles none of these messages.
 */
export function nearMiss(steps: readonly Transition[], text: string): string {
  if (text === '') return EMPTY
  const trimmed = text.replace(AROUND, '')
  for (const { form, from, after } of steps) {
    if (isGlued(form, from, after, text)) return `; a line end (\\n) is missing after ${quoteText(form.text)}`
    if (form.text !== text && form.text.trimEnd() === text) return '; the blank at its end is missing'
    const word = splitMessage(form)[0]?.trim() ?? ''
    const said = trimmed.slice(0, word.length)
    if (form.closes || said.toLowerCase() !== word.toLowerCase()) continue
    const meant = parseMessage(form, word + trimmed.slice(word.length)) !== undefined
    if (meant && said !== word) return `; write ${quoteText(word)}, and not ${quoteText(said)}`
    if (meant && /^[\r\n]/.test(text)) return '; leave out the line end before it'
    if (meant && trimmed !== text) return '; leave out the blanks around it'
  }
  return ''
}

/**
 * Checks whether a text consists of this message and, directly after it, the next message of the same side. Returns false for a message
 * with fields.
 */
function isGlued({ text: first, unended }: MessageSpec, from: Side, after: readonly Transition[], text: string): boolean {
  if (first === '' || unended || first.includes('{') || text.length === first.length || !text.startsWith(first)) return false
  // the side's next message may be legal only after a message of the other side
  const next = after.flatMap((step) => (step.from === from ? [step] : step.after.filter(({ form }) => !isField(form))))
  return next.some((step) => step.from === from && !step.form.closes && parseMessage(step.form, text.slice(first.length)) !== undefined)
}

/** Checks whether a protocol never ends: it has no end state, and no side may close. */
export function isEndless(automaton: Automaton): boolean {
  return Object.keys(automaton.states).every((state) => {
    const all = legalTransitions(automaton, state)
    return all.length > 0 && !all.some(({ form }) => form.closes)
  })
}

/**
 * Returns the table of an automaton. At the first call, compiles the automaton. Throws a RangeError for a transition to an unknown state.
 */
function tableOf<Name extends string, State extends string>(
  automaton: Automaton<Name, State>,
): ReadonlyMap<string, readonly Transition<Name, State>[]> {
  const states = Object.keys(automaton.states) as State[]
  const drafts = states.map((state) => [state, steps(automaton, state)] as const)
  const table = new Map<string, readonly Transition<Name, State>[]>(drafts)
  for (const step of drafts.flatMap(([, all]) => all)) {
    const after = table.get(step.next)
    if (!after) throw new RangeError(`the automaton has no state ${step.next}`)
    step.after = after
  }
  return table
}

/** Draft is a transition that has no `after` yet. */
type Draft<Name extends string, State extends string> = Omit<Transition<Name, State>, 'after'> & {
  after: readonly Transition<Name, State>[]
}

function steps<Name extends string, State extends string>(automaton: Automaton<Name, State>, state: State): readonly Draft<Name, State>[] {
  const own: Transitions<Name, State> = automaton.states[state]
  const final = Object.keys(own).length === 0
  const all = final ? {} : { ...automaton.always, ...own }
  return (Object.entries(all) as [Name, State][]).map(([name, next]) => {
    const form = automaton.messages[name]
    const from: Side | undefined = form.from === 'either' ? automaton.turns?.[state] : form.from
    if (from === undefined) throw new TypeError(`the automaton has no turn for the state ${state}, in which either side may send ${name}`)
    return { name, form, from, next, after: [] }
  })
}

function describe({ text, example, range }: MessageSpec): string {
  const field = text.slice(1, -1)
  return `${/^[aeio]/.test(field) ? 'an' : 'a'} ${field}${range === undefined ? '' : ` ${range}`} (such as ${quoteText(example)})`
}

/** Blanks around a text. Unlike `trim`, this pattern does not count a byte order mark as a blank. */
const AROUND = /^[^\S\ufeff]+|[^\S\ufeff]+$/g
/** The end of an error sentence, with the usual cause of an empty line. */
export const EMPTY = '; an empty line is often one line end too many'
const tables = new WeakMap<Automaton, ReadonlyMap<string, readonly Transition[]>>()
