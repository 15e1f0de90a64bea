import leven from 'leven'

/** The known word that somebody may have meant by another: at most two letters away, one in a short word. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const word = typed.toLowerCase()
  const most = word.length < 4 ? 1 : 2
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const name of known) {
    const distance = leven(word, name, { maxDistance: most + 1 })
    if (distance <= most && distance < Math.min(word.length, best?.distance ?? Number.POSITIVE_INFINITY)) best = { name, distance }
  }
  return best?.name
}
