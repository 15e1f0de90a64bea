import { findWordLike, makeLookTable, splitWords } from './reserved.ts'

/** Words for the server and its operators; no name may contain these words, in the singular or the plural. */
const STAFF = makeLookTable(
  `admin administrator mod moderator official operator server staff superuser support sysadmin sysop system webmaster`.split(' '),
)

/** Words for the house; no name may begin with these words, but "Ann House" and "Ann Parlor" are allowed. */
const HOUSE_WORDS = makeLookTable(['house', 'parlor', 'parlour'])
/** Words that make a name read like the house if they stand before `house`. */
const DETERMINERS = makeLookTable(['a', 'an', 'my', 'our', 'the', 'this', 'your'])

/**
 * Verbs that follow a name in the lines of the front door: a name with such a verb after its first word reads like a line of the
 * front door.
 */
const VERBS = makeLookTable(
  `aborts accepts asks begins claims declines has is joins leaves left loses lost moves offers plays refuses resigned resigns
   says tells told waits was watches whispers wins`.split(/\s+/),
)
const YOUR = makeLookTable(['your'])
const YOU = makeLookTable(['you'])
const OVER = makeLookTable(['over'])

/**
 * Returns the reason if users could mistake a name for the server, for its operators, or for a line that the server prints;
 * `undefined` for a harmless name. Examples: "Parlor Admin", "sysadmins", "Your opponent", "henry tells you". Ignores marks on
 * letters.
 */
export function findImpersonation(name: string): string | undefined {
  const words = splitWords(name.normalize('NFKD').replace(/\p{M}+/gu, ''))
  const staff = words.find((word) => findWordLike(singularOf(word), STAFF) ?? findWordLike(word, STAFF))
  const first = words.findIndex((word) => findWordLike(word, DETERMINERS) === undefined)
  const house = [...words.slice(Math.max(first, 0)).slice(0, 1), words.join('')].find((word) => findWordLike(word, HOUSE_WORDS))
  const office = staff ?? house
  if (office !== undefined) return `with "${office}" in it, users would mistake it for the server, or for its operator`
  const line = words.length > 1 ? partOfLine(words) : undefined
  return line === undefined ? undefined : `with "${line}" in it, users would mistake it for a line of the server`
}

/** Returns the word that makes several words read like a line of the server. */
function partOfLine(words: readonly string[]): string | undefined {
  const [first = '', last = ''] = [words[0], words.at(-1)]
  if (findWordLike(first, YOUR)) return first
  const isAddressed = findWordLike(last, YOU) !== undefined && /s$/i.test(words.at(-2) ?? '')
  if (isAddressed || findWordLike(last, OVER)) return last
  return words.slice(1).find((word) => findWordLike(word, VERBS))
}

function singularOf(word: string): string {
  return word.replace(/[sS]$/, '')
}
