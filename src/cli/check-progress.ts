import { terminalColumns } from '../games/text/graphemes.ts'
import { escapeControls } from '../wire/text.ts'

/** Moves the cursor to the start of the line, and erases the line. */
const ERASE = '\r\x1b[K'

/**
 * CheckProgress shows the present work of the judge in one line at a terminal. Each new note replaces the line. On a pipe, and at a
 * terminal that cannot erase a line, it shows nothing.
 */
export class CheckProgress {
  readonly #output: NodeJS.WriteStream
  readonly #isLive: boolean
  #isShown = false

  /** `results` is the output for the results. CheckProgress shows notes only if this output is a terminal, too. */
  constructor(output: NodeJS.WriteStream = process.stderr, results: NodeJS.WriteStream = process.stdout) {
    this.#output = output
    this.#isLive = output.isTTY === true && results.isTTY === true && process.env.TERM !== 'dumb'
  }

  /** Shows a note in place of the previous note, cut to the width of the terminal. */
  show(note: string): void {
    if (!this.#isLive) return
    this.#isShown = true
    const line = escapeControls(`... ${note}`)
    const room = terminalColumns(this.#output) - 1
    this.#output.write(`${ERASE}${line.length > room ? `${line.slice(0, room - 1)}…` : line}`)
  }

  /** Erases the note, so that the command can print a result. */
  clear(): void {
    if (this.#isShown) this.#output.write(ERASE)
    this.#isShown = false
  }
}
