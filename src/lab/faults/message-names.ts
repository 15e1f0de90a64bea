import { type Automaton, legalTransitions, parseMessage, type Side, splitMessage, type Transition } from '../../protocol/automaton.ts'

/** Candidate is a message of the automaton that a text may be. */
type Candidate = Pick<Transition, 'name' | 'form'> & { readonly next?: string }

/**
 * MessageNames names the messages of one side, one after another, by the automaton.
 *
 * The same text may be different messages in different states, and which state the conversation is in depends on the other side,
 * too. But when a message of the other side arrives is chance, and the same bytes must have the same names each time. So this
 * follows one side alone: it has all states in which that side may be, and takes each message of the other side for one that may
 * have been sent. If several messages fit a text, the one with the longest fixed text counts. A text that fits no state is named by
 * its form alone, and changes nothing.
 */
export class MessageNames {
  readonly #automaton: Automaton
  readonly #side: Side
  readonly #all: readonly Candidate[]
  #states: ReadonlySet<string>

  constructor(automaton: Automaton, side: Side) {
    this.#automaton = automaton
    this.#side = side
    this.#states = new Set([automaton.start])
    this.#all = Object.entries(automaton.messages)
      .filter(([, { from }]) => from === side || from === 'either')
      .map(([name, form]) => ({ name, form }))
  }

  /** Returns the names of the next message; several if the automaton does not tell them apart, none if it fits no message. */
  name(text: string): readonly string[] {
    const legal = best(
      [...this.#reachable()].flatMap((state) => this.#own(state)),
      text,
    )
    if (legal.length > 0) this.#states = new Set(legal.flatMap(({ next }) => (next === undefined ? [] : [next])))
    const found = legal.length > 0 ? legal : best(this.#all, text)
    return [...new Set(found.map(({ name }) => name))]
  }

  /** Returns the states in which this side may be, after any messages of the other side. */
  #reachable(): ReadonlySet<string> {
    const found = new Set(this.#states)
    // the iteration includes the states that are added meanwhile
    for (const state of found)
      for (const { from, next } of legalTransitions(this.#automaton, state)) if (from !== this.#side) found.add(next)
    return found
  }

  #own(state: string): readonly Candidate[] {
    return legalTransitions(this.#automaton, state).filter(({ from }) => from === this.#side)
  }
}

/** Returns the candidates that fit a text and have the longest fixed text. */
function best(candidates: readonly Candidate[], text: string): readonly Candidate[] {
  const fitting = candidates.filter(({ form }) => !form.closes && parseMessage(form, text) !== undefined)
  const longest = Math.max(...fitting.map(fixedLength))
  return fitting.filter((candidate) => fixedLength(candidate) === longest)
}

function fixedLength({ form }: Candidate): number {
  return splitMessage(form).join('').length
}
