import type { Outcome, SeatNumber } from '../games/game.ts'

/*
 * The single declaration of the events at a table. The types of the events in the log (`TableEventData`) and of the parts of events that
 * clients see (`VisibleEvent`) derive from it. The checks with which storage reads a log (`fieldChecks`), the projection for
 * clients (`toVisibleEvent`), and the schema of `event.what` in the native protocol derive from it, too.
 *
 * Secrets. An event shows clients only the fields in its list `shows`, so a new field is hidden until the list contains it. Clients
 * see the effect of a move in the view of the game.
 *
 * Order. The native protocol describes the fields of an event in the order of its declaration, and sends them in the order of
 * `shows`. It describes events with the same fields together, at the place of the first of these events.
 *
 * Speed. A restart checks all events of all open tables, and an append checks each event. Values with an inner structure therefore
 * have checks without loops over names, and the check of one field is one call.
 *
 */

/** TableId is the number of a table, which users type: "watch 17". */
export type TableId = number

/** PersonId identifies a user permanently: `guest:ada`, `account:7`, `house`, or `peer` for a peer without a name. */
export type PersonId = string

/** SeatOwner is the owner of a seat, in the form that the journal has. */
export interface SeatOwner {
  readonly person: PersonId
  /** Name that other users see. */
  readonly name: string
  /** SHA-256 in hex of the token with which the owner resumes this seat. */
  readonly token?: string
  /** Mark of the network from which the owner took the seat (`network-holdings.ts`). */
  readonly from?: string
}

/**
 * Seed is the source of all random numbers in a game. A text begins with the number of its version and a colon (`seeds.ts`); in
 * older logs, the seed is a number.
 */
export type Seed = number | `1:${string}`

/** ClockRules has the time limits of a table, in milliseconds; a missing field sets no limit. */
export interface ClockRules {
  /** Time for all moves of one seat together. */
  readonly total?: number | undefined
  /** Time for each turn. */
  readonly turn?: number | undefined
  /** Time in which a disconnected player must reconnect during a game. */
  readonly grace?: number | undefined
}

/** FieldTypes maps the kinds of fields to the types of their values. */
interface FieldTypes {
  readonly text: string
  readonly flag: boolean
  readonly true: true
  /** Any plain data; the game checks the data. */
  readonly data: unknown
  readonly seat: SeatNumber
  readonly table: TableId
  readonly seed: Seed
  readonly owners: readonly SeatOwner[]
  readonly clock: ClockRules
  readonly outcome: Outcome
}

type FieldKind = keyof FieldTypes
/**
 * Field is the kind of a field, or a list of the texts that the field may have. The kind has a question mark if the field may be missing.
 */
export type Field = FieldKind | `${FieldKind}?` | readonly string[]
type FieldSet = Readonly<Record<string, Field>>

/** EventDeclaration has the fields of one type of event, and the list of the fields that clients see. */
export interface EventDeclaration<Fields extends FieldSet = FieldSet, Shows extends readonly string[] = readonly string[]> {
  readonly fields: Fields
  /** The fields that all clients at the table may see. */
  readonly shows: Shows
  /**
   * The part of a client's view that the event changes: the game, or only the clocks; missing for an event that does not change the
   * view.
   */
  readonly changes: 'game' | 'clocks' | undefined
}

function declareEvent<const Fields extends FieldSet, const Shows extends readonly (keyof Fields & string)[]>(
  fields: Fields,
  shows: Shows,
  changes?: 'game' | 'clocks',
): EventDeclaration<Fields, Shows> {
  return { fields, shows, changes }
}

/** All types of events at a table. The journal has the names of the types and of their fields, so these names do not change. */
export const events = {
  /**
   * The first event of every table. `options` has the public settings of the game, `state` is its state with its secrets, and `seed` is
   * the source of all random numbers. `rated` is true if the result changes the ladder, and `private` is true if only the players see
   * the table.
   */
  opened: declareEvent(
    {
      game: 'text',
      options: 'data',
      state: 'data',
      seed: 'seed',
      seats: 'owners',
      rated: 'flag',
      private: 'flag',
      clock: 'clock',
    },
    [],
    'game',
  ),
  moved: declareEvent({ seat: 'seat', move: 'data' }, ['seat'], 'game'),
  offered: declareEvent({ seat: 'seat', what: ['draw', 'rematch'] }, ['seat', 'what']),
  /** A player or a watcher has sent a chat message; `seat` is missing for a watcher. */
  said: declareEvent({ name: 'text', seat: 'seat?', text: 'text' }, ['name', 'text', 'seat']),
  declined: declareEvent({ seat: 'seat' }, ['seat']),
  gone: declareEvent({ seat: 'seat' }, ['seat'], 'clocks'),
  back: declareEvent({ seat: 'seat' }, ['seat'], 'clocks'),
  /** The server has restarted, and the clocks are stopped until a player reconnects. */
  suspended: declareEvent({}, [], 'clocks'),
  /** The table has a new seed for further random numbers, because players could compute the old seed from their views. */
  reseeded: declareEvent({ seed: 'seed' }, []),
  /** The token of a seat is invalid from this event on, because its owner has a new password. */
  revoked: declareEvent({ seat: 'seat' }, ['seat']),
  /** The game is over; `counts` is set for a rated game. */
  ended: declareEvent({ outcome: 'outcome', counts: 'true?' }, ['outcome'], 'game'),
  /** The players move to another table. */
  continued: declareEvent({ table: 'table' }, ['table']),
  /** A player gives the disconnected opponents more time; the time begins with this event. */
  waited: declareEvent({ seat: 'seat' }, ['seat']),
}

/** ActDeclaration declares one act to the server. */
interface ActDeclaration {
  /**
   * True if the server refuses the act to a user whose address has used up its share of the disk. This limit never applies to an act
   * that ends a game.
   */
  readonly limited: boolean
}

/**
 * The acts of a player: commands to a table whose only parameter is the seat. Moves and chat messages are no acts. A new act also needs a decision
 * in `table.ts`, and commands in the native protocol and at the front door.
 */
export const acts = {
  /** Offers a draw, or a rematch after the game; the same act accepts the opponent's offer. */
  offer: { limited: true },
  decline: { limited: true },
  resign: { limited: false },
  /** Wins a game if the opponent has been disconnected for 30 seconds or, in a game without a clock, has not moved for 5 minutes. */
  claim: { limited: false },
  /** Ends a game without a result, under the same conditions as `claim`. */
  abort: { limited: false },
  /** Gives disconnected opponents more time: the times until a claim and until the loss of the seat begin again. */
  wait: { limited: true },
} as const satisfies Readonly<Record<string, ActDeclaration>>

/** ActType names an act. */
export type ActType = keyof typeof acts

type Declared = typeof events
/** EventType names a type of event. */
export type EventType = keyof Declared

type ValueOf<One> = One extends readonly string[]
  ? One[number]
  : One extends `${infer Kind extends FieldKind}?`
    ? FieldTypes[Kind]
    : One extends FieldKind
      ? FieldTypes[One]
      : never
type ValuesOf<Fields> = {
  readonly [Name in keyof Fields as Fields[Name] extends `${string}?` ? never : Name]: ValueOf<Fields[Name]>
} & { readonly [Name in keyof Fields as Fields[Name] extends `${string}?` ? Name : never]?: ValueOf<Fields[Name]> }
type Flat<Type> = { readonly [Name in keyof Type]: Type[Name] }
type Logged<Type extends EventType> = Flat<{ readonly type: Type } & ValuesOf<Declared[Type]['fields']>>
type Visible<Type extends EventType> = Flat<{
  readonly [Name in keyof Logged<Type> as Name extends 'type' | Declared[Type]['shows'][number] ? Name : never]: Logged<Type>[Name]
}>

/** TableEventData is an event at a table without its number and time: plain data, as the journal has it. */
export type TableEventData = { readonly [Type in EventType]: Logged<Type> }[EventType]

/** VisibleEvent has the fields of an event that all clients at a table may see. */
export type VisibleEvent = { readonly [Type in EventType]: Visible<Type> }[EventType]

/** VisibleKind is the kind of a field that clients see. */
export type VisibleKind = { readonly [Type in EventType]: KindsOf<Declared[Type]['fields'], Declared[Type]['shows'][number]> }[EventType]
type KindsOf<Fields, Names> = { readonly [Name in keyof Fields]: Name extends Names ? KindOf<Fields[Name]> : never }[keyof Fields]
type KindOf<One> = One extends `${infer Kind extends FieldKind}?` ? Kind : Extract<One, FieldKind>

/**
 * TableEvent is an event of a table, with its number at that table, counted from 1, and its time. The time is in milliseconds
 * since the Unix epoch, by the table's own clock. That clock never decreases. In one process, the difference between two of its times is
 * the time that has passed between them, even if an operator has set the system's clock meanwhile.
 */
export type TableEvent = TableEventData & { readonly n: number; readonly at: number }

/** OpeningEvent is the first event in the log of a table. */
export type OpeningEvent = Extract<TableEvent, { type: 'opened' }>

/** An object that may be an event. */
type Fields = Readonly<Record<string, unknown>>

/** The declarations, in a type that leaves out the types of their fields. */
const declarations: { readonly [Type in EventType]: EventDeclaration } = events

/** Returns the part of a client's view that a type of event changes: the game, only the clocks, or nothing. */
export function changesOf(type: EventType): EventDeclaration['changes'] {
  // most events are moves, and moves need no look-up
  return type === 'moved' ? events.moved.changes : declarations[type].changes
}

/**
 * Returns the part of an event that all clients at a table may see. `projectEvent` alone calls this function, and adds the view of
 * one client.
 */
export function toVisibleEvent(event: TableEventData): VisibleEvent {
  // most events are moves, whose fields need no loop
  if (event.type === 'moved') return { type: event.type, seat: event.seat }
  const fields: Fields = event
  const visible: Record<string, unknown> = { type: event.type }
  for (const name of declarations[event.type].shows) if (fields[name] !== undefined) visible[name] = fields[name]
  // both types derive from the same declaration
  return visible as unknown as VisibleEvent
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const isText = (value: unknown): value is string => typeof value === 'string'
const isAbsent = (value: unknown): value is undefined => value === undefined
const SEED = /^1:[\w-]{22}$/
const isSeat = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const isLimit = (value: unknown): boolean => isAbsent(value) || Number.isFinite(value)
const isList = (value: unknown, of: (one: unknown) => boolean): boolean => {
  if (!Array.isArray(value)) return false
  // a loop over the indexes also checks the holes of a sparse array
  for (let at = 0; at < value.length; at++) if (!of(value[at])) return false
  return true
}
const isSeatOwner = (value: unknown): boolean =>
  isObject(value) &&
  isText(value.person) &&
  isText(value.name) &&
  (isAbsent(value.token) || isText(value.token)) &&
  (isAbsent(value.from) || isText(value.from))

/** Checks of the values of each kind of field. */
const checks: { readonly [Kind in FieldKind]: (value: unknown) => boolean } = {
  text: isText,
  flag: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  data: () => true,
  seat: isSeat,
  table: (value) => Number.isSafeInteger(value),
  // 128 bits in base64url after the version of the seed; a number in files that are older than the versions of seeds
  seed: (value) => (isText(value) ? SEED.test(value) : Number.isFinite(value)),
  owners: (value) => isList(value, isSeatOwner),
  clock: (value) => isObject(value) && isLimit(value.total) && isLimit(value.turn) && isLimit(value.grace),
  outcome: (value) => isObject(value) && isList(value.winners, isSeat) && (isAbsent(value.left) || isSeat(value.left)),
}

function toCheck(field: Field): (value: unknown) => boolean {
  if (typeof field !== 'string') return (value) => isText(value) && field.includes(value)
  if (!field.endsWith('?')) return checks[field as FieldKind]
  const check = checks[field.slice(0, -1) as FieldKind]
  return (value) => isAbsent(value) || check(value)
}

/** Makes the check of the fields of one type of event. */
function toFieldCheck({ fields }: EventDeclaration): (event: Fields) => boolean {
  const checked = Object.entries(fields).filter(([, field]) => field !== 'data')
  const all = checked.map(([name, field]) => ({ name, check: toCheck(field) }))
  const [first, second] = all
  if (!first) return () => true
  const { name, check } = first
  // most events are moves, and reading a field by a constant name is faster
  if (all.length === 1 && name === 'seat') return ({ seat }) => check(seat)
  if (!second) return (event) => check(event[name])
  if (all.length === 2) return (event) => check(event[name]) && second.check(event[second.name])
  return (event) => {
    for (const one of all) if (!one.check(event[one.name])) return false
    return true
  }
}

/** Checks of the fields of each type of event, by its name. The game itself checks moves and states. */
export const fieldChecks: ReadonlyMap<string, (event: Fields) => boolean> = new Map(
  Object.entries(declarations).map(([type, declaration]) => [type, toFieldCheck(declaration)]),
)
