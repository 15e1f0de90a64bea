import leven from 'leven'

/** In a word of at most this number of letters, only one letter may be wrong: "head" and "hello" do not mean "help". */
const LONG = 5

/**
 * Finds the known word that a mistyped word most likely means: one letter differs, two letters are swapped, or two letters of a long
 * word differ.
 */
export function findNearest(typed: string, known: readonly string[]): string | undefined {
  const word = typed.toLowerCase()
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const name of known) {
    // the comparison counts every missing or extra letter as a wrong letter
    if (Math.abs(word.length - name.length) > 2) continue
    const most = (word.length > LONG && name.startsWith(word.charAt(0))) || inOrder(word) === inOrder(name) ? 2 : 1
    const distance = leven(word, name, { maxDistance: most + 1 })
    if (distance <= most && distance < Math.min(word.length, best?.distance ?? Number.POSITIVE_INFINITY)) best = { name, distance }
  }
  return best?.name
}

/** Sorts the letters of a word. */
function inOrder(word: string): string {
  return [...word].sort().join('')
}
