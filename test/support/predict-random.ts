/*
 * The computation of an attacker who has seen some results of V8's `Math.random` and predicts the next results.
 *
 * The generator is xorshift128+: its state of 128 bits is changed by shifts and exclusive ors only, so that each bit of
 * each later state is a sum, modulo 2, of bits of the first state. A result is the upper bits of half of the state. If
 * a number from 1 to 100 is 37, an attacker knows that the result is between 0.36 and 0.37. The upper bits in which
 * all numbers of this range agree give two to six linear equations. Some sixty numbers give 128 that are
 * independent. V8 computes 64 results together and returns them from the last to the first; the search tries the place of the
 * first number in such a batch, and the number of results between two of them.
 */

/** The number of results that V8 computes together. */
const BATCH = 64
/** The number of upper bits of a result that are used. */
const BITS = 8
/** The distances between two seen numbers, in results, that are tried. */
const STRIDES = [1, 2, 3, 4, 5, 6, 7, 8]
const WORD = (1n << 64n) - 1n

/** A sum of bits of the first state, with its value: bit 128 is the value, and the others are the bits in the sum. */
type Equation = bigint

/** Returns the numbers from 1 to `high` that follow the seen numbers, if the seen numbers came from `Math.random`; else undefined. */
export function predictMathRandom(observed: readonly number[], high: number, count: number): number[] | undefined {
  const forms = formsOf(BATCH + STRIDES.length * (observed.length + 1))
  for (const stride of STRIDES) {
    for (let phase = 0; phase < BATCH; phase++) {
      const state = solve(equations(observed, high, (at) => forms[stepOf(phase + stride * at)] ?? []))
      if (state === undefined) continue
      return Array.from({ length: count }, (_, at) => numberAt(state, stepOf(phase + stride * (observed.length + at)), high))
    }
  }
  return undefined
}

/** Returns the step of the generator that makes the result number `at`. */
function stepOf(at: number): number {
  const within = at % BATCH
  return at - within + (BATCH - 1 - within)
}

/** Returns, for each step of the generator, the upper bits of its result as sums of bits of the first state, highest first. */
function formsOf(steps: number): bigint[][] {
  let one = Array.from({ length: 64 }, (_, bit) => 1n << BigInt(bit))
  let other = Array.from({ length: 64 }, (_, bit) => 1n << BigInt(64 + bit))
  return Array.from({ length: steps }, () => {
    let mixed = one
    mixed = mixed.map((form, bit) => form ^ (mixed[bit - 23] ?? 0n))
    mixed = mixed.map((form, bit) => form ^ (mixed[bit + 17] ?? 0n))
    const before = other
    mixed = mixed.map((form, bit) => form ^ (before[bit] ?? 0n) ^ (before[bit + 26] ?? 0n))
    one = other
    other = mixed
    return one.slice(-BITS).reverse()
  })
}

function* equations(observed: readonly number[], high: number, formsAt: (at: number) => readonly bigint[]): Iterable<Equation> {
  for (const [at, number] of observed.entries()) {
    const from = Math.floor(((number - 1) / high) * 2 ** BITS)
    const to = Math.ceil((number / high) * 2 ** BITS) - 1
    for (const [bit, form] of formsAt(at).entries()) {
      const mask = 1 << (BITS - 1 - bit)
      if ((from & mask) !== (to & mask)) break
      yield form | ((from & mask) === 0 ? 0n : 1n << 128n)
    }
  }
}

/** Returns the first state for which all equations hold; undefined if there is none, or more than one. */
function solve(system: Iterable<Equation>): bigint | undefined {
  const rows: Equation[] = []
  for (let equation of system) {
    for (let bit = 0; bit < 128; bit++) {
      const row = rows[bit]
      if (((equation >> BigInt(bit)) & 1n) === 0n) continue
      if (row === undefined) {
        rows[bit] = equation
        equation = 0n
        break
      }
      equation ^= row
    }
    if (equation !== 0n) return undefined
  }
  let state = 0n
  for (let bit = 127; bit >= 0; bit--) {
    const row = rows[bit]
    if (row === undefined) return undefined
    if (isOdd(row & state) !== ((row >> 128n) & 1n)) state |= 1n << BigInt(bit)
  }
  return state
}

function isOdd(bits: bigint): bigint {
  let odd = 0n
  for (let rest = bits; rest !== 0n; rest >>= 1n) odd ^= rest & 1n
  return odd
}

function numberAt(state: bigint, step: number, high: number): number {
  let [one, other] = [state & WORD, state >> 64n]
  for (let at = 0; at <= step; at++) {
    let mixed = one
    mixed ^= (mixed << 23n) & WORD
    mixed ^= mixed >> 17n
    mixed ^= other ^ (other >> 26n)
    one = other
    other = mixed
  }
  return 1 + Math.floor((Number(one >> 11n) / 2 ** 53) * high)
}
