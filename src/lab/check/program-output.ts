import { decode } from '../../wire/text.ts'
import { findErrorLine } from './crash-lines.ts'
import { findPrompt } from './prompts.ts'

/**
 * OutputStream is the stream to which a program prints: its terminal, which joins both streams as a person sees them, or one of two pipes.
 * The lines that the judge types are between the pieces, as a terminal shows them.
 */
export type OutputStream = 'terminal' | 'stdout' | 'stderr' | 'typed'

/** Number of a program's last lines that a failure quotes. */
export const QUOTED = 6

/** Maximum number of lines of a report on an error. */
const REPORT = 30

/** Maximum number of characters that a quoted line shows. */
const LONGEST = 160

/** OutputChunk is one piece of a program's output, as it was read. */
export interface OutputChunk {
  /** Monotonic time in milliseconds. */
  readonly at: number
  readonly stream: OutputStream
  readonly bytes: Uint8Array
}

/**
 * ProgramOutput has the pieces of text that a program has printed, with their times, up to a limit in bytes. It drops output beyond the
 * limit, and then `overflowed` is true.
 */
export class ProgramOutput {
  readonly #chunks: OutputChunk[] = []
  readonly #limit: number
  #size = 0
  #overflowed = false
  #listeners: (() => void)[] = []

  /** `limit` is in bytes. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get chunks(): readonly OutputChunk[] {
    return this.#chunks
  }

  /** True if the program has printed more than the limit. */
  get overflowed(): boolean {
    return this.#overflowed
  }

  /** Time of the last piece; `undefined` without a piece. */
  get lastAt(): number | undefined {
    return this.#chunks.at(-1)?.at
  }

  /** Appends a piece. Copies the bytes. */
  append({ at, stream, bytes }: OutputChunk): void {
    const room = stream === 'typed' ? bytes.length : Math.min(bytes.length, this.#limit - this.#size)
    this.#overflowed ||= room < bytes.length
    if (room > 0) this.#chunks.push({ at, stream, bytes: bytes.slice(0, room) })
    if (stream !== 'typed') this.#size += room
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener()
  }

  /** Resolves at the next piece of output, or when `signal` aborts. */
  next(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#listeners.push(resolve)
      signal?.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /**
   * The output and the typed lines as text, with line ends as `\n`; if `stream` is given, only the pieces of that stream. Invalid UTF-8
   * becomes U+FFFD.
   */
  text(stream?: OutputStream): string {
    const chunks = stream === undefined ? this.#chunks : this.#chunks.filter((chunk) => chunk.stream === stream)
    const all = new Uint8Array(chunks.reduce((sum, { bytes }) => sum + bytes.length, 0))
    let at = 0
    for (const { bytes } of chunks) {
      all.set(bytes, at)
      at += bytes.length
    }
    return decode(all).replaceAll('\r\n', '\n')
  }

  /**
   * The prompt at which the program waits: the end of its output without a line end; `''` without a prompt. The echo of a typed line is
   * not a prompt: a line editor prints it character by character, and its line end last.
   */
  get prompt(): string {
    const prompt = findPrompt(this.text())
    const typed = this.#chunks.findLast(({ stream }) => stream === 'typed')
    return typed && decode(typed.bytes).startsWith(prompt) ? '' : prompt
  }

  /**
   * The last lines that are not empty, at most `count`, each cut to two lines of a terminal. If more lines follow the line that
   * names an error, as in a report of Node, the result begins with that line.
   */
  lastLines(count: number): readonly string[] {
    const lines = this.text()
      .split('\n')
      .filter((line) => line.trim() !== '')
    const error = findErrorLine(lines)
    const isFarUp = error >= 0 && error < lines.length - count && error >= lines.length - REPORT
    return (isFarUp ? lines.slice(error, error + count) : lines.slice(-count)).map((line) =>
      line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line,
    )
  }
}
