import { isDeepStrictEqual } from 'node:util'
import { type AnyGame, games } from '../../src/games/index.ts'
import { HOUSE, type PersonId, type Standing, type Store, type TableEvent } from '../../src/hall/ports.ts'
import { toStandings } from '../../src/hall/ratings.ts'
import { evolve, type Opened, toOpenedTable } from '../../src/hall/table.ts'
import type { Ledger, Told, Wish } from './ledger.ts'

/** The log of a table. */
interface Log {
  readonly id: number
  readonly opening: Opened
  readonly rules: AnyGame
  readonly events: readonly TableEvent[]
}

/** Verdict is the result of a check of a journal. */
export interface Verdict {
  readonly wrong: readonly string[]
  readonly tables: number
  /**
   * The tables with an unfinished game, without those that were persisted at the moment of the kill and not yet published:
   * a guest resumes only by a token, which no client has received.
   */
  readonly unfinished: readonly number[]
  /** The number of published events, acknowledged moves and correct standings that the journal contains. */
  readonly events: number
  readonly moves: number
  readonly standings: number
}

/** Compares a journal, which no process has open, with the records of the bots. */
export async function judge(store: Store, ledger: Ledger): Promise<Verdict> {
  const wrong = [...ledger.contradictions]
  const logs = await logsOf(store)
  const byId = new Map(logs.map((log) => [log.id, log]))
  const count = { events: 0, moves: 0 }
  for (const [table, received] of ledger.events) {
    for (const one of received.values()) {
      count.events++
      const persisted = byId.get(table)?.events[one.n - 1]
      if (!persisted || !isDeepStrictEqual(toldOf(persisted), one)) {
        wrong.push(`table ${table}: ${JSON.stringify(one)} was told, and ${JSON.stringify(persisted)} is kept`)
      }
    }
  }
  for (const [key, wishes] of ledger.moves) {
    const [table, seat] = key.split(' ').map(Number)
    const log = byId.get(table ?? 0)
    const moves = log ? movesOf([log], (sitting) => sitting === seat) : []
    count.moves += moves.length
    wrong.push(...follow(wishes, moves).map((sentence) => `table ${table}, seat ${seat}: ${sentence}`))
  }
  for (const [name, wishes] of ledger.answers) {
    const person = `guest:${name}`
    const quizzes = logs.filter(({ opening }) => opening.seats.some((owner) => owner.person === person))
    const moves = movesOf(quizzes, () => true)
    count.moves += moves.length
    wrong.push(...follow(wishes, moves).map((sentence) => `${name}: ${sentence}`))
  }
  for (const [key, wishes] of ledger.sayings) {
    const [table, name] = key.split(' ')
    const events = byId.get(Number(table))?.events ?? []
    const said = events.flatMap((event) => (event.type === 'said' && event.name === name ? [event.text] : []))
    wrong.push(...follow(wishes, said).map((sentence) => `table ${table}, ${name}: ${sentence}`))
  }
  const standings = await judgeStandings(store, byId)
  const open = new Set(await store.tables.unfinished())
  const unfinished = logs.filter(({ id }) => open.has(id)).filter((log) => ledger.known.has(log.id) || !isUntouched(log))
  return {
    wrong: [...wrong, ...standings.wrong],
    tables: logs.length,
    unfinished: unfinished.map(({ id }) => id),
    standings: standings.count,
    ...count,
  }
}

/**
 * Returns the faults of a list in the journal, whose entries were requested in this order: it contains the acknowledged
 * entries once each, and no refused entry.
 */
export function follow(wishes: readonly Wish[], persisted: readonly string[]): string[] {
  // the numbers of entries that the requests up to here can explain; an unanswered request may or may not have succeeded
  let reached = new Set([0])
  for (const { what, outcome } of wishes) {
    const next = new Set(outcome === 'kept' ? [] : reached)
    if (outcome !== 'refused') for (const count of reached) if (persisted[count] === what) next.add(count + 1)
    reached = next
  }
  if (reached.has(persisted.length)) return []
  return [
    `${persisted.join(', ')} is persisted, although ${wishes.map(({ what, outcome }) => `${what} (${outcome})`).join(', ')} was wished for`,
  ]
}

/** Compares the stored standings with those that follow from the journal up to the last recorded table. */
async function judgeStandings({ tables, results }: Store, logs: ReadonlyMap<number, Log>): Promise<{ wrong: string[]; count: number }> {
  const last = await results.last()
  const ended = await tables.ended()
  const recorded = last === undefined ? [] : ended.slice(0, ended.indexOf(last) + 1)
  const standings = new Map<string, Map<PersonId, Standing>>()
  for (const id of recorded) {
    const log = logs.get(id)
    if (!log) return { wrong: [`table ${id} has ended, and was never opened`], count: 0 }
    const { opening, rules, events } = log
    const [first, ...others] = events
    const ladder = standings.get(opening.game) ?? new Map<PersonId, Standing>()
    standings.set(opening.game, ladder)
    const before = opening.seats.map(({ person }) => ladder.get(person))
    const position = first && others.reduce(evolve, toOpenedTable(first, rules)).position
    for (const one of toStandings(opening, events, before, rules.points?.(position))) ladder.set(one.person, one)
  }
  const wrong: string[] = []
  let count = 0
  for (const game of games.keys()) {
    const persisted = await results.ladder(game, 1_000_000)
    const follow = standings.get(game) ?? new Map<PersonId, Standing>()
    count += persisted.length
    if (persisted.length !== follow.size) wrong.push(`${persisted.length} are on the ladder of ${game}, and ${follow.size} should be`)
    for (const one of persisted) {
      const right = follow.get(one.person)
      if (!isDeepStrictEqual(one, right))
        wrong.push(`${game}: ${JSON.stringify(one)} is kept, and from the journal follows ${JSON.stringify(right)}`)
    }
  }
  return { wrong, count }
}

/** Returns whether only the house has acted at a table. */
function isUntouched({ events, opening }: Log): boolean {
  return events.every((event) => {
    if (event.type === 'moved') return opening.seats[event.seat]?.person === HOUSE
    return event.type === 'opened' || event.type === 'suspended'
  })
}

async function logsOf({ tables }: Store): Promise<Log[]> {
  const logs: Log[] = []
  const end = await tables.newTable()
  for (let id = 1; id < end; id++) {
    const events = await tables.read(id, 0)
    const [first] = events
    if (!first) continue
    const rules = first.type === 'opened' ? games.get(first.game) : undefined
    if (first.type !== 'opened' || !rules) throw new TypeError(`the log of table ${id} does not begin with its opening`)
    // every event follows from the earlier events, by the rules
    events.slice(1).reduce(evolve, toOpenedTable(first, rules))
    logs.push({ id, opening: first, rules, events })
  }
  return logs
}

/** Returns the moves of the seats of some tables, in the game's notation. */
function movesOf(logs: readonly Log[], isOf: (seat: number) => boolean): string[] {
  return logs.flatMap(({ rules, events }) =>
    events.flatMap((event) => (event.type === 'moved' && isOf(event.seat) ? [rules.notation.print(event.move)] : [])),
  )
}

/** Returns the public form of an event of the journal, in the native protocol. */
function toldOf({ n, at, ...event }: TableEvent): Told {
  switch (event.type) {
    case 'opened':
      return { n, at, what: { type: 'opened' } }
    case 'moved':
      return { n, at, what: { type: 'moved', seat: event.seat } }
    case 'said': {
      const { name, text, seat } = event
      return { n, at, what: { type: 'said', name, text, ...(seat === undefined ? {} : { seat }) } }
    }
    case 'ended':
      return { n, at, what: { type: 'ended', outcome: event.outcome } }
    default:
      return { n, at, what: event }
  }
}
