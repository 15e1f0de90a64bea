import { CONFUSABLES, SHOWN } from './confusables.ts'

/** Prototype of each character that looks like another text and that NFKD does not change. */
const PROTOTYPES = closed(parse(CONFUSABLES))
/** Appearance of each character that NFKD replaces by a character of another appearance. */
const AS_SHOWN = parse(SHOWN)
const ASCII = /^[\0-\x7f]*$/

function parse(entries: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const entry of entries.trim().split(/\s/)) {
    const [target = '', sources = ''] = entry.split(':')
    const text = String.fromCodePoint(...target.split('.').map(numberIn))
    let code = 0
    for (const step of sources.split(',')) {
      code += numberIn(step)
      found.set(String.fromCodePoint(code), text)
    }
  }
  return found
}

/**
 * Replaces the characters of the prototypes by the prototypes of these characters. For example, the prototype of % has a ₀; NFKD
 * changes ₀ to 0, and the prototype of 0 is O.
 */
function closed(table: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...table].map(([from, to]) => [from, [...to.normalize('NFKD')].map((one) => table.get(one) ?? one).join('')]))
}

function numberIn(digits: string): number {
  return Number.parseInt(digits, 36)
}

/** Returns the skeleton of a text (UTS 39, section 4) after NFKD: texts that look alike have the same skeleton. */
export function toSkeleton(text: string): string {
  return [...text.normalize('NFKD')]
    .map((character) => PROTOTYPES.get(character) ?? character)
    .join('')
    .normalize('NFKD')
}

/**
 * Replaces the characters that NFKD would replace by a character of another appearance: ſ looks like f, but NFKD changes it to s;
 * ϲ looks like c, but folding changes it to ς. The skeleton of the result is the skeleton of UTS 39, which looks up characters as
 * a screen shows them.
 */
export function toDisplayedForm(text: string): string {
  return ASCII.test(text) ? text : [...text.normalize('NFC')].map((character) => AS_SHOWN.get(character) ?? character).join('')
}
