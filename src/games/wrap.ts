import { charactersOf } from './letters.ts'

/** The lines of a text that are at most `columns` wide (two at least), broken at its blanks, and within a word that is wider. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((one) => cut(one, columns))) {
    const longer = line ? `${line} ${word}` : word
    if (line && widthOf(longer) > columns) lines.push(line)
    line = line && widthOf(longer) > columns ? word : longer
  }
  return [...lines, line]
}

/** Columns that a text takes on a terminal: signs of East Asian scripts and emoji take two. */
export function widthOf(text: string): number {
  return charactersOf(text).reduce((width, character) => width + (WIDE.test(character) ? 2 : 1), 0)
}

function cut(word: string, columns: number): string[] {
  if (widthOf(word) <= columns) return [word]
  const pieces = ['']
  for (const character of charactersOf(word)) {
    const longer = pieces.at(-1) + character
    if (widthOf(longer) <= columns) pieces[pieces.length - 1] = longer
    else pieces.push(character)
  }
  return pieces
}

const WIDE =
  /\ufe0f|(?![\uff61-\uffdc])[\p{Emoji_Presentation}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u3000-\u303e\uff01-\uff60]/u
