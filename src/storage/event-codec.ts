import { errorMessage } from '../base/errors.ts'
import { fieldChecks, type TableEvent, type TableId } from '../hall/events.ts'
import { StoreError } from './error.ts'

/**
 * Encodes an event as a line break and a line of short JSON. Omits the number of the event, which the decoder computes from the position of
 * the line, and omits the time if it equals `before`, the time of the previous event. For an opening, returns the part after
 * `OpeningCache.encodePrefix`. Throws a TypeError for an event that the decoder would refuse.
 */
export function encodeEvent(table: TableId, event: TableEvent, before?: number): string {
  const amiss = faultOf(event)
  if (amiss) throw new TypeError(`event ${event.n} of table ${table} cannot be appended: ${amiss}`)
  try {
    return lineOf(event, event.at === before ? '' : `,${event.at}`)
  } catch (error) {
    throw unwritable(table, event, error)
  }
}

function unwritable(table: TableId, { n }: TableEvent, error: unknown): TypeError {
  return new TypeError(`event ${n} of table ${table} cannot be appended: ${errorMessage(error)}`, { cause: error })
}

/** Formats the line of an event. `at` is a comma and the time of the event, or empty to omit the time. */
function lineOf(event: TableEvent, at: string): string {
  switch (event.type) {
    case 'opened':
      // a valid seed has no character that JSON has to escape
      return `${typeof event.seed === 'number' ? event.seed : `"${event.seed}"`},"at":${event.at}}`
    case 'moved': {
      const move = Number.isFinite(event.move) ? String(event.move) : JSON.stringify(event.move)
      // JSON.stringify returns undefined for some values
      return move === undefined ? objectOf(event, at) : `\n[${event.seat},${move}${at}]`
    }
    case 'ended':
      return isPlain(event) ? `\n[[${event.outcome.winners}]${at}]` : objectOf(event, at)
    default:
      return objectOf(event, at)
  }
}

/** Formats any event as a JSON object without the number of the event, and without the time if `at` is empty. */
function objectOf(event: TableEvent, at: string): string {
  const { n, at: time, ...what } = event
  return `\n${JSON.stringify(at === '' ? what : { ...what, at: time })}`
}

/** Checks whether the winners are the only data of an end. */
function isPlain({ outcome, counts }: Extract<TableEvent, { type: 'ended' }>): boolean {
  if (counts !== undefined) return false
  for (const what in outcome) if (what !== 'winners') return false
  return true
}

type Opened = Extract<TableEvent, { type: 'opened' }>

/** Default values of some fields of an opening. The encoder omits a field that has its default value. */
const USUAL = { rated: false, private: false, clock: {} } as const

/** OpeningCache caches the encoded beginning of the last opening, because consecutive openings are usually equal. */
export class OpeningCache {
  #values: readonly Flat[] = []
  #beginning = ''

  /**
   * Returns a line break and the beginning of the line of an opening, up to the seed; an empty text for any other event. Returns the same
   * string again for an equal opening. Throws a TypeError in the same cases as `encodeEvent`.
   */
  encodePrefix(table: TableId, event: TableEvent): string {
    if (event.type !== 'opened') return ''
    const values = valuesOf(event)
    if (!areSame(this.#values, values)) {
      try {
        this.#beginning = `\n${openingOf(event).slice(0, -1)},"seed":`
      } catch (error) {
        throw unwritable(table, event, error)
      }
      this.#values = values.map(flat)
    }
    return this.#beginning
  }
}

/** Formats the common part of an opening as JSON, without the fields that have their default value. */
function openingOf({ type, game, options, state, seats, rated, private: hidden, clock }: Opened): string {
  const unusual = { rated: rated || undefined, private: hidden || undefined, clock: Object.keys(clock).length > 0 ? clock : undefined }
  // JSON.stringify omits fields that are undefined
  const usual = { type, game, options, state, seats } satisfies Omit<Opened, keyof typeof unusual | 'seed' | 'n' | 'at'>
  return JSON.stringify({ ...usual, ...unusual })
}

function valuesOf({ game, options, state, seats, rated, private: hidden, clock }: Opened): unknown[] {
  return [game, rated, hidden, clock, options, state, ...seats]
}

function areSame(were: readonly Flat[], values: readonly unknown[]): boolean {
  if (were.length !== values.length) return false
  for (let at = 0; at < values.length; at++) if (!isSame(were[at], values[at])) return false
  return true
}

/** Flat has a simple value, or the keys and values of a plain object with simple values, for comparison; `undefined` for other objects. */
type Flat = { readonly value: unknown } | { readonly keys: readonly string[]; readonly values: readonly unknown[] } | undefined

/** Copies a value for comparison; `undefined` for a nested value. */
function flat(value: unknown): Flat {
  if (!isObject(value)) return isSimple(value) ? { value } : undefined
  const values = Object.values(value)
  return isPlainObject(value) && values.every(isSimple) ? { keys: Object.keys(value), values } : undefined
}

function isSame(was: Flat, value: unknown): boolean {
  if (!was) return false
  if ('value' in was) return was.value === value
  if (!isObject(value) || !isPlainObject(value)) return false
  let at = 0
  for (const key in value) {
    if (was.keys[at] !== key || was.values[at] !== value[key]) return false
    at++
  }
  return at === was.keys.length
}

const isSimple = (value: unknown): boolean => (typeof value !== 'object' && typeof value !== 'function') || value === null
const isPlainObject = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype

/**
 * Decodes a line, without its line break, as the event number `n` of a table; `before` is the time of the previous event. Throws a
 * StoreError for a line that is not such an event.
 */
export function decodeEvent(table: TableId, n: number, text: string, before?: number): TableEvent {
  const event = parse(table, n, text, before)
  const amiss = faultOf(event) ?? (event.n === n ? undefined : `its number is ${event.n}`)
  if (amiss) throw damagedEventError(table, n, amiss)
  return event as unknown as TableEvent
}

/** Returns the error for an event that the decoder refuses; `amiss` is the reason, as a clause. */
export function damagedEventError(table: TableId, n: number, amiss: string, cause?: unknown): StoreError {
  return new StoreError('damaged', `event ${n} of table ${table} cannot be read: ${amiss}`, cause)
}

/** Fields is an object that may be an event. */
type Fields = Readonly<Record<string, unknown>>

function parse(table: TableId, n: number, text: string, before: number | undefined): Fields {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return fieldsOf(value, n, before)
  } catch (error) {
    throw damagedEventError(table, n, 'it is not JSON', error)
  }
  throw damagedEventError(table, n, 'it is not a JSON object')
}

/**
 * Returns the fields of a line, including the fields that the encoder has omitted. In files with a version before 4, lines have all fields.
 */
function fieldsOf(value: Fields, n: number, before: number | undefined): Fields {
  if (!Array.isArray(value)) return withOmitted(value, n, before)
  const timed = Array.isArray(value[0]) ? 2 : 3
  if (value.length !== timed && value.length !== timed - 1) return value
  const at = value.length === timed ? value[timed - 1] : before
  return timed === 2 ? { type: 'ended', outcome: { winners: value[0] }, n, at } : { type: 'moved', seat: value[0], move: value[1], n, at }
}

/** Adds the omitted fields to the object that JSON.parse has returned, because a copy of the object would take longer than all checks. */
function withOmitted(value: Record<string, unknown>, n: number, before: number | undefined): Fields {
  if (value.n === undefined) value.n = n
  if (value.at === undefined) value.at = before
  if (value.type !== 'opened') return value
  if (value.rated === undefined) value.rated = USUAL.rated
  if (value.private === undefined) value.private = USUAL.private
  if (value.clock === undefined) value.clock = USUAL.clock
  return value
}

/** Returns the fault of an event, as a clause; `undefined` for a valid event. */
function faultOf(event: Fields): string | undefined {
  const { type, n, at } = event
  if (!Number.isSafeInteger(n)) return 'it has no number'
  if (!Number.isFinite(at)) return 'it has no time'
  const areValid = typeof type === 'string' ? fieldChecks.get(type) : undefined
  if (!areValid) return `there is no event of the type ${JSON.stringify(type)}`
  return areValid(event) ? undefined : `the fields of an event ${type} are wrong`
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null
