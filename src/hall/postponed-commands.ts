import type { TableCommand } from './table.ts'

/** LastingCommand is a command that must take effect even if the store cannot write its events immediately. */
export interface LastingCommand {
  readonly command: TableCommand
  /** Sequence number of the last event before the command. */
  readonly after: number
}

/** Commands that the server derives from connections; no client would send them again. */
const LASTING: ReadonlySet<TableCommand['type']> = new Set(['back', 'gone', 'leave'])
const NONE: LastingCommand[] = []

/** Checks whether a command must take effect even if the store cannot write its events immediately. */
export function isLasting({ type }: TableCommand): boolean {
  return LASTING.has(type)
}

/**
 * PostponedCommands has the commands of a table that wait until the store can write, and the pending commands that have to wait if
 * their append fails.
 */
export class PostponedCommands {
  #pending: LastingCommand[] = NONE
  #waiting: LastingCommand[] = NONE

  /** Adds a pending command; `after` is the number of the last event before the decision. */
  add(command: TableCommand, after: number): void {
    if (this.#pending.length === 0) this.#pending = [{ command, after }]
    else this.#pending.push({ command, after })
  }

  /** Drops the pending commands whose events the log has; the log has all events up to `n`. */
  dropPersisted(n: number): void {
    if (this.#pending.length === 0) return
    this.#pending = (this.#pending.at(-1)?.after ?? 0) < n ? NONE : this.#pending.filter(({ after }) => after >= n)
  }

  /**
   * Makes all pending commands wait after the log has failed to append their events. The queue has only the last `gone` or
   * `back` of each seat, so its length is bounded.
   */
  rollBack(): void {
    for (const lasting of this.#pending) {
      const { command } = lasting
      this.#waiting = [...this.#waiting.filter((before) => !isReplaced(before.command, command)), lasting]
    }
    this.#pending = NONE
  }

  /** Drops the pending commands, because the actor decides them again. */
  dropPending(): void {
    this.#pending = NONE
  }

  /** Removes and returns the waiting commands, in order. */
  take(): readonly LastingCommand[] {
    const waiting = this.#waiting
    this.#waiting = NONE
    return waiting
  }
}

function isReplaced(before: TableCommand, after: TableCommand): boolean {
  const seat = seatOf(before)
  return seat !== undefined && seat === seatOf(after)
}

/** Returns the seat of a `gone` or a `back`; `undefined` for other commands. */
function seatOf(command: TableCommand): number | undefined {
  return command.type === 'back' || command.type === 'gone' ? command.seat : undefined
}
