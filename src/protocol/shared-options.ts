import { formatCount } from '../base/counts.ts'
import { parseSpan } from '../base/durations.ts'
import { scriptedRandom } from '../games/random.ts'
import type { FileOption, ProgramOption, TextOption } from './option.ts'

// this file has the options that several programs share; the file of a program has the options of that program alone

/** The number or word that the client must guess; without this option, the game chooses a number or word at random. */
export const secret: TextOption<string> = {
  kind: 'text',
  name: 'secret',
  metavar: 'secret',
  about: 'the number or word to be guessed',
  side: 'server',
  expected: 'a number or a word',
  emptyIsAbsent: true,
  parse: (text) => text,
}

/** The option `secret` of programs whose secret is a word. */
export const secretWord: TextOption<string> = { ...secret, advise: (word) => adviseOnSigns([word]) }

/**
 * Results of random choices. The program uses them in order, and then begins again with the first result. Without this option, the choices
 * are random.
 */
export const choices: TextOption<readonly string[]> = {
  kind: 'text',
  name: 'choices',
  metavar: 'list',
  about: 'these results in place of random choices, in order and then from the beginning: H,T,T or Scissor,Paper',
  side: 'server',
  expected: 'texts separated by commas, such as H,T,T',
  emptyIsAbsent: true,
  parse(text) {
    const texts = text.split(',').map((one) => one.trim())
    return texts.includes('') ? undefined : texts
  },
  random: scriptedRandom,
}

/** Milliseconds between two messages of a paced protocol. */
export const pace: TextOption<number> = {
  kind: 'text',
  name: 'pace',
  metavar: 'time',
  about: 'headtail, highlow: the pause between two messages; a bare number is milliseconds',
  side: 'server',
  expected: 'a time such as 100ms, 2s or 1m',
  parse: (text) => parseSpan(text, 'ms'),
}

/** Words from which the game chooses. */
export const words: FileOption<readonly string[]> = {
  kind: 'file',
  name: 'words',
  about: 'hangman: words from a file, one word on each line',
  side: 'server',
  setting: true,
  unset: 'the shipped words',
  excludes: { name: secret.name, because: 'with a secret, the game chooses no word' },
  async read(text) {
    const { parseWords } = await import('../games/words.ts')
    const found = parseWords(text)
    if (!('refused' in found)) return { value: found.words, skipped: found.skipped }
    const reasons = found.refused.split('\n')
    return { refused: reasons.slice(-1), skipped: reasons.slice(0, -1) }
  },
  advise: adviseOnSigns,
}

/** Returns a copy of an option that both sides of a program take. */
export function forBothSides<Option extends ProgramOption>(option: Option): Option {
  return { ...option, side: 'both' }
}

/** Returns advice on words that contain a blank or another sign. A client of fh/hangman has to guess such a sign as if it were a letter. */
function adviseOnSigns(given: readonly string[]): string | undefined {
  const signOf = (word: string) => (/\p{C}/u.test(word) ? undefined : /[^\p{L}\p{M}\p{N}]/u.exec(word.trim())?.[0])
  const [first, ...more] = given.filter((word) => signOf(word) !== undefined)
  const sign = first === undefined ? undefined : signOf(first)
  if (first === undefined || sign === undefined) return undefined
  const others = more.length > 0 ? `, as ${formatCount(more.length, 'other')} ${more.length > 1 ? 'have' : 'has'}` : ''
  const what = sign === ' ' ? 'blank' : JSON.stringify(sign)
  return `${JSON.stringify(first)} has a ${what}${others}; a client of fh/hangman has to guess this character, too, to find the word`
}
