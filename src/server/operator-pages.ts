import { z } from 'zod'
import type { People } from '../hall/accounts/people.ts'
import type { FinishedTable, Store } from '../hall/ports.ts'

/** ListRequest requests a page of the registered users or of the finished games. `after` is the last account or table before the page. */
export const ListRequest = z.strictObject({
  action: z.enum(['people', 'results']),
  after: z.union([z.int().nonnegative(), z.string()]).optional(),
})
export type ListRequest = z.infer<typeof ListRequest>

const Person = z.strictObject({
  name: z.string(),
  /** Time of the registration, in milliseconds since the Unix epoch. */
  since: z.number(),
  online: z.boolean(),
})
/** PersonRow is a registered user. */
export type PersonRow = z.infer<typeof Person>

const seats = z.array(z.int().nonnegative())
const Result = z.strictObject({
  table: z.int(),
  /** Time of the end, in milliseconds since the Unix epoch. */
  at: z.number(),
  game: z.string(),
  rated: z.boolean(),
  names: z.array(z.string()),
  winners: seats,
  /** Points of each seat, in a game that has points. */
  points: z.array(z.number()).optional(),
  /** Reason for the end of the game, if the rules did not end it. */
  end: z.enum(['left', 'resigned', 'late', 'agreed', 'aborted', 'abandoned']).optional(),
  /** The seat that left, resigned, or ran out of time. */
  left: z.int().nonnegative().optional(),
})
/** ResultRow is a finished game. */
export type ResultRow = z.infer<typeof Result>

/** ListPage is a page of a list. `next` is the `after` of the request for the next page; the last page has no `next`. */
export const ListPage = z.strictObject({
  people: z.array(Person).optional(),
  results: z.array(Result).optional(),
  next: z.union([z.int(), z.string()]).optional(),
})
export type ListPage = z.infer<typeof ListPage>

/** LadderRequest requests the best players of a game; `game` is the name of the rules. */
export const LadderRequest = z.strictObject({ action: z.literal('ladder'), game: z.string(), limit: z.int().min(1).max(100) })
export type LadderRequest = z.infer<typeof LadderRequest>

const LadderEntry = z.object({ rank: z.int(), name: z.string(), score: z.number(), games: z.int() })
/** LadderEntry is a row of a ladder: a user’s rank, name, score and number of games. */
export type LadderEntry = z.infer<typeof LadderEntry>
/** Ladder has the best players of a game. */
export const Ladder = z.strictObject({ best: z.array(LadderEntry) })
export type Ladder = z.infer<typeof Ladder>

/** ListSources has the parts of a server that the lists read. */
export interface ListSources {
  readonly people: Pick<People, 'named'>
  readonly store: Pick<Store, 'accounts' | 'history'>
}

/** Maximum number of rows of a page. */
const ROWS = 100

/** Returns at most `ROWS` rows of a list. If the list may have more rows, also returns the value of `after` for the next page. */
export async function listPage({ people, store }: ListSources, { action, after }: ListRequest): Promise<ListPage> {
  if (action === 'results') {
    const found = await store.history.all(typeof after === 'number' ? after : 0, ROWS)
    const last = found.at(-1)
    return { results: found.map(resultOf), ...(found.length === ROWS && last ? { next: last.table } : {}) }
  }
  const found = await store.accounts.page(typeof after === 'string' ? after : undefined, ROWS)
  const rows = found.map(({ name, since }) => ({ name, since, online: people.named(name) !== undefined }))
  const last = found.at(-1)
  return { people: rows, ...(found.length === ROWS && last ? { next: last.person } : {}) }
}

function resultOf({ table, at, game, rated, names, points, outcome }: FinishedTable): ResultRow {
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
