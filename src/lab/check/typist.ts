import type { Random } from '../../games/game.ts'
import { type Automaton, legalTransitions } from '../../protocol/automaton.ts'
import { type Console, EndOfInput } from '../../protocol/definition.ts'
import { formatMessage, isField, type MessageSpec, parseMessage, type Side } from '../../protocol/message-spec.ts'

/** Number of lines after which a typist sends the goodbye, and after which it stops typing. */
const PATIENCE = 100
const ENOUGH = 120
/** Number of lines after which a typist ends its input, if its side ends a conversation in this way and nothing new is left to type. */
const REPEATED = 6

/**
 * Number of times that a long line repeats an example that is more than a word, such as a format; in most protocols, such a line is shorter
 * than 64 bytes.
 */
const REPEATS = 6

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'

/**
 * Texts for a message that may contain any text, in addition to its example: characters that are not ASCII, words with several blanks
 * between them, and a line that is longer than a small buffer. Each text shows another way to lose a part of a typed line.
 * A program that counts characters in place of bytes cuts the first text inside its last word.
 */
const TEXTS = ['Zoë – 🙂 international', 'one  two three', 'a line of sixty characters shows whether a buffer is small!!']

/**
 * Returns the lines that a person may type for the messages of one side in a state: the message itself if it has no field, otherwise its field. A
 * numeric field gets numbers of the size of its example, and several small numbers. A field for a small letter gets any
 * letter. A text for people is `text`, if the caller gives it, or else one of several texts.
 */
export function candidateLines(
  automaton: Automaton,
  state: string,
  side: Side,
  text?: string,
): { readonly lines: readonly string[]; readonly byes: readonly string[] } {
  const forms = legalTransitions(automaton, state)
    .filter(({ from, form, name }) => from === side && !form.closes && name !== automaton.refusal)
    .map(({ form }) => form)
  const usual = forms.filter(({ bye, advanced }) => !bye && !advanced)
  return { lines: usual.flatMap((form) => linesOf(form, text)), byes: forms.filter(({ bye }) => bye).flatMap((form) => linesOf(form)) }
}

function linesOf(form: MessageSpec, text?: string): readonly string[] {
  if (form.free && text !== undefined) return [text]
  if (form.free && !form.bye && form.text === '{text}') return [form.example, ...TEXTS]
  if (form.free && !form.bye && isField(form) && /\W/.test(form.example)) return [form.example, Array(REPEATS).fill(form.example).join(' ')]
  const fields = parseMessage(form, form.example) ?? []
  if (fields.length === 0) return [form.text]
  const example = fields.join(' ')
  if (/^[a-z]$/.test(example)) return [...ALPHABET]
  if (fields.length > 1 && fields.every((field) => /^\d+$/.test(field))) return [example, ...productOf(fields.length)]
  if (!/^\d+$/.test(example)) return [example]
  const most = Number(example) < 10 ? 9 : 99
  const numbers = Array.from({ length: most }, (_, at) => String(at + 1))
  return [example, ...numbers.filter((number) => parseMessage(form, formatMessage(form, [number])))]
}

/** Maximum number of lines that `productOf` returns. */
const PRODUCTS = 100

/** Returns lines that each have some numbers: all combinations of small numbers. */
function productOf(count: number): readonly string[] {
  const most = Math.floor(PRODUCTS ** (1 / count) + 1e-9)
  const numbers = Array.from({ length: most }, (_, at) => String(at + 1))
  return Array.from({ length: count - 1 }).reduce<readonly string[]>(
    (lines) => lines.flatMap((line) => numbers.map((number) => `${line} ${number}`)),
    numbers,
  )
}

export interface TypistOptions {
  readonly automaton: Automaton
  readonly side: Side
  readonly random: Random
  /** Returns the state in which the role asks its person. */
  readonly state: () => string
  /** Lines that a person may type in a state, if the program declares them. */
  readonly declared?: Readonly<Record<string, readonly string[] | undefined>> | undefined
  /** Number of lines after which the typist stops typing; by default more than a game takes. */
  readonly enough?: number | undefined
  /** Text in place of the example of a message that can be any text. */
  readonly text?: string | undefined
  /** Number of lines after which the typist quits, if the program can quit there; by default, after many lines. */
  readonly quitsAfter?: number | undefined
  /** Lines that the typist types after its first line. Afterwards it continues with the usual lines. */
  readonly wrong?: readonly string[] | undefined
  /** Returns the lines that the typist prefers to the other lines in a state. */
  readonly aims?: ((state: string) => readonly string[]) | undefined
  /** Called with each line and its prompt before the answer, and with `undefined` when the typist stops typing. */
  readonly typed?: (line: string | undefined, prompt: string) => Promise<void>
  /** Called if the role asks again for a line after which the worksheet's program would crash, with the sentence that says why. */
  readonly warned?: (() => void) | undefined
}

/**
 * Typist is a person at a console who types lines that the automaton allows, at random. If the program asks again, the typist types
 * another line. It sends the goodbye after many lines, so that a conversation without an end ends.
 */
export class Typist implements Console {
  readonly #options: TypistOptions
  readonly #refused = new Set<string>()
  readonly #typed = new Set<string>()
  readonly #said: string[] = []
  #lines = ''
  #count = 0

  constructor(options: TypistOptions) {
    this.#options = options
  }

  say(text = ''): void {
    this.#said.push(...text.split('\n'))
  }

  /** The lines that its role has printed. */
  get said(): readonly string[] {
    return this.#said
  }

  warn(): void {
    this.#options.warned?.()
  }

  /** Notes that the conversation has continued, so that the typist may repeat lines of earlier turns. */
  progress(): void {
    this.#refused.clear()
  }

  async ask(prompt: string, atEnd?: string, signal?: AbortSignal): Promise<string> {
    // the role may ask before its conversation is complete
    await undefined
    if (signal?.aborted) throw signal.reason
    const line = this.#choose(atEnd)
    await this.#options.typed?.(line, prompt)
    if (signal?.aborted) throw signal.reason
    if (line !== undefined) return line
    if (atEnd === undefined) throw new EndOfInput()
    return atEnd
  }

  /** Chooses a line, if possible a line that was not typed yet; `undefined` to end the input. `goodbye` is the line that quits. */
  #choose(goodbye: string | undefined): string | undefined {
    const { automaton, side, state, random, declared, text, enough = ENOUGH, quitsAfter = PATIENCE, aims } = this.#options
    const now = state()
    const { lines, byes } = declared?.[now] ? { lines: declared[now], byes: [] } : candidateLines(automaton, now, side, text)
    this.#count++
    const wrong = this.#options.wrong?.[this.#count - 2]
    if (wrong !== undefined) return wrong
    if (this.#count > enough) return undefined
    // a program that does not offer the goodbye can end by the end of its input
    if (this.#count > quitsAfter && goodbye !== undefined) return declared?.[now]?.includes(goodbye) === false ? undefined : goodbye
    if (this.#count > quitsAfter && byes.length > 0) return random.choice(byes)
    const preferred = aims?.(now) ?? []
    // if the lines differ from the lines before, as after the question "again?", another game begins
    const all = lines.join('\n')
    if (preferred.length > 0 && all !== this.#lines) this.#typed.clear()
    this.#lines = all
    const open = lines.filter((line) => !this.#refused.has(line))
    const fresh = open.filter((line) => !this.#typed.has(line))
    const choices = [fresh, open, byes].find(({ length }) => length > 0)
    // if the side ends a conversation by the end of its input, repeated lines would show nothing new
    const closes = legalTransitions(automaton, now).some(({ from, form }) => from === side && form.closes)
    if (!choices || (closes && fresh.length === 0 && this.#count > REPEATED)) return undefined
    // an empty line means that the user has no message, so the typist prefers the other lines
    const said = choices.filter((line) => line !== '')
    const line = preferred.find((one) => said.includes(one)) ?? random.choice(said.length > 0 ? said : choices)
    this.#refused.add(line)
    this.#typed.add(line)
    return line
  }
}
