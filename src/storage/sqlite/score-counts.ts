/** The scores of one game: how many there are, by their whole part, and how many of them are guests'. */
interface Game {
  readonly scores: Map<number, number>
  size: number
  guests: number
}

/** A standing, as far as it counts. */
export interface Counted {
  readonly game: string
  readonly person: string
  readonly score: number
}

/**
 * ScoreCounts knows how many scores each game has, and how many above a whole number, so that a rank counts only those
 * between that number and the score itself, however many are on the ladder.
 */
export class ScoreCounts {
  readonly #games = new Map<string, Game>()

  /** Counts scores of a game that are alike. */
  load(game: string, score: number, count: number): void {
    const counts = this.#of(game)
    const whole = Math.floor(score)
    const left = (counts.scores.get(whole) ?? 0) + count
    if (left > 0) counts.scores.set(whole, left)
    else counts.scores.delete(whole)
    counts.size += count
  }

  /** Counts scores of a game that were loaded as those of guests. */
  loadGuests(game: string, count: number): void {
    this.#of(game).guests += count
  }

  /** Counts a standing. */
  add({ game, person, score }: Counted): void {
    this.load(game, score, 1)
    if (isGuest(person)) this.loadGuests(game, 1)
  }

  /** Counts a standing no more. */
  remove({ game, person, score }: Counted): void {
    this.load(game, score, -1)
    if (isGuest(person)) this.loadGuests(game, -1)
  }

  /** How many scores a game has. */
  size(game: string): number {
    return this.#games.get(game)?.size ?? 0
  }

  /** How many of them are guests'. */
  guests(game: string): number {
    return this.#games.get(game)?.guests ?? 0
  }

  /** How many of them have a greater whole part than a score. */
  above(game: string, score: number): number {
    const own = Math.floor(score)
    let above = 0
    for (const [whole, count] of this.#games.get(game)?.scores ?? []) if (whole > own) above += count
    return above
  }

  #of(game: string): Game {
    const counts = this.#games.get(game) ?? { scores: new Map<number, number>(), size: 0, guests: 0 }
    this.#games.set(game, counts)
    return counts
  }
}

/** Checks whether a person is a guest, as the index `standings_of_guests` has it. */
export function isGuest(person: string): boolean {
  return person.startsWith('guest:')
}
