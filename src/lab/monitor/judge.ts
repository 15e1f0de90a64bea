import { type Automaton, isEnd, type Transition } from '../../protocol/automaton.ts'
import { type ConversationState, maySpeak } from '../../protocol/conversation-state.ts'
import { parseMessage, type Side } from '../../protocol/message-spec.ts'
import type { MessageVerdict, Turn, Violation } from './observation.ts'
import type { Ordering, Passed, PassedMessage, Taken } from './ordering.ts'
import { Orderings } from './orderings.ts'
import { ofSide, otherSide, SIDES } from './sides.ts'
import { explainOddity, explainViolation } from './violation.ts'

/** Judgment is the verdict on a message: on the message that has just passed, or on an early message before it. */
export interface Judgment extends MessageVerdict {
  readonly number: number
  readonly from: Side
}

/** Fit is an ordering that contains a message which has passed. */
interface Fit {
  readonly fit: Ordering
  /** All orderings that contain the message. */
  readonly fitting: readonly Ordering[]
  /** All orderings as they were before the message passed. */
  readonly all: readonly Ordering[]
  /** The last legal message of the same side before that message. */
  readonly last: string
}

/**
 * Judge decides which messages of a conversation are legal, from the order in which they pass the monitor.
 *
 * The problem: the engine knows the order in which one side sees the messages, because the engine plays that side. An observer between the
 * sides knows only that the messages of one side pass in their order. A message of the client may pass after a message of the server
 * although the client sent it before it received the server's message: the two messages crossed. And a server may read a message long after
 * it has passed. So the state of the conversation does not follow from the order in which the messages pass.
 *
 * The idea: a message is legal if there is some order of all messages so far in which the messages of each side are in their
 * order, and in which the automaton allows every message. `Orderings` has all these orders, each with the state to which it leads. As in a
 * nondeterministic automaton, most orders lead to the same state, so that there are rarely more than three states. The best ordering
 * contains every message that the judge has called legal, and no improbable event; observations show the state of this ordering.
 *
 * If no order contains a message when the message passes, the sender cannot have known a state in which the message is legal. Then the
 * message
 * - is `illegal` immediately if its sender may send now: the receiver reads the message and refuses it, and the state does not change;
 * - is `early` otherwise. It has to wait for a verdict, just as it has to wait in the inbox of the receiver. The judge decides when the
 *   sender has the turn, or when the server refuses the message.
 *
 * The refusal of a protocol (`ERROR ...`) can mean two things. If the role refuses a legal message, the refusal is a transition. If it
 * refuses an illegal message, the refusal does not change the state. Each ordering counts the illegal messages that the server has still to
 * refuse.
 *
 * In a protocol without refusal, the receiver of an illegal message may end the conversation, ignore the message, or treat it as
 * the message that was meant, as many students' programs do. So the judge adds orderings (`assumed`) in which a legal message is in the
 * place of the illegal message; the next message decides among these orderings. Without these orderings, one wrong letter would make all
 * later messages illegal.
 *
 * Invariants: the judge never calls a message illegal if the message was legal in the true state of its sender, for any messages that cross
 * (`test/lab/monitor/crossing.test.ts`). If no messages cross, the judge has the same verdicts as the engine (`agreement.test.ts`). If the
 * verdicts differ, the engine knows more: it is the receiver, and refuses messages that came too late (`late`, `crossed`).
 *
 * Tried before: messages in the order in which they pass. With that order, the judge called messages of Parlor's own programs illegal, in
 * every protocol in which both sides may send. Also tried: orders in which a message is behind a message that passed later. The judge then
 * treated refusals as answers to messages that the server had not read (`Orderings.#mayStand`).
 *
 */
export class Judge {
  readonly automaton: Automaton
  readonly #orderings: Orderings
  /** Text of the last message of each side, if the receiver refused it and the protocol has secrets; otherwise `''`. */
  readonly #rejected: Record<Side, string> = { client: '', server: '' }
  /** Number of violations that the judge has explained. */
  #explained = 0
  /** Judgments that the present call returns. */
  #judgments: Judgment[] = []

  constructor(automaton: Automaton) {
    this.automaton = automaton
    this.#orderings = new Orderings(automaton)
  }

  /** The most probable state of the conversation. */
  get state(): string {
    return this.#orderings.best.state
  }

  /** The side whose turn it is in that state. */
  get turn(): Turn {
    return turnOf(this.#orderings.best.steps)
  }

  /** The state of the conversation, for sentences on a side. */
  stateFor(side: Side): ConversationState {
    return this.#stateIn(this.#orderings.best, side, false)
  }

  /** Forgets the state, because the observer lacks messages. The next messages show the states that are possible. */
  loseState(): void {
    for (const side of SIDES) this.#rejected[side] = ''
    this.#orderings.loseState()
  }

  /** Checks whether a text of a side is legal in a possible state of the conversation. */
  allows(side: Side, text: string): boolean {
    return this.#orderings.allows(side, text)
  }

  /**
   * Judges a message that has passed. Returns the verdict on this message, and the verdicts on the earlier messages that this message
   * decides.
   */
  pass(message: PassedMessage): readonly Judgment[] {
    const passed = toPassed(message)
    const { from } = passed
    this.#rejectRefused(passed)
    const { best: before, all } = this.#orderings
    const isBehind = this.#orderings.findWaiting(before, from) !== undefined
    const fitting = this.#orderings.add(passed).filter(({ assumed }) => this.#mayConfirm(assumed, from))
    const [fit] =
      fitting.length < 2
        ? fitting
        : fitting.toSorted(
            (one, two) => displaced(one, before, from) - displaced(two, before, from) || unseenBy(one, from) - unseenBy(two, from),
          )
    const taken = fit && ofSide(fit.last, from)
    if (fit && taken && displaced(fit, before, from) > 0) this.#dropLate(taken, all)
    else if (fit && taken) this.#accept(taken, { all, fit, fitting, last: ofSide(before.legal, from)?.passed.text ?? '' })
    else if (!isBehind && hasTurn(this.automaton, before, from)) {
      this.#orderings.replace(all)
      this.#reject(passed, before)
    } else {
      passed.wasEarly = true
      passed.isEarly = true
      const { state, steps } = before
      const { number } = passed
      this.#add({ number, from, standing: 'early', name: undefined, before: state, after: state, turn: turnOf(steps) })
    }
    return this.#finish()
  }

  /**
   * Processes the closing of a side. Returns the name of the closing, if it is a transition, and the judgments that follow
   * from it.
   */
  close(from: Side): { readonly name: string | undefined; readonly judgments: readonly Judgment[] } {
    const [ordering] = this.#orderings.add({ ...NO_MESSAGE, from, closes: true })
    return { name: ordering?.last[from]?.step?.name, judgments: this.#finish() }
  }

  #finish(): readonly Judgment[] {
    this.#judgeEarly()
    this.#orderings.forget()
    const judgments = this.#judgments
    this.#judgments = []
    return judgments
  }

  /**
   * Checks whether a message of the side `from` can confirm the assumption on an illegal message of the side `assumed`. If the protocol has
   * a refusal, a further message of the client cannot confirm the assumption on the client, because the server may still refuse the illegal
   * message.
   */
  #mayConfirm(assumed: Side | undefined, from: Side): boolean {
    return assumed !== from || from === 'server' || this.automaton.refusal === undefined
  }

  /** Accepts the last message of an ordering. */
  #accept(taken: Taken, { fit, fitting, last, all }: Fit): void {
    const { passed, step, unseen } = taken
    const { from } = passed
    const oddity = step && explainOddity({ automaton: this.automaton, side: from, last }, step.form, passed)
    this.#rejected[from] = ''
    this.#confirm(fitting, from)
    passed.isAccepted = true
    if (unseen > 0) this.#orderings.replace([...this.#orderings.all, ...all])
    const judgment =
      unseen > 0
        ? { ...toJudgment('crossed', taken, this.automaton), after: fit.state, turn: turnOf(fit.steps) }
        : toJudgment('legal', taken, this.automaton)
    this.#add(oddity === undefined ? judgment : { ...judgment, oddity })
  }

  /**
   * Drops a message that was legal for its sender, but that the receiver cannot accept after the messages that the receiver has sent. `all`
   * has the orderings before the message.
   */
  #dropLate(taken: Taken, all: readonly Ordering[]): void {
    taken.passed.isDropped = true
    this.#orderings.replace(all)
    const { state, steps } = this.#orderings.best
    this.#add({ ...toJudgment('late', taken, this.automaton), after: state, turn: turnOf(steps) })
  }

  /** Drops the assumptions if a message fits without them; otherwise, accepts the assumption under which the message fits. */
  #confirm(fitting: readonly Ordering[], from: Side): void {
    const { all } = this.#orderings
    if (all.every(({ assumed }) => assumed === undefined)) return
    const isPlain = fitting.some(({ assumed }) => assumed === undefined)
    if (isPlain) this.#orderings.replace(all.filter(({ assumed }) => assumed === undefined || !this.#mayConfirm(assumed, from)))
    else this.#orderings.replace(fitting.map((ordering) => ({ ...ordering, assumed: undefined })))
  }

  #reject(passed: Passed, ordering: Ordering): void {
    const { number, from, isEarly } = passed
    const violation = this.#explained++ < EXPLAINED ? explainViolation(this.#stateIn(ordering, from, isEarly), passed) : unexplained(passed)
    if (this.automaton.secrets) this.#rejected[from] = passed.text
    passed.isDropped = true
    passed.isEarly = false
    this.#orderings.replace(this.#orderings.all)
    this.#assume(from)
    const { state, steps } = this.#orderings.best
    this.#add({ number, from, standing: 'illegal', name: undefined, before: ordering.state, after: state, turn: turnOf(steps), violation })
  }

  /** Adds orderings in which a legal message of the side is in the place of its illegal message. */
  #assume(from: Side): void {
    const { all, best } = this.#orderings
    const { refusal } = this.automaton
    const meant = best.steps.filter(({ from: side, form, name }) => side === from && !form.bye && !form.closes && name !== refusal)
    const assumed = meant.map(({ next, after }) => ({ ...best, state: next, steps: after, assumed: from }))
    this.#orderings.replace([...all.filter((ordering) => ordering.assumed === undefined), ...assumed])
  }

  /** Judges the early messages whose turn has come. */
  #judgeEarly(): void {
    for (let next: Passed | undefined = NO_MESSAGE; next; ) {
      for (const taken of this.#orderings.best.late) this.#settle(taken)
      const { best } = this.#orderings
      next = this.#findDue(best)
      if (next) this.#reject(next, best)
    }
  }

  /** Finds an early message that the receiver must have read by now. */
  #findDue(best: Ordering): Passed | undefined {
    for (const side of SIDES) {
      const passed = this.#orderings.findWaiting(best, side)
      if (passed?.isEarly && this.#isDue(best, passed)) return passed
    }
    return undefined
  }

  /** Reports that an early message was legal after all. */
  #settle(taken: Taken): void {
    taken.passed.isEarly = false
    this.#rejected[taken.passed.from] = ''
    this.#add(toJudgment('legal', taken, this.automaton))
    const rest = (late: readonly Taken[]) => late.filter(({ passed }) => passed.isEarly)
    this.#orderings.replace(this.#orderings.all.map((ordering) => ({ ...ordering, late: rest(ordering.late) })))
  }

  /** Checks whether the receiver must have read an early message by now. */
  #isDue(ordering: Ordering, { from, text }: Passed): boolean {
    if (this.#orderings.countWaiting(ordering, from) > EARLY_LIMIT) return true
    return hasTurn(this.automaton, ordering, from) && !leadsTo(ordering.steps, from, text)
  }

  /** Rejects the early message of the client if the server refuses a message, and has no other message to refuse. */
  #rejectRefused({ from, text }: Passed): void {
    const { best } = this.#orderings
    if (from === 'client' || best.unrefused.length > 0 || !this.#orderings.isRefusal(text)) return
    const early = this.#orderings.findWaiting(best, 'client')
    const isTransition = best.steps.some(({ name, from: side }) => side === 'server' && name === this.automaton.refusal)
    if (early?.isEarly && !isTransition) this.#reject(early, best)
  }

  #stateIn({ legal, state, steps }: Ordering, side: Side, early: boolean): ConversationState {
    const last = legal[side]
    const text = last?.passed.text ?? ''
    const unended = last?.step?.form.unended === true
    return { automaton: this.automaton, state, steps, peer: side, last: text, unended, previous: this.#rejected[side] || text, early }
  }

  #add(judgment: Judgment): void {
    this.#judgments.push(judgment)
  }
}

/** Maximum number of early messages of one side. If more messages wait, the judge rejects the first of them. */
const EARLY_LIMIT = 256

/**
 * Maximum number of violations of one conversation that the judge explains, because a program that floods its peer causes more, and each
 * explanation takes long.
 */
const EXPLAINED = 500

/**
 * Returns a violation without an explanation. The violation does not quote the message, because a search for the secrets in the message
 * takes long, too.
 */
function unexplained({ from, start }: Passed): Violation {
  const sentence = `the ${from} sent another message that does not belong here`
  return { sentence, toSender: sentence, expected: `the first ${EXPLAINED} are explained`, received: '…', wrongAt: start }
}

/** Returns a message in the form for the orderings, without a verdict. */
function toPassed({ number, from, text, raw, start, bytes }: PassedMessage): Passed {
  return { number, from, text, raw, start, bytes, closes: false, isDropped: false, wasEarly: false, isEarly: false, isAccepted: false }
}

const NO_MESSAGE: Passed = toPassed({ number: 0, from: 'client', text: '', raw: undefined, start: 0, bytes: new Uint8Array(0) })

/**
 * Checks whether a side has the turn, or whether the conversation is over. In both cases, the other side has read everything that
 * this side sent.
 */
function hasTurn(automaton: Automaton, { state, steps }: Ordering, side: Side): boolean {
  return maySpeak(steps, side) || isEnd(automaton, state)
}

/** Number of messages of the other side that `before` has in addition to the messages of `ordering`; at least 0. */
function displaced(ordering: Ordering, before: Ordering, side: Side): number {
  const other = otherSide(side)
  return Math.max(0, ofSide(before.taken, other) - ofSide(ordering.taken, other))
}

/** Number of messages of the other side that passed before the last message of a side, but come after that message in the ordering. */
function unseenBy({ last }: Ordering, side: Side): number {
  return last[side]?.unseen ?? 0
}

function toJudgment(
  standing: Judgment['standing'],
  { passed, step, before, after, steps, isRefusal, refuses }: Taken,
  { refusal }: Automaton,
): Judgment {
  const { number, from } = passed
  const own = { number, from, standing, name: step?.name ?? (isRefusal ? refusal : undefined), before, after, turn: turnOf(steps) }
  return refuses === undefined ? own : { ...own, refuses }
}

/** Returns the sides that may send a message other than a goodbye. */
function turnOf(steps: readonly Transition[]): Turn {
  const client = maySpeak(steps, 'client')
  const server = maySpeak(steps, 'server')
  if (client && server) return 'either'
  return client ? 'client' : server ? 'server' : 'none'
}

/** Checks whether the other side alone can lead the conversation to a later state in which a text of a side is legal. */
function leadsTo(steps: readonly Transition[], side: Side, text: string): boolean {
  const seen = new Set([steps])
  // the iteration includes the states that it adds
  for (const state of seen) {
    if (state.some(({ from, form }) => from === side && !form.closes && parseMessage(form, text) !== undefined)) return true
    for (const { from, form, after } of state) if (from !== side && !form.bye && !form.closes) seen.add(after)
  }
  return false
}
