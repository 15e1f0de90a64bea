import { type Cutter, cutByRate, cutCharacters, cutEvery, cutOnce, dribble, placeInside, RandomCutter } from './cuts.ts'
import type { FaultDecisions } from './decisions.ts'
import type { LaneRule } from './resolve.ts'
import type { FaultValue } from './rule.ts'
import type { Verb } from './verbs.ts'

/** The faults that apply to bytes, with their values. */
export interface FaultEffects {
  readonly cutters: readonly Cutter[]
  /** Milliseconds of the window in which `glue` joins arriving bytes. */
  readonly glue: number | undefined
  readonly delay: FaultValue | undefined
}

/** Stretch is a run of bytes of one direction. */
export interface Stretch {
  readonly bytes: Uint8Array
  /** Offset of the first byte. */
  readonly start: number
  /** The byte before the first byte of the stretch. */
  readonly before: number | undefined
  /** Number of the message to which the bytes belong. */
  readonly message: number
  /** True if the bytes are a whole message. */
  readonly isWhole: boolean
}

/**
 * EffectTable finds the effects on the bytes of one direction. Rules for the message of the bytes have priority over rules for the whole
 * direction.
 */
export class EffectTable {
  readonly #decisions: FaultDecisions
  readonly #usual: Readonly<Partial<Record<Verb, FaultValue>>>
  /** The cutters of the whole direction, by their verb. */
  readonly #cutters: Readonly<Partial<Record<Verb, Cutter>>>

  /** The effects on the bytes of messages for which there is no rule; `undefined` if the effects depend on the bytes. */
  readonly #plain: FaultEffects | undefined

  constructor(rules: readonly LaneRule[], decisions: FaultDecisions) {
    this.#decisions = decisions
    const plain = rules.filter(({ moment }) => moment === undefined)
    this.#usual = valuesOf(plain)
    this.#cutters = Object.fromEntries(
      CUTTING.flatMap((verb) => {
        const cutter = this.#usual[verb] === undefined ? undefined : this.#cutter(verb, this.#usual[verb], 0)
        return cutter ? [[verb, cutter]] : []
      }),
    )
    const isLocal = typeof this.#usual.split === 'string'
    const { glue, delay } = this.#usual
    this.#plain = isLocal ? undefined : { cutters: Object.values(this.#cutters), glue: typeof glue === 'number' ? glue : undefined, delay }
  }

  /** The delay of the whole direction, if a rule sets a delay. */
  get delay(): FaultValue | undefined {
    return this.#usual.delay
  }

  /** Returns the effects on a stretch; `own` has the rules for its message. */
  effectsOn(stretch: Stretch, own: readonly LaneRule[]): FaultEffects {
    if (own.length === 0 && this.#plain) return this.#plain
    const special = valuesOf(own)
    const values = { ...this.#usual, ...special }
    const cutters = CUTTING.flatMap((verb) => {
      const value = values[verb]
      if (value === undefined) return []
      const shared = special[verb] === undefined ? this.#cutters[verb] : undefined
      const cutter = shared ?? this.#cutter(verb, value, stretch.start) ?? this.#localCutter(value, stretch)
      return cutter ? [cutter] : []
    })
    const { glue, delay } = values
    return { cutters, glue: typeof glue === 'number' ? glue : undefined, delay }
  }

  /** Lets the cutters forget the offsets before `offset`. */
  advance(offset: number): void {
    for (const cutter of Object.values(this.#cutters)) cutter.advance?.(offset)
  }

  /** Returns the cutter of a fault; the cutter begins at the offset `origin`. Returns `undefined` for a fault that depends on the bytes. */
  #cutter(verb: Verb, value: FaultValue, origin: number): Cutter | undefined {
    if (typeof value === 'object') return new RandomCutter(value, this.#decisions, origin)
    if (typeof value === 'string') return undefined
    if (verb === 'split') return cutEvery(value, origin)
    return verb === 'dribble' ? dribble(value, origin) : cutByRate(value, origin)
  }

  #localCutter(value: FaultValue, { bytes, start, before, message, isWhole }: Stretch): Cutter | undefined {
    if (value === 'char') return cutCharacters(bytes, start, before)
    return isWhole && bytes.length > 1 ? cutOnce(placeInside(this.#decisions, message, start, start + bytes.length)) : undefined
  }
}

const CUTTING = ['split', 'bandwidth', 'dribble'] as const satisfies readonly Verb[]

/** Returns the values of rules; if several rules have the same verb, only the first of these rules has an effect. */
function valuesOf(rules: readonly LaneRule[]): Partial<Record<Verb, FaultValue>> {
  return Object.fromEntries(rules.toReversed().flatMap(({ verb, value }) => (value === undefined ? [] : [[verb, value]])))
}
