import { transcode } from 'node:buffer'
import { formatCount } from '../base/counts.ts'
import { terminalColumns } from '../games/text/graphemes.ts'
import { LiveView } from '../lab/tap/live-view.ts'
import { outputIsClosed } from './diagnostics.ts'

/** OutputForm is the form of the lines on an output. */
export interface OutputForm {
  readonly isTerminal: boolean
  readonly hasColor: boolean
}

/** ViewOutput is the place to which a view writes: standard output, or the thread that has standard output. */
export interface ViewOutput extends OutputForm {
  /** Returns the present number of columns of the terminal. */
  columns(): number
  /** Returns the number of bytes that wait for the reader. */
  countWaiting(): number
  write(bytes: Uint8Array): void
}

/** Returns the form of the lines on standard output. */
export function findOutputForm(output: NodeJS.WriteStream = process.stdout): OutputForm {
  const { NO_COLOR = '', TERM } = process.env
  const isTerminal = output.isTTY === true
  return { isTerminal, hasColor: isTerminal && NO_COLOR === '' && TERM !== 'dumb' }
}

/** Returns standard output as the place to which a view writes. */
export function standardOutput(output: NodeJS.WriteStream = process.stdout): ViewOutput {
  return {
    ...findOutputForm(output),
    columns: () => terminalColumns(output),
    countWaiting: () => output.writableLength,
    write(bytes) {
      if (!outputIsClosed()) output.write(bytes)
    },
  }
}

/**
 * Creates the view on an output: a diagram at a terminal, and plain lines on a pipe. It escapes everything that a peer has sent.
 * `limit` is the number of messages that a terminal shows in a second; a pipe gets all messages.
 */
export function createView(output: ViewOutput, { limit }: { readonly limit?: number } = {}): LiveView {
  const lines = new GatheredLines(output)
  return new LiveView({
    write: (line, isSummary) => lines.write(line, isSummary),
    columns: () => output.columns(),
    color: output.hasColor,
    isDiagram: output.isTerminal,
    limit: output.isTerminal ? limit : undefined,
  })
}

/** Maximum number of bytes that may wait for the reader of the output. */
const WAITING = 4 * 1024 * 1024

/** Number of characters that are written together, because V8 takes longer for each character of a longer text. */
const TOGETHER = 16 * 1024

/**
 * GatheredLines writes the lines of one turn of the event loop together. If the reader is too slow, GatheredLines drops lines. It then
 * writes a line with the number of the dropped lines.
 */
class GatheredLines {
  readonly #output: ViewOutput
  #lines: string[] = []
  /** Number of characters in `#lines`. */
  #length = 0
  #isScheduled = false
  #leftOut = 0

  constructor(output: ViewOutput) {
    this.#output = output
  }

  /** Writes a line. If the reader is too slow, writes the line only if it belongs to a summary. */
  write(line: string, isSummary = false): void {
    if (!isSummary && this.#output.countWaiting() > WAITING) {
      this.#leftOut++
      return
    }
    if (this.#leftOut > 0) this.#lines.push(`(${formatCount(this.#leftOut, 'line')} left out, because the reader is too slow)`)
    this.#leftOut = 0
    this.#lines.push(line)
    this.#length += line.length
    if (this.#length > TOGETHER) this.#flush()
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#endTurn)
  }

  readonly #endTurn = (): void => {
    this.#isScheduled = false
    this.#flush()
  }

  #flush(): void {
    if (this.#lines.length === 0) return
    this.#output.write(toUtf8(`${this.#lines.join('\n')}\n`))
    this.#lines = []
    this.#length = 0
  }
}

/**
 * Encodes lines. Most lines have an arrow, which is not a Latin-1 character, and V8 takes four times as long to encode a text that is not
 * Latin-1.
 */
function toUtf8(text: string): Uint8Array {
  return transcode(Buffer.from(text.toWellFormed(), 'utf16le'), 'utf16le', 'utf8')
}
