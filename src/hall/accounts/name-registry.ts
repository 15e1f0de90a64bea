/** Limit of a name, in code points. */
const LONGEST = 20
/** Limit of numbers that are tried, so that a popular name costs no more. */
const TRIES = 20

/**
 * Proposes a free name for one that is taken: the name with the next number, `ada2` for `ada` and `ada3` for `ada2`. After ten
 * numbers the steps double. Returns `undefined` if none of the tried names is free.
 */
export function proposeName(name: string, isFree: (name: string) => boolean): string | undefined {
  const [, base = '', digits = ''] = /^(.*?)(\d{0,6})$/su.exec(name) ?? []
  let number = base === '' || digits === '' ? 2 : Number(digits) + 1
  const before = [...(base === '' ? name : base)]
  for (let tries = 0, step = 1; tries < TRIES; tries++) {
    const ending = String(number)
    const proposal =
      before
        .slice(0, LONGEST - ending.length)
        .join('')
        .trimEnd() + ending
    if (isFree(proposal)) return proposal
    if (tries >= TRIES / 2) step *= 2
    number += step
  }
  return undefined
}
