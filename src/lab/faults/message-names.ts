import { type Automaton, legalTransitions, type Transition } from '../../protocol/automaton.ts'
import { parseMessage, type Side, splitMessage } from '../../protocol/message-spec.ts'

/** Candidate is a message of the automaton that a text may represent. */
type Candidate = Pick<Transition, 'name' | 'form'> & { readonly next?: string }

/**
 * MessageNames names the messages of one side, one after another, by the automaton.
 *
 * The same text may be different messages in different states, and the state of the conversation depends on the other side, too. The time
 * at which a message of the other side arrives is random, but the same bytes must have the same names each time. So MessageNames follows
 * one side alone: it has all possible states of that side, and assumes that the other side may have sent any of its messages. If
 * several messages fit a text, MessageNames takes the message with the longest fixed text. A text that fits no state gets its name by its form alone,
 * and does not change the states.
 */
export class MessageNames {
  readonly #automaton: Automaton
  readonly #side: Side
  /** Every message of this side, the longest fixed text first. */
  readonly #all: readonly Candidate[]
  /** The messages that this side may send now, in the same order. */
  #legal: readonly Candidate[]
  /** Messages that this side may send, by states: a cache, because a conversation returns to the same states again and again. */
  readonly #known = new Map<string, readonly Candidate[]>()

  constructor(automaton: Automaton, side: Side) {
    this.#automaton = automaton
    this.#side = side
    this.#all = inOrder(
      Object.entries(automaton.messages)
        .filter(([, { from }]) => from === side || from === 'either')
        .map(([name, form]) => ({ name, form })),
    )
    this.#legal = this.#candidates([automaton.start])
  }

  /**
   * Returns the names of the next message: several if the automaton does not distinguish the messages, none if the text fits no
   * message.
   */
  name(text: string): readonly string[] {
    const legal = best(this.#legal, text)
    if (legal.length === 0) return namesOf(best(this.#all, text))
    const next = new Set(legal.flatMap((one) => (one.next === undefined ? [] : [one.next])))
    this.#legal = this.#candidates([...next])
    return namesOf(legal)
  }

  /**
   * Returns the messages that this side may send in one of these states, or in a state to which messages of the other side can then lead.
   */
  #candidates(states: readonly string[]): readonly Candidate[] {
    const key = JSON.stringify(states)
    const known = this.#known.get(key)
    if (known) return known
    const reached = new Set(states)
    // the iteration includes the states that it adds
    for (const state of reached)
      for (const { from, next } of legalTransitions(this.#automaton, state)) if (from !== this.#side) reached.add(next)
    const own = [...reached].flatMap((state) => legalTransitions(this.#automaton, state).filter(({ from }) => from === this.#side))
    const found = inOrder(own)
    this.#known.set(key, found)
    return found
  }
}

/** Returns the messages that have text, the longest fixed text first. */
function inOrder(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(({ form }) => !form.closes).toSorted((one, other) => fixedLength(other) - fixedLength(one))
}

/** Returns the candidates that fit a text and have the longest fixed text, in their order. */
function best(candidates: readonly Candidate[], text: string): readonly Candidate[] {
  const fits = ({ form }: Candidate) => parseMessage(form, text) !== undefined
  const first = candidates.find(fits)
  return first ? candidates.filter((one) => fixedLength(one) === fixedLength(first) && fits(one)) : []
}

function namesOf(candidates: readonly Candidate[]): readonly string[] {
  return candidates.length === 1 && candidates[0] ? [candidates[0].name] : [...new Set(candidates.map(({ name }) => name))]
}

function fixedLength({ form }: Candidate): number {
  return splitMessage(form).reduce((sum, { length }) => sum + length, 0)
}
