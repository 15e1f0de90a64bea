import type { Random } from '../../src/games/game.ts'
import type { Ledger } from './ledger.ts'

/** World is what the bots of a run have in common. */
export interface World {
  readonly ledger: Ledger
  readonly random: Random
  /** The port of a program, as soon as the server is up. */
  port(program: string): Promise<number>
  /** Nobody begins anything any more. */
  readonly stopping: boolean
  /** Resolves when nobody begins anything any more. */
  readonly stopped: Promise<void>
}

/** Rendezvous is where one of two friends leaves the code of an invitation for the other. */
export class Rendezvous {
  #code: string | undefined
  #wake: (() => void) | undefined

  leave(code: string): void {
    this.#code = code
    this.#wake?.()
  }

  /** The latest code that is not known to be of no use. */
  async look(): Promise<string | undefined> {
    if (this.#code === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#code
  }

  /** A code was of no use. */
  forget(code: string): void {
    if (this.#code === code) this.#code = undefined
  }
}
