import type { Clock } from '../base/clock.ts'
import { terminalColumns } from '../games/text/graphemes.ts'
import type { ClassLine } from '../lab/class/class-lines.ts'
import type { ClassConnection } from '../lab/class/class-view.ts'
import { formatClassTable } from './class-table.ts'

/** ClassScreenOptions are the terminal and the clock of a live table. */
export interface ClassScreenOptions {
  readonly output: Pick<NodeJS.WriteStream, 'write' | 'on' | 'off' | 'rows' | 'columns' | 'isTTY'>
  readonly color: boolean
  readonly clock: Clock
}

/**
 * Milliseconds after which the screen draws the table again even without a change, because a column shows the quiet time of each client.
 */
const TICK = 1000
/** Milliseconds in which the screen collects changes before a redraw. */
const SOON = 50
/** Number of lines of a terminal that does not report its height. */
const LINES = 24

/**
 * Escape sequences: show the alternate screen without a cursor; restore the screen and the cursor; move to the upper left corner; erase the
 * rest of a line; erase the rest of the screen.
 */
const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
const REST_OF_LINE = '\x1b[K'
const REST_OF_SCREEN = '\x1b[J'

/** ClassScreen shows the class console on a terminal, and draws it again after each change. `close` restores the terminal. */
export class ClassScreen {
  readonly #options: ClassScreenOptions
  /** The rows, with the monotonic time at which each row arrived. */
  readonly #rows = new Map<number, { readonly row: ClassConnection; readonly at: number }>()
  #cancel: (() => void) | undefined
  #isShown = false
  readonly #onResize = (): void => this.#draw()
  readonly #onExit = (): void => void this.#options.output.write(LEAVE)

  constructor(options: ClassScreenOptions) {
    this.#options = options
  }

  /** The connections, with the quiet time of each connection until now. */
  get rows(): readonly ClassConnection[] {
    const now = this.#options.clock.monotonic()
    return Array.from(this.#rows.values(), ({ row, at }) => ({ ...row, quietFor: row.quietFor + now - at }))
  }

  /** Updates the rows with a line of the console. The table appears when the snapshot is complete. */
  take(line: ClassLine): void {
    if (line.type === 'connection') this.#rows.set(line.row.connection, { row: line.row, at: this.#options.clock.monotonic() })
    else if (line.type === 'gone') this.#rows.delete(line.connection)
    else if (line.type === 'snapshot') this.#enter()
    if (this.#isShown && line.type !== 'snapshot') this.#schedule(SOON)
  }

  /** Restores the terminal. */
  close(): void {
    this.#cancel?.()
    if (!this.#isShown) return
    this.#isShown = false
    const { output } = this.#options
    output.off('resize', this.#onResize)
    process.off('exit', this.#onExit)
    output.write(LEAVE)
  }

  #enter(): void {
    this.#isShown = true
    const { output } = this.#options
    output.on('resize', this.#onResize)
    process.once('exit', this.#onExit)
    output.write(ENTER)
    this.#draw()
  }

  #schedule(ms: number): void {
    this.#cancel?.()
    this.#cancel = this.#options.clock.after(ms, () => this.#draw())
  }

  #draw(): void {
    const { output, color } = this.#options
    const lines = (output.rows || LINES) - 1
    const table = formatClassTable(this.rows, { columns: terminalColumns(output), color, lines: lines - 2 })
    const shown = [...table, '', 'Ctrl-C ends this view.'].slice(0, lines)
    output.write(`${HOME}${shown.map((line) => `${line}${REST_OF_LINE}`).join('\n')}\n${REST_OF_SCREEN}`)
    this.#schedule(TICK)
  }
}
