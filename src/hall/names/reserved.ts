import { toSkeleton } from './skeleton.ts'

/** Words that no user can take as a name: commands, protocol words, parts of requests, and words for people. */
const WORDS = `abort accept admin administrator again all anybody anyone back board bye cancel challenge claim clock decline draw end
   error everybody everyone exit game games go guest help hi history house ignore invite join ladder leave login logout look
   me message mine mod moderator more move msg mute my name next no nobody none offer ok okay operator parlor password peer people play
   quit rank recent refuse register rematch replay resign resume resumed return root rules said say seek seeks server session
   somebody someone staff start stop style switch sysop system table tables tell telnet unignore unmute unregister
   unwatch wait watch watcher watchers welcome whisper who whoever yes you`.split(/\s+/)

const ARTICLES: ReadonlySet<string> = new Set(['the', 'a', 'an'])

/** Small capitals, which look like no other letter according to Unicode's data. */
const SMALL_CAPITALS = new Map([...'ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ'].map((capital, at) => [capital, 'abcdefghijklmnoprstuvwyz'.charAt(at)]))

const RESERVED = makeLookTable(WORDS)

/** LookTable is an index of words by their appearance. */
export interface LookTable {
  /** Words by the appearance of their lower-case and upper-case forms. */
  readonly any: ReadonlyMap<string, string>
  /** Words by the appearance of their upper-case form. */
  readonly capitals: ReadonlyMap<string, string>
}

/** Makes the index of some words in lower case. */
export function makeLookTable(words: readonly string[]): LookTable {
  return {
    any: new Map(words.flatMap((word) => [...looksOf(word), ...looksOf(word.toUpperCase())].map((look) => [look, word]))),
    capitals: new Map(words.map((word) => [toSkeleton(word.toUpperCase()), word])),
  }
}

/** Reading has the reserved word that a name reads like. */
export interface Reading {
  readonly word: string
  /** True if the name has an article, and reads like the word only without this article. */
  readonly article: boolean
}

/**
 * Returns the reserved word that a name reads like; `undefined` for any other name. Ignores digits, blanks, punctuation,
 * differences between letters that look alike, and articles before the word.
 */
export function findReading(name: string): Reading | undefined {
  const words = splitWords(name)
  const plain = findWordLike(name) ?? findWordLike(words.join(''))
  if (plain !== undefined) return { word: plain, article: false }
  const first = words.findIndex((word) => !looksOf(word).some((look) => ARTICLES.has(look)))
  const rest = words.slice(Math.max(first, 0)).join('')
  const behind = findWordLike(rest) ?? findWordLike(words.join(''), RESERVED, 'the') ?? findWordLike(rest, RESERVED, 'the')
  return behind === undefined ? undefined : { word: behind, article: true }
}

/** Returns the words of a name, without the digits at their ends. */
export function splitWords(name: string): readonly string[] {
  return name
    .normalize('NFKC')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .map((word) => word.replace(/\P{L}+$/u, ''))
    .filter((word) => word !== '')
}

/**
 * Returns the word of a table that looks like the letters of a text, after the prefix `before`. Compares a text in capitals only with words
 * in capitals: a capital I looks like a small l, so ALI would read like "all".
 */
export function findWordLike(text: string, table = RESERVED, before = ''): string | undefined {
  const isUpper = /\p{Lu}/u.test(text) && !/\p{Ll}/u.test(text.normalize('NFKC'))
  const [words, looks, start] = isUpper
    ? [table.capitals, [text, lettersOf(text)].map((one) => lettersOf(toSkeleton(one))), before.toUpperCase()]
    : [table.any, looksOf(text), before]
  for (const look of looks) {
    const word = look.startsWith(start) ? words.get(look.slice(start.length)) : undefined
    if (word !== undefined) return word
  }
  return undefined
}

/** Returns the lower-case forms of a text's letters, with and without digits in the role of letters. */
function looksOf(text: string): readonly string[] {
  const lower = (one: string) => [...one.normalize('NFKC').toLowerCase()].map((letter) => SMALL_CAPITALS.get(letter) ?? letter).join('')
  const letters = lettersOf(lower(text))
  return [letters, ...[letters, text, toSkeleton(text)].map((one) => lettersOf(lower(toSkeleton(lower(one)))))]
}

function lettersOf(text: string): string {
  return text.normalize('NFKC').replace(/\P{L}/gu, '')
}
