import type { Side } from '../../protocol/message-spec.ts'
import { quoteText } from '../../wire/text.ts'

/*
 * Some programs look whether the board is full before they look for a winner. Such a program prints "Stalemate" after a win with the last
 * move, and no message shows the mistake. The author chooses the words, so the judge learns them from the other games: the line of an
 * outcome is a line that the program prints after each other game with this outcome, and after no game with another outcome.
 */

/** PrintedEnding is the outcome of a game, and the text that the program has printed after the last message. */
export interface PrintedEnding {
  readonly outcome: string
  readonly ending: string
}

/**
 * Finds a game after which a program prints the line of another outcome in place of the line of its outcome. Returns the number of the
 * game, and the clause that quotes both lines; `undefined` if there is none.
 */
export function findWrongEnding(games: readonly PrintedEnding[]): { readonly game: number; readonly clause: string } | undefined {
  const all = games.map(({ outcome, ending }) => ({ outcome, lines: linesOf(ending) }))
  for (const [game, { outcome, lines }] of all.entries()) {
    const others = all.filter((_, at) => at !== game)
    const usual = linesOnlyOf(others, outcome)
    // the words stand behind a board or the letters of a word
    const due = usual.at(-1)
    if (due === undefined || usual.some((line) => lines.has(line))) continue
    for (const other of new Set(others.map((one) => one.outcome))) {
      if (other === outcome) continue
      const wrong = linesOnlyOf(others, other).findLast((line) => lines.has(line))
      if (wrong === undefined) continue
      const clause = `printed ${quoteText(wrong)} after a game that ended with "${outcome}"; it prints this line after a game that ends with "${other}", and ${quoteText(due)} after other games that end with "${outcome}"`
      return { game, clause }
    }
  }
  return undefined
}

/** Matches a line that announces to its reader a win or a loss, without a number: "You won 1 of 3 rounds" announces no result. */
const WIN = /\b(?:you|i)(?: have|'ve)? (?:win|won)\b|\bcongratulations\b|\byou are the winner\b/i
const LOSS = /\b(?:you|i)(?: have|'ve)? (?:lose|lost)\b|\byou are (?:the loser|hanged|dead)\b/i
/** Matches a line on a result that is only possible. */
const POSSIBLE = /\b(?:if|when|can|could|may|would|either|or)\b/i

/**
 * Finds a game after which a program announces the opposite of its outcome to its person, such as "You win!" after a loss. Returns the
 * number of the game, and the clause that quotes the line; `undefined` if there is none.
 */
export function findOppositeEnding(
  games: readonly PrintedEnding[],
  role: Side,
): { readonly game: number; readonly clause: string } | undefined {
  const other = role === 'client' ? 'server' : 'client'
  const opposite: Readonly<Record<string, RegExp>> = {
    [`the ${role} wins`]: LOSS,
    [`the ${role} loses`]: WIN,
    [`the ${other} wins`]: WIN,
    [`the ${other} loses`]: LOSS,
  }
  for (const [game, { outcome, ending }] of games.entries()) {
    const wrong = opposite[outcome]
    const right = wrong === WIN ? LOSS : WIN
    const lines = ending.split('\n').map((line) => line.split(/\s+/).join(' ').trim())
    const found = lines.find((line) => wrong?.test(line) && !right.test(line) && !POSSIBLE.test(line) && !/\d/.test(line))
    if (found !== undefined && !lines.some((line) => right.test(line)))
      return { game, clause: `printed ${quoteText(found)} after a game that ended with "${outcome}"` }
  }
  return undefined
}

/** Returns the lines that a program prints after all games with an outcome, and after no other game. */
function linesOnlyOf(games: readonly { outcome: string; lines: ReadonlySet<string> }[], outcome: string): readonly string[] {
  const [first, ...others] = games.filter((one) => one.outcome === outcome)
  const different = games.filter((one) => one.outcome !== outcome)
  return [...(first?.lines ?? [])].filter(
    (line) => others.every(({ lines }) => lines.has(line)) && !different.some(({ lines }) => lines.has(line)),
  )
}

/** Returns the lines of a text that have words and no number, because numbers differ between games. */
function linesOf(text: string): ReadonlySet<string> {
  const lines = text.split('\n').map((line) => line.split(/\s+/).join(' ').trim())
  return new Set(lines.filter((line) => /^\D*\p{L}{3}\D*$/u.test(line)))
}
