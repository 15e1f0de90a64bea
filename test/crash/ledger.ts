import type { SeatNumber } from '../../src/games/game.ts'
import type { ToClient } from '../../src/native/messages.ts'

/** An event as somebody was told of it. */
export type Told = Pick<Extract<ToClient, { type: 'event' }>, 'n' | 'at' | 'what'>

/** Wish is something that was asked for: it is kept when that was acknowledged, and unknown when nobody answered. */
export interface Wish {
  readonly what: string
  outcome: 'unknown' | 'kept' | 'refused'
}

/** Ledger is what all bots together write down of what they said, and were told. */
export class Ledger {
  /** The events of each table, by number. */
  readonly events = new Map<number, Map<number, Told>>()
  /** The moves of each seat in the order in which they were said, by table and seat. */
  readonly moves = new Map<string, Wish[]>()
  /** What was said at each table, by table and name. */
  readonly sayings = new Map<string, Wish[]>()
  /** The answers of each student, over all quizzes, by name. */
  readonly answers = new Map<string, Wish[]>()
  /** What cannot be: two who were told different things, or one twice. */
  readonly contradictions: string[] = []
  /** Games of which somebody was told that they are over. */
  readonly ended = new Set<number>()
  /** The tables of which anybody was told. */
  readonly known = new Set<number>()
  /** How often a seat was taken up again. */
  resumed = 0
  readonly #sights = new Map<string, string>()
  #kept = 0
  #heard: (() => void)[] = []

  /** The things that were acknowledged. */
  get kept(): number {
    return this.#kept
  }

  /** Resolves when something was acknowledged, or a game was over. */
  more(): Promise<void> {
    return new Promise((resolve) => this.#heard.push(resolve))
  }

  /** Resolves when something is so. */
  async until(so: () => boolean): Promise<void> {
    while (!so()) await this.more()
  }

  /** Writes down what somebody asks for. The answer writes down what came of it. */
  wish(book: 'moves' | 'sayings' | 'answers', key: string, what: string): (outcome: 'kept' | 'refused') => void {
    const wish: Wish = { what, outcome: 'unknown' }
    const wishes = this[book].get(key) ?? []
    this[book].set(key, wishes)
    wishes.push(wish)
    return (outcome) => {
      wish.outcome = outcome
      if (outcome === 'kept') this.#kept++
      this.#wake()
    }
  }

  /** Writes down an event that somebody was told, in a seat or watching, where this is known. */
  told({ table, n, at, what, sight }: Extract<ToClient, { type: 'event' }>, who: SeatNumber | 'watcher' | undefined): void {
    this.known.add(table)
    const events = this.events.get(table) ?? new Map<number, Told>()
    this.events.set(table, events)
    const before = events.get(n)
    events.set(n, { n, at, what })
    if (before) this.#compare(`table ${table}, event ${n}`, before, { n, at, what })
    if (sight && who !== undefined) {
      const key = `table ${table}, event ${n}, as seen by ${who}`
      const seen = JSON.stringify({ ...sight, left: undefined })
      this.#compare(key, this.#sights.get(key) ?? seen, seen)
      this.#sights.set(key, seen)
    }
    if (what.type === 'ended') this.#end(table)
  }

  /** Writes down what cannot be. */
  contradict(sentence: string): void {
    this.contradictions.push(sentence)
  }

  #compare(what: string, one: unknown, other: unknown): void {
    const [first, second] = [JSON.stringify(one), JSON.stringify(other)]
    if (first !== second) this.contradict(`${what}, was ${first}, and then ${second}`)
  }

  #end(table: number): void {
    this.ended.add(table)
    this.#wake()
  }

  #wake(): void {
    const heard = this.#heard
    this.#heard = []
    for (const wake of heard) wake()
  }
}
