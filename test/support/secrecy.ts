import type { Random, SeatNumber } from '../../src/games/game.ts'
import { type AnyGame, games } from '../../src/games/index.ts'
import type { Question } from '../../src/games/questions/question.ts'
import { seededRandom } from '../../src/games/random.ts'
import type { Hand } from '../../src/games/scissors.ts'
import type { TableEvent } from '../../src/hall/ports.ts'
import { evolve, toOpenedTable } from '../../src/hall/table.ts'
import { TestLobby } from './test-lobby.ts'

/** Deal contains all random values of a game. The values are all possible secrets, in addition to the hands that players choose. */
export interface Deal {
  /** The source of all randomness at the tables: each word of their seeds. */
  readonly seed: number
  readonly number: number
  readonly word: string
  readonly questions: readonly Question[]
  /** The hands of the house, in turn. */
  readonly hands: readonly Hand[]
}

/** Act is an action of a user who holds a seat, watches, or is in the lobby. */
export type Act = { readonly move: string } | { readonly say: string } | 'look' | 'drop' | 'return' | 'offer' | 'resign'

/** Turn is an act of one holder, by its position in the order of arrival. */
export interface Turn {
  readonly holder: number
  readonly act: Act
}

/** Plot is a game as the test plays it. */
export interface Plot {
  readonly deal: Deal
  readonly turns: readonly Turn[]
}

/** Participant is a user of one protocol. */
export interface Participant {
  readonly called: string
  /** The seat; without a seat, the holder may know everything that is open to a watcher. */
  readonly who: SeatNumber | 'watcher'
  act(act: Act): Promise<void>
  /** Returns each write received since the last call. */
  received(): readonly string[]
}

/** The bytes received, and the facts that may be known, between one act and the next. */
interface Chapter {
  /** The number of events at all tables at its end. */
  readonly n: number
  readonly received: readonly string[]
  /** All facts that may be known by then, as text. */
  readonly known: string
}

/** Recording is a game that was played: for each holder, its chapters. */
export interface Recording {
  readonly holders: readonly { readonly called: string; readonly chapters: readonly Chapter[] }[]
  /** The logs of all tables. */
  readonly logs: readonly (readonly TableEvent[])[]
}

/** The facts of a game's state that a seat, or a watcher, may know. */
export type Knowledge = (position: unknown, who: SeatNumber | 'watcher', isOver: boolean) => unknown

/** Options of another run of a game. */
export interface Staging {
  /** The holders in order of arrival; players first. */
  readonly cast: (lobby: TestLobby, deal: Deal) => Promise<readonly Participant[]>
  /** By game; if a game is missing, everything may be known. */
  readonly knowledge: Readonly<Record<string, Knowledge>>
  /** The games of the hall by name, if one of them is broken. */
  readonly games?: ReadonlyMap<string, AnyGame>
}

const WORD = 2 ** 32 - 1

/** A random source that returns the given deal, and otherwise the same numbers in each run. */
function dealing({ seed, number, hands }: Deal): Random {
  const rest = seededRandom(1)
  let shown = 0
  return {
    integer: (low, high) => (high === WORD ? seed : low === 1 && high === 100 ? number : rest.integer(low, high)),
    choice(from) {
      const hand = from.find((one) => one === hands[shown % hands.length])
      if (hand === undefined) return rest.choice(from)
      shown++
      return hand
    },
  }
}

/** Bytes that repeat, for tokens and codes. */
function repeated(): (count: number) => Uint8Array {
  const random = seededRandom(2)
  return (count) => Uint8Array.from({ length: count }, () => random.integer(0, 255))
}

/** Plays a game in a hall of its own, and records every byte that any client receives. */
export async function record({ cast, knowledge, games: played }: Staging, { deal, turns }: Plot): Promise<Recording> {
  const stock = { words: [deal.word], questions: deal.questions }
  const lobby = new TestLobby({ random: dealing(deal), bytes: repeated(), stock, ...(played ? { games: played } : {}) })
  const holders = await cast(lobby, deal)
  const holdings = holders.map(({ called }) => ({ called, chapters: [] as Chapter[] }))
  const done: Turn[] = []
  const close = async () => {
    const logs = await logsOf(lobby)
    for (const [at, holder] of holders.entries()) {
      // all know the public facts of the tables, and what they have sent themselves
      const own = done.filter((turn) => turn.holder === at)
      const known = JSON.stringify([own, ...logs.map((log) => knownOf(log, holder.who, knowledge))])
      holdings[at]?.chapters.push({ n: logs.flat().length, received: holder.received(), known })
    }
  }
  await close()
  for (const turn of turns) {
    await holders[turn.holder]?.act(turn.act)
    done.push(turn)
    await close()
  }
  return { holders: holdings, logs: await logsOf(lobby) }
}

async function logsOf({ store }: TestLobby): Promise<(readonly TableEvent[])[]> {
  const logs: (readonly TableEvent[])[] = []
  for (let table = 1; ; table++) {
    const log = await store.tables.read(table, 0)
    if (log.length === 0) return logs
    logs.push(log)
  }
}

/** Returns the facts of a table that may be known after each of its events, by the rules and not by any view. */
function knownOf([first, ...others]: readonly TableEvent[], who: SeatNumber | 'watcher', knowledge: Staging['knowledge']): unknown[] {
  const rules = first?.type === 'opened' ? games.get(first.game) : undefined
  if (first?.type !== 'opened' || !rules) throw new Error('a table’s log begins with its opening')
  let state = toOpenedTable(first, rules)
  const currentView = () => knowledge[rules.name]?.(state.position, who, state.outcome !== undefined) ?? state.position
  const known: unknown[] = [[first.game, first.seats, currentView()]]
  for (const event of others) {
    state = evolve(state, event)
    known.push([event.type === 'moved' ? { seat: event.seat } : event, currentView()])
  }
  return known
}

/** The result of a comparison: the bytes that reveal a secret, and the number of chapters that reveal none. */
export interface Comparison {
  readonly leaks: readonly string[]
  readonly compared: number
}

/**
 * Compares two recordings of the same acts with different secrets: a holder that cannot distinguish them by public facts
 * must have received the same bytes.
 */
export function compare(one: Recording, other: Recording): Comparison {
  const leaks: string[] = []
  let compared = 0
  for (const [at, { called, chapters }] of one.holders.entries()) {
    for (const [number, { n, received, known }] of chapters.entries()) {
      const same = other.holders[at]?.chapters[number]
      if (same?.known !== known) break
      compared++
      const [here, there] = [received.join(''), same.received.join('')]
      if (here !== there) leaks.push(`${called}, before event ${n + 1}: ${JSON.stringify(here)} or ${JSON.stringify(there)}`)
    }
  }
  return { leaks, compared }
}

/** Returns all text that was sent to any holder, by receiver. */
export function saidTo({ holders }: Recording): ReadonlyMap<string, string> {
  return new Map(holders.map(({ called, chapters }) => [called, chapters.flatMap(({ received }) => received).join('\n')]))
}
