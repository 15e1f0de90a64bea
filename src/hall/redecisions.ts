import type { Refusal } from '../games/game.ts'
import type { Waiter, Waiters } from './persistence-waiters.ts'
import { type DecidingActor, isLasting } from './postponed-commands.ts'
import type { TableCommand } from './table.ts'

/*
 * Actors of several processes can append to one table (`TableLog.isShared`). If an append fails because another process has appended events
 * first, the actor returns to its published state, evolves the state by the other events, and decides its own commands again. The callers of
 * these commands get the new events, or a refusal: no command is lost, and no command has an effect twice.
 *
 * The actor has at most one append in progress, because a further append would build on an append that may fail. If the other process has
 * added as many events as the failed append, the version of the further append fits by chance, and the log accepts it.
 */

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
   * Decides the waiting commands again, in their order. Notifies the observers of each command that the rules refuse now. The promises wait
   * for the new events of their commands, or resolve to the refusal.
   */
  decideAgain(actor: DecidingActor, waiters: Waiters): void {
    const undone = this.#undone
    this.#undone = []
    for (const { commands, waiting } of undone) {
      const results = commands.map(({ command, after }) => ({ after, refusal: submitAgain(actor, command), n: actor.decided }))
      for (const { n, resolve } of waiting) {
        const result = results.findLast(({ after }) => after < n)
        if (result?.refusal) resolve(result.refusal)
        else waiters.add({ n: result?.n ?? n, resolve })
      }
    }
  }

  /** True if commands wait for `decideAgain`. */
  get isWaiting(): boolean {
    return this.#undone.length > 0
  }
}

function submitAgain(actor: DecidingActor, command: TableCommand): Refusal | undefined {
  // the game of a player at a seat waits for the move, so the actor repeats the move after an outage
  const refusal = actor.submit(command, isLasting(command) || command.type === 'play')
  if (refusal) for (const observer of actor.observers) observer.refused?.(command)
  return refusal
}
