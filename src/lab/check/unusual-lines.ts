import { type Automaton, legalTransitions } from '../../protocol/automaton.ts'
import type { Program } from '../../protocol/definition.ts'
import { type MessageSpec, parseMessage, type Side } from '../../protocol/message-spec.ts'

/*
 * A person types more than the moves of a good game: a number that is out of range, a letter that stands for nothing, a long text and
 * then a short text. A server has to answer each of these lines. The examples of the messages determine the lines. Parlor's own client
 * shows whether a client may send such a line. If Parlor's client refuses the line and asks its person again, a client under test has to do
 * so, too.
 */

/** A long text of different letters without a meaning in any protocol, and a short text that is no part of it. */
export const LONG_TEXT = 'abcdefghijklmnop-qrstuvwxyz'
export const SHORT_TEXT = '7w'

/** Numbers near the ends of a range, for an example with one digit and for an example with more digits. */
const ONE_DIGIT = ['0', '1', '9', '10']
const MORE_DIGITS = ['0', '1', '100', '999']
/** A letter that stands for no choice. */
const NO_CHOICE = 'X'

/** Lines that few games allow: numbers that are too small or too large for a small range, an empty line, and a letter. */
export const MISTAKES = ['-1', '0', '10', '100', '', NO_CHOICE.toLowerCase()]

/**
 * Returns the lines that a person of one side may type in each state, without the goodbyes. They are the lines that the program declares
 * or, if it declares no lines, the examples of its messages. In addition, there are unusual lines of the same kinds. `texts` are the
 * unusual texts for people.
 */
export function unusualLines(
  { protocol, typed = {} }: Program,
  side: Side,
  texts: readonly string[] = [LONG_TEXT, SHORT_TEXT],
): Readonly<Record<string, readonly string[]>> {
  const { automaton } = protocol
  const entries = Object.keys(automaton.states).map((state): readonly [string, readonly string[]] => {
    const { said, byes } = formsOf(automaton, state, side)
    const declared = typed[state]
    const lines = new Set([
      ...(declared ?? said.flatMap(toUsual)),
      ...said.flatMap((form) => toUnusual(form, declared === undefined ? texts : [])),
    ])
    return [state, [...lines].filter((line) => !byes.some((form) => form.text === line))]
  })
  return Object.fromEntries(entries)
}

function formsOf(automaton: Automaton, state: string, side: Side) {
  const forms = legalTransitions(automaton, state)
    .filter(({ from, form, name }) => from === side && !form.closes && !form.advanced && name !== automaton.refusal)
    .map(({ form }) => form)
  return { said: forms.filter(({ bye }) => !bye), byes: forms.filter(({ bye }) => bye) }
}

function fieldOf(form: MessageSpec): string {
  return (parseMessage(form, form.example) ?? []).join(' ')
}

function toUsual(form: MessageSpec): readonly string[] {
  const field = fieldOf(form)
  if (field === '') return [form.text]
  return /^[a-z]$/.test(field) ? [...LETTERS] : [field]
}

/** If the program declares the lines of a state, a text there has a meaning, such as a name, so `texts` is then empty. */
function toUnusual(form: MessageSpec, texts: readonly string[]): readonly string[] {
  const field = fieldOf(form)
  if (/^\d+$/.test(field)) return field.length === 1 ? ONE_DIGIT : MORE_DIGITS
  if (/^[A-Z]$/.test(field)) return [NO_CHOICE]
  return form.free && field !== '' ? texts : []
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
