import { createSystemClock } from '../base/clock.ts'
import type { Random } from '../games/game.ts'
import { EndOfInput, type Options, type SoloProgram } from '../protocol/definition.ts'
import { LocalSeating } from '../protocol/seating.ts'
import { createConsole, type Terminal } from './terminal.ts'
import { EXIT } from './trouble.ts'

/** Plays a program without a network. Resolves with the exit code. */
export async function playSolo(
  program: SoloProgram,
  at: { options: Options; random: Random; terminal: Terminal; complain: (sentence: string) => void },
): Promise<number> {
  const { options, random, terminal, complain } = at
  const seating = new LocalSeating(
    () => undefined,
    random,
    () => {},
  )
  try {
    const person = createConsole(terminal, complain)
    await program.play({ words: undefined, person, house: seating, options, random, clock: createSystemClock() })
    return EXIT.good
  } catch (error) {
    if (!(error instanceof EndOfInput)) throw error
    complain(error.message)
    return EXIT.trouble
  }
}
