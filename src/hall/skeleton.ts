import { CONFUSABLES } from './confusables.ts'

/** Prototype of each character that looks like another text. */
const PROTOTYPES = prototypes()

function prototypes(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const entry of CONFUSABLES.trim().split(/\s/)) {
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
