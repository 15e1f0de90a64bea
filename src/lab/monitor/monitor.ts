import { formatCount } from '../../base/counts.ts'
import { type Automaton, mayEnd } from '../../protocol/automaton.ts'
import { formatExpected } from '../../protocol/conversation-state.ts'
import type { Options, Program } from '../../protocol/definition.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { clueOfBytes, findSecrets, quoteUnfinished } from '../../protocol/violation-text.ts'
import type { ByteSpan, Framing } from '../../wire/framing/framing.ts'
import type { SecretSpan, SecretsContext } from '../../wire/secret-masking.ts'
import { Direction, type WholeMessage } from './direction.ts'
import { Judge, type Judgment } from './judge.ts'
import type { MessageObservation, Observation, Turn, WireBytes, WireEnd, WireEvent, WireGap } from './observation.ts'
import { findSecretBytes, findSecretBytesIn, findUnfinishedSecretBytes } from './secret-bytes.ts'
import { ofSide, otherSide, SIDES } from './sides.ts'

/** WatchedProtocol is the part of a program that the monitor uses: its automaton, and the framing of each direction. */
export interface WatchedProtocol {
  /** Name of the program. */
  readonly name: string
  readonly automaton: Automaton
  readonly toServer: Framing
  readonly toClient: Framing
}

/** Returns the protocol of a program with these options, as the monitor uses it. */
export function toWatchedProtocol({ name, protocol, defaults }: Program, options: Options = {}): WatchedProtocol {
  return { name, automaton: protocol.automaton, ...protocol.framing({ ...defaults, ...options }) }
}

/** Milliseconds without a byte after which the monitor reports an unfinished message. */
const QUIET = 2000

/** The lines that one side has sent in its last turn so far. */
interface SideTurn {
  readonly text: string
  /** True if the other side has sent a whole message since then. */
  readonly over: boolean
}

/**
 * ConversationMonitor follows a conversation from outside: it takes the events on the wire between the two sides, and returns its
 * observations. It has no clock and does no I/O: the same events give the same observations.
 */
export class ConversationMonitor {
  readonly protocol: WatchedProtocol
  readonly #judge: Judge
  readonly #directions: Readonly<Record<Side, Direction>>
  readonly #turns: Record<Side, SideTurn> = { client: SILENT, server: SILENT }
  /** Last message of each side, legal or not. */
  readonly #last: Record<Side, string> = { client: '', server: '' }
  readonly #ended: Record<Side, boolean> = { client: false, server: false }
  /** Number of bytes of each side at the last report of an unfinished message of that side. */
  readonly #reported: Record<Side, number> = { client: 0, server: 0 }
  /** True if the next message of a side may be the rest of a message whose beginning is missing. */
  readonly #torn: Record<Side, boolean> = { client: false, server: false }
  #segments = 0
  #messages = 0
  #seen: Observation[] = []
  #secretBytes: ByteSpan[] = []

  /** With `datagrams`, each read is a datagram, which is a message. */
  constructor(protocol: WatchedProtocol, { datagrams = false }: { readonly datagrams?: boolean } = {}) {
    this.protocol = protocol
    this.#judge = new Judge(protocol.automaton)
    this.#directions = {
      client: new Direction({ framing: protocol.toServer, datagrams }),
      server: new Direction({ framing: protocol.toClient, datagrams }),
    }
  }

  /** The state of the conversation after the messages that have passed. */
  get state(): string {
    return this.#judge.state
  }

  /** The side whose turn it is in that state. */
  get turn(): Turn {
    return this.#judge.turn
  }

  /** True if the conversation may be over in its state. */
  get isOver(): boolean {
    return mayEnd(this.protocol.automaton, this.#judge.state)
  }

  /**
   * The bytes that must not be stored, in the direction of the last event. They belong to the messages that the event has ended, and to the
   * message that the event has begun. If a message is not whole yet, they may include bytes that are not secret.
   */
  get secretBytes(): readonly ByteSpan[] {
    return this.#secretBytes
  }

  /** Processes an event, and returns the new observations. */
  observe(event: WireEvent): readonly Observation[] {
    this.#forgetSecretBytes()
    for (const side of SIDES) this.#settle(side, event.at)
    if (event.kind === 'bytes') this.#takeBytes(event)
    else if (event.kind === 'end') this.#takeEnd(event)
    else if (event.kind === 'gap') this.#takeGap(event)
    for (const side of SIDES) this.#reportUnfinished(side, event.at)
    const seen = this.#seen
    this.#seen = []
    return seen
  }

  /** Ends the unframed message of a side, if the pause after it is long enough. */
  #settle(side: Side, at: number): void {
    const direction = ofSide(this.#directions, side)
    const { deadline } = direction
    if (deadline === undefined || at < deadline) return
    direction.rest()
    this.#takeMessages(side)
  }

  #takeBytes({ at, from, bytes }: WireBytes): void {
    // a side that answers has read a whole message, even if the pause was short
    const other = otherSide(from)
    if (ofSide(this.#directions, other).deadline !== undefined && this.#judge.turn === other) this.#settle(other, Number.POSITIVE_INFINITY)
    this.#segments++
    const direction = ofSide(this.#directions, from)
    const wasTooLong = direction.isTooLong
    const segment = direction.push(bytes, at, this.#segments)
    const { number, start, end } = segment
    this.#seen.push({ kind: 'segment', from, number, at, start, end })
    this.#forgetSecretBytes()
    this.#takeMessages(from)
    const { automaton } = this.protocol
    const { unread } = direction
    if (direction.isTooLong) this.#addSecretBytes(findSecretBytesIn({ automaton, side: from }, bytes, start))
    else if (unread.length > 0) {
      const beginning = { automaton, side: from, start: direction.start, unread }
      this.#addSecretBytes(findUnfinishedSecretBytes(beginning, this.#secretsContext(from)))
    }
    if (direction.isTooLong && !wasTooLong) this.#reportTooLong(from, at)
  }

  #takeEnd({ at, from, how }: WireEnd): void {
    if (this.#ended[from]) return
    this.#ended[from] = true
    const direction = this.#directions[from]
    // after a reset, the last message may be incomplete, so the bytes are a message only if a pause would have made them a message
    if (how === 'finished' || direction.deadline !== undefined) direction.rest()
    this.#takeMessages(from)
    this.#reportRest(from, at)
    const before = this.#judge.state
    const { name, judgments } = how === 'finished' && !this.#hasRest(from) ? this.#judge.close(from) : NO_CLOSING
    this.#addJudged(judgments, at)
    const { isOver, state: after } = this
    const expected = isOver ? undefined : formatExpected(this.#judge.stateFor(from), `the ${otherSide(from)}’s`)
    this.#seen.push({ kind: 'end', at, from, how, name, before, after, over: isOver, expected })
  }

  /** Marks the state as unknown. Drops the bytes of an unfinished message, because the end of that message is missing. */
  #takeGap({ at, from, missing }: WireGap): void {
    if (missing !== undefined) this.#directions[from].skip()
    for (const side of SIDES) if (side === from || missing === undefined) this.#torn[side] = true
    this.#judge.loseState()
    const sentence =
      missing === undefined
        ? 'the recording begins in the middle of the conversation, so its state follows from the next messages'
        : `the recording lacks ${formatCount(missing, 'byte')} of the ${from} here, so the state follows from the next messages`
    this.#seen.push({ kind: 'gap', at, from, sentence })
  }

  #takeMessages(from: Side): void {
    const direction = ofSide(this.#directions, from)
    for (let message = direction.next(); message; message = direction.next()) {
      const isRest = ofSide(this.#torn, from) && !this.#judge.allows(from, message.text)
      if (ofSide(this.#torn, from)) this.#torn[from] = false
      if (isRest) this.#takeRest(from, message)
      else this.#takeMessage(from, message)
    }
  }

  /** Processes the rest of a message, which may belong to a secret. */
  #takeRest(from: Side, { start, end }: WholeMessage): void {
    if (this.protocol.automaton.secrets !== undefined && from === 'client') this.#addSecretBytes([{ start, end }])
    const sentence = `${formatCount(end - start, 'byte')} of the ${from} are the rest of a message whose beginning the recording lacks`
    this.#seen.push({ kind: 'gap', at: this.#directions[from].lastAt, from, sentence })
  }

  #takeMessage(from: Side, message: WholeMessage): void {
    this.#messages++
    const number = this.#messages
    const { text, raw, start, end, bytes, segments } = message
    const at = segments[segments.length - 1]?.at ?? ofSide(this.#directions, from).lastAt
    const secrets = this.#findSecrets(from, text)
    this.#addSecretBytes(findSecretBytes(message, secrets))
    for (const judgment of this.#judge.pass({ number, from, text, raw, start, bytes })) {
      if (judgment.number !== number) {
        this.#addJudged([judgment], at)
        continue
      }
      const { standing, name, before, after, turn, violation, refuses, oddity } = judgment
      const verdict = { standing, name, before, after, turn }
      const isPlain = violation === undefined && refuses === undefined && oddity === undefined
      const observed: MessageObservation = {
        kind: 'message',
        at,
        from,
        number,
        ...verdict,
        text,
        raw,
        start,
        end,
        bytes,
        segments,
        secrets,
      }
      this.#seen.push(isPlain ? observed : { ...judgment, ...observed })
    }
    this.#last[from] = text
  }

  #addSecretBytes(spans: readonly ByteSpan[]): void {
    for (const span of spans) this.#secretBytes.push(span)
  }

  /** Begins a new list, because the caller may still have the old list. */
  #forgetSecretBytes(): void {
    if (this.#secretBytes.length > 0) this.#secretBytes = []
  }

  #addJudged(judgments: readonly Judgment[], at: number): void {
    for (const judgment of judgments) this.#seen.push({ kind: 'judged', at, ...judgment })
  }

  /** Finds the secrets in a message. The lines of the earlier turns show where the secrets are. */
  #findSecrets(from: Side, text: string): readonly SecretSpan[] {
    const { automaton } = this.protocol
    // if the protocol has no finder of its own, the turns before a message do not matter
    if (!automaton.secrets) return findSecrets(automaton, from, text, WHOLE)
    const other = otherSide(from)
    const context = this.#secretsContext(from)
    const { before } = context
    this.#turns[from] = { text: `${before}${text}\n`.slice(-EARLIER), over: false }
    this.#turns[other] = { ...this.#turns[other], over: true }
    return findSecrets(automaton, from, text, { ...context, whole: true })
  }

  #secretsContext(from: Side): SecretsContext & { readonly before: string } {
    const turn = this.#turns[from]
    return { asked: this.#turns[otherSide(from)].text, before: turn.over ? '' : turn.text, last: this.#last[from] }
  }

  /** Reports that a message of a side is unfinished, if no bytes have come for some seconds. */
  #reportUnfinished(from: Side, at: number): void {
    const { pushed, lastAt, deadline } = ofSide(this.#directions, from)
    if (at - lastAt < QUIET || deadline !== undefined || this.#reported[from] === pushed || this.#ended[from]) return
    this.#reported[from] = pushed
    this.#addUnfinished(from, at, false)
  }

  /** Reports the bytes at the end of a side that are not a message. */
  #reportRest(from: Side, at: number): void {
    if (this.#hasRest(from)) this.#addUnfinished(from, at, true)
  }

  #hasRest(from: Side): boolean {
    const { isTooLong, unread } = this.#directions[from]
    return !isTooLong && unread.length > 0
  }

  #addUnfinished(from: Side, at: number, final: boolean): void {
    const { unread, start, pushed: end, framing, isTooLong } = this.#directions[from]
    if (isTooLong || unread.length === 0) return
    const bytes = unread.slice(0, SHOWN)
    const lacks = framing.lacks?.(unread) ?? 'no end'
    const speaker = { automaton: this.protocol.automaton, side: from, last: this.#last[from] }
    const unfinished = { bytes: unread, lacks }
    const sent = `the ${from} has sent ${quoteUnfinished(speaker, unfinished)}`
    const sentence = `${sent}${clueOfBytes(speaker, unfinished, this.#judge.stateFor(from).last)}`
    this.#seen.push({ kind: 'unfinished', at, from, start, end, bytes, lacks, sentence, final })
  }

  #reportTooLong(from: Side, at: number): void {
    const { framing, limit, start, unread } = this.#directions[from]
    const excess = framing.excess?.(unread)
    const sentence =
      excess === undefined
        ? `the ${from} sent a message of more than ${limit} bytes, the limit`
        : `the ${from} sent no message of at most ${limit} bytes: ${excess}`
    this.#seen.push({ kind: 'unreadable', at, from, start, sentence })
  }
}

const WHOLE: SecretsContext = { whole: true }
const SILENT: SideTurn = { text: '', over: true }
const NO_CLOSING: ReturnType<Judge['close']> = { name: undefined, judgments: [] }
/** Maximum number of bytes that the monitor copies of an unfinished message. */
const SHOWN = 4096
/** Maximum number of characters of a turn in which the monitor searches for questions. */
const EARLIER = 16_384
