import type { Refusal } from '../games/game.ts'
import type { TableCommand } from './table.ts'
import type { TableObserver } from './table-updates.ts'

/** LastingCommand is a command that must take effect even if the store cannot write its events immediately. */
export interface LastingCommand {
  readonly command: TableCommand
  /** Sequence number of the last event before the command. */
  readonly after: number
}

/** DecidingActor has the members of a table's actor that decide commands. */
export interface DecidingActor {
  readonly observers: readonly TableObserver[]
  /** Sequence number of the last decided event. */
  readonly decided: number
  submit(command: TableCommand, patient?: boolean): Refusal | undefined
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

/**
 * Stops the clocks of a table for the duration of an outage, if it `hasClock`, and repeats the commands that the actor has postponed.
 */
export function resumeTable(actor: DecidingActor, postponed: PostponedCommands | undefined, hasClock: boolean): void {
  const commands = postponed?.take() ?? []
  if (hasClock) {
    actor.submit({ type: 'suspend' })
    for (const { viewer } of actor.observers) if (viewer !== 'watcher') actor.submit({ type: 'back', seat: viewer })
  }
  for (const { command } of commands) actor.submit(command, true)
}

function isReplaced(before: TableCommand, after: TableCommand): boolean {
  const seat = seatOf(before)
  return seat !== undefined && seat === seatOf(after)
}

/** Returns the seat of a `gone` or a `back`; `undefined` for other commands. */
function seatOf(command: TableCommand): number | undefined {
  return command.type === 'back' || command.type === 'gone' ? command.seat : undefined
}
