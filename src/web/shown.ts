/** Control characters except line feed and tab, characters that change the direction of text, and invisible characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to show
const HIDDEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
/** A zero-width joiner joins two emoji to one emoji. */
const JOINER = '\u200d'

/** Maximum number of characters of a name; the title has the whole name. */
const NAME = 20
/** Number of characters above which the page folds a text. */
const LONG = 500

/** Returns a text in which control characters and overrides of the direction are visible, as `\u202e`. */
export function toShown(text: string): string {
  return text.replace(HIDDEN, (one) => (one === JOINER ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`))
}

/** Checks whether a name is the name of the house, the built-in player. No user can have this name. */
export function isHouse(name: string): boolean {
  return name === 'house'
}

/** Returns the name of a user in the form that the page shows, cut at 20 characters. */
export function toShownName(name: string): string {
  const letters = [...toShown(name)]
  return letters.length <= NAME ? letters.join('') : `${letters.slice(0, NAME - 1).join('')}…`
}

/** Returns the first part of a long text, and whether the text is longer. */
export function foldText(text: string): { readonly text: string; readonly isCut: boolean } {
  const shown = toShown(text)
  if (shown.length <= LONG) return { text: shown, isCut: false }
  return { text: shown.slice(0, LONG), isCut: true }
}

/**
 * Turns a refusal of the server into a sentence: the refusal begins with a small letter and has no full stop. If the refusal begins with
 * one of the `names`, the name remains unchanged.
 */
export function toSentence(text: string, names: readonly string[] = []): string {
  const shown = toShown(text)
  const hasName = names.some((name) => name !== '' && text.startsWith(name))
  const begin = hasName ? shown : shown.charAt(0).toUpperCase() + shown.slice(1)
  return /[.!?:…]$/.test(begin) ? begin : `${begin}.`
}
