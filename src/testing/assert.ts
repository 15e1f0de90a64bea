/** Throws an Error with a sentence if a condition is false. */
export function assert(condition: boolean, sentence: () => string): asserts condition {
  if (!condition) throw new Error(sentence())
}

/** Checks whether two values are the same plain data: numbers, texts, truth values, `null`, lists and objects of such values. */
export function isSameData(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other
  if (Array.isArray(one) !== Array.isArray(other) || !isPlain(one) || !isPlain(other)) return false
  const [here, there] = [entriesOf(one), entriesOf(other)]
  return here.size === there.size && [...here].every(([key, value]) => there.has(key) && isSameData(value, there.get(key)))
}

/** Freezes a value and all values inside it, so that an attempt to change one of these values throws. */
export function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freeze(inner)
  }
  return value
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}

/** Returns the entries of a list or an object; omits the entries of an object whose value is `undefined`. */
function entriesOf(value: object): ReadonlyMap<string, unknown> {
  const entries = Object.entries(value)
  return new Map(Array.isArray(value) ? entries : entries.filter(([, one]) => one !== undefined))
}
