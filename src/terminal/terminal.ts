import { terminalColumns, wrap } from '../games/text/graphemes.ts'
import { type Console, EndOfInput } from '../protocol/definition.ts'
import { type Decoder, TooLong } from '../wire/framing/framing.ts'
import { lines } from '../wire/framing/lines.ts'
import { escapeControls } from '../wire/text.ts'

/** Maximum number of bytes in one typed line. A terminal limits a line to 4,095 bytes; a pipe has no limit. */
const LINE_LIMIT = 1024 * 1024

const LF = Uint8Array.of(10)

interface Question {
  answer(line: string): void
  end(): void
}

/** Creates the Console of a program at a terminal. If the program asks the user again for a line, `complain` prints the reason. */
export function createConsole(terminal: Terminal, complain: (sentence: string) => void): Console {
  return { say: (text) => terminal.say(text), ask: (...question) => terminal.ask(...question), warn: complain }
}

/**
 * Terminal connects the program with a user at standard input and output. These streams are a terminal or pipes. The class reads and writes
 * lines, and uses neither raw mode nor escape sequences. Only this file reads standard input and writes standard output; it escapes all
 * control characters.
 */
export class Terminal implements Console {
  readonly #input: NodeJS.ReadStream
  readonly #output: NodeJS.WriteStream
  readonly #decoder: Decoder = lines().decoder(LINE_LIMIT)
  #started = false
  #ended = false
  /** True if the last input did not end with a line end. */
  #cut = false
  #question: Question | undefined
  /** True if the cursor is on the line of the last output, such as a prompt. */
  #isMidLine = false

  constructor(input: NodeJS.ReadStream = process.stdin, output: NodeJS.WriteStream = process.stdout) {
    this.#input = input
    this.#output = output
  }

  say(text = ''): void {
    this.write(`${text}\n`)
  }

  /** Writes a text without a line end. */
  write(text: string): void {
    if (text !== '') this.#isMidLine = !text.endsWith('\n')
    this.#output.write(escapeControls(text))
  }

  /** Wraps and prints a sentence of a command. `say` prints texts of worksheets, and wraps no text. */
  printSentence(sentence: string): void {
    this.say(this.wrap(sentence))
  }

  /** Wraps a sentence if the output is a terminal; otherwise returns the sentence as one line. */
  wrap(sentence: string): string {
    return this.#output.isTTY ? wrap(sentence, this.columns).join('\n') : sentence
  }

  /** Width of the output in columns. */
  get columns(): number {
    return terminalColumns(this.#output)
  }

  /**
   * Returns true if the cursor is behind a prompt; a diagnostic must then begin with a line end. Later calls return false until the next
   * output.
   */
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
      // Enter has moved the cursor to the next line
      this.#isMidLine = false
      return question.answer(line)
    }
    if (!this.#ended && line !== TooLong) return
    // without Enter, the cursor is still behind the prompt
    if (this.#input.isTTY) this.write('\n')
    question.end()
  }
}
