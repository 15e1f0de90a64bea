import type { Random } from '../../src/games/game.ts'
import { chance } from '../../src/games/random.ts'
import { LocalHouse } from '../../src/protocols/house.ts'
import { soloOf } from '../../src/protocols/index.ts'
import type { Options, Solo } from '../../src/protocols/protocol.ts'
import { TestClock } from './clock.ts'
import { Script } from './script.ts'

/** Returns a program without a network by its name; a misspelt name fails the test. */
export async function soloProgram(name: string): Promise<Solo> {
  const found = await soloOf(name)
  if (!found) throw new Error(`no solo ${name}`)
  return found
}

/** Plays a program without a network with the given input, and returns the screen. */
export async function alone(
  name: string,
  typed: readonly string[],
  { options = {}, random = chance }: { options?: Options; random?: Random } = {},
): Promise<string> {
  const solo = await soloProgram(name)
  const person = new Script(typed)
  const house = new LocalHouse(
    () => undefined,
    random,
    (reason) => {
      throw reason
    },
  )
  await solo.play({ words: undefined, person, house, options, random, clock: new TestClock() })
  return person.screen
}
