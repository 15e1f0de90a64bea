import leven from 'leven'

/** Letters of a word in which two may be wrong: "head" is no "help", and "hello" neither. */
const LONG = 5

/** The known word that somebody may have meant by another: a letter away, or two that changed places, or two in a long one. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const word = typed.toLowerCase()
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const name of known) {
    // letters that are too many, or too few, are wrong ones
    if (Math.abs(word.length - name.length) > 2) continue
    const most = (word.length > LONG && name.startsWith(word.charAt(0))) || inOrder(word) === inOrder(name) ? 2 : 1
    const distance = leven(word, name, { maxDistance: most + 1 })
    if (distance <= most && distance < Math.min(word.length, best?.distance ?? Number.POSITIVE_INFINITY)) best = { name, distance }
  }
  return best?.name
}

/** The letters of a word, in an order that does not depend on theirs. */
function inOrder(word: string): string {
  return [...word].sort().join('')
}
