import { isField, type MessageSpec, parseMessage } from '../../protocol/message-spec.ts'
import { ConversationMonitor, type WatchedProtocol } from './monitor.ts'
import type { Observation, WireEvent } from './observation.ts'

/**
 * FitObservation lists the programs that the messages of a conversation still fit. There is a new FitObservation after each event that
 * changes this list.
 */
export interface FitObservation {
  readonly kind: 'fit'
  readonly at: number
  /** The names of the programs that fit, the most probable first. */
  readonly fit: readonly string[]
  /** The programs that the messages do not fit any more, each with a sentence about the reason. */
  readonly dropped: readonly { readonly name: string; readonly why: string }[]
}

/** Candidate is a program that a conversation may follow. */
interface Candidate {
  readonly monitor: ConversationMonitor
  readonly seen: Observation[]
  /** The observations of the last event. */
  latest: readonly Observation[]
  /** Number of messages with words of their own, which few protocols have. */
  certain: number
  /** Number of messages that any text can be. */
  vague: number
  /** Number of messages that wait for their turn. */
  early: number
}

/** Maximum number of observations that the monitor stores for each candidate, until a user chooses a program. */
const STORED = 1000

/**
 * CandidateMonitors follow a conversation of an unknown program with the automata of all programs at the same time. The messages fit a
 * program until one of them violates its automaton. Many programs fit for a long time, because a chat accepts any line. So the monitors are
 * in order of probability: a monitor is earlier if more of its messages have words of their own.
 */
export class CandidateMonitors {
  #candidates: readonly Candidate[]
  #leader: Candidate | undefined

  constructor(protocols: readonly WatchedProtocol[], options: { readonly datagrams?: boolean } = {}) {
    this.#candidates = protocols.map((protocol) => ({
      monitor: new ConversationMonitor(protocol, options),
      seen: [],
      latest: [],
      certain: 0,
      vague: 0,
      early: 0,
    }))
  }

  /** The monitors of the programs that fit, the most probable first. */
  get fitting(): readonly ConversationMonitor[] {
    return this.#candidates.map(({ monitor }) => monitor)
  }

  /**
   * The most probable program, with all its observations (at most the last 1,000) and the observations of the last event. If no other
   * program is as probable, this program may be one that has ceased to fit.
   */
  get leader(): Pick<Candidate, 'monitor' | 'seen' | 'latest'> | undefined {
    return this.#leader
  }

  /** The observations of a program's monitor so far, at most the last 1,000; empty for a program that does not fit. */
  observationsOf(name: string): readonly Observation[] {
    return this.#candidates.find(({ monitor }) => monitor.protocol.name === name)?.seen ?? []
  }

  /** Processes an event of the conversation. Returns the programs that fit, if the event has changed them. */
  observe(event: WireEvent): FitObservation | undefined {
    const before = this.#names()
    const dropped: { name: string; why: string }[] = []
    const left = this.#candidates.filter((candidate) => {
      const seen = watch(candidate, event)
      const why = seen.map(findFault).find((sentence) => sentence !== undefined)
      if (why !== undefined) dropped.push({ name: candidate.monitor.protocol.name, why })
      return why === undefined
    })
    const leader = this.#leader
    if (leader && !this.#candidates.includes(leader)) watch(leader, event)
    this.#leader = this.#chooseLeader(leader ?? this.#candidates[0], left)
    this.#candidates = left.sort((one, two) => two.certain - one.certain || one.early - two.early || one.vague - two.vague)
    const fit = this.#names()
    return fit.join() === before.join() ? undefined : { kind: 'fit', at: event.at, fit, dropped }
  }

  /**
   * Chooses the most probable program. Another program replaces the present program only if it has more messages with words of their own.
   * If the present program has ceased to fit, an equal number is enough. A chat, which accepts any line, has no such messages, so it does
   * not replace a game in which the client has made a mistake.
   */
  #chooseLeader(leader: Candidate | undefined, left: readonly Candidate[]): Candidate | undefined {
    const isDropped = leader !== undefined && !left.includes(leader)
    const least = (leader?.certain ?? 0) + (isDropped ? 0 : 1)
    const [best] = left.filter(({ certain }) => certain >= least).sort((one, two) => two.certain - one.certain || one.early - two.early)
    return best ?? leader
  }

  #names(): readonly string[] {
    return this.#candidates.map(({ monitor }) => monitor.protocol.name)
  }
}

/** Passes an event to a candidate. */
function watch(candidate: Candidate, event: WireEvent): readonly Observation[] {
  const seen = candidate.monitor.observe(event)
  candidate.latest = seen
  candidate.seen.push(...seen)
  candidate.seen.splice(0, candidate.seen.length - STORED)
  for (const one of seen) count(candidate, one)
  return seen
}

/** Counts a message for the probability of a candidate. */
function count(candidate: Candidate, one: Observation): void {
  if (one.kind !== 'message' && one.kind !== 'judged') return
  if (one.kind === 'judged') candidate.early--
  if (one.standing === 'early') candidate.early++
  const form = one.name === undefined ? undefined : candidate.monitor.protocol.automaton.messages[one.name]
  if (!form) return
  if (isVague(form)) candidate.vague++
  else candidate.certain++
}

/** A text that is a message of no protocol. */
const NONSENSE = '~ ~'

/** Checks whether a message can be any text. */
function isVague(form: MessageSpec): boolean {
  return form.free === true || (isField(form) && form.accepts === undefined) || parseMessage(form, NONSENSE) !== undefined
}

/**
 * Returns why an observation shows that the conversation does not follow a program; `undefined` for any other observation.
 */
function findFault(one: Observation): string | undefined {
  if (one.kind === 'unreadable') return one.sentence
  return one.kind === 'message' || one.kind === 'judged' ? one.violation?.sentence : undefined
}
