import { formatCount } from '../../base/counts.ts'
import type { Side } from '../../protocol/message-spec.ts'
import type { ByteSpan } from '../../wire/framing/framing.ts'
import type { Observation, WireEvent, WireGap } from '../monitor/observation.ts'
import { SIDES } from '../monitor/sides.ts'
import type { ByteRange, ConnectionOpening, RecordedSegment, RecordingEntry } from '../recordings/recording.ts'
import { ConversationCounts, type ConversationSummary } from './conversation-summary.ts'
import type { ConversationWatch, CreateWatch, Watched } from './conversation-watch.ts'
import { Deliveries } from './deliveries.ts'
import { HiddenSecrets } from './hidden-secrets.ts'
import type { FaultNotice, SentOn } from './tap-event.ts'

/** RecordingView shows the entries and observations of a judge. */
export interface RecordingView {
  opened(opening: ConnectionOpening): void
  saw(connection: number, watched: Watched): void
  /** Called with a sentence on an act of the tap itself, such as a fault, at a time in milliseconds. */
  acted?(connection: number, at: number, sentence: string): void
  /** Called while a conversation is open. The view has shown the conversation up to the time `at`, in milliseconds. */
  timePassed?(at: number): void
  closed(connection: number, summary: ConversationSummary): void
}

export interface RecordingJudgeOptions {
  readonly createWatch: CreateWatch
  readonly view?: RecordingView
  /** True if the recording and the view have passwords. */
  readonly secrets?: boolean
  /** True for a tap with faults. A fault may change bytes, their pieces or their times. */
  readonly hasFaults?: boolean
}

/** Conversation is a connection that is open. */
interface Conversation {
  readonly watch: ConversationWatch
  readonly counts: ConversationCounts
  readonly hidden: HiddenSecrets
  /** Number of bytes of each side so far. */
  readonly offsets: { client: number; server: number }
  readonly datagrams: boolean
  /** The writes of a connection with faults. */
  readonly deliveries: Readonly<Record<Side, Deliveries>> | undefined
  /** Sentences on faults that become comments of the next entry. */
  faults: readonly string[]
  isDisturbed: boolean
  /** Time of the last entry. */
  at: number
}

/** Milliseconds of silence that the judge adds after the end of a connection; longer than every pause that ends a message. */
const PAUSE = 2000
/** If a conversation has no entry for this number of microseconds, the judge ignores further pauses in it. */
export const QUIET = 2_500_000

/**
 * RecordingJudge judges the entries of a recording one by one, from a tap or from a file, and passes them to a view. It returns each
 * entry in the form that may be stored: with violations as its comments, and with `*` in place of the bytes of secrets.
 */
export class RecordingJudge {
  readonly #options: RecordingJudgeOptions
  readonly #conversations = new Map<number, Conversation>()

  constructor(options: RecordingJudgeOptions) {
    this.#options = options
  }

  /** Judges an entry. */
  take(entry: RecordingEntry): RecordingEntry {
    if (entry.type === 'open') {
      const watch = this.#options.createWatch({ datagrams: entry.transport === 'udp' })
      const counts = new ConversationCounts(entry.at)
      this.#conversations.set(entry.connection, {
        watch,
        counts,
        hidden: new HiddenSecrets(),
        offsets: { client: 0, server: 0 },
        datagrams: entry.transport === 'udp',
        deliveries: this.#options.hasFaults ? { client: new Deliveries(), server: new Deliveries() } : undefined,
        faults: [],
        isDisturbed: false,
        at: entry.at,
      })
      this.#options.view?.opened(entry)
      if (entry.isPartial) this.#loseState(entry.connection, { at: entry.at, from: 'client', missing: undefined })
      return entry
    }
    const conversation = this.#conversations.get(entry.connection)
    if (!conversation) return entry
    const { from } = entry
    const at = entry.at / 1000
    conversation.at = entry.at
    const faults = this.#takeComments(entry, conversation)
    if (entry.missing !== undefined) this.#loseState(entry.connection, { at: entry.at, from, missing: entry.missing })
    if (entry.type === 'end') {
      if (isResetByFault(faults)) return withComments(entry, faults)
      const event: WireEvent = { kind: 'end', at, from, how: entry.how === 'fin' ? 'finished' : 'reset' }
      return withComments(entry, [...faults, ...this.#observe(entry.connection, conversation, event)])
    }
    const start = conversation.offsets[from]
    conversation.offsets[from] += entry.bytes.length
    conversation.counts.addBytes(from, entry.bytes.length)
    const comments = this.#observe(entry.connection, conversation, { kind: 'bytes', at, from, bytes: entry.bytes })
    const judged = withComments(entry, faults.length === 0 ? comments : [...faults, ...comments])
    return this.#options.secrets ? judged : maskSegment(judged, toRanges(conversation.watch.secretBytes(), start, entry))
  }

  /** Receives a notice of the effect of a fault: the view shows the notice, and the next entry has the notice as a comment. */
  takeFault({ connection, at, sentence, isLossy }: FaultNotice): void {
    const conversation = this.#conversations.get(connection)
    if (!conversation) return
    if (isLossy) disturb(conversation)
    conversation.faults = [...conversation.faults, `${PARLOR}${sentence}`]
    this.#options.view?.acted?.(connection, at / 1000, sentence)
  }

  /** Records that the tap has forwarded bytes, on a connection with faults. */
  takeSentOn({ connection, at, from, length }: SentOn): void {
    const conversation = this.#conversations.get(connection)
    if (!conversation) return
    const sentences = conversation.datagrams
      ? [`a datagram of ${formatCount(length, 'byte')} of the ${from} is sent on`]
      : (conversation.deliveries?.[from].addWrite(at / 1000, length) ?? [])
    for (const sentence of sentences) this.#options.view?.acted?.(connection, at / 1000, sentence)
  }

  #loseState(connection: number, { at, from, missing }: Omit<WireGap, 'kind'>): void {
    const conversation = this.#conversations.get(connection)
    if (conversation) this.#observe(connection, conversation, { kind: 'gap', at: at / 1000, from, missing })
  }

  /**
   * Returns the comments of an entry on faults: on the faults of the tap since the last entry, and on the faults in a recording. The view
   * shows the faults in a recording.
   */
  #takeComments(entry: RecordingEntry, conversation: Conversation): readonly string[] {
    const own = conversation.faults
    if (own.length > 0) conversation.faults = []
    const recorded = entry.comments?.filter((comment) => comment.startsWith(FAULT)) ?? []
    for (const comment of recorded) {
      disturb(conversation)
      this.#options.view?.acted?.(entry.connection, entry.at / 1000, comment.slice(PARLOR.length))
    }
    return recorded.length === 0 ? own : [...own, ...recorded]
  }

  /** Notes that no event has happened up to a time. Ignores conversations that have been quiet for long. */
  passTime(at: number): void {
    for (const [connection, conversation] of this.#conversations)
      if (at - conversation.at < QUIET) this.#observe(connection, conversation, { kind: 'time', at: at / 1000 })
    this.#options.view?.timePassed?.(at / 1000)
  }

  /** Ends a connection. Returns its summary; `undefined` for an unknown connection. */
  close(connection: number, at: number): ConversationSummary | undefined {
    const conversation = this.#conversations.get(connection)
    if (!conversation) return undefined
    // no byte can arrive any more, so the judge adds a long pause: the pause ends the last message, or the judge reports it as unfinished
    this.#observe(connection, conversation, { kind: 'time', at: at / 1000 + PAUSE }, at / 1000)
    this.#showLost(connection, conversation, at / 1000)
    this.#conversations.delete(connection)
    const summary = conversation.counts.summarize(conversation.watch, at)
    this.#options.view?.closed(connection, summary)
    return summary
  }

  /** Ends all connections, each at the time of its last entry. Returns their summaries. */
  closeAll(): readonly ConversationSummary[] {
    return [...this.#conversations].flatMap(([connection, { at }]) => this.close(connection, at) ?? [])
  }

  /** Shows how many bytes a fault has not passed on. */
  #showLost(connection: number, { deliveries, offsets, datagrams }: Conversation, at: number): void {
    if (!deliveries || datagrams) return
    for (const from of SIDES) {
      const lost = offsets[from] - deliveries[from].sent
      if (lost > 0)
        this.#options.view?.acted?.(
          connection,
          at,
          `${formatCount(lost, 'byte')} of the ${from} ${lost === 1 ? 'was' : 'were'} not sent on`,
        )
    }
  }

  /** Shows which messages the tap has passed on with a change. */
  #showDeliveries(connection: number, { deliveries, datagrams }: Conversation, { observations, isAnew }: Watched): void {
    if (!deliveries || datagrams || isAnew) return
    for (const one of observations) {
      if (one.kind !== 'message') continue
      for (const sentence of deliveries[one.from].addMessage(one)) this.#options.view?.acted?.(connection, one.at, sentence)
    }
  }

  /**
   * Passes an event to the watch. Returns the sentences of the violations in it. An observation with a time after `latest` gets the time
   * `latest`.
   */
  #observe(connection: number, conversation: Conversation, event: WireEvent, latest?: number): readonly string[] {
    const { watch, counts, hidden, isDisturbed } = conversation
    const observed = watch.observe(event)
    const seen = latest === undefined ? observed : observed && notAfter(observed, latest)
    if (event.kind === 'bytes' && !this.#options.secrets) hidden.add(event.from, watch.secretBytes())
    if (!seen) return []
    const shown = this.#options.secrets ? { ...seen, observations: seen.observations.map(withoutSecrets) } : hidden.hide(seen)
    const watched = isDisturbed ? { ...shown, isDisturbed } : shown
    counts.add(watched)
    if (watched.observations.length > 0 || watched.fit) this.#options.view?.saw(connection, watched)
    this.#showDeliveries(connection, conversation, watched)
    if (watched.isAnew) return []
    const faults = findAllFaults(watched.observations)
    return isDisturbed ? faults.map((sentence) => `${sentence} (${EXCUSE})`) : faults
  }
}

function disturb(conversation: Conversation): void {
  conversation.isDisturbed = true
  conversation.counts.disturb()
}

/** Checks whether an observation reports a mistake of a side. */
export function isBlame(one: Observation): boolean {
  return one.kind === 'end' ? !one.over : findFaults(one).length > 0
}

/** The reason why a violation may not be a mistake. */
export const EXCUSE = 'after a fault of the tap, so the mistake may be its consequence'

/** The beginning of a comment on a fault; by this comment, the diagram of a recording shows the fault, too. */
const PARLOR = 'parlor: '
const FAULT = 'parlor: the fault '
const RESET = ' resets the connection'

/** Checks whether a fault, and not a side, has reset the connection. */
function isResetByFault(comments: readonly string[]): boolean {
  return comments.some((comment) => comment.startsWith(FAULT) && comment.includes(RESET))
}

/** Returns a result in which no observation has a time after `latest`, in milliseconds. */
function notAfter(watched: Watched, latest: number): Watched {
  return { ...watched, observations: watched.observations.map((one) => (one.at > latest ? { ...one, at: latest } : one)) }
}

function withoutSecrets(one: Observation): Observation {
  return one.kind === 'message' && one.secrets.length > 0 ? { ...one, secrets: [] } : one
}

const NONE: readonly string[] = []

/** Returns the sentences on what is wrong in observations; most events have no such sentence, and need no array. */
function findAllFaults(observations: readonly Observation[]): readonly string[] {
  let all = NONE
  for (const one of observations) {
    const found = findFaults(one)
    if (found.length > 0) all = all.length === 0 ? found : [...all, ...found]
  }
  return all
}

/** Returns the sentences on what is wrong in an observation. */
export function findFaults(one: Observation): readonly string[] {
  switch (one.kind) {
    case 'message':
    case 'judged':
      return one.violation ? [one.violation.sentence] : NONE
    case 'unfinished':
      return one.final ? [one.sentence] : NONE
    case 'unreadable':
      return [one.sentence]
    case 'segment':
    case 'gap':
    case 'end':
      return NONE
  }
}

/** Adds comments to an entry, without the comments that it already has. */
function withComments<Entry extends RecordingEntry>(entry: Entry, comments: readonly string[]): Entry {
  if (comments.length === 0) return entry
  const added = comments.filter((comment) => !entry.comments?.includes(comment))
  return added.length === 0 ? entry : { ...entry, comments: [...(entry.comments ?? []), ...added] }
}

/** Returns the ranges of a segment that contain secrets or are masked already: ascending, and without overlaps. */
function toRanges(spans: readonly ByteSpan[], start: number, { bytes, masked = [] }: RecordedSegment): readonly ByteRange[] {
  if (spans.length === 0 && masked.length === 0) return masked
  const own = spans.map((span): ByteRange => [Math.max(0, span.start - start), Math.min(bytes.length, span.end - start)])
  const all = [...own, ...masked].filter(([from, to]) => from < to).sort(([one], [other]) => one - other)
  const joined: [number, number][] = []
  for (const [from, to] of all) {
    const last = joined.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else joined.push([from, to])
  }
  return joined
}

const STAR = 0x2a
const LF = 0x0a
const CR = 0x0d

/** Masks ranges of a segment. Line ends stay: they are not secret, and without them the messages of the recording would become one message. */
function maskSegment(segment: RecordedSegment, masked: readonly ByteRange[]): RecordedSegment {
  if (masked.length === 0) return segment
  const bytes = new Uint8Array(segment.bytes)
  for (const [from, to] of masked) {
    for (let at = from; at < to; at++) if (bytes[at] !== LF && bytes[at] !== CR) bytes[at] = STAR
  }
  return { ...segment, bytes, masked }
}
