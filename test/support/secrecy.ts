import type { Random, SeatNumber } from '../../src/games/game.ts'
import { type AnyGame, games } from '../../src/games/index.ts'
import type { Question } from '../../src/games/questions/question.ts'
import { seededRandom } from '../../src/games/random.ts'
import type { Hand } from '../../src/games/scissors.ts'
import type { TableEvent } from '../../src/hall/ports.ts'
import { evolve, toOpenedTable } from '../../src/hall/table.ts'
import { Room } from './room.ts'

/** Deal is all that chance gives in a game, and so all that can be a secret, beside the hands that people choose. */
export interface Deal {
  /** What all chance at the tables comes from: each word of their seeds. */
  readonly seed: number
  readonly number: number
  readonly word: string
  readonly questions: readonly Question[]
  /** What the house shows, in turn. */
  readonly hands: readonly Hand[]
}

/** Act is what somebody does who holds a seat, watches, or is only about. */
export type Act = { readonly move: string } | { readonly say: string } | 'look' | 'drop' | 'return' | 'offer' | 'resign'

/** Turn is what one of them does, by the place in the order in which they came. */
export interface Turn {
  readonly holder: number
  readonly act: Act
}

/** Plot is a game as it is to be played. */
export interface Plot {
  readonly deal: Deal
  readonly turns: readonly Turn[]
}

/** Holder is somebody through one protocol. */
export interface Holder {
  readonly called: string
  /** The seat; without one, everything that is open to a watcher may be known. */
  readonly who: SeatNumber | 'watcher'
  act(act: Act): Promise<void>
  /** Each write that came since this was asked last. */
  heard(): readonly string[]
}

/** What was heard, and what may be known, between one act and the next. */
interface Chapter {
  /** The number of events at all tables when it was over. */
  readonly n: number
  readonly heard: readonly string[]
  /** All that may be known by then, as text. */
  readonly known: string
}

/** Recording is a game that was played: for each holder, its chapters. */
export interface Recording {
  readonly holders: readonly { readonly called: string; readonly chapters: readonly Chapter[] }[]
  /** The logs of all tables. */
  readonly logs: readonly (readonly TableEvent[])[]
}

/** What a seat, or a watcher, may know of a game's state. */
export type Knowledge = (position: unknown, who: SeatNumber | 'watcher', isOver: boolean) => unknown

/** How a game is played once more. */
export interface Staging {
  /** Who comes in, in order; those who sit there first. */
  readonly cast: (room: Room, deal: Deal) => Promise<readonly Holder[]>
  /** By game; of a game that is not there, everything may be known. */
  readonly knowledge: Readonly<Record<string, Knowledge>>
  /** The games that are played there by name, where one of them is broken. */
  readonly games?: ReadonlyMap<string, AnyGame>
}

const WORD = 2 ** 32 - 1

/** Chance that deals what it is told to deal; all else repeats. */
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

/** Plays a game in a hall of its own, and writes down every byte that anybody hears. */
export async function record({ cast, knowledge, games: played }: Staging, { deal, turns }: Plot): Promise<Recording> {
  const stock = { words: [deal.word], questions: deal.questions }
  const room = new Room({ random: dealing(deal), bytes: repeated(), stock, ...(played ? { games: played } : {}) })
  const holders = await cast(room, deal)
  const kept = holders.map(({ called }) => ({ called, chapters: [] as Chapter[] }))
  const done: Turn[] = []
  const close = async () => {
    const logs = await logsOf(room)
    for (const [at, holder] of holders.entries()) {
      // everybody knows what is known at the tables, and what one has said oneself
      const own = done.filter((turn) => turn.holder === at)
      const known = JSON.stringify([own, ...logs.map((log) => knownOf(log, holder.who, knowledge))])
      kept[at]?.chapters.push({ n: logs.flat().length, heard: holder.heard(), known })
    }
  }
  await close()
  for (const turn of turns) {
    await holders[turn.holder]?.act(turn.act)
    done.push(turn)
    await close()
  }
  return { holders: kept, logs: await logsOf(room) }
}

async function logsOf({ store }: Room): Promise<(readonly TableEvent[])[]> {
  const logs: (readonly TableEvent[])[] = []
  for (let table = 1; ; table++) {
    const log = await store.tables.read(table, 0)
    if (log.length === 0) return logs
    logs.push(log)
  }
}

/** What may be known of a table after each of its events: by the rules as they are, and not by any view. */
function knownOf([first, ...others]: readonly TableEvent[], who: SeatNumber | 'watcher', knowledge: Staging['knowledge']): unknown[] {
  const rules = first?.type === 'opened' ? games.get(first.game) : undefined
  if (first?.type !== 'opened' || !rules) throw new Error('a table’s log begins with its opening')
  let state = toOpenedTable(first, rules)
  const seen = () => knowledge[rules.name]?.(state.position, who, state.outcome !== undefined) ?? state.position
  const known: unknown[] = [[first.game, first.seats, seen()]]
  for (const event of others) {
    state = evolve(state, event)
    known.push([event.type === 'moved' ? { seat: event.seat } : event, seen()])
  }
  return known
}

/** What came of a comparison: what was heard that could not be known, and how many chapters say that nothing was. */
export interface Comparison {
  readonly leaks: readonly string[]
  readonly compared: number
}

/**
 * Compares two recordings of the same acts with different secrets: whoever could not tell them apart by what may be
 * known has heard the same bytes.
 */
export function compare(one: Recording, other: Recording): Comparison {
  const leaks: string[] = []
  let compared = 0
  for (const [at, { called, chapters }] of one.holders.entries()) {
    for (const [number, { n, heard, known }] of chapters.entries()) {
      const same = other.holders[at]?.chapters[number]
      if (same?.known !== known) break
      compared++
      const [here, there] = [heard.join(''), same.heard.join('')]
      if (here !== there) leaks.push(`${called}, before event ${n + 1}: ${JSON.stringify(here)} or ${JSON.stringify(there)}`)
    }
  }
  return { leaks, compared }
}

/** All that was said to anybody, by whom it was heard. */
export function saidTo({ holders }: Recording): ReadonlyMap<string, string> {
  return new Map(holders.map(({ called, chapters }) => [called, chapters.flatMap(({ heard }) => heard).join('\n')]))
}
