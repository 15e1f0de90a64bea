/** Characters (code points) of a name, at most. */
const LONGEST = 20
/** The numbers that are tried, at most, so that a name that many want costs no more. */
const TRIES = 20

/**
 * Proposes a free name like one that is taken: with the next number behind it, `ada2` for `ada` and `ada3` for `ada2`; after
 * ten numbers in steps that double. `undefined` if none of those is free.
 */
export function proposalFor(name: string, isFree: (name: string) => boolean): string | undefined {
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
