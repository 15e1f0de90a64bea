import type { Happening, TableEvent, TableId } from '../hall/ports.ts'
import { StoreError, sentenceOf } from './error.ts'

/**
 * An event as text, in one line: JSON, a move as short as can be, and of an opening nothing that is as usual. Throws a
 * TypeError, with a sentence, for one that could not be read again: what is damaged should be found out before it is kept.
 */
export function encodeEvent(table: TableId, event: TableEvent): string {
  const amiss = faultOf(event)
  if (amiss) throw new TypeError(`event ${event.n} of table ${table} cannot be kept: ${amiss}`)
  try {
    return (event.type === 'moved' && moveText(event)) || JSON.stringify(event.type === 'opened' ? briefly(event) : event)
  } catch (error) {
    throw new TypeError(`event ${event.n} of table ${table} cannot be kept: ${sentenceOf(error)}`, { cause: error })
  }
}

/** A move as `[seat, move, at]`; nothing where there is no JSON of it. Its number is that of its place in the log. */
function moveText({ seat, move, at }: Extract<TableEvent, { type: 'moved' }>): string | undefined {
  const text = Number.isFinite(move) ? String(move) : JSON.stringify(move)
  return text === undefined ? undefined : `[${seat},${text},${at}]`
}

/** How a table is opened where nothing else is said. */
const USUAL = { rated: false, private: false, clock: {} } as const

type Opened = Extract<TableEvent, { type: 'opened' }>

/** An opening without what is as usual. */
function briefly(event: Opened): object {
  const { type, game, options, state, seed, seats, rated, private: hidden, clock, n, at } = event
  const unusual = { rated: rated || undefined, private: hidden || undefined, clock: Object.keys(clock).length > 0 ? clock : undefined }
  // what is undefined does not stand in JSON
  const usual = { type, game, options, state, seed, seats, n, at } satisfies Omit<Opened, keyof typeof unusual>
  return { ...usual, ...unusual }
}

/** The event of a text that should be a table's event number `n`. Throws a StoreError for anything else. */
export function decodeEvent(table: TableId, n: number, text: string): TableEvent {
  const event = parse(table, n, text)
  const amiss = faultOf(event) ?? (event.n === n ? undefined : `its number is ${event.n}`)
  if (amiss) throw damaged(table, n, amiss)
  return event as unknown as TableEvent
}

/** What is told of an event that cannot be read. */
export function damaged(table: TableId, n: number, amiss: string, cause?: unknown): StoreError {
  return new StoreError('damaged', `event ${n} of table ${table} cannot be read: ${amiss}`, cause)
}

/** Any object, before it is known to be an event. */
type Fields = Readonly<Record<string, unknown>>

function parse(table: TableId, n: number, text: string): Fields {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value) && value.length === 3) return { type: 'moved', seat: value[0], move: value[1], n, at: value[2] }
    if (isObject(value)) return value.type === 'opened' ? { ...USUAL, ...value } : value
  } catch (error) {
    throw damaged(table, n, 'it is no JSON', error)
  }
  throw damaged(table, n, 'it is no JSON object')
}

/** What keeps something from being an event: a clause, or nothing. */
function faultOf(event: Fields): string | undefined {
  const { type, n, at } = event
  if (!Number.isSafeInteger(n)) return 'it has no number'
  if (!Number.isFinite(at)) return 'it has no time'
  const fits = typeof type === 'string' ? FITS.get(type) : undefined
  if (!fits) return `there is no event of the type ${JSON.stringify(type)}`
  return fits(event) ? undefined : `it is not as an event ${type} should be`
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const isText = (value: unknown): value is string => typeof value === 'string'
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'
const isSeat = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const isList = (value: unknown, of: (one: unknown) => boolean): boolean => Array.isArray(value) && value.every(of)
const isAbsent = (value: unknown): value is undefined => value === undefined
const isSitter = (value: unknown): boolean =>
  isObject(value) && isText(value.person) && isText(value.name) && (isAbsent(value.token) || isText(value.token))
const isLimit = (value: unknown): boolean => isAbsent(value) || Number.isFinite(value)
const isClock = (value: unknown): boolean => isObject(value) && isLimit(value.total) && isLimit(value.turn) && isLimit(value.grace)
const isOutcome = (value: unknown): boolean =>
  isObject(value) && isList(value.winners, isSeat) && (isAbsent(value.left) || isSeat(value.left))

/** What each type of event has; what depends on the game is the game's to check. */
const checks = {
  opened: ({ game, seed, seats, rated, private: hidden, clock }) =>
    isText(game) && Number.isFinite(seed) && isList(seats, isSitter) && isFlag(rated) && isFlag(hidden) && isClock(clock),
  moved: ({ seat }) => isSeat(seat),
  said: ({ name, seat, text }) => isText(name) && (isAbsent(seat) || isSeat(seat)) && isText(text),
  offered: ({ seat, what }) => isSeat(seat) && (what === 'draw' || what === 'rematch'),
  declined: ({ seat }) => isSeat(seat),
  gone: ({ seat }) => isSeat(seat),
  back: ({ seat }) => isSeat(seat),
  suspended: () => true,
  ended: ({ outcome, counts }) => isOutcome(outcome) && (isAbsent(counts) || counts === true),
  continued: ({ table }) => Number.isSafeInteger(table),
} satisfies Record<Happening['type'], (event: Fields) => boolean>

const FITS: ReadonlyMap<string, (event: Fields) => boolean> = new Map(Object.entries(checks))
