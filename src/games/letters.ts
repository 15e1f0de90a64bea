/** Code units of one character with all its marks, at most. */
export const LONGEST_CHARACTER = 16

/** The characters of a text as people count them: a letter is one, with all its marks. */
export function charactersOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** A text without blanks around it, in the one spelling that Unicode prefers (NFC). */
export function clean(text: string): string {
  return text.trim().replace(/\s+/g, ' ').normalize('NFC')
}

/**
 * The one character that a typed text is; a blank is one too, but blanks around another count for nothing. A byte order
 * mark is no blank.
 */
export function letterOf(text: string): string | undefined {
  const [letter, ...more] = text.length > LONGEST_CHARACTER || text.includes('\ufeff') ? [] : charactersOf(clean(text) || text)
  return more.length > 0 ? undefined : letter
}

/**
 * What two spellings of a character have in common when case does not matter: ß and ẞ are one, and so are σ and ς. The
 * four i of Turkish are one too, since each is the capital of another in some language. So are printed and typed
 * apostrophes and hyphens.
 */
export function fold(character: string): string {
  // a single case mapping leaves ß and ẞ apart: the capital has a small letter, which has another capital
  const folded = character.normalize('NFC').toLowerCase().toUpperCase().toLowerCase()
  return folded
    .replace(/^i\u0307/, 'i')
    .normalize('NFC')
    .replace(/[\u2018\u2019\u02bc]/, "'")
    .replace(/[\u2010\u2011\u2013]/, '-')
}

/** Made for the first text: to make one takes as long as half of what else a program does at its start. */
let segmenter: Intl.Segmenter | undefined
