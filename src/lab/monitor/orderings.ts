import { type Automaton, legalTransitions, type Transition } from '../../protocol/automaton.ts'
import { parseMessage, type Side } from '../../protocol/message-spec.ts'
import { FEW, isCovered, type Ordering, OrderingSet, type Passed, type Taken } from './ordering.ts'
import { type BySide, ofSide, otherSide, SIDES, withSide } from './sides.ts'

/** Orderings has all orders of the messages so far that the automaton allows. `judge.ts` says why there are several orders. */
export class Orderings {
  readonly automaton: Automaton
  readonly #passed: BySide<Passed[]> = { client: [], server: [] }
  /** Number of messages of each side that `forget` has removed, because every ordering has taken them. */
  readonly #removed: Record<Side, number> = { client: 0, server: 0 }
  #all: readonly Ordering[]

  constructor(automaton: Automaton) {
    this.automaton = automaton
    const none = { client: undefined, server: undefined }
    const taken = { client: 0, server: 0 }
    const { start: state } = automaton
    const steps = legalTransitions(automaton, state)
    this.#all = [{ state, steps, taken, last: none, legal: none, late: [], unrefused: [], assumed: undefined, doubts: 0 }]
  }

  /**
   * Forgets all messages, because the observer lacks messages. The conversation may then be in any state; the best ordering retains the
   * present state.
   */
  loseState(): void {
    const { best } = this
    const taken = { client: 0, server: 0 }
    for (const side of SIDES) {
      taken[side] = this.#removed[side] + this.#passed[side].length
      this.#removed[side] = taken[side]
      this.#passed[side].length = 0
    }
    const none = { client: undefined, server: undefined }
    this.#all = [...new Set([best.state, ...Object.keys(this.automaton.states)])].map((state) => {
      const steps = legalTransitions(this.automaton, state)
      return { state, steps, taken, last: none, legal: none, late: [], unrefused: [], assumed: undefined, doubts: 0 }
    })
  }

  /** Checks whether a text of a side is legal in the state of any ordering. */
  allows(side: Side, text: string): boolean {
    return this.#all.some(({ steps }) =>
      steps.some(({ from, form }) => from === side && !form.closes && parseMessage(form, text) !== undefined),
    )
  }

  /** All orderings, the best first. */
  get all(): readonly Ordering[] {
    return this.#all
  }

  /** The best ordering; it always exists. */
  get best(): Ordering {
    const [best] = this.#all
    if (!best) throw new Error('a conversation has no ordering')
    return best
  }

  /** Adds a message behind all other messages of its side. Returns the orderings that contain the message, the best first. */
  add(passed: Passed): readonly Ordering[] {
    const { from: side } = passed
    const own = ofSide(this.#passed, side)
    own.push(passed)
    const fresh: Ordering[] = []
    // nothing new follows from the other orderings
    for (const one of this.#all) if (this.countWaiting(one, side) === 1) this.#follow(one, side, fresh)
    this.#expand(this.#all, fresh)
    const count = ofSide(this.#removed, side) + own.length
    return this.#all.filter(({ taken }) => ofSide(taken, side) === count)
  }

  /** Number of messages of a side that an ordering does not contain, without early messages and dropped messages. */
  #countUnseen({ taken }: Ordering, side: Side): number {
    const all = ofSide(this.#passed, side)
    let count = 0
    for (let at = ofSide(taken, side) - ofSide(this.#removed, side); at < all.length; at++) {
      const passed = all[at]
      if (passed && !passed.wasEarly && !passed.isDropped) count++
    }
    return count
  }

  /** Replaces the orderings by new orderings, and adds all orderings that follow from them. */
  replace(orderings: readonly Ordering[]): void {
    this.#expand([], orderings)
  }

  /** Returns the message of a side that an ordering would take next; `undefined` without a waiting message. */
  findWaiting({ taken }: Ordering, side: Side): Passed | undefined {
    return ofSide(this.#passed, side)[ofSide(taken, side) - ofSide(this.#removed, side)]
  }

  /** Number of messages of a side that an ordering does not contain. */
  countWaiting({ taken }: Ordering, side: Side): number {
    return ofSide(this.#removed, side) + ofSide(this.#passed, side).length - ofSide(taken, side)
  }

  /**
   * Finds all orderings that follow from the new orderings, and drops the orderings that allow nothing more than better orderings. All
   * orderings that follow from the `old` orderings are already given.
   */
  #expand(old: readonly Ordering[], fresh: readonly Ordering[]): void {
    if (old.length > 0 && fresh.length === 0) return
    const found = new OrderingSet(old)
    const open: Ordering[] = []
    for (const one of fresh) open.push(this.#skipDropped(one))
    // the loop includes the orderings that it adds
    for (const ordering of open) {
      if (!found.add(ordering)) continue
      const count = open.length
      for (const side of SIDES) this.#follow(ordering, side, open)
      for (let at = count; at < open.length; at++) open[at] = this.#skipDropped(open[at] ?? ordering)
    }
    const left: Ordering[] = []
    for (const one of this.#sort(found.all)) {
      const [best] = left
      if (best && (!this.#isOpen(this.countWaiting(one, 'client'), this.countWaiting(one, 'server')) || this.#isDeadEnd(one, best)))
        continue
      if (!isCovered(left, one)) left.push(one)
    }
    this.#all = left
  }

  /**
   * Checks whether a later message can come before the messages that wait in an ordering. If messages of both sides wait, one of these
   * messages comes next, and no later message. If very many messages wait, the receiver must have received them by now.
   */
  #isOpen(client: number, server: number): boolean {
    return (client === 0 || server === 0) && client + server <= UNDER_WAY
  }

  /**
   * Checks whether an ordering can continue only with the messages that wait in it. This case occurs if the other side may not send in the state
   * of the ordering, and the best ordering has taken all these messages. In a protocol whose sides take turns, almost every ordering is of
   * this kind.
   */
  #isDeadEnd(one: Ordering, best: Ordering): boolean {
    if (this.automaton.refusal !== undefined || one.assumed !== undefined || best.assumed !== undefined) return false
    const [client, server] = [this.countWaiting(one, 'client'), this.countWaiting(one, 'server')]
    if ((client === 0) === (server === 0) || this.#countAllWaiting(best) > 0) return false
    const other = client === 0 ? 'client' : 'server'
    for (const { from } of one.steps) if (from === other) return false
    return true
  }

  /** Sorts orderings in place, the best first. There are rarely more than three, and inserting them is faster than the general sort. */
  #sort(all: Ordering[]): readonly Ordering[] {
    if (all.length > FEW) return all.sort((one, two) => this.#rank(one, two))
    for (let at = 1; at < all.length; at++) {
      for (let place = at; place > 0; place--) {
        const [one, two] = [all[place - 1], all[place]]
        if (!one || !two || this.#rank(one, two) <= 0) break
        all[place - 1] = two
        all[place] = one
      }
    }
    return all
  }

  /**
   * Compares two orderings, so that the best ordering comes first. The best ordering contains all messages that the judge has called legal;
   * only early messages may wait.
   */
  #rank(one: Ordering, two: Ordering): number {
    const judged = this.#countAllUnseen(one) - this.#countAllUnseen(two)
    if (judged !== 0) return judged
    if ((one.assumed === undefined) !== (two.assumed === undefined)) return one.assumed === undefined ? -1 : 1
    const waiting = this.#countAllWaiting(one) - this.#countAllWaiting(two)
    return one.doubts - two.doubts || waiting || one.unrefused.length - two.unrefused.length
  }

  #countAllUnseen(ordering: Ordering): number {
    return this.#countUnseen(ordering, 'client') + this.#countUnseen(ordering, 'server')
  }

  #countAllWaiting(ordering: Ordering): number {
    return this.countWaiting(ordering, 'client') + this.countWaiting(ordering, 'server')
  }

  /** Appends to `into` the orderings in which the next message is a message of `side`. */
  #follow(ordering: Ordering, side: Side, into: Ordering[]): void {
    const passed = this.findWaiting(ordering, side)
    if (!passed || passed.isDropped) return
    const { steps, unrefused, assumed } = ordering
    const step = findStep(steps, passed)
    if (!this.#mayStand(ordering, passed)) return
    if (step || passed.closes) into.push(this.#take(ordering, passed, step))
    const isRejected = !step && passed.isAccepted && side === 'client' && this.automaton.refusal !== undefined
    if (isRejected) into.push(this.#skip(ordering, passed))
    if (side === 'client' || passed.closes || assumed !== undefined || !this.isRefusal(passed.text)) return
    // the refusal of an illegal message does not change the state, and a refusal without a reason does not change it either
    const hasNoReason = !step && this.countWaiting(ordering, 'client') === 0
    if (unrefused.length > 0 || hasNoReason) into.push(this.#take(ordering, passed, undefined))
  }

  /**
   * Checks whether a message may come behind the last message of the other side. If the other side's message passed later, the two messages
   * crossed. Then the first message is no answer to the other side's message, and must have been legal before it, too.
   */
  #mayStand({ last }: Ordering, passed: Passed): boolean {
    const behind = ofSide(last, otherSide(passed.from))
    if (passed.closes || passed.wasEarly || !behind || behind.passed.number < passed.number) return true
    return findStep(legalTransitions(this.automaton, behind.before), passed) !== undefined
  }

  /** Checks whether a text of the server is the protocol's refusal. */
  isRefusal(text: string): boolean {
    const { refusal, messages } = this.automaton
    const form = refusal === undefined ? undefined : messages[refusal]
    return form !== undefined && parseMessage(form, text) !== undefined
  }

  #take(ordering: Ordering, passed: Passed, step: Transition | undefined): Ordering {
    const { from } = passed
    const { taken, last, legal, late, unrefused, assumed, doubts } = ordering
    const state = step?.next ?? ordering.state
    const steps = step?.after ?? ordering.steps
    const isRefusal = from === 'server' && !passed.closes && this.isRefusal(passed.text)
    const refuses = isRefusal ? (step ? last.client?.passed.number : unrefused[0]) : undefined
    const unseen = this.#countUnseen(ordering, otherSide(from))
    const isDoubtful = step ? isRefusal && unrefused.length > 0 : passed.closes
    const entry: Taken = { passed, step, before: ordering.state, after: state, steps, unseen, isRefusal, refuses }
    return {
      state,
      steps,
      taken: withSide(taken, from, ofSide(taken, from) + 1),
      last: withSide(last, from, entry),
      legal: step && !passed.closes ? withSide(legal, from, entry) : legal,
      late: passed.isEarly ? [...late, entry] : late,
      unrefused: isRefusal && !step ? unrefused.slice(1) : unrefused,
      assumed,
      doubts: doubts + (isDoubtful ? 1 : 0),
    }
  }

  /** Skips the dropped messages that an ordering would take next. */
  #skipDropped(ordering: Ordering): Ordering {
    let dropped = ordering
    for (const side of SIDES) {
      for (let next = this.findWaiting(dropped, side); next?.isDropped; next = this.findWaiting(dropped, side)) {
        dropped = this.#skip(dropped, next)
      }
    }
    return dropped
  }

  /** Returns the ordering after a message that the receiver refuses. */
  #skip(ordering: Ordering, { from, number }: Passed): Ordering {
    const { taken, unrefused } = ordering
    const isRefused = from === 'client' && this.automaton.refusal !== undefined
    return {
      ...ordering,
      taken: withSide(taken, from, ofSide(taken, from) + 1),
      unrefused: isRefused ? [...unrefused, number].slice(-UNREFUSED) : unrefused,
    }
  }

  /**
   * Forgets the messages that every ordering has taken, so that the memory is bounded. The caller must not use earlier orderings after
   * the call.
   */
  forget(): void {
    for (const side of SIDES) {
      let least = Number.POSITIVE_INFINITY
      for (const { taken } of this.#all) least = Math.min(least, ofSide(taken, side))
      const count = least - ofSide(this.#removed, side)
      if (count === 0) continue
      const passed = ofSide(this.#passed, side)
      if (count === passed.length) passed.length = 0
      else passed.splice(0, count)
      this.#removed[side] = least
    }
  }
}

/** Maximum number of messages of one side that are under way while the other side sends. */
const UNDER_WAY = 64
/** Maximum number of dropped messages that an ordering remembers, for a server that never refuses a message. */
const UNREFUSED = 8

/** Finds the transition that a message takes; `undefined` for an illegal message. */
function findStep(steps: readonly Transition[], { from: side, text, closes }: Passed): Transition | undefined {
  for (const step of steps) {
    const { from, form } = step
    if (from === side && (form.closes === true) === closes && (closes || parseMessage(form, text) !== undefined)) return step
  }
  return undefined
}
