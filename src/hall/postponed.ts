import type { Command } from './table.ts'

/** Lasting is a command that takes effect also if it cannot be persisted at once. */
export interface Lasting {
  readonly command: Command
  /** The number of the last event before it. */
  readonly after: number
}

/** Commands that follow from connections, which no client would repeat. */
const LASTING: ReadonlySet<Command['type']> = new Set(['back', 'gone', 'leave'])
const NONE: Lasting[] = []

/** Checks whether a command takes effect also if it cannot be persisted at once. */
export function isLasting({ type }: Command): boolean {
  return LASTING.has(type)
}

/** Postponed is the commands of a table that wait until the store can write, and those that would if it could not. */
export class Postponed {
  #pending: Lasting[] = NONE
  #waiting: Lasting[] = NONE

  /** Notes a command that is to last, and was decided after the event with the number `after`. */
  note(command: Command, after: number): void {
    if (this.#pending.length === 0) this.#pending = [{ command, after }]
    else this.#pending.push({ command, after })
  }

  /** Notes that all events up to a number are persisted. */
  kept(n: number): void {
    if (this.#pending.length === 0) return
    this.#pending = (this.#pending.at(-1)?.after ?? 0) < n ? NONE : this.#pending.filter(({ after }) => after >= n)
  }

  /** Rolls back: what is not persisted waits. Only the last command counts of a seat that comes and goes, so the queue is bounded. */
  rollBack(): void {
    for (const lasting of this.#pending) {
      const { command } = lasting
      this.#waiting = [...this.#waiting.filter((before) => !isReplaced(before.command, command)), lasting]
    }
    this.#pending = NONE
  }

  /** Takes the waiting commands, in order. */
  take(): readonly Lasting[] {
    const waiting = this.#waiting
    this.#waiting = NONE
    return waiting
  }
}

function isReplaced(before: Command, after: Command): boolean {
  const seat = seatOf(before)
  return seat !== undefined && seat === seatOf(after)
}

/** The seat of a command that says whether its holder is there. */
function seatOf(command: Command): number | undefined {
  return command.type === 'back' || command.type === 'gone' ? command.seat : undefined
}
