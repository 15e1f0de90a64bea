import type { Random } from '../../games/game.ts'
import { type Automaton, legalTransitions, type MessageSpec, parseMessage, type Side } from '../../protocol/automaton.ts'
import { type Console, EndOfInput } from '../../protocol/definition.ts'

/** Number of lines after which a typist says goodbye, and after which it ends its input. */
const PATIENCE = 40
const ENOUGH = 60

/**
 * Returns the lines that a person may type for the messages of one side in a state: the message itself if it has no field, else
 * its field. A numeric field gets numbers of the size of its example.
 */
export function candidateLines(
  automaton: Automaton,
  state: string,
  side: Side,
): { readonly lines: readonly string[]; readonly byes: readonly string[] } {
  const forms = legalTransitions(automaton, state)
    .filter(({ from, form, name }) => from === side && !form.closes && name !== automaton.refusal)
    .map(({ form }) => form)
  const usual = forms.filter(({ bye, advanced }) => !bye && !advanced)
  return { lines: usual.flatMap(linesOf), byes: forms.filter(({ bye }) => bye).flatMap(linesOf) }
}

function linesOf(form: MessageSpec): readonly string[] {
  const fields = parseMessage(form, form.example) ?? []
  if (fields.length === 0) return [form.text]
  const example = fields.join(' ')
  if (!/^\d+$/.test(example)) return [example]
  const most = Number(example) < 10 ? 9 : 99
  return [example, ...Array.from({ length: most }, (_, at) => String(at + 1))]
}

export interface TypistOptions {
  readonly automaton: Automaton
  readonly side: Side
  readonly random: Random
  /** Returns the state in which the side is asked. */
  readonly state: () => string
  /** Called with each line before the answer, with `undefined` for the end of the input. */
  readonly typed?: (line: string | undefined) => Promise<void>
}

/**
 * Typist is a person at a console who types lines that the automaton allows, at random. It does not repeat a line that was
 * asked for again, and says goodbye after many lines, so that a conversation without an end ends.
 */
export class Typist implements Console {
  readonly #options: TypistOptions
  readonly #refused = new Set<string>()
  #count = 0

  constructor(options: TypistOptions) {
    this.#options = options
  }

  say(): void {}

  /** Notes that the conversation goes on, so that lines of earlier turns may be typed again. */
  progress(): void {
    this.#refused.clear()
  }

  async ask(_prompt: string, atEnd?: string, signal?: AbortSignal): Promise<string> {
    // the role may ask before its conversation is complete
    await undefined
    if (signal?.aborted) throw signal.reason
    const line = this.#choose()
    await this.#options.typed?.(line)
    if (signal?.aborted) throw signal.reason
    if (line !== undefined) return line
    if (atEnd === undefined) throw new EndOfInput()
    return atEnd
  }

  /** Chooses a line; `undefined` to end the input. */
  #choose(): string | undefined {
    const { automaton, side, state, random } = this.#options
    const { lines, byes } = candidateLines(automaton, state(), side)
    this.#count++
    if (this.#count > ENOUGH) return undefined
    if (this.#count > PATIENCE && byes.length > 0) return random.choice(byes)
    const open = lines.filter((line) => !this.#refused.has(line))
    if (open.length === 0) return byes.length > 0 ? random.choice(byes) : undefined
    const line = random.choice(open)
    this.#refused.add(line)
    return line
  }
}
