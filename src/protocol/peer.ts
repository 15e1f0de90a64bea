import type { Clock } from '../base/clock.ts'
import type { Connection, MessageReader } from '../wire/connection.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { escapeInvisible, type Raw } from '../wire/text.ts'
import {
  type Automaton,
  EMPTY,
  findTransition,
  formatMessage,
  legalTransitions,
  type MessageSpec,
  mayEnd,
  parseMessage,
  type ReceivedMessage,
  type Side,
  type Transition,
} from './automaton.ts'
import {
  type ConversationState,
  explainIllegal,
  formatEarly,
  formatExpected,
  formatSilence,
  formatTooSoon,
  maySpeak,
  toSeconds,
} from './standing.ts'
import {
  clueOfBye,
  clueOfBytes,
  clueOfText,
  clueOfWords,
  emptyOddities,
  isGreeting,
  isHeadLine,
  isHttpRequest,
  isOdd,
  isRemainder,
  isTlsNotice,
  needsTls,
  type Oddities,
  type PeerObserver,
  quoteMessage,
  quoteUnfinished,
  type Speaker,
  withReason,
} from './violation-text.ts'

/** Waiting holds the callbacks of a pending `receive`. */
interface Waiting<Name extends string> {
  resolve(said: ReceivedMessage<Name>): void
  reject(reason: Error): void
}

/**
 * Peer is the other side of a conversation, as a role sees it: `receive` and `send`.
 *
 * The problem: a role should read like the worksheet's program, a dozen lines without a check. But the peer is often a
 * student's first program, which sends messages out of turn, without a line end, in UTF-16, or twice. The role must never
 * see such a message, and its author must learn what was wrong.
 *
 * The idea: the automaton stands between the role and the connection. Peer holds the current state, and every message
 * takes one transition, whichever side it is from. A received message that has no transition is rejected here: the server
 * answers with the protocol's refusal (`ERROR <sentence>`) and repeats its open request; if the protocol has no refusal,
 * or this side is the client, `receive` rejects with a violation.
 *
 * Invariants:
 * - The role receives only legal messages, in an order that the automaton allows. It switches on names, not on texts.
 * - `send` throws if the automaton does not allow the message: that is a bug of the role, not a fault of the peer.
 * - An illegal message leaves the state unchanged. If a legal message breaks the rules of the game, the role calls `refuse`,
 *   which takes the state's transition for the refusal, so that the same side sends again.
 * - At most one `receive` is pending. A role may send while it is.
 * - The sentences of this class name the peer as "the client" or "the server", and say what was expected.
 *
 * Diagnostics are the larger half. `explainIllegal` and the clues of violation-text.ts compute a sentence only when something
 * is wrong. What has to be remembered for them stands in `Oddities`, which is allocated at the first oddity: a server holds
 * thousands of peers, and almost all of them never have one. Each fault is reported once, so a message that was reported
 * while it was incomplete, or before its turn, is not reported again when the role receives it or the connection ends.
 */
export class Peer<Name extends string = string, State extends string = string> implements MessageReader {
  readonly connection: Connection
  readonly #automaton: Automaton<Name, State>
  readonly #side: Side
  #state: State
  /** Transitions of the current state. */
  #steps: readonly Transition<Name, State>[]
  /** Text of this side's last request, which is sent again when the answer is rejected. */
  #request: string | undefined
  /** True if the peer has answered that request. */
  #answered = false

  #oddities: Oddities | undefined
  /** Text of the last legal message from the peer. */
  #last = ''
  #lastUnended = false
  observer: PeerObserver | undefined

  /** Sends the role's own goodbye, with the reason, when this side ends the conversation early. */
  farewell: ((reason: Error) => void) | undefined
  /** Fault of a message that the role answered all the same, if the conversation counts as failed because of it. */
  failure: Disconnected | undefined
  /** Language that the peer has chosen, such as JSON, if the protocol has several. */
  language: string | undefined
  #waiting: Waiting<Name> | undefined

  /** `side` is this side; `state` is the current state, by default the start. */
  constructor(connection: Connection, automaton: Automaton<Name, State>, side: Side, state: NoInfer<State> = automaton.start) {
    this.connection = connection
    this.#automaton = automaton
    this.#side = side
    this.#state = state
    this.#steps = legalTransitions(automaton, state)
  }

  /** Current state of the automaton. */
  get state(): State {
    return this.#state
  }

  /** The peer's side. */
  get other(): Side {
    return this.#side === 'server' ? 'client' : 'server'
  }

  /** The peer, for functions that quote its messages. */
  get speaker(): Speaker {
    return { automaton: this.#automaton, side: this.other, last: this.#previous, language: this.language }
  }

  /** Text of the peer's last message, legal or not. */
  get #previous(): string {
    return this.#oddities?.rejected || this.#last
  }

  /** True if this side may close the connection now in good order. */
  get mayClose(): boolean {
    return this.#steps.some(({ form, from }) => form.closes && from === this.#side)
  }

  /** True if the role may return now, which closes the connection: the conversation is over, or this side may close. */
  get mayReturn(): boolean {
    return mayEnd(this.#automaton, this.#state) || this.mayClose
  }

  /** True if the peer may send a message other than a goodbye now. */
  get awaited(): boolean {
    return maySpeak(this.#steps, this.other)
  }

  /** True if it is the peer's turn, and its program sends the message without input from a person. */
  get isAutomatic(): boolean {
    const states = this.#automaton.automatic?.[this.other]
    return this.awaited && (states === true || states?.includes(this.#state) === true)
  }

  /**
   * Resolves with the next legal message. Rejects with `Disconnected` when the connection has ended, and with reason
   * `violation` for an illegal message if the protocol has no refusal.
   */
  receive(): Promise<ReceivedMessage<Name>> {
    return new Promise((resolve, reject) => this.#read({ resolve, reject }))
  }

  /** Like `receive`, but resolves with `undefined` after `ms` milliseconds; the next call receives a message that arrives later. */
  receiveWithin(ms: number, clock: Clock): Promise<ReceivedMessage<Name> | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = clock.after(ms, () => {
        this.#waiting = undefined
        this.connection.stopReading()
        resolve(undefined)
      })
      const before =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          cancel()
          then(value)
        }
      this.#read({ resolve: before<ReceivedMessage<Name>>(resolve), reject: before<Error>(reject) })
    })
  }

  /** Sends a message. Throws an Error if the automaton does not allow it, because then the role has a bug. */
  send(name: Name, ...fields: (string | number)[]): void {
    this.connection.send(this.#say(name, fields))
  }

  /** Sends one message in two writes, the first of `cut` bytes, and awaits `delay` between them (TJC notes, program 5). */
  async sendInPieces(name: Name, cut: number, delay: () => Promise<void>): Promise<void> {
    const bytes = new TextEncoder().encode(this.#say(name, []))
    this.connection.sendNow(bytes.subarray(0, cut))
    if (cut >= bytes.length) return
    await delay()
    this.connection.sendNow(bytes.subarray(cut))
  }

  /**
   * Rejects the last received message. If the protocol has a refusal, sends it with the sentence, and then the open request
   * again. Otherwise throws `Disconnected` with reason `violation`, which ends the conversation.
   */
  refuse(sentence: string): void {
    this.#answered = false
    if (!this.#answerError(sentence)) throw new Disconnected('violation', `${sentence}${formatTooSoon(this.#standing)}`)
    this.report(sentence)
    const refusal = this.#steps.find(({ name }) => name === this.#automaton.refusal)
    if (refusal) this.#take(refusal)
  }

  /** Takes the transition of a message of the peer that the role has found inside another one. Throws an Error if it is illegal. */
  acceptEnclosed(name: Name): void {
    const step = findTransition(this.#steps, name)
    if (step?.from !== this.other) throw new Error(`the ${this.other} may not say ${name} in the state ${this.#state}`)
    this.#take(step)
  }

  /** Reports to the observer why the role rejects the last received message in the protocol's own words; `usual` as in `PeerObserver`. */
  report(why: string, usual = false): void {
    // the observer has already been notified that the bytes are not text
    if (!this.observer || this.#oddities?.lastGarbled) return
    const sentence = this.#refusalOf(why)
    this.#reject(this.#last, sentence.text, usual && !sentence.hasClue)
  }

  /** Reports the last received message like `report`, and marks the conversation as failed although the role answers. */
  fail(why: string): void {
    this.report(why)
    this.failure = new Disconnected('violation', this.#refusalOf(why).text)
  }

  #refusalOf(why: string): { readonly text: string; readonly hasClue: boolean } {
    const raw = this.#oddities?.lastRaw
    const clue = this.#clueOf(this.#last, raw) || clueOfWords(this.speaker, this.#last, '') || clueOfBye(this.speaker, this.#last)
    const empty = this.#last === '' ? EMPTY : ''
    const said = `the ${this.other} said ${quoteMessage(this.speaker, this.#last, raw)}`
    return { text: `${withReason(said, this.#last, why)}${formatTooSoon(this.#standing)}${empty}${clue}`, hasClue: clue !== '' }
  }

  /** Reports a rejected message; of an HTTP request, only the first line. */
  #reject(text: string, sentence: string, usual: boolean): void {
    const isOfHead = this.#oddities?.inHead === true && isHeadLine(text)
    const inHead = isOfHead ? text.trim() !== '' : isHttpRequest(text)
    if (inHead || isOfHead) this.#odd().inHead = inHead
    if (!isOfHead) this.observer?.onRejected(sentence, usual)
    if (this.#automaton.secrets) this.#odd().rejected = text
  }

  /**
   * Tells the peer, as well as the protocol can, why this side ends the conversation early. Returns true if the peer received
   * a goodbye of the protocol, so that it closes by itself. After a mere refusal it may go on, so the caller must abort the
   * connection.
   */
  dismiss(reason: Error): boolean {
    if (this.farewell) {
      this.farewell(reason)
      return true
    }
    const how = reason instanceof Disconnected ? reason.reason : undefined
    if ((how === 'full' && this.#sendRefusal(reason.message)) || this.#sendGoodbye(how === 'violation')) return true
    if (how === 'ours') this.#sendRefusal(reason.message)
    if (how === 'late') this.#sendRefusal(reason.message.replace(/^the (?:client|server) (?:has )?/, 'you have '))
    return false
  }

  /** Adds to the end of a connection what was expected from the peer, or that it was this side's turn. */
  explain(end: Disconnected): Disconnected {
    if (end.reason === 'ours') return end
    if (end.reason === 'violation') return new Disconnected(end.reason, end.message.replace('the other side', `the ${this.other}`))
    const message = this.#isShown(end) ? end.message.replace(/ in the middle of a message, \d+ bytes? into it$/, '') : end.message
    const said = message.replace('the other side', `the ${this.other}`)
    return new Disconnected(end.reason, `${said}${this.#rest(end)}; ${formatExpected(this.#standing)}`, end.unfinished)
  }

  /** Checks whether the unfinished message was reported before. */
  #isShown({ reason, unfinished }: Disconnected): boolean {
    if (!unfinished || reason === 'late') return false
    return unfinished.bytes.length === this.#oddities?.unfinished || isRemainder(this.#oddities, unfinished)
  }

  /** Returns a sentence on the peer's incomplete message and what it lacks; `undefined` if there is none to report. */
  unfinished(ms: number): string | undefined {
    const { unfinished } = this.connection
    if (!unfinished || isRemainder(this.#oddities, unfinished)) return undefined
    this.#odd().unfinished = unfinished.bytes.length
    const sent = quoteUnfinished(this.speaker, unfinished)
    return `the ${this.other} has sent ${sent} for ${toSeconds(ms)} s${this.#clueOnce(clueOfBytes(this.speaker, unfinished, this.#last))}`
  }

  /** Returns a sentence on a message that arrived before the peer's turn; `undefined` if there is none to report. */
  early(): string | undefined {
    if (this.connection.unread === 0 || this.awaited) return undefined
    const { nextMessage, raw } = this.connection
    // the first of several empty lines was reported
    if (nextMessage === '' && this.#last === '' && this.#oddities?.lastEarly) return undefined
    if (nextMessage !== undefined)
      return `${formatEarly(this.#standing, nextMessage, raw)}${this.#clueOnce(clueOfText(this.speaker, nextMessage, raw, this.#last) || clueOfWords(this.speaker, nextMessage, this.#last))}`
    const { unfinished } = this.connection
    if (!unfinished || isRemainder(this.#oddities, unfinished)) return undefined
    this.#odd().unfinished = unfinished.bytes.length
    return `${formatEarly(this.#standing, unfinished)}${this.#clueOnce(clueOfBytes(this.speaker, unfinished, this.#last))}`
  }

  /** Returns a sentence on the peer's silence and what was expected; `undefined` if no message was. */
  silence(ms: number): string | undefined {
    const { unfinished, transport } = this.connection
    // a person who may send too sits at a prompt; and a client over datagrams leaves by silence
    if (unfinished || maySpeak(this.#steps, this.#side) || !this.awaited || (transport.datagrams && this.#side === 'server'))
      return undefined
    return formatSilence(this.#standing, ms)
  }

  /** Marks the incomplete message as not reported, because the observer did not show the sentence. */
  forgetUnfinished(): void {
    this.#odd().unfinished = 0
    this.#odd().clue = ''
  }

  /** Quotes the incomplete message of a peer that has disconnected or timed out, as the middle of a sentence. */
  #rest(end: Disconnected): string {
    const { reason, unfinished } = end
    if (!unfinished || this.#isShown(end) || isRemainder(this.#oddities, unfinished)) return ''
    const sent = reason === 'late' ? '' : `: it had sent ${quoteUnfinished(this.speaker, unfinished)}`
    return `${sent}${this.#clueOnce(clueOfBytes(this.speaker, unfinished, this.#last))}`
  }

  /** Returns a clue, or `''` if it equals the last reported clue. */
  #clueOnce(clue: string): string {
    if (clue === (this.#oddities?.clue ?? '')) return ''
    this.#odd().clue = clue
    return clue
  }

  #clueOf(text: string, raw: Raw | undefined, last = ''): string {
    const clue = clueOfText(this.speaker, text, raw, last)
    this.#odd().clue = clue
    return clue
  }

  #odd(): Oddities {
    this.#oddities ??= emptyOddities()
    return this.#oddities
  }

  /**
   * Sends a goodbye of the protocol, if this side may send one now. `isAfterTurn` also allows a goodbye that is legal after
   * the peer's message, because a peer that has just sent an illegal message has had its turn.
   */
  #sendGoodbye(isAfterTurn: boolean): boolean {
    const afterTheirs = isAfterTurn ? this.#steps.flatMap(({ from, after }) => (from === this.#side ? [] : after)) : []
    const goodbye = [...this.#steps, ...afterTheirs].find(({ form, from }) => form.bye && from === this.#side)
    if (!goodbye) return false
    this.#take(goodbye)
    this.connection.send(goodbye.form.text)
    return true
  }

  /** Sends a refusal without repeating the request. Returns false if the protocol has none. */
  #sendRefusal(sentence: string): boolean {
    this.#request = undefined
    return this.#answerError(sentence)
  }

  #read(waiting: Waiting<Name>): void {
    if (this.#waiting) throw new Error('receive() was called while another receive() was pending')
    this.#waiting = waiting
    this.connection.read(this)
  }

  /** Handles a message of the connection. */
  message(text: string): void {
    if (this.#side === 'client' && isTlsNotice(text)) return this.#takeWaiting()?.reject(needsTls())
    if (this.#oddities) {
      this.#oddities.lastEarly = this.#oddities.nextEarly
      this.#oddities.nextEarly = false
      this.#oddities.unfinished = 0
    }
    const said = this.#understand(text)
    if (said) return this.#takeWaiting()?.resolve(said)
    const { raw } = this.connection
    const clue = this.#clueOf(text, raw, this.#last) || clueOfWords(this.speaker, text, this.#last)
    const sentence = `${explainIllegal(this.#standing, text, { raw })}${clue}`
    if (this.#answerError(`${explainIllegal(this.#standing, text, { toPeer: true })}${clue}`)) {
      this.#reject(text, sentence, false)
      this.connection.read(this)
    } else this.#takeWaiting()?.reject(new Disconnected('violation', sentence))
  }

  /** Handles the end of the connection. */
  end(end: Disconnected): void {
    // a peer that closes inside a message has not closed in good order
    const closing = end.reason === 'finished' && !end.unfinished ? this.#closing() : undefined
    if (closing) this.#takeWaiting()?.resolve(closing)
    else this.#takeWaiting()?.reject(this.explain(end))
  }

  #takeWaiting(): Waiting<Name> | undefined {
    const waiting = this.#waiting
    this.#waiting = undefined
    return waiting
  }

  /** Sends the refusal and the open request again. Returns false if the protocol has no refusal, or this side is the client. */
  #answerError(sentence: string): boolean {
    const { refusal } = this.#automaton
    if (refusal === undefined || this.#side === 'client') return false
    this.connection.send(formatMessage(this.#automaton.messages[refusal], [escapeInvisible(sentence)]))
    if (this.#request !== undefined && !this.#answered) this.connection.send(this.#request)
    return true
  }

  get #standing(): ConversationState {
    return {
      automaton: this.#automaton,
      state: this.#state,
      steps: this.#steps,
      peer: this.other,
      last: this.#last,
      unended: this.#lastUnended,
      previous: this.#previous,
      early: this.#oddities?.lastEarly === true,
    }
  }

  #understand(text: string): ReceivedMessage<Name> | undefined {
    for (const step of this.#steps) {
      const { name, form, from } = step
      if (form.closes || from === this.#side) continue
      const fields = parseMessage(form, text)
      if (fields === undefined) continue
      this.#take(step)
      this.#answered = true
      const before = this.#last
      this.#last = text
      if (this.#oddities) this.#oddities.rejected = ''
      this.#lastUnended = form.unended === true
      this.#reportOddity(form, text, before)
      return { name, text, fields }
    }
    const { refusal } = this.#automaton
    if (refusal === undefined || this.#side === 'server') return undefined
    // the server rejected this side's message, so the state stays
    const fields = parseMessage(this.#automaton.messages[refusal], text)
    return fields && { name: refusal, text, fields }
  }

  /** Reports what is wrong with a message although it is legal. */
  #reportOddity(form: MessageSpec, text: string, before: string): void {
    const { raw } = this.connection
    const isGarbled = this.observer !== undefined && (isOdd(form, text, raw) || (form.free === true && before === '' && isGreeting(text)))
    if (!this.#oddities && raw === undefined && !isGarbled) return
    const odd = this.#odd()
    odd.lastRaw = raw
    odd.lastGarbled = false
    if (odd.lastEarly && !(odd.inHead && isHeadLine(text)))
      this.observer?.onEarly(`the ${this.other} said ${quoteMessage(this.speaker, text)} before it was the ${this.other}'s turn`)
    const clue = isGarbled ? this.#clueOnce(clueOfText(this.speaker, text, raw) || clueOfWords(this.speaker, text, before)) : ''
    if (clue === '') return
    odd.lastGarbled = true
    odd.inHead = isHttpRequest(text)
    this.observer?.onGarbled(`the ${this.other} said ${quoteMessage(this.speaker, text, raw)}${clue}`)
  }

  #closing(): ReceivedMessage<Name> | undefined {
    const closing = this.#steps.find(({ form, from }) => form.closes && from !== this.#side)
    if (!closing) return undefined
    this.#take(closing)
    return { name: closing.name, text: '', fields: [] }
  }

  #say(name: Name, fields: readonly (string | number)[]): string {
    const step = findTransition(this.#steps, name)
    if (this.connection.unread > 0 && !this.awaited) this.#odd().nextEarly = true
    else if (this.#oddities) this.#oddities.nextEarly = false
    if (step?.from !== this.#side) throw new Error(`the ${this.#side} may not say ${name} in the state ${this.#state}`)
    this.#take(step)
    const text = formatMessage(step.form, fields)
    this.#request = step.form.asks ? text : undefined
    this.#answered = false
    return text
  }

  #take({ next, after }: Transition<Name, State>): void {
    this.#state = next
    this.#steps = after
  }
}
