import { z } from 'zod'
import type { People } from '../hall/people.ts'
import type { Finished, Store } from '../hall/ports.ts'

/** What the operator can list: registered users or finished games, the page that begins behind a place or a table. */
export const ListWish = z.strictObject({ action: z.enum(['people', 'results']), after: z.int().nonnegative() })
export type ListWish = z.infer<typeof ListWish>

const Person = z.strictObject({
  name: z.string(),
  /** When the name was registered, in milliseconds since the Unix epoch. */
  since: z.number(),
  online: z.boolean(),
})
/** PersonRow is a registered user. */
export type PersonRow = z.infer<typeof Person>

const seats = z.array(z.int().nonnegative())
const Result = z.strictObject({
  table: z.int(),
  /** When the game ended, in milliseconds since the Unix epoch. */
  at: z.number(),
  game: z.string(),
  rated: z.boolean(),
  names: z.array(z.string()),
  winners: seats,
  /** What each seat has gained, in a game that is about that. */
  points: z.array(z.number()).optional(),
  /** How the game ended, if not by its rules. */
  end: z.enum(['left', 'resigned', 'late', 'agreed', 'aborted', 'abandoned']).optional(),
  /** The seat that left, resigned, or let its time run out. */
  left: z.int().nonnegative().optional(),
})
/** ResultRow is a finished game. */
export type ResultRow = z.infer<typeof Result>

/** Listing is a page of what was asked for, and behind what the next one begins; none, if this is the last. */
export const Listing = z.strictObject({
  people: z.array(Person).optional(),
  results: z.array(Result).optional(),
  next: z.int().optional(),
})
export type Listing = z.infer<typeof Listing>

/** Where registered users and finished games are. */
export interface Listed {
  readonly people: Pick<People, 'named'>
  readonly store: Pick<Store, 'accounts' | 'history'>
}

/** Rows of a page. */
const ROWS = 100

/** A page of what the operator wants to list. */
export async function list({ people, store }: Listed, { action, after }: ListWish): Promise<Listing> {
  if (action === 'results') {
    const found = await store.history.all(after, ROWS)
    const last = found.at(-1)
    return { results: found.map(resultOf), ...(found.length === ROWS && last ? { next: last.table } : {}) }
  }
  const all = await store.accounts.all()
  const rows = all.slice(after, after + ROWS).map(({ name, since }) => ({ name, since, online: people.named(name) !== undefined }))
  return { people: rows, ...(after + ROWS < all.length ? { next: after + ROWS } : {}) }
}

function resultOf({ table, at, game, rated, names, points, outcome }: Finished): ResultRow {
  const { winners, left } = outcome
  const end =
    (['resigned', 'late', 'agreed', 'aborted', 'abandoned'] as const).find((how) => outcome[how]) ??
    (left === undefined ? undefined : 'left')
  return {
    table,
    at,
    game,
    rated,
    names: [...names],
    winners: [...winners],
    ...(points ? { points: [...points] } : {}),
    ...(end === undefined ? {} : { end }),
    ...(left === undefined ? {} : { left }),
  }
}
