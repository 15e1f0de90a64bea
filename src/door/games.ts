import { findNearest } from '../base/nearest.ts'
import type { Catalog, CatalogEntry } from '../games/catalog.ts'
import type { Refusal } from '../games/game.ts'
import { formatList } from './layout.ts'

/** Minimum number of letters that a user must type to name a game by the beginning of its name. */
const PREFIX = 2

/** Lists the names of all games, for a sentence. */
export function listGames({ entries }: Catalog): string {
  return formatList(
    entries.map(({ name }) => name),
    'or',
  )
}

/** Finds a game by its name, by an alias, or by the beginning of a name or an alias if only one game fits. */
export function findGameByWord(catalog: Catalog, typed: string): CatalogEntry | undefined {
  const word = typed.toLowerCase()
  const exact = catalog.find(word) ?? catalog.entries.find(({ aliases }) => aliases.includes(word))
  if (exact || word.length < PREFIX) return exact
  const [only, ...more] = beginningWith(catalog, word)
  return more.length === 0 ? only : undefined
}

/** Finds a game like `findGameByWord`. If no game fits, returns a refusal that lists the candidates or the nearest name. */
export function parseGame(catalog: Catalog, typed: string): CatalogEntry | Refusal {
  const found = findGameByWord(catalog, typed)
  if (found) return found
  const names = listGames(catalog)
  if (typed === '') return { refused: `name a game: ${names}` }
  const several = typed.length < PREFIX ? [] : beginningWith(catalog, typed.toLowerCase()).map(({ name }) => name)
  if (several.length > 1) return { refused: `"${typed}" could be ${formatList(several, 'or')}: type more letters` }
  const meant = findNearest(
    typed,
    catalog.entries.map((entry) => entry.name),
  )
  return { refused: `there is no game "${typed}"${meant ? `; did you mean "${meant}"?` : `: type ${names}`}` }
}

/** Replaces an alias of several words at the beginning of a text by the name of the game: `tic tac toe size 4`. */
export function replaceGameAlias({ entries }: Catalog, text: string): string {
  for (const { name, aliases } of entries) {
    for (const word of aliases) {
      if (word.includes(' ') && `${text.toLowerCase()} `.startsWith(`${word} `)) return `${name}${text.slice(word.length)}`
    }
  }
  return text
}

function beginningWith({ entries }: Catalog, word: string): readonly CatalogEntry[] {
  return entries.filter(({ name, aliases }) => [name, ...aliases].some((one) => one.startsWith(word)))
}
