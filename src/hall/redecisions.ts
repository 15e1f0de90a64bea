import type { Refusal } from '../games/game.ts'
import type { Waiter, Waiters } from './persistence-waiters.ts'
import type { TableCommand } from './table.ts'

/** Decided is a command whose events the log does not have yet. */
interface Decided {
  readonly command: TableCommand
  /** Sequence number of the last event before the command. */
  readonly after: number
}

/** Undone has the commands that an actor decides again, and the promises that wait for their events. */
interface Undone {
  readonly commands: readonly Decided[]
  readonly waiting: readonly Waiter[]
}

/** The server derives these commands from the state, so it derives them again from the new state. */
const DERIVED: ReadonlySet<TableCommand['type']> = new Set(['tick', 'suspend'])

/**
 * Redecisions lets the actor of a table decide its commands again, if an actor in another process has appended events first. It has the
 * commands whose events the log does not have yet.
 */
export class Redecisions {
  #decided: Decided[] = []
  #undone: Undone[] = []

  /** Adds a decided command; `after` is the number of the last event before the decision. */
  add(command: TableCommand, after: number): void {
    if (!DERIVED.has(command.type)) this.#decided.push({ command, after })
  }

  /** Drops the commands whose events the log has; the log has all events up to `n`. */
  dropPersisted(n: number): void {
    if (this.#decided.length > 0) this.#decided = this.#decided.filter(({ after }) => after >= n)
  }

  /** Drops all decided commands, because the log cannot append their events. */
  drop(): void {
    this.#decided = []
  }

  /** Makes all decided commands wait for `decideAgain`, because the log has other events. */
  undo(waiters: Waiters | undefined): void {
    this.#undone.push({ commands: this.#decided, waiting: waiters?.take() ?? [] })
    this.#decided = []
  }

  /**
   * Decides the waiting commands again, in their order. `submit` returns a refusal, or the number of the last event of the command. The
   * promises wait for the new events, or resolve to the refusal.
   */
  decideAgain(submit: (command: TableCommand) => Refusal | number, waiters: Waiters): void {
    const undone = this.#undone
    this.#undone = []
    for (const { commands, waiting } of undone) {
      const results = commands.map(({ command, after }) => ({ after, result: submit(command) }))
      for (const { n, resolve } of waiting) {
        const result = results.findLast(({ after }) => after < n)?.result
        if (typeof result === 'number') waiters.add({ n: result, resolve })
        else resolve(result ?? true)
      }
    }
  }

  /** True if commands wait for `decideAgain`. */
  get isWaiting(): boolean {
    return this.#undone.length > 0
  }
}
