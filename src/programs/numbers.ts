import { isInRange, type Try, toTry } from '../games/guessing.ts'
import { type Console, type Options, readOption } from '../protocol/definition.ts'
import { secret } from '../protocol/shared-options.ts'
import { quoteText } from '../wire/text.ts'
import { pythonDigits, pythonInt } from './python/values.ts'

/** Validates the option `secret` as a number. Returns a sentence that says what is wrong; `undefined` for a valid number. */
export function checkSecret(options: Options): string | undefined {
  const given = readOption(options, secret) ?? '1'
  const number = Number(pythonInt(given) ?? Number.NaN)
  return number >= 1 && number <= 100 ? undefined : `the secret is a whole number from 1 to 100, not ${JSON.stringify(given)}`
}

/** Returns the option `secret` as a number; `undefined` if the user has not set it. */
export function toSecretNumber(options: Options): number | undefined {
  const given = readOption(options, secret)
  return given === undefined ? undefined : Number(pythonInt(given))
}

/** Parses a whole number of any size, as Python's `int()` does. Any other text is a wasted guess. */
export function parseIntGuess(text: string): Try {
  const number = pythonInt(text)
  return number === undefined ? 'wasted' : toTry(Number(number))
}

/** Parses a guess like `parseIntGuess`, but a number out of range is also a wasted guess. */
export function parseRangeGuess(text: string): Try {
  const guess = parseIntGuess(text)
  return guess === 'wasted' || isInRange(guess) ? guess : 'wasted'
}

/** Parses a guess that consists of digits, as Python's `isdigit()` defines digits. Any other text is a wasted guess. */
export function parseDigitsGuess(text: string): Try {
  return pythonDigits(text) ? parseIntGuess(text) : 'wasted'
}

/**
 * Asks a person until the input is a whole number, and returns this number in the digits that Python prints. After invalid input, the
 * function prints `instead`. If `instead` is missing, because the worksheet has no text for invalid input, the function prints the reason
 * on standard error.
 */
export async function askInt(console: Console, prompt: string, instead?: string): Promise<string> {
  for (;;) {
    const typed = await console.ask(prompt)
    const number = pythonInt(typed)
    if (number !== undefined) return number
    if (instead === undefined) console.warn?.(`a guess is a whole number, such as 50, and not ${quoteText(typed)}`)
    else console.say(instead)
  }
}

/** GuessVerdict is a server's answer to a guess; `low` means that the guess is too low. */
export type GuessVerdict = 'low' | 'high' | 'right'

/** NumberJudge checks that a server's answers to guesses do not contradict each other. */
export class NumberJudge {
  /** The number is greater than `#above` and less than `#below`. */
  #above = 0
  #below = 101

  /**
   * Records an answer to a guess. Returns the reason why the answer contradicts earlier answers; `undefined` if there is no contradiction.
   */
  check(answer: GuessVerdict, guess: number): string | undefined {
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
    return said === '' ? 'the number is from 1 to 100' : `by its earlier answers, the number is ${said}, from 1 to 100`
  }
}
