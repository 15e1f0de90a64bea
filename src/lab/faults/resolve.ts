import { findNearest } from '../../base/nearest.ts'
import type { Automaton } from '../../protocol/automaton.ts'
import type { MessageSpec, Side } from '../../protocol/message-spec.ts'
import { quoteText } from '../../wire/text.ts'
import { formatRule } from './grammar.ts'
import { ANY, type ByteMoment, type FaultRefusal, type FaultRule, isAtMessage, type MessageMoment } from './rule.ts'
import { type FaultPlace, specOf, type Verb } from './verbs.ts'

/** NamedMoment is a moment with the names of its message in the program. */
export interface NamedMoment {
  readonly place: FaultPlace
  readonly ordinal: number | undefined
  /** Names of the messages that the user means; `undefined` for every message. */
  readonly names: ReadonlySet<string> | undefined
}

/** LaneRule is a rule for the bytes of one sender. */
export interface LaneRule {
  /** The rule, as the user wrote it. */
  readonly text: string
  readonly verb: Verb
  readonly value: FaultRule['value']
  readonly moment: NamedMoment | ByteMoment | undefined
}

/**
 * MessageWatch finds the rules that apply at a message of one direction. For each rule, it counts the messages that have the rule's name.
 */
export class MessageWatch {
  readonly #watched: readonly { readonly rule: LaneRule; readonly moment: NamedMoment; count: number }[]

  constructor(rules: readonly LaneRule[]) {
    this.#watched = rules.flatMap((rule) => (rule.moment && 'place' in rule.moment ? [{ rule, moment: rule.moment, count: 0 }] : []))
  }

  /** True if a rule depends on messages. */
  get isNeeded(): boolean {
    return this.#watched.length > 0
  }

  /** Counts a message, and returns the rules that apply to it. */
  apply(names: readonly string[]): readonly LaneRule[] {
    return this.#watched.flatMap((one) => {
      const { rule, moment } = one
      if (moment.names && !names.some((name) => moment.names?.has(name))) return []
      one.count++
      return moment.ordinal === undefined || moment.ordinal === one.count ? [rule] : []
    })
  }
}

/** FaultContext is the conversation that rules disturb. */
export interface FaultContext {
  /** The side of this process; `undefined` for a proxy, which has no side. */
  readonly side: Side | undefined
  /** The program; `undefined` for an unknown program. */
  readonly program: { readonly name: string; readonly automaton: Automaton } | undefined
  /**
   * True if the connection transmits datagrams, false if it transmits a stream; `undefined` for both kinds. `resolveFaults` refuses rules
   * for the other kind.
   */
  readonly datagrams: boolean | undefined
}

/** Returns the rules for the bytes of each side, or the reason why the connection cannot have one of the rules. */
export function resolveFaults(
  rules: readonly FaultRule[],
  context: FaultContext,
): Readonly<Record<Side, readonly LaneRule[]>> | FaultRefusal {
  const bySender: Record<Side, LaneRule[]> = { client: [], server: [] }
  for (const rule of rules) {
    const resolved = resolveRule(rule, context)
    if ('refused' in resolved) return resolved
    for (const [sender, one] of resolved.entries) bySender[sender].push(one)
  }
  return bySender
}

interface Resolved {
  readonly entries: readonly (readonly [Side, LaneRule])[]
}

function resolveRule(rule: FaultRule, context: FaultContext): Resolved | FaultRefusal {
  const { verb, value, moment } = rule
  const text = formatRule(rule)
  const refused = wrongCarrier(verb, context.datagrams)
  if (refused !== undefined) return { refused }
  const given = rule.direction === undefined ? undefined : sidesOf(rule.direction, context.side)
  if (given && 'refused' in given) return given
  if (value === 'message' && !context.program) return { refused: unknownProgram(rule) }
  if (!isAtMessage(moment)) {
    const usual: readonly Side[] = context.side === undefined ? BOTH : [context.side]
    return { entries: (given ?? usual).map((sender) => [sender, { text, verb, value, moment }]) }
  }
  const named = findMessages(rule, moment, context)
  if ('refused' in named) return named
  const asked = sidesOfWhose(moment.whose, context.side)
  if ('refused' in asked) return asked
  const senders = BOTH.filter((side) => named[side] !== undefined && asked.includes(side) && (given?.includes(side) ?? true))
  if (senders.length === 0) return { refused: wrongSender(rule, moment, named, context) }
  const { place, ordinal } = moment
  return { entries: senders.map((sender) => [sender, { text, verb, value, moment: { place, ordinal, names: named[sender]?.names } }]) }
}

const BOTH: readonly Side[] = ['server', 'client']

function wrongCarrier(verb: Verb, datagrams: boolean | undefined): string | undefined {
  const { carriers } = specOf(verb)
  if (datagrams === true && carriers === 'streams') return `${verb} needs a stream: a datagram arrives whole or not at all`
  if (datagrams === false && carriers === 'datagrams') return `${verb} needs datagrams (--udp): TCP sends lost bytes again, in order`
  return undefined
}

function sidesOf(direction: string, side: Side | undefined): readonly Side[] | FaultRefusal {
  if (direction === 'both') return BOTH
  if (direction === 'client' || direction === 'server') return [direction]
  if (side === undefined) return { refused: `a proxy has no "${direction}": write client: or server:, the side that sends` }
  return [direction === 'out' ? side : other(side)]
}

function sidesOfWhose(whose: MessageMoment['whose'], side: Side | undefined): readonly Side[] | FaultRefusal {
  if (whose === undefined) return BOTH
  if (whose === 'client' || whose === 'server') return [whose]
  if (side === undefined) return { refused: `a proxy has no "${whose}": write client or server, the side that sends` }
  return [whose === 'my' ? side : other(side)]
}

function other(side: Side): Side {
  return side === 'server' ? 'client' : 'server'
}

/** The messages that a moment means, by the side that sends them; `undefined` for a side that sends no such message. */
type Named = Readonly<Record<Side, { readonly names?: ReadonlySet<string> | undefined } | undefined>>

function findMessages(rule: FaultRule, moment: MessageMoment, { program }: FaultContext): Named | FaultRefusal {
  // a datagram is a message, even without a name
  if (!program && moment.message === ANY && specOf(rule.verb).kind === 'datagram') return { server: {}, client: {} }
  if (!program) return { refused: unknownProgram(rule) }
  const { messages } = program.automaton
  const names = messageNames(messages, moment)
  if (!names && moment.message !== ANY) return { refused: unknownMessage(moment.message, program) }
  const of = (sender: Side) => {
    if (!names) return { names }
    const own = names.filter((name) => messages[name]?.from === sender || messages[name]?.from === 'either')
    return own.length === 0 ? undefined : { names: new Set(own) }
  }
  return { server: of('server'), client: of('client') }
}

/**
 * Finds the messages that a text means. It searches first for this exact name, and then for this exact text or example. The last search is
 * for a name, a text or a first word, and ignores the case of letters.
 */
function messageNames(messages: Readonly<Record<string, MessageSpec>>, { message, whose }: MessageMoment): readonly string[] | undefined {
  const all = Object.entries(messages).filter(([, { closes }]) => !closes)
  // "client says" is a name, but reads like the "says" of the client
  const wanted = [message, ...(whose === 'client' || whose === 'server' ? [`${whose} ${message}`] : [])]
  const ways: readonly ((name: string, form: MessageSpec) => readonly string[])[] = [
    (name) => [name],
    (_, { text, example }) => [text, example],
    (name, { text }) => [name, text, firstWord(text)].map((one) => one.toLowerCase()),
  ]
  for (const [at, way] of ways.entries()) {
    const texts = at < ways.length - 1 ? wanted : wanted.map((one) => one.toLowerCase())
    const found = all.filter(([name, form]) => way(name, form).some((one) => texts.includes(one)))
    if (found.length > 0) return found.map(([name]) => name)
  }
  return undefined
}

/**
 * Returns the fixed word at the beginning of a message; `{` for a message that begins with a field, because it has no fixed first word.
 */
function firstWord(text: string): string {
  return /^[^\s{]+/.exec(text)?.[0] ?? '{'
}

function unknownProgram(rule: FaultRule): string {
  return `"${formatRule(rule)}" depends on the messages of a program: name the program`
}

function unknownMessage(message: string, { name, automaton }: NonNullable<FaultContext['program']>): string {
  const forms = Object.entries(automaton.messages).filter(([, { closes }]) => !closes)
  // users know the word on the wire better than the name in the automaton
  const words = new Map(forms.flatMap(([one, { text }]) => [one, firstWord(text)]).map((word) => [word.toLowerCase(), word]))
  const meant = words.get(findNearest(message, [...words.keys()]) ?? '')
  const list = forms.map(([one, { text }]) => (text === one || text.startsWith(`${one} `) ? one : `${one} (${quoteText(text, 30)})`))
  return `${name} has no message ${quoteText(message)}${meant === undefined ? '.' : `; did you mean ${meant}?`} Its messages are ${list.join(', ')}; "${ANY}" is any of them`
}

function wrongSender(rule: FaultRule, { message, whose }: MessageMoment, named: Named, { side }: FaultContext): string {
  const sender: Side = named.server ? 'server' : 'client'
  const here = side === undefined ? '' : sender === side ? ', this side' : ', the other side'
  const wrong = rule.direction === undefined || whose !== undefined ? `"${whose} ${message}"` : `"${rule.direction}:"`
  return `${quoteText(message)} is sent by the ${sender}${here}: ${wrong} does not fit`
}
