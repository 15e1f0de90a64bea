import type { HangmanView } from '../games/hangman.ts'
import { foldCase, normalizeText, splitGraphemes } from '../games/text/graphemes.ts'

/** Explains why a server's `MISS` with `said` misses left is wrong after `view`; `undefined` if it can be right. */
export function wrongMiss({ left }: HangmanView, said: number): string | undefined {
  return said === left - 1 ? undefined : `${left} misses were left, so expected MISS ${left - 1}`
}

/** Explains why a server's `AT` with these positions, counted from 1, is wrong; `undefined` if it can be right. */
export function wrongPositions({ shown }: HangmanView, positions: readonly number[]): string | undefined {
  const outside = positions.find((position) => shown[position - 1] === undefined)
  if (outside !== undefined) return `its word has ${shown.length} letters, so there is no position ${outside}: positions count from 1`
  const taken = positions.find((position) => shown[position - 1] !== '')
  return taken === undefined ? undefined : `position ${taken} was shown as ${shown[taken - 1]} already`
}

/** Explains why a word cannot be the secret after `view`; `undefined` if it can. */
export function wrongWord({ shown, tried }: HangmanView, word: string): string | undefined {
  // other servers may count combining marks as letters
  const characters = [splitGraphemes(normalizeText(word)), Array.from(word)].find(({ length }) => length === shown.length)
  if (!characters) return `the word was to have ${shown.length} letters`
  const found = new Set(shown.filter((letter) => letter !== '').map(foldCase))
  for (const [at, letter] of characters.map(foldCase).entries()) {
    const seen = shown[at] ?? ''
    if (seen !== '' && foldCase(seen) !== letter) return `position ${at + 1} was shown as ${seen}`
    if (seen === '' && found.has(letter)) return `${letter} was shown, and not at position ${at + 1}`
    if (seen === '' && tried.includes(letter)) return `${letter} was tried, and was a MISS`
  }
  return undefined
}
