import { type Clock, createSystemClock } from '../base/clock.ts'
import { type FaultSettings, formatExpected, hasChance, type OptionVerb, optionVerbs, parseFaults, toRules } from '../lab/fault-grammar.ts'
import type { SecretPolicy } from '../lab/trace.ts'
import type { Side } from '../protocol/automaton.ts'
import type { Program } from '../protocol/definition.ts'
import { findSecrets } from '../protocol/violation-text.ts'
import { quoteText } from '../wire/text.ts'
import type { Transport } from '../wire/transport.ts'
import { printError, UsageError } from './diagnostics.ts'

/** NetworkOptions has the parsed command line for the network between the two sides: its faults, and the trace. */
export interface NetworkOptions {
  readonly split?: string | undefined
  readonly glue?: string | undefined
  readonly delay?: string | undefined
  readonly seed?: number | undefined
  readonly trace?: boolean | undefined
  readonly secrets?: boolean | undefined
  readonly udp?: boolean | undefined
}

/** OverlayContext is the connection to which an overlay applies. */
export interface OverlayContext {
  readonly program: Program
  /** The traced side. */
  readonly side: Side
  /** The connection's number, counted from 1. */
  readonly number: number
  /** Called with each line of the trace. */
  readonly write: (line: string) => void
}

/** Overlay wraps the transport of a connection with faults and a trace. */
export type Overlay = (transport: Transport, about: OverlayContext) => Transport

/** Matches a value with an empty part, such as `in:`, or with a blank inside a part. */
const HOLLOW = /(?:^|[,:])\s*(?:,|$)|[^\s,:]\s+[^\s,:]/

/** Throws a UsageError for invalid values of `--split`, `--glue` and `--delay`. */
export function checkFaults(options: Pick<NetworkOptions, OptionVerb>): void {
  const refused = optionVerbs.flatMap((verb) => {
    const value = options[verb]
    if (value !== undefined && HOLLOW.test(value)) return [`--${formatExpected(verb, value)}`]
    const network = value === undefined ? {} : parseFaults(toRules(verb, value))
    if (!('refused' in network)) return []
    return [network.refused.startsWith(verb) ? `--${network.refused}` : `--${verb} cannot be ${quoteText(value ?? '')}: ${network.refused}`]
  })
  const [first, ...others] = refused
  if (first !== undefined) throw new UsageError(first, ...others)
}

/** Loads the overlay that the options name; `undefined` if they name none. Rejects with a UsageError. */
export async function loadOverlay(options: NetworkOptions): Promise<Overlay | undefined> {
  const rules = optionVerbs.flatMap((verb) => (options[verb] === undefined ? [] : [toRules(verb, options[verb])]))
  if (options.udp && (options.split ?? options.glue) !== undefined) {
    throw new UsageError('--split and --glue need a stream: a datagram arrives whole or not at all; with --udp, use --delay')
  }
  if (options.secrets && !options.trace) throw new UsageError('--secrets needs --trace')
  if (options.seed !== undefined && rules.length === 0) throw new UsageError('--seed needs --split or --delay')
  const clock = createSystemClock()
  const faults = rules.length === 0 ? undefined : await faultsOf(rules.join(','), options.seed, clock)
  const tracing = options.trace ? await import('../lab/trace.ts') : undefined
  if (!faults && !tracing) return undefined
  return (transport, { program, side, number, write }) => {
    const { automaton } = program.protocol
    const bySide: SecretPolicy = (from, text, context) =>
      findSecrets(automaton, (from === 'us') === (side === 'server') ? 'server' : 'client', text, context)
    const shown = tracing?.traceTransport(transport, { write, clock, ...(options.secrets ? {} : { secrets: bySide }) }) ?? transport
    return faults?.(shown, number) ?? shown
  }
}

async function faultsOf(
  rules: string,
  given: number | undefined,
  clock: Clock,
): Promise<(transport: Transport, number: number) => Transport> {
  const network = parseFaults(rules)
  if ('refused' in network) throw new UsageError(network.refused)
  const seed = given ?? globalThis.crypto.getRandomValues(new Uint16Array(1))[0] ?? 0
  if (given === undefined && hasChance(network)) printError(`the seed of this network is ${seed}; --seed ${seed} repeats its behaviour`)
  const { addFaults } = await import('../lab/faults.ts')
  return (transport, number) => addFaults(transport, { ...(network as FaultSettings), seed: seed + 2 * number, clock })
}
