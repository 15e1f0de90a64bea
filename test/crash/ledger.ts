import type { SeatNumber } from '../../src/games/game.ts'
import type { ToClient } from '../../src/native/messages.ts'

/** An event as a client received it. */
export type Told = Pick<Extract<ToClient, { type: 'event' }>, 'n' | 'at' | 'what'>

/** Wish is a request: `kept` if it was acknowledged, and `unknown` if no answer arrived. */
export interface Wish {
  readonly what: string
  outcome: 'unknown' | 'kept' | 'refused'
}

/** Ledger records all that the bots together have sent and received. */
export class Ledger {
  /** The events of each table, by number. */
  readonly events = new Map<number, Map<number, Told>>()
  /** The moves of each seat in the order in which they were sent, by table and seat. */
  readonly moves = new Map<string, Wish[]>()
  /** The talk at each table, by table and name. */
  readonly sayings = new Map<string, Wish[]>()
  /** The answers of each student, over all quizzes, by name. */
  readonly answers = new Map<string, Wish[]>()
  /** Contradictions: two clients that received different events, or one client that received an event twice. */
  readonly contradictions: string[] = []
  /** Games whose end a client has received. */
  readonly ended = new Set<number>()
  /** The tables of which a client has received events. */
  readonly known = new Set<number>()
  /** The number of resumed seats. */
  resumed = 0
  readonly #sights = new Map<string, string>()
  #persisted = 0
  #waiting: (() => void)[] = []

  /** The number of acknowledged requests. */
  get persisted(): number {
    return this.#persisted
  }

  /** Resolves at the next acknowledgment or end of a game. */
  more(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Resolves when a condition holds. */
  async until(so: () => boolean): Promise<void> {
    while (!so()) await this.more()
  }

  /** Records a request. The returned function records its outcome. */
  wish(book: 'moves' | 'sayings' | 'answers', key: string, what: string): (outcome: 'kept' | 'refused') => void {
    const wish: Wish = { what, outcome: 'unknown' }
    const wishes = this[book].get(key) ?? []
    this[book].set(key, wishes)
    wishes.push(wish)
    return (outcome) => {
      wish.outcome = outcome
      if (outcome === 'kept') this.#persisted++
      this.#wake()
    }
  }

  /** Records an event that a client received, in a seat or watching, if the bot knows the seat. */
  received({ table, n, at, what, sight }: Extract<ToClient, { type: 'event' }>, who: SeatNumber | 'watcher' | undefined): void {
    this.known.add(table)
    const events = this.events.get(table) ?? new Map<number, Told>()
    this.events.set(table, events)
    const before = events.get(n)
    events.set(n, { n, at, what })
    if (before) this.#compare(`table ${table}, event ${n}`, before, { n, at, what })
    if (sight && who !== undefined) {
      const key = `table ${table}, event ${n}, as seen by ${who}`
      const observed = JSON.stringify({ ...sight, left: undefined })
      this.#compare(key, this.#sights.get(key) ?? observed, observed)
      this.#sights.set(key, observed)
    }
    if (what.type === 'ended') this.#end(table)
  }

  /** Records a contradiction. */
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
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
