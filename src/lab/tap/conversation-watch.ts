import type { Side } from '../../protocol/message-spec.ts'
import type { ByteSpan } from '../../wire/framing/framing.ts'
import { hasKeyword } from '../../wire/secret-masking.ts'
import { decode } from '../../wire/text.ts'
import { CandidateMonitors, type FitObservation } from '../monitor/candidates.ts'
import { ConversationMonitor, type WatchedProtocol } from '../monitor/monitor.ts'
import type { Observation, WireBytes, WireEvent } from '../monitor/observation.ts'

/** Watched is the result of one event of a conversation. */
export interface Watched {
  /** The monitor of the program that the conversation follows, or most probably follows. */
  readonly monitor: ConversationMonitor
  readonly observations: readonly Observation[]
  /** The programs that still fit, if they have changed. */
  readonly fit?: FitObservation
  /** True if a fault of the tap has changed the bytes that a side received, so that a violation may be a consequence. */
  readonly isDisturbed?: boolean
  /** True if the observations begin again with the first observation, because another program is more probable now. */
  readonly isAnew: boolean
}

/** ConversationWatch follows one conversation with the monitors of one program, or of all programs. */
export interface ConversationWatch {
  /** The monitor of the program that the conversation follows, or most probably follows; `undefined` for an unknown program. */
  readonly monitor: ConversationMonitor | undefined
  observe(event: WireEvent): Watched | undefined
  /** The bytes that must not be stored, in the direction of the last event. */
  secretBytes(): readonly ByteSpan[]
}

/** Creates the watch of each new conversation. */
export type CreateWatch = (options: { readonly datagrams: boolean }) => ConversationWatch

/** Returns a function that creates watches for one protocol, or for a conversation that follows one of several protocols. */
export function createWatches(protocols: readonly WatchedProtocol[]): CreateWatch {
  const [only, ...others] = protocols
  if (only && others.length === 0) return (options) => new ProgramWatch(only, options)
  return (options) => new UnknownProgramWatch(protocols, options)
}

class ProgramWatch implements ConversationWatch {
  readonly monitor: ConversationMonitor

  constructor(protocol: WatchedProtocol, options: { readonly datagrams: boolean }) {
    this.monitor = new ConversationMonitor(protocol, options)
  }

  observe(event: WireEvent): Watched {
    return { monitor: this.monitor, observations: this.monitor.observe(event), isAnew: false }
  }

  secretBytes(): readonly ByteSpan[] {
    return this.monitor.secretBytes
  }
}

/** Number of characters, at the end of the last turn of the server, in which the watch searches for a question for a password. */
const ASKED = 512

class UnknownProgramWatch implements ConversationWatch {
  readonly #candidates: CandidateMonitors
  /**
   * Monitors of the programs that have secrets of their own. They find passwords in answers, even if the conversation does not fit their
   * program.
   */
  readonly #guards: readonly ConversationMonitor[]
  /** The last turn of the server. */
  #asked = ''
  #lastFrom: Side | undefined
  #shown: ConversationMonitor | undefined

  constructor(protocols: readonly WatchedProtocol[], options: { readonly datagrams: boolean }) {
    this.#candidates = new CandidateMonitors(protocols, options)
    const secretive = protocols.filter(({ automaton }) => automaton.secrets !== undefined)
    this.#guards = secretive.map((protocol) => new ConversationMonitor(protocol, options))
  }

  get monitor(): ConversationMonitor | undefined {
    return this.#shown
  }

  observe(event: WireEvent): Watched | undefined {
    if (event.kind === 'bytes') this.#noteTurn(event)
    for (const guard of this.#guards) guard.observe(event)
    const fit = this.#candidates.observe(event)
    const { leader } = this.#candidates
    // without bytes, the end of a side or a pause does not show which program this is
    if (!leader || (event.kind !== 'bytes' && this.#shown === undefined)) return undefined
    const isAnew = this.#shown !== leader.monitor
    const isFirst = this.#shown === undefined
    this.#shown = leader.monitor
    const observations = isAnew ? leader.seen : leader.latest
    return { monitor: leader.monitor, observations, isAnew: isAnew && !isFirst, ...(fit ? { fit } : {}) }
  }

  secretBytes(): readonly ByteSpan[] {
    const guards = hasKeyword(this.#asked) ? this.#guards : []
    const monitors = new Set([...this.#candidates.fitting, ...guards, ...(this.#shown ? [this.#shown] : [])])
    return Array.from(monitors, ({ secretBytes }) => secretBytes).flat()
  }

  #noteTurn({ from, bytes }: WireBytes): void {
    if (from === 'server') this.#asked = `${this.#lastFrom === 'server' ? this.#asked : ''}${decode(bytes)}`.slice(-ASKED)
    this.#lastFrom = from
  }
}
