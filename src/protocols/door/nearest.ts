import leven from 'leven'

/** The known word that somebody may have meant by another: a letter away, or two in a longer one that begins the same. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const word = typed.toLowerCase()
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const name of known) {
    const most = word.length > 3 && name.startsWith(word.charAt(0)) ? 2 : 1
    const distance = leven(word, name, { maxDistance: most + 1 })
    if (distance <= most && distance < Math.min(word.length, best?.distance ?? Number.POSITIVE_INFINITY)) best = { name, distance }
  }
  return best?.name
}
