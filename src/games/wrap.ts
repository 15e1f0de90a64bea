import { charactersOf } from './letters.ts'

/** The lines of a text that are at most `columns` wide (two at least), broken at its blanks, and within a word that is wider. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  let width = 0
  for (const word of text.split(' ').flatMap((one) => cut(one, columns))) {
    const more = widthOf(word)
    if (line && width + 1 + more > columns) {
      lines.push(line)
      line = ''
    }
    width = line ? width + 1 + more : more
    line = line ? `${line} ${word}` : word
  }
  return [...lines, line]
}

/** Columns that a text takes on a terminal: signs of East Asian scripts and emoji take two. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length
  return charactersOf(text).reduce((width, character) => width + columnsOf(character), 0)
}

function columnsOf(character: string): number {
  return WIDE.test(character) ? 2 : 1
}

function cut(word: string, columns: number): string[] {
  if (widthOf(word) <= columns) return [word]
  const pieces = ['']
  let width = 0
  for (const character of charactersOf(word)) {
    const more = columnsOf(character)
    if (width + more <= columns) pieces[pieces.length - 1] += character
    else pieces.push(character)
    width = width + more <= columns ? width + more : more
  }
  return pieces
}

const ASCII = /^[\x20-\x7e]*$/
const WIDE =
  /\ufe0f|(?![\uff61-\uffdc])[\p{Emoji_Presentation}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u3000-\u303e\uff01-\uff60]/u
