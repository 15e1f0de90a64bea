import type { Clock } from '../wire/clock.ts'
import type { Connection, Reader } from '../wire/connection.ts'
import { Ended } from '../wire/ends.ts'
import { type Raw, revealed } from '../wire/text.ts'
import { type Automaton, EMPTY, legal, type MessageForm, parse, print, type Said, type Side, type Step, stepOf } from './automaton.ts'
import {
  clueOfBye,
  clueOfBytes,
  clueOfText,
  clueOfWords,
  isGreeting,
  isHeadLine,
  isHttpRequest,
  isOdd,
  isRemainder,
  isTlsNotice,
  needsTls,
  noOddities,
  type Oddities,
  type PeerObserver,
  quotedMessage,
  quotedUnfinished,
  type Speaker,
  withReason,
} from './sentences.ts'
import { hasComeEarly, inSeconds, isSilent, maySpeak, type Standing, tooSoon, whatWasDue, whyIllegal } from './standing.ts'

/** Waiting is a promise of the next message. */
interface Waiting<Name extends string> {
  resolve(said: Said<Name>): void
  reject(reason: Error): void
}

/**
 * Peer is the other side of a conversation, as a role sees it: `receive` and `send`, with the automaton between. What
 * arrives illegally never reaches the role, and what the role may not say is never sent.
 */
export class Peer<Name extends string = string> implements Reader {
  readonly connection: Connection
  readonly #automaton: Automaton<Name>
  readonly #side: Side
  #state: string
  /** What is legal now. */
  #steps: readonly Step<Name>[]
  /** What was asked last, to be asked again when the answer is refused. */
  #request: string | undefined
  /** Whether something that answers it was received. */
  #answered = false

  /** Made for the first one: most peers have none. */
  #oddities: Oddities | undefined
  /** The message that was received last, as it came. */
  #last = ''
  #lastUnended = false
  observer: PeerObserver | undefined

  /** Tells the peer why this side ends the conversation in the middle, where the role has words of its own for that. */
  farewell: ((reason: Error) => void) | undefined
  /** What was wrong with a message that was answered all the same, if the conversation has therefore not ended well. */
  failure: Ended | undefined
  /** A language that the peer has chosen, such as JSON, if the protocol has several. */
  speaks: string | undefined
  #waiting: Waiting<Name> | undefined

  /** `side` is ours; `state` is where the conversation stands, at its start if not said. */
  constructor(connection: Connection, automaton: Automaton<Name>, side: Side, state: string = automaton.start) {
    this.connection = connection
    this.#automaton = automaton
    this.#side = side
    this.#state = state
    this.#steps = legal(automaton, state)
  }

  /** Where the conversation stands. */
  get state(): string {
    return this.#state
  }

  /** Which side the peer is. */
  get other(): Side {
    return this.#side === 'server' ? 'client' : 'server'
  }

  /** The peer, as one whose messages are quoted. */
  get speaker(): Speaker {
    return { automaton: this.#automaton, side: this.other, last: this.#previous, speaks: this.speaks }
  }

  /** The last message of the peer, legal or not. */
  get #previous(): string {
    return this.#oddities?.rejected || this.#last
  }

  /** Whether this side may close the connection now, and that is a good end. */
  get mayClose(): boolean {
    return this.#steps.some(({ form, from }) => form.closes && from === this.#side)
  }

  /** Whether the peer is to say something now that is more than a goodbye. */
  get awaited(): boolean {
    return maySpeak(this.#steps, this.other)
  }

  /** True if it is the turn of a peer that needs no person's choice. */
  get isAutomatic(): boolean {
    const states = this.#automaton.automatic?.[this.other]
    return this.awaited && (states === true || states?.includes(this.#state) === true)
  }

  /** The next legal message. Rejects with `Ended` when none will come, with `violation` for an illegal one that has no answer. */
  receive(): Promise<Said<Name>> {
    return new Promise((resolve, reject) => this.#read({ resolve, reject }))
  }

  /** As `receive`, but for `ms` milliseconds at most: then `undefined`, and what comes later is for the next to receive. */
  receiveWithin(ms: number, clock: Clock): Promise<Said<Name> | undefined> {
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
      this.#read({ resolve: before<Said<Name>>(resolve), reject: before<Error>(reject) })
    })
  }

  /** Says something. A message that is out of turn is a mistake in the role, and throws. */
  send(name: Name, ...fields: (string | number)[]): void {
    this.connection.send(this.#say(name, fields))
  }

  /** Says one message in two writes, the first of `cut` bytes, with a `delay` between them (TJC notes, program 5). */
  async sendInPieces(name: Name, cut: number, delay: () => Promise<void>): Promise<void> {
    const bytes = new TextEncoder().encode(this.#say(name, []))
    this.connection.sendNow(bytes.subarray(0, cut))
    if (cut >= bytes.length) return
    await delay()
    this.connection.sendNow(bytes.subarray(cut))
  }

  /**
   * Refuses the message that was received last, with a sentence for the peer: where the protocol has an answer for
   * that, it is sent, with the open question again. Otherwise this throws the violation that ends the conversation.
   */
  refuse(sentence: string): void {
    this.#answered = false
    if (!this.#answerError(sentence)) throw new Ended('violation', `${sentence}${tooSoon(this.#standing)}`)
    this.note(sentence)
    const refusal = this.#steps.find(({ name }) => name === this.#automaton.refusal)
    if (refusal) this.#take(refusal)
  }

  /** Notes that the message that was received last is refused in words of the protocol, and why; `usual` as in `PeerObserver`. */
  note(why: string, usual = false): void {
    // that its bytes are no text was reported already
    if (!this.observer || this.#oddities?.lastGarbled) return
    const sentence = this.#refusalOf(why)
    this.#reject(this.#last, sentence.text, usual && !sentence.hasClue)
  }

  /** As `note`, of a message that is answered, but without which the conversation has not ended as its protocol ends. */
  fail(why: string): void {
    this.note(why)
    this.failure = new Ended('violation', this.#refusalOf(why).text)
  }

  #refusalOf(why: string): { readonly text: string; readonly hasClue: boolean } {
    const raw = this.#oddities?.lastRaw
    const clue = this.#clueOf(this.#last, raw) || clueOfWords(this.speaker, this.#last, '') || clueOfBye(this.speaker, this.#last)
    const empty = this.#last === '' ? EMPTY : ''
    const said = `the ${this.other} said ${quotedMessage(this.speaker, this.#last, raw)}`
    return { text: `${withReason(said, this.#last, why)}${tooSoon(this.#standing)}${empty}${clue}`, hasClue: clue !== '' }
  }

  /** Notes that a message was rejected, but not of each line of an HTTP request. */
  #reject(text: string, sentence: string, usual: boolean): void {
    const isOfHead = this.#oddities?.inHead === true && isHeadLine(text)
    const inHead = isOfHead ? text.trim() !== '' : isHttpRequest(text)
    if (inHead || isOfHead) this.#odd().inHead = inHead
    if (!isOfHead) this.observer?.refused(sentence, usual)
    if (this.#automaton.secrets) this.#odd().rejected = text
  }

  /**
   * Tells the peer why this side ends the conversation in the middle, as well as the protocol can. Answers whether it was
   * told so that it goes by itself: one that only hears a sentence is still to be broken off (PROTOCOLS Q4).
   */
  dismiss(reason: Error): boolean {
    if (this.farewell) {
      this.farewell(reason)
      return true
    }
    const how = reason instanceof Ended ? reason.how : undefined
    if ((how === 'full' && this.#turnAway(reason.message)) || this.#bye(how === 'violation')) return true
    if (how === 'ours') this.#turnAway(reason.message)
    if (how === 'late') this.#turnAway(reason.message.replace(/^the (?:client|server) (?:has )?/, 'you have '))
    return false
  }

  /** What ended the connection, in a sentence that also says what was expected from the peer, or that it was our turn. */
  explain(end: Ended): Ended {
    if (end.how === 'ours') return end
    if (end.how === 'violation') return new Ended(end.how, end.message.replace('the other side', `the ${this.other}`))
    const message = this.#isShown(end) ? end.message.replace(/ in the middle of a message, \d+ bytes? into it$/, '') : end.message
    const said = message.replace('the other side', `the ${this.other}`)
    return new Ended(end.how, `${said}${this.#rest(end)}; ${whatWasDue(this.#standing)}`, end.unfinished)
  }

  /** Checks whether a peer's unfinished message was reported before. */
  #isShown({ how, unfinished }: Ended): boolean {
    if (!unfinished || how === 'late') return false
    return unfinished.bytes.length === this.#oddities?.unfinished || isRemainder(this.#oddities, unfinished)
  }

  /** Reports a message of the peer that is not whole, and what it lacks, in a sentence; `undefined` if there is none. */
  unfinished(ms: number): string | undefined {
    const { unfinished } = this.connection
    if (!unfinished || isRemainder(this.#oddities, unfinished)) return undefined
    this.#odd().unfinished = unfinished.bytes.length
    const sent = quotedUnfinished(this.speaker, unfinished)
    return `the ${this.other} has sent ${sent} for ${inSeconds(ms)} s${this.#clueOnce(clueOfBytes(this.speaker, unfinished, this.#last))}`
  }

  /** Reports a message that came before the peer's turn, in a sentence; `undefined` if there is none. */
  early(): string | undefined {
    if (this.connection.unread === 0 || this.awaited) return undefined
    const { ahead, raw } = this.connection
    // one of several empty lines was said already
    if (ahead === '' && this.#last === '' && this.#oddities?.lastEarly) return undefined
    if (ahead !== undefined)
      return `${hasComeEarly(this.#standing, ahead, raw)}${this.#clueOnce(clueOfText(this.speaker, ahead, raw, this.#last) || clueOfWords(this.speaker, ahead, this.#last))}`
    const { unfinished } = this.connection
    if (!unfinished || isRemainder(this.#oddities, unfinished)) return undefined
    this.#odd().unfinished = unfinished.bytes.length
    return `${hasComeEarly(this.#standing, unfinished)}${this.#clueOnce(clueOfBytes(this.speaker, unfinished, this.#last))}`
  }

  /** Reports the silence of the peer, and what was expected, in a sentence; `undefined` if nothing was. */
  silence(ms: number): string | undefined {
    const { unfinished, transport } = this.connection
    // a person who may speak here too is at a prompt, and silence is how a client goes that sends datagrams
    if (unfinished || maySpeak(this.#steps, this.#side) || !this.awaited || (transport.datagrams && this.#side === 'server'))
      return undefined
    return isSilent(this.#standing, ms)
  }

  /** The unfinished message was shown to no person, so the end of the conversation shows it. */
  forgetUnfinished(): void {
    this.#odd().unfinished = 0
    this.#odd().clue = ''
  }

  /** Quotes the unfinished message of a peer that has gone, or was silent, as the middle of a sentence. */
  #rest(end: Ended): string {
    const { how, unfinished } = end
    if (!unfinished || this.#isShown(end) || isRemainder(this.#oddities, unfinished)) return ''
    const sent = how === 'late' ? '' : `: it had sent ${quotedUnfinished(this.speaker, unfinished)}`
    return `${sent}${this.#clueOnce(clueOfBytes(this.speaker, unfinished, this.#last))}`
  }

  /** A clue, unless it is the one that was given last. */
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
    this.#oddities ??= noOddities()
    return this.#oddities
  }

  /**
   * Says goodbye in the protocol's own words, if it has any that this side may say now. A peer that has just broken
   * the rules has had its turn (`spoken`). Answers whether anything was said.
   */
  #bye(spoken: boolean): boolean {
    const afterTheirs = spoken ? this.#steps.flatMap(({ from, after }) => (from === this.#side ? [] : after)) : []
    const goodbye = [...this.#steps, ...afterTheirs].find(({ form, from }) => form.bye && from === this.#side)
    if (!goodbye) return false
    this.#take(goodbye)
    this.connection.send(goodbye.form.text)
    return true
  }

  /** Says why the peer has to go, where the protocol has an answer that can. */
  #turnAway(sentence: string): boolean {
    this.#request = undefined
    return this.#answerError(sentence)
  }

  #read(waiting: Waiting<Name>): void {
    if (this.#waiting) throw new Error('a peer has one listener at a time')
    this.#waiting = waiting
    this.connection.read(this)
  }

  /** What the connection brings, for whoever waits. */
  message(text: string): void {
    if (this.#side === 'client' && isTlsNotice(text)) return this.#done()?.reject(needsTls())
    if (this.#oddities) {
      this.#oddities.lastEarly = this.#oddities.nextEarly
      this.#oddities.nextEarly = false
      this.#oddities.unfinished = 0
    }
    const said = this.#understand(text)
    if (said) return this.#done()?.resolve(said)
    const { raw } = this.connection
    const clue = this.#clueOf(text, raw, this.#last) || clueOfWords(this.speaker, text, this.#last)
    const sentence = `${whyIllegal(this.#standing, text, { raw })}${clue}`
    if (this.#answerError(`${whyIllegal(this.#standing, text, { toPeer: true })}${clue}`)) {
      this.#reject(text, sentence, false)
      this.connection.read(this)
    } else this.#done()?.reject(new Ended('violation', sentence))
  }

  /** The connection brings nothing more. */
  end(end: Ended): void {
    // one that closes in the middle of a message has not ended in good order
    const closing = end.how === 'finished' && !end.unfinished ? this.#closing() : undefined
    if (closing) this.#done()?.resolve(closing)
    else this.#done()?.reject(this.explain(end))
  }

  /** Who waited, and does so no more. */
  #done(): Waiting<Name> | undefined {
    const waiting = this.#waiting
    this.#waiting = undefined
    return waiting
  }

  /** Answers what is illegal, and asks again; where the protocol or our side has no answer, this is `false`. */
  #answerError(sentence: string): boolean {
    const { refusal } = this.#automaton
    if (refusal === undefined || this.#side === 'client') return false
    this.connection.send(print(this.#automaton.messages[refusal], [revealed(sentence)]))
    if (this.#request !== undefined && !this.#answered) this.connection.send(this.#request)
    return true
  }

  /** Standing of the conversation, for sentences on illegal messages of the peer. */
  get #standing(): Standing {
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

  #understand(text: string): Said<Name> | undefined {
    for (const step of this.#steps) {
      const { name, form, from } = step
      if (form.closes || from === this.#side) continue
      const fields = parse(form, text)
      if (fields === undefined) continue
      this.#take(step)
      this.#answered = true
      const before = this.#last
      this.#last = text
      if (this.#oddities) this.#oddities.rejected = ''
      this.#lastUnended = form.unended === true
      this.#look(form, text, before)
      return { name, text, fields }
    }
    const { refusal } = this.#automaton
    if (refusal === undefined || this.#side === 'server') return undefined
    // the server refused what we said, so nothing has changed
    const fields = parse(this.#automaton.messages[refusal], text)
    return fields && { name: refusal, text, fields }
  }

  /** Looks for what is wrong with a message that is legal all the same. */
  #look(form: MessageForm, text: string, before: string): void {
    const { raw } = this.connection
    const isGarbled = this.observer !== undefined && (isOdd(form, text, raw) || (form.free === true && before === '' && isGreeting(text)))
    if (!this.#oddities && raw === undefined && !isGarbled) return
    const odd = this.#odd()
    odd.lastRaw = raw
    odd.lastGarbled = false
    if (odd.lastEarly && !(odd.inHead && isHeadLine(text)))
      this.observer?.early(`the ${this.other} said ${quotedMessage(this.speaker, text)} before it was the ${this.other}'s turn`)
    const clue = isGarbled ? this.#clueOnce(clueOfText(this.speaker, text, raw) || clueOfWords(this.speaker, text, before)) : ''
    if (clue === '') return
    odd.lastGarbled = true
    odd.inHead = isHttpRequest(text)
    this.observer?.garbled(`the ${this.other} said ${quotedMessage(this.speaker, text, raw)}${clue}`)
  }

  #closing(): Said<Name> | undefined {
    const closing = this.#steps.find(({ form, from }) => form.closes && from !== this.#side)
    if (!closing) return undefined
    this.#take(closing)
    return { name: closing.name, text: '', fields: [] }
  }

  #say(name: Name, fields: readonly (string | number)[]): string {
    const step = stepOf(this.#steps, name)
    if (this.connection.unread > 0 && !this.awaited) this.#odd().nextEarly = true
    else if (this.#oddities) this.#oddities.nextEarly = false
    if (step?.from !== this.#side) throw new Error(`the ${this.#side} may not say ${name} in the state ${this.#state}`)
    this.#take(step)
    const text = print(step.form, fields)
    this.#request = step.form.asks ? text : undefined
    this.#answered = false
    return text
  }

  #take({ next, after }: Step<Name>): void {
    this.#state = next
    this.#steps = after
  }
}
