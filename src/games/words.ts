import type { Refusal } from './game.ts'
import { foldCase, MAX_GRAPHEME_UNITS, normalizeText, splitGraphemes } from './text/graphemes.ts'

/** words is the built-in list for hangman: English words in lower case, letters a to z only. */
export const words: readonly string[] = [
  // the classroom
  `alphabet algebra answer backpack balloon biology blackboard bookmark calendar calculator chapter chemistry classroom compass
   crayon dictionary diploma drawing eraser essay exam exercise experiment fraction geography geometry globe grammar history
   holiday homework journal kindergarten laboratory language lesson library locker lunchbox marker melody microscope museum
   notebook novel orchestra paintbrush paragraph pencil physics playground poem professor pupil puzzle question quiz recess ruler
   satchel scholar school science scissors sentence spelling sponge student teacher textbook theatre timetable triangle tutor
   university vocabulary whiteboard`,
  // networking and computers
  `address algorithm antenna archive backup bandwidth binary bluetooth bridge broadcast browser buffer byte cable cache checksum
   client cloud compiler computer congestion connection cookie database datagram debugger decoder dialog digital domain download
   emulator encryption ethernet fibre firewall firmware folder frame framework function gateway graphics hacker handshake hardware
   header hostname hotspot integer internet keyboard kernel latency layer listener localhost loopback mailbox memory message modem
   monitor multicast network packet parser password payload pixel pointer port printer process program protocol proxy python query
   queue recursion register repeater request response robot router satellite scanner script segment semaphore server session signal
   socket software spam stream switch syntax telegraph telephone terminal thread timeout token topology traffic transport tunnel
   upload variable virus website wireless`,
  // every day
  `airport anchor apple apron autumn bakery banana basket beach bicycle birthday biscuit blanket bottle bread breakfast bucket
   butter butterfly button camera candle carpet castle cheese cherry chimney chocolate cinema circus coffee crocodile curtain
   dolphin dragon elephant engine evening family feather festival fireplace flower football forest fountain friend garden giraffe
   guitar hammer harbour helicopter hospital iceberg island jacket journey jungle kangaroo kettle kitchen ladder lantern lemonade
   lighthouse lightning lizard mountain mushroom necklace neighbour ocean octopus orange oyster pancake parachute parrot peanut
   penguin picnic pillow pineapple pirate planet pocket potato pumpkin pyramid rabbit railway rainbow raincoat restaurant river
   rocket sailor sandwich saucepan shadow shoulder skeleton snowflake spider spoon squirrel station strawberry summer sunflower
   swimming telescope thunder ticket tiger tomato tornado treasure trumpet turtle umbrella vacation valley village violin volcano
   waterfall weather weekend whale whistle window winter yoghurt zebra`,
].flatMap((list) => list.split(/\s+/))

/** WordList is the content of a word file: the valid words, and a sentence for each line that the parser skipped. */
export interface WordList {
  readonly words: readonly string[]
  readonly skipped: readonly string[]
}

/**
 * Parses a word list with one word per line; ignores blanks around a word. A # at the beginning of a line or after a blank begins
 * a comment; the result has a repeated word once. The parser skips a line with an invalid word, and reports its number and the
 * reason. Returns a Refusal if the text has no valid word.
 */
export function parseWords(text: string): WordList | Refusal {
  const found = new Map<string, string>()
  const skipped: string[] = []
  for (const [at, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const bare = line.replace(/(?:^|\s)#.*$/, '')
    const word = normalizeText(bare)
    if (word === '') continue
    const key = splitGraphemes(word).map(foldCase).join('')
    const refusal = CSV.test(bare.normalize('NFC'))
      ? { refused: `${JSON.stringify(word)} looks like a row of CSV; ${ONE_PER_LINE}` }
      : findWordFault(word)
    if (refusal) skipped.push(`line ${at + 1}: ${refusal.refused}`)
    else if (!found.has(key)) found.set(key, word)
  }
  if (found.size > 0) return { words: [...found.values()], skipped }
  return { refused: [...skipped, 'the file contains no word to guess; expected one word per line, and # before a comment'].join('\n') }
}

/** Returns a Refusal that says why a text cannot be a word to guess; `undefined` if the text can be a word. */
export function findWordFault(text: string): Refusal | undefined {
  const word = normalizeText(text)
  if (/[\n\r\u2028\u2029]/.test(text.trim())) return { refused: 'a word to guess must not contain a line end' }
  if (!/\p{L}/u.test(word)) return { refused: `a word to guess needs at least one letter, and ${JSON.stringify(word)} has none` }
  if (/\p{Cc}/u.test(word)) return { refused: 'a word to guess must not contain control characters' }
  if (word.length > MAX_LENGTH) return { refused: `a word to guess has at most ${MAX_LENGTH} characters, and this word has ${word.length}` }
  if (splitGraphemes(word).some((character) => character.length > MAX_GRAPHEME_UNITS))
    return { refused: 'a letter of the word has too many marks' }
  return undefined
}

/** Matches a row of CSV, but no phrase, because a phrase has a blank after its comma. */
const CSV = /\p{L}"?[,;\t]"?\p{L}/u
const ONE_PER_LINE = 'write one word per line, without a hint'
/** Maximum number of UTF-16 code units in a word. */
const MAX_LENGTH = 100
