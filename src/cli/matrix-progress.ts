import { terminalColumns, wrap } from '../games/text/graphemes.ts'
import { escapeControls } from '../wire/text.ts'

/** Maximum number of reports on an output that is not a terminal. */
const STEPS = 10

/**
 * MatrixProgress shows the progress of the judgment of a class. At a terminal, it rewrites one line; elsewhere, it prints at most ten
 * lines.
 */
export class MatrixProgress {
  readonly #output: NodeJS.WriteStream
  #step = 0
  #isMidLine = false

  constructor(output: NodeJS.WriteStream) {
    this.#output = output
  }

  /** Shows that one more part is done; `what` names that part. */
  show(done: number, all: number, what: string): void {
    const step = Math.floor((done * STEPS) / all)
    const line = `parlor: ${done} of ${all} done: ${escapeControls(what)}`
    if (this.#output.isTTY) {
      const [first = ''] = wrap(line, terminalColumns(this.#output) - 1)
      this.#output.write(`\r\x1b[K${first}`)
      this.#isMidLine = true
    } else if (step > this.#step) this.#output.write(`${line}\n`)
    this.#step = step
  }

  /** Removes the line that changes. */
  end(): void {
    if (this.#isMidLine) this.#output.write('\r\x1b[K')
    this.#isMidLine = false
  }
}
