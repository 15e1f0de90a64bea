import { asTry, type Try } from '../games/guessing.ts'
import { quoted } from '../wire/text.ts'
import type { Options, Person } from './protocol.ts'
import { pythonDigits, pythonInt } from './python.ts'

/** Returns what is wrong with a secret number, in a sentence; `undefined` where nothing is. */
export function checkSecret({ secret = '1' }: Options): string | undefined {
  const number = Number(pythonInt(secret) ?? Number.NaN)
  return number >= 1 && number <= 100 ? undefined : `the secret is a whole number from 1 to 100, not ${JSON.stringify(secret)}`
}

/** The secret number that was asked for, if one was. */
export function secretNumber({ secret }: Options): number | undefined {
  return secret === undefined ? undefined : Number(pythonInt(secret))
}

/** A try as `int()` reads it, whatever its size; what is no number is wasted. */
export function readInt(text: string): Try {
  const number = pythonInt(text)
  return number === undefined ? 'wasted' : asTry(Number(number))
}

/** A try of digits alone, as `isdigit()` has it; anything else is wasted. */
export function readDigits(text: string): Try {
  return pythonDigits(text) ? readInt(text) : 'wasted'
}

/**
 * A whole number from a person, in the digits that Python prints; what is none is asked again, with `instead` said first, or,
 * where the program has no words for that, the reason.
 */
export async function askInt(person: Person, prompt: string, instead?: string): Promise<string> {
  for (;;) {
    const typed = await person.ask(prompt)
    const number = pythonInt(typed)
    if (number !== undefined) return number
    if (instead === undefined) person.complain?.(`a guess is a whole number, such as 50, and not ${quoted(typed)}`)
    else person.say(instead)
  }
}

/** Answer is what a server says of a guess: the number is greater, or less, or it is the guess. */
export type Answer = 'low' | 'high' | 'right'

/** NumberJudge follows what a server says of guesses at its number, and knows what it can no longer say. */
export class NumberJudge {
  /** The number is greater than the one and less than the other. */
  #above = 0
  #below = 101

  /** Takes an answer to a guess; answers with why it contradicts what was said before, if it does. */
  take(answer: Answer, guess: number): string | undefined {
    const above = answer === 'low' ? Math.max(this.#above, guess) : this.#above
    const below = answer === 'high' ? Math.min(this.#below, guess) : this.#below
    const possible = answer === 'right' ? guess > above && guess < below : below - above > 1
    if (!possible) return `the guess was ${guess}, and ${this.#known()}`
    this.#above = above
    this.#below = below
    return undefined
  }

  #known(): string {
    const low = this.#above > 0 ? [`greater than ${this.#above}`] : []
    const high = this.#below < 101 ? [`less than ${this.#below}`] : []
    const said = [...low, ...high].join(' and ')
    return said === '' ? 'the number is from 1 to 100' : `by what it said before, the number is ${said}, from 1 to 100`
  }
}
