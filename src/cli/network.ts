import { type Clock, createSystemClock } from '../base/clock.ts'
import { formatRule, type OptionVerb, optionVerbs, parseFaults, toRules } from '../lab/faults/grammar.ts'
import type { NotifyFault } from '../lab/faults/lane.ts'
import type { FaultContext, resolveFaults } from '../lab/faults/resolve.ts'
import { type FaultRule, hasChance } from '../lab/faults/rule.ts'
import { formatValueExpected } from '../lab/faults/values.ts'
import type { SecretPolicy } from '../lab/trace.ts'
import type { Options, Program } from '../protocol/definition.ts'
import type { Side } from '../protocol/message-spec.ts'
import { findSecrets } from '../protocol/violation-text.ts'
import { quoteText } from '../wire/text.ts'
import type { Transport } from '../wire/transport.ts'
import { printLine, UsageError } from './diagnostics.ts'

/** NetworkOptions has the parsed command line for the network between the two sides: its faults, and the trace. */
export interface NetworkOptions {
  readonly split?: string | undefined
  readonly glue?: string | undefined
  readonly delay?: string | undefined
  /** Rules of faults, in the form that the user has typed. */
  readonly fault?: readonly string[] | undefined
  readonly seed?: number | undefined
  readonly trace?: boolean | undefined
  readonly secrets?: boolean | undefined
  readonly udp?: boolean | undefined
}

/** NetworkScope has the conversations to which the options for the network apply. */
export interface NetworkScope {
  /** Missing for a proxy that does not have the program. */
  readonly programs: readonly Program[]
  /** The side of this process; the trace and the faults name directions from the view of this side. A proxy is the server of its client. */
  readonly side: Side
  /** True for a proxy, which disturbs both sides in the same way. */
  readonly isProxy?: boolean
  /** True if the connections are datagrams, false if they are streams; `undefined` if they may be of both kinds. */
  readonly datagrams: boolean | undefined
}

/** DisturbedConnection is the connection to which faults apply. */
export interface DisturbedConnection {
  /** Missing for a proxy that does not have the program. */
  readonly program?: Program | undefined
  /** The options with which the user runs the program. */
  readonly options: Options
  /** The connection's number, which begins at 1. */
  readonly number: number
  /** Called for each fault whose effect looks like a mistake of a program. */
  readonly notify: NotifyFault
}

/** OverlayContext is the connection to which an overlay applies. */
export interface OverlayContext extends DisturbedConnection {
  readonly program: Program
  /** Called with each line of the trace. */
  readonly write: (line: string) => void
}

/** Overlay wraps the transport of a connection with faults and a trace. */
export type Overlay = (transport: Transport, about: OverlayContext) => Transport

/** Matches a value with an empty part, such as `in:`, or with a blank inside a part. */
const HOLLOW = /(?:^|[,:])\s*(?:,|$)|[^\s,:]\s+[^\s,:]/

/** Throws a UsageError for invalid values of `--split`, `--glue`, `--delay` and `--fault`. */
export function checkFaults({ fault = [], ...options }: Pick<NetworkOptions, OptionVerb | 'fault'>): void {
  const refused = optionVerbs.flatMap((verb) => {
    const value = options[verb]
    if (value !== undefined && HOLLOW.test(value)) return [`--${formatValueExpected(verb, value)}`]
    const rules = value === undefined ? [] : parseFaults(toRules(verb, value))
    if (!('refused' in rules)) return []
    return [rules.refused.startsWith(verb) ? `--${rules.refused}` : `--${verb} cannot be ${quoteText(value ?? '')}: ${rules.refused}`]
  })
  for (const text of fault) {
    const rules = parseFaults(text)
    if ('refused' in rules) refused.push(`--fault cannot be ${quoteText(text)}: ${rules.refused}`)
  }
  const [first, ...others] = refused
  if (first !== undefined) throw new UsageError(first, ...others)
}

/** Loads the overlay that the options name; `undefined` without such options. Rejects with a UsageError. */
export async function loadOverlay(options: NetworkOptions, scope: NetworkScope): Promise<Overlay | undefined> {
  if (options.secrets && !options.trace) throw new UsageError('--secrets needs --trace')
  const clock = createSystemClock()
  const faults = await loadFaults(options, scope, clock)
  const tracing = options.trace ? await import('../lab/trace.ts') : undefined
  if (!faults && !tracing) return undefined
  return (transport, context) => {
    const { automaton } = context.program.protocol
    const bySide: SecretPolicy = (from, text, secrets) =>
      findSecrets(automaton, (from === 'us') === (scope.side === 'server') ? 'server' : 'client', text, secrets)
    const { write } = context
    const shown = tracing?.traceTransport(transport, { write, clock, ...(options.secrets ? {} : { secrets: bySide }) }) ?? transport
    return faults?.(shown, context) ?? shown
  }
}

function parseAll(texts: readonly string[]): readonly FaultRule[] {
  const rules = parseFaults(texts.join(','))
  if ('refused' in rules) throw new UsageError(rules.refused)
  return rules
}

/**
 * Loads the function that adds the faults of the options to a connection; `undefined` without faults. Prints the command that
 * repeats the run, if a fault is random and the user gave no seed. Rejects with a UsageError.
 */
export async function loadFaults(
  options: NetworkOptions,
  scope: NetworkScope,
  clock: Clock,
): Promise<((transport: Transport, connection: DisturbedConnection) => Transport) | undefined> {
  const named = optionVerbs.flatMap((verb) => (options[verb] === undefined ? [] : [toRules(verb, options[verb])]))
  const texts = [...named, ...(options.fault ?? [])]
  const { seed: given } = options
  if (options.udp && (options.split ?? options.glue) !== undefined) {
    throw new UsageError('--split and --glue need a stream: a datagram arrives whole or not at all; with --udp, use --delay')
  }
  if (texts.length === 0 && given !== undefined) throw new UsageError('--seed needs --split, --delay or --fault')
  if (texts.length === 0) return undefined
  const rules = parseAll(texts)
  const { resolveFaults: resolve } = await import('../lab/faults/resolve.ts')
  const contexts = contextsOf(scope)
  checkUsable(rules, contexts, resolve)
  const usable = new Map(contexts.map((context) => [context.program?.name, rules.filter((rule) => isUsable(rule, context, resolve))]))
  const { side, isProxy = false } = scope
  const seed = given ?? globalThis.crypto.getRandomValues(new Uint16Array(1))[0] ?? 0
  if (given === undefined && hasChance(rules))
    printLine(`the seed of this network is ${seed}; to repeat it: ${formatCommand([...process.argv.slice(2), '--seed', String(seed)])}`)
  const { addFaults } = await import('../lab/faults/faulty-transport.ts')
  return (transport, { program, options: its, number: connection, notify }) => {
    const known = program && { name: program.name, automaton: program.protocol.automaton, ...program.protocol.framing(its) }
    return addFaults(transport, {
      rules: usable.get(program?.name) ?? [],
      side,
      isProxy,
      seed,
      connection,
      program: known,
      clock,
      onFault: notify,
    })
  }
}

/** Returns the contexts in which rules apply: a context for each program, or one context for an unknown program. */
function contextsOf({ programs, side, isProxy, datagrams }: NetworkScope): readonly FaultContext[] {
  const seenFrom = isProxy ? undefined : side
  if (programs.length === 0) return [{ side: seenFrom, program: undefined, datagrams }]
  return programs.map(({ name, protocol }) => ({ side: seenFrom, program: { name, automaton: protocol.automaton }, datagrams }))
}

/** Checks whether the program of a context can use a rule. A program that does not have the rule's message cannot use the rule. */
function isUsable(rule: FaultRule, context: FaultContext, resolve: typeof resolveFaults): boolean {
  return !('refused' in resolve([rule], context))
}

/** Throws a UsageError for each rule that no program can use. */
function checkUsable(rules: readonly FaultRule[], contexts: readonly FaultContext[], resolve: typeof resolveFaults): void {
  const refused = rules.flatMap((rule) => {
    const reasons = contexts.map((context) => resolve([rule], context))
    if (reasons.some((reason) => !('refused' in reason))) return []
    const sentences = [...new Set(reasons.map((reason) => ('refused' in reason ? reason.refused : '')))]
    return [sentences.length === 1 ? (sentences[0] ?? '') : `"${formatRule(rule)}" fits no program that is served: ${sentences[0]}`]
  })
  const [first, ...others] = refused
  if (first !== undefined) throw new UsageError(first, ...others)
}

/** Formats a command line of this program so that a shell reads the same words. */
function formatCommand(words: readonly string[]): string {
  const quoted = words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
  return ['parlor', ...quoted].join(' ')
}
