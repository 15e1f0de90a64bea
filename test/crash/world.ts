import type { Random } from '../../src/games/game.ts'
import type { Ledger } from './ledger.ts'

/** World is the shared state of the bots of a run. */
export interface World {
  readonly ledger: Ledger
  readonly random: Random
  /** The port of a program, as soon as the server is up. */
  port(program: string): Promise<number>
  /** Whether the run is ending, so that no new game begins. */
  readonly stopping: boolean
  /** Resolves when the run is ending. */
  readonly stopped: Promise<void>
}

/** Rendezvous is the place at which a user leaves the code of an invitation for a friend. */
export class Rendezvous {
  #code: string | undefined
  #wake: (() => void) | undefined

  leave(code: string): void {
    this.#code = code
    this.#wake?.()
  }

  /** The latest code that was not refused. */
  async look(): Promise<string | undefined> {
    if (this.#code === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#code
  }

  /** Called if a code was refused. */
  forget(code: string): void {
    if (this.#code === code) this.#code = undefined
  }
}
