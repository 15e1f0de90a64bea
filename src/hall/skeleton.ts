import { CONFUSABLES, SHOWN } from './confusables.ts'

/** Prototype of each character that looks like another text, of those that NFKD leaves as they are. */
const PROTOTYPES = closed(parse(CONFUSABLES))
/** What characters look like that NFKD makes something else of. */
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

/** Looks up what the texts of a table are made of, too: that of % has a ₀, which is a 0 in NFKD, which looks like O. */
function closed(table: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...table].map(([from, to]) => [from, [...to.normalize('NFKD')].map((one) => table.get(one) ?? one).join('')]))
}

function numberIn(digits: string): number {
  return Number.parseInt(digits, 36)
}

/** The skeleton of a text (UTS 39, section 4), also of what NFKC takes for the same: texts that look alike have one. */
export function skeleton(text: string): string {
  return [...text.normalize('NFKD')]
    .map((character) => PROTOTYPES.get(character) ?? character)
    .join('')
    .normalize('NFKD')
}

/**
 * A text with what its characters look like where NFKD makes something else of them: ſ looks like f, and is an s there, and ϲ
 * looks like c, and is a ς. Its skeleton is that of UTS 39, which looks characters up as they are shown.
 */
export function asShown(text: string): string {
  return ASCII.test(text) ? text : [...text.normalize('NFC')].map((character) => AS_SHOWN.get(character) ?? character).join('')
}
