import type { Random } from '../../src/games/game.ts'
import { chance } from '../../src/games/random.ts'
import { loadSolo } from '../../src/programs/index.ts'
import type { Options, SoloProgram } from '../../src/protocol/definition.ts'
import { LocalSeating } from '../../src/protocol/seating.ts'
import { ScriptedUser } from './scripted-user.ts'
import { TestClock } from './test-clock.ts'

/** Returns a program without a network by its name; a misspelled name fails the test. */
export async function soloProgram(name: string): Promise<SoloProgram> {
  const found = await loadSolo(name)
  if (!found) throw new Error(`no solo ${name}`)
  return found
}

/** Plays a program that has no network, and types the given input. Returns the screen. */
export async function playSolo(
  name: string,
  typed: readonly string[],
  { options = {}, random = chance }: { options?: Options; random?: Random } = {},
): Promise<string> {
  const solo = await soloProgram(name)
  const person = new ScriptedUser(typed)
  const seating = new LocalSeating(
    () => undefined,
    random,
    (reason) => {
      throw reason
    },
  )
  await solo.play({ words: undefined, console: person, seating, options, random, clock: new TestClock() })
  return person.screen
}
