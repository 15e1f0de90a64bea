import type { Options } from './protocol.ts'
import { pythonInt } from './python.ts'

/** What is wrong with a secret number, in a sentence; `undefined` where nothing is. */
export function checkSecret({ secret = '1' }: Options): string | undefined {
  const number = Number(pythonInt(secret) ?? Number.NaN)
  return number >= 1 && number <= 100 ? undefined : `the secret is a whole number from 1 to 100, not ${JSON.stringify(secret)}`
}

/** The secret number that was asked for, if one was. */
export function secretNumber({ secret }: Options): number | undefined {
  return secret === undefined ? undefined : Number(pythonInt(secret))
}
