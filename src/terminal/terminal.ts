import { columnsOfOutput, wrap } from '../games/characters.ts'
import { EndOfInput, type Person } from '../protocols/protocol.ts'
import { type Decoder, TooLong } from '../wire/framing.ts'
import { lines } from '../wire/lines.ts'
import { visible } from '../wire/text.ts'

/** Bytes of one typed line at most; terminals allow 4,095, pipes anything. */
const LINE_LIMIT = 1024 * 1024

const LF = Uint8Array.of(10)

interface Question {
  answer(line: string): void
  end(): void
}

/** A person at a terminal who is told by `complain` why a line is asked for again. */
export function personAt(terminal: Terminal, complain: (sentence: string) => void): Person {
  return { say: (text) => terminal.say(text), ask: (...question) => terminal.ask(...question), complain }
}

/**
 * Terminal is a person at standard input and output, a terminal or pipes: lines in, lines out, no raw mode, no escape
 * sequences. This is the only file that touches either. Nothing that could steer a terminal is ever written.
 */
export class Terminal implements Person {
  readonly #input: NodeJS.ReadStream
  readonly #output: NodeJS.WriteStream
  readonly #decoder: Decoder = lines().decoder(LINE_LIMIT)
  #started = false
  #ended = false
  /** The last line that came has no end yet. */
  #cut = false
  #question: Question | undefined
  /** The cursor stands behind what was shown last, such as a prompt. */
  #isMidLine = false

  constructor(input: NodeJS.ReadStream = process.stdin, output: NodeJS.WriteStream = process.stdout) {
    this.#input = input
    this.#output = output
  }

  say(text = ''): void {
    this.write(`${text}\n`)
  }

  /** Shows text without a line's end. */
  write(text: string): void {
    if (text !== '') this.#isMidLine = !text.endsWith('\n')
    this.#output.write(visible(text))
  }

  /** Prints a sentence of a command, as `wrap` breaks it; what a worksheet prints is said, and never broken. */
  printSentence(sentence: string): void {
    this.say(this.wrap(sentence))
  }

  /** Breaks a sentence at its blanks, if the output is a terminal; elsewhere it stays one line. */
  wrap(sentence: string): string {
    return this.#output.isTTY ? wrap(sentence, this.columns).join('\n') : sentence
  }

  /** Columns for tables and sentences. */
  get columns(): number {
    return columnsOfOutput(this.#output)
  }

  /** Checks whether the cursor of a terminal stands behind a prompt, so that a diagnostic begins with the end of that line. */
  leaveLine(): boolean {
    const isMidLine = this.#isMidLine && this.#input.isTTY && this.#output.isTTY
    this.#isMidLine = false
    return isMidLine
  }

  ask(prompt: string, atEnd?: string, signal?: AbortSignal): Promise<string> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    this.write(prompt)
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#done()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
      const settle = (then: () => void) => {
        signal?.removeEventListener('abort', abort)
        this.#done()
        then()
      }
      this.#question = {
        answer: (line) => settle(() => resolve(line)),
        end: () => settle(() => (atEnd === undefined ? reject(new EndOfInput()) : resolve(atEnd))),
      }
      this.#listen()
    })
  }

  #done(): void {
    this.#question = undefined
    this.#input.pause()
  }

  #listen(): void {
    if (!this.#started) {
      this.#started = true
      this.#input.on('data', (chunk: Uint8Array) => {
        this.#cut = chunk.at(-1) !== LF[0]
        this.#decoder.push(chunk)
        this.#answer()
      })
      const end = () => {
        this.#ended = true
        if (this.#cut) this.#decoder.push(LF)
        this.#answer()
      }
      this.#input.on('end', end).on('error', end)
    }
    this.#input.resume()
    this.#answer()
  }

  #answer(): void {
    const question = this.#question
    if (!question) return
    const line = this.#decoder.next()
    if (typeof line === 'string') {
      // Enter has moved the cursor on
      this.#isMidLine = false
      return question.answer(line)
    }
    if (!this.#ended && line !== TooLong) return
    // the cursor stands behind the prompt, where Enter would have moved it on
    if (this.#input.isTTY) this.write('\n')
    question.end()
  }
}
