import { stat } from 'node:fs/promises'
import type { Clock } from '../base/clock.ts'
import { errorMessage } from '../base/errors.ts'
import { Roster, RosterError } from '../lab/class/roster.ts'
import { UsageError } from './diagnostics.ts'
import { readTextFile } from './text-file.ts'

/** Milliseconds between two checks of the file. */
const CHECK = 2000

/**
 * RosterFile is the file with the desks of a class. It checks the time and the size of the file every two seconds, because a file system
 * on a network does not report changes. An editor often replaces a file instead of writing to it.
 */
export class RosterFile {
  readonly roster: Roster
  readonly #file: string
  #stamp: string
  #cancel: (() => void) | undefined
  #isClosed = false

  private constructor(file: string, stamp: string, roster: Roster) {
    this.#file = file
    this.#stamp = stamp
    this.roster = roster
  }

  /** Reads the file. Rejects with a UsageError that names each invalid line. */
  static async open(file: string): Promise<RosterFile> {
    const text = await readTextFile(file)
    return new RosterFile(file, await stampOf(file), parseRoster(file, text))
  }

  /**
   * Calls `onChange` with the new roster after each change of the file, until `close`. Calls `warn` with a sentence if the new file is not
   * valid; `ClassConsole` then continues to use the earlier roster.
   */
  watch(clock: Clock, onChange: (roster: Roster) => void, warn: (sentence: string) => void): void {
    if (this.#isClosed) return
    this.#cancel = clock.after(CHECK, () => {
      void this.#check(onChange, warn).finally(() => this.watch(clock, onChange, warn))
    })
  }

  /** Stops the checks of the file. */
  close(): void {
    this.#isClosed = true
    this.#cancel?.()
  }

  async #check(onChange: (roster: Roster) => void, warn: (sentence: string) => void): Promise<void> {
    try {
      const stamp = await stampOf(this.#file)
      if (stamp === this.#stamp) return
      this.#stamp = stamp
      onChange(parseRoster(this.#file, await readTextFile(this.#file)))
    } catch (error) {
      const sentences = error instanceof UsageError ? error.sentences : [`${this.#file}: ${errorMessage(error)}`]
      for (const sentence of sentences) warn(`the server continues to use the earlier roster: ${sentence}`)
    }
  }
}

/**
 * Returns a text that changes if the file changes. As long as there is no file, the text stays the same, so that the server warns only
 * once.
 */
async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file)
    return `${mtimeMs} ${size} ${ino}`
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code)
    throw error
  }
}

function parseRoster(file: string, text: string): Roster {
  try {
    return new Roster(text)
  } catch (error) {
    if (!(error instanceof RosterError)) throw error
    const [first = '', ...others] = error.sentences.map((sentence) => `${file}, ${sentence}`)
    throw new UsageError(first, ...others)
  }
}
