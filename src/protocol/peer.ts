import type { Clock } from '../base/clock.ts'
import type { Connection, MessageReader } from '../wire/connection.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { escapeInvisible } from '../wire/text.ts'
import {
  type Automaton,
  findTransition,
  legalTransitions,
  mayEnd,
  type ReceivedMessage,
  type ReceivedMessageReader,
  type Transition,
} from './automaton.ts'
import { type ConversationState, formatSilence, formatTooSoon, maySpeak } from './conversation-state.ts'
import { Diagnosis, isGarbled } from './diagnosis.ts'
import { formatMessage, type MessageSpec, parseMessage, type Side } from './message-spec.ts'
import { type Farewell, isTlsNotice, needsTls, type PeerObserver, type Speaker } from './violation-text.ts'

/**
 * Peer is the interface of a role to the other side of a conversation: `receive` and `send`.
 *
 * The problem: a role should read like the worksheet's program, without checks. But the peer is often a student's first program,
 * which sends messages out of turn, without a line end, or twice. Its author must get a sentence about the mistake.
 *
 * The idea: the automaton checks every message between the role and the connection. Peer has the current state, and every message of either
 * side takes one transition. `Peer` refuses a received message that has no transition: the server answers with the protocol's refusal
 * (`ERROR <sentence>`) and repeats its open request; at the client, or if the protocol has no refusal, `receive` rejects.
 *
 * Invariants:
 * - The role receives only legal messages, in an order that the automaton allows. The role distinguishes messages by their names, not by
 *   their texts.
 * - `send` throws if the automaton does not allow the message: such a send is a bug of the role, not a fault of the peer.
 * - An illegal message leaves the state unchanged. If a legal message breaks the rules of the game, the role calls `refuse`,
 *   which takes the state's transition for the refusal, so that the same side sends again.
 * - At most one `receive` is pending. A role may send while a `receive` is pending.
 *
 * `diagnosis.ts` explains what is wrong with a message.
 */
export class Peer<Name extends string = string, State extends string = string> implements MessageReader {
  readonly connection: Connection
  readonly #automaton: Automaton<Name, State>
  readonly #side: Side
  #state: State
  /** Transitions of the current state. */
  #steps: readonly Transition<Name, State>[]
  /** Text of this side's last request, which this side sends again when it refuses the answer. */
  #request: string | undefined
  /** True if the peer has answered that request. */
  #answered = false
  /** Created at the first irregularity, because most peers never have an irregularity. */
  #diagnosis: Diagnosis | undefined
  /** Text of the last legal message from the peer. */
  #last = ''
  #lastUnended = false
  observer: PeerObserver | undefined
  /** Sends the role's own goodbye; missing for a role without a goodbye. */
  farewell: Farewell | undefined
  /** Mistake because of which the conversation has failed, although the role has answered the message with this mistake. */
  failure: Disconnected | undefined
  /** Language that the peer has chosen, such as JSON, if the protocol has several languages. */
  language: string | undefined
  #waiting: ReceivedMessageReader<Name> | undefined

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

  /** Text of the last legal message from the peer. */
  get last(): string {
    return this.#last
  }

  /** Text of the peer's last message, legal or not. */
  get #previous(): string {
    return this.#diagnosis?.refused || this.#last
  }

  /** True if this side may close the connection gracefully now. */
  get mayClose(): boolean {
    return this.#steps.some(({ form, from }) => form.closes && from === this.#side)
  }

  /** True if the role may return now, which closes the connection, because the conversation is over or this side may close. */
  get mayReturn(): boolean {
    return mayEnd(this.#automaton, this.#state) || this.mayClose
  }

  /** True if the peer may send a message other than a goodbye now. */
  get awaited(): boolean {
    return maySpeak(this.#steps, this.other)
  }

  /** True if the peer may send a message now, even if only a goodbye, or may close the connection. */
  get maySend(): boolean {
    return this.#steps.some(({ from }) => from !== this.#side)
  }

  /** True if it is the peer's turn, and the peer's program sends its message without input from a person. */
  get isAutomatic(): boolean {
    const states = this.#automaton.automatic?.[this.other]
    return this.awaited && (states === true || states?.includes(this.#state) === true)
  }

  /**
   * Resolves to the next legal message. Rejects with `Disconnected` when the connection has ended, and with reason `violation` for
   * an illegal message if the protocol has no refusal.
   */
  receive(): Promise<ReceivedMessage<Name>> {
    return new Promise((resolve, reject) => this.read({ resolve, reject }))
  }

  /** Does the same as `receive` without a promise; calls the reader immediately if a message has arrived. */
  read(reader: ReceivedMessageReader<Name>): void {
    if (this.#waiting) throw new Error('receive() was called while another receive() was pending')
    this.#waiting = reader
    this.connection.read(this)
  }

  /**
   * Does the same as `receive`, but resolves to `undefined` after `ms` milliseconds; the next call then receives a message that
   * arrives later.
   */
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
      this.read({ resolve: before<ReceivedMessage<Name>>(resolve), reject: before<Error>(reject) })
    })
  }

  /**
   * Sends a message, given its name and its fields. Throws an Error for a message that the automaton does not allow, because the
   * role then has a bug.
   */
  send(name: Name, ...fields: (string | number)[]): void {
    this.connection.send(this.#say(name, fields))
  }

  /** Sends one message in two writes, and awaits `delay` between the writes. The first write has `cut` bytes (TJC notes, program 5). */
  async sendInPieces(name: Name, cut: number, delay: () => Promise<void>): Promise<void> {
    const bytes = new TextEncoder().encode(this.#say(name, []))
    this.connection.sendNow(bytes.subarray(0, cut))
    if (cut >= bytes.length) return
    await delay()
    this.connection.sendNow(bytes.subarray(cut))
  }

  /**
   * Refuses the last received message. If the protocol has a refusal, sends the refusal with the sentence, and then sends the open request
   * again. Otherwise throws `Disconnected` with reason `violation`, which ends the conversation.
   */
  refuse(sentence: string): void {
    this.#answered = false
    if (!this.#answerError(sentence)) throw new Disconnected('violation', `${sentence}${formatTooSoon(this.conversationState)}`)
    this.report(sentence)
    const refusal = this.#steps.find(({ name }) => name === this.#automaton.refusal)
    if (refusal) this.#take(refusal)
  }

  /**
   * Takes the transition of a message of the peer that the role has found inside another message. Throws an Error for an illegal message.
   */
  acceptEnclosed(name: Name): void {
    const step = findTransition(this.#steps, name)
    if (step?.from !== this.other) throw new Error(`the ${this.other} may not say ${name} in the state ${this.#state}`)
    this.#take(step)
  }

  /**
   * Explains the refusal of the last received message to the observer, if the role refuses it by a message of the protocol. `usual` is true if a
   * person
   * could have typed the message.
   */
  report(why: string, usual = false): void {
    // the observer has already received a note that the bytes are not text
    if (!this.observer || this.#diagnosis?.lastGarbled) return
    const sentence = this.#diagnose().explainRefusal(why)
    this.#diagnose().reject(this.#last, sentence.text, usual && !sentence.hasClue)
  }

  /** Reports the last received message like `report`, and marks the conversation as failed, although the role answers the message. */
  fail(why: string): void {
    this.report(why)
    this.failure = new Disconnected('violation', this.#diagnose().explainRefusal(why).text)
  }

  /**
   * Sends the peer the reason why this side ends the conversation early, if the protocol has a message for such a reason. Returns true if
   * the peer received a goodbye of the protocol, so that the peer closes by itself. After a refusal, the peer may continue, so the caller
   * must abort the connection.
   */
  dismiss(reason: Error): boolean {
    if (this.farewell) {
      this.farewell.bye(reason)
      return true
    }
    const how = reason instanceof Disconnected ? reason.reason : undefined
    if ((how === 'full' && this.#sendRefusal(reason.message)) || this.#sendGoodbye(how === 'violation')) return true
    if (how === 'ours') this.#sendRefusal(reason.message)
    if (how === 'late') this.#sendRefusal(reason.message.replace(/^the (?:client|server) (?:has )?/, 'you have '))
    return false
  }

  /**
   * Adds a clause to the error of a connection's end: the message that the peer had to send, or that it was this side's turn. If
   * `forOpponent` is true, the clause says that both sides were waiting for another player.
   */
  explain(end: Disconnected, forOpponent = false): Disconnected {
    if (end.reason === 'ours') return end
    if (end.reason === 'violation') return new Disconnected(end.reason, end.message.replace('the other side', `the ${this.other}`))
    return this.#diagnose().explainEnd(end, forOpponent)
  }

  /** Returns a sentence on the peer's incomplete message and its missing part; `undefined` if there is no such message to report. */
  unfinished(ms: number): string | undefined {
    const { unfinished } = this.connection
    return unfinished && this.#diagnose().explainUnfinished(unfinished, ms)
  }

  /** Returns a sentence on a message that arrived before the peer's turn; `undefined` if there is no such message to report. */
  early(): string | undefined {
    return this.connection.unread === 0 || this.awaited ? undefined : this.#diagnose().explainEarly()
  }

  /** Returns a sentence on the peer's silence and the expected message; `undefined` if the peer did not have to send a message. */
  silence(ms: number): string | undefined {
    const { unfinished, transport } = this.connection
    // if this side may also send, its person is at a prompt; a client over datagrams ends by sending nothing more
    if (unfinished || maySpeak(this.#steps, this.#side) || !this.awaited || (transport.datagrams && this.#side === 'server'))
      return undefined
    return formatSilence(this.conversationState, ms)
  }

  /** Marks the incomplete message as not reported, because the observer did not show the sentence. */
  forgetUnfinished(): void {
    this.#diagnosis?.forgetUnfinished()
  }

  #diagnose(): Diagnosis {
    this.#diagnosis ??= new Diagnosis(this)
    return this.#diagnosis
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

  /** Sends a refusal without repeating the request. Returns false in a protocol without a refusal. */
  #sendRefusal(sentence: string): boolean {
    this.#request = undefined
    return this.#answerError(sentence)
  }

  /** Handles a message of the connection. */
  message(text: string): void {
    if (this.#side === 'client' && isTlsNotice(text)) return this.#takeWaiting()?.reject(needsTls())
    this.#diagnosis?.begin()
    const said = this.#understand(text)
    if (said) return this.#takeWaiting()?.resolve(said)
    const { sentence, toPeer } = this.#diagnose().explainIllegal(text)
    if (this.#answerError(toPeer)) {
      this.#diagnose().reject(text, sentence, false)
      this.connection.read(this)
    } else this.#takeWaiting()?.reject(new Disconnected('violation', sentence))
  }

  /** Handles the end of the connection. */
  end(end: Disconnected): void {
    // a peer that closes inside a message has not closed gracefully
    const closing = end.reason === 'finished' && !end.unfinished ? this.#closing() : undefined
    if (closing) this.#takeWaiting()?.resolve(closing)
    else this.#takeWaiting()?.reject(this.explain(end))
  }

  #takeWaiting(): ReceivedMessageReader<Name> | undefined {
    const waiting = this.#waiting
    this.#waiting = undefined
    return waiting
  }

  /** Sends the refusal, and then the open request again. Returns false if the protocol has no refusal, or this side is the client. */
  #answerError(sentence: string): boolean {
    const { refusal } = this.#automaton
    if (refusal === undefined || this.#side === 'client') return false
    this.connection.send(formatMessage(this.#automaton.messages[refusal], [escapeInvisible(sentence)]))
    if (this.#request !== undefined && !this.#answered) this.connection.send(this.#request)
    return true
  }

  /** State of the conversation, for sentences on the peer's messages. */
  get conversationState(): ConversationState {
    return {
      automaton: this.#automaton,
      state: this.#state,
      steps: this.#steps,
      peer: this.other,
      last: this.#last,
      unended: this.#lastUnended,
      previous: this.#previous,
      early: this.#diagnosis?.lastEarly === true,
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
      this.#diagnosis?.accept()
      this.#lastUnended = form.unended === true
      this.#reportOddity(form, text, before)
      return { name, text, fields }
    }
    const { refusal } = this.#automaton
    if (refusal === undefined || this.#side === 'server') return undefined
    // the server has refused this side's message, so the state does not change
    const fields = parseMessage(this.#automaton.messages[refusal], text)
    return fields && { name: refusal, text, fields }
  }

  /** Reports what is odd about a legal message. */
  #reportOddity(form: MessageSpec, text: string, before: string): void {
    const { raw } = this.connection
    const isOdd = this.observer !== undefined && isGarbled(form, text, raw, before)
    if (this.#diagnosis || raw !== undefined || isOdd) this.#diagnose().reportOddity(text, raw, isOdd, before)
  }

  #closing(): ReceivedMessage<Name> | undefined {
    const closing = this.#steps.find(({ form, from }) => form.closes && from !== this.#side)
    if (!closing) return undefined
    this.#take(closing)
    return { name: closing.name, text: '', fields: [] }
  }

  #say(name: Name, fields: readonly (string | number)[]): string {
    const step = findTransition(this.#steps, name)
    if (this.connection.unread > 0 && !this.awaited) this.#diagnose().setNextEarly(true)
    else this.#diagnosis?.setNextEarly(false)
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
