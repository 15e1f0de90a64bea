/** Points are counted in hundredths, because whole numbers add up exactly. */
export const UNIT = 100

/** Weights determine the points of each check. */
export interface Weights {
  /** Returns the weight of a check: a number that is not negative, with at most two digits after the point. */
  readonly weightOf: (name: string) => number
  /** The points of all checks together; by default, a weight is the points of its check. */
  readonly points?: number | undefined
}

/** Every check counts one point. */
export const EQUAL: Weights = { weightOf: () => 1 }

/**
 * Returns the points of each check, in hundredths. If the checks have a number of points together, each check gets its part by its weight, rounded
 * down to a hundredth; the checks that lost most by the rounding get the remaining hundredths, one hundredth each. If two checks lost equal
 * parts, the earlier check is first. So the sum is exact.
 */
export function toPoints(names: readonly string[], { weightOf, points }: Weights): readonly number[] {
  const weights = names.map((name) => Math.round(weightOf(name) * UNIT))
  const sum = add(weights)
  if (points === undefined || sum === 0) return weights
  const total = Math.round(points * UNIT)
  const parts = weights.map((weight) => Math.floor((total * weight) / sum))
  const lost = weights.map((weight, at) => ({ at, fraction: (total * weight) % sum }))
  const first = lost.toSorted((one, other) => other.fraction - one.fraction || one.at - other.at).slice(0, total - add(parts))
  const raised = new Set(first.map(({ at }) => at))
  return parts.map((part, at) => (raised.has(at) ? part + 1 : part))
}

/** Score has the points that the checks of a program have earned, in hundredths of a point. */
export interface Score {
  readonly earned: number
  readonly possible: number
}

/** Returns the score of checks. */
export function toScore(checks: readonly { readonly name: string; readonly passed: boolean }[], weights: Weights): Score {
  const each = toPoints(
    checks.map(({ name }) => name),
    weights,
  )
  return { earned: add(each.filter((_, at) => checks[at]?.passed)), possible: add(each) }
}

/** Formats a score, such as `2.5 of 4 points`. */
export function formatScore({ earned, possible }: Score): string {
  return `${earned / UNIT} of ${possible / UNIT} ${possible === UNIT ? 'point' : 'points'}`
}

function add(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0)
}
