/**
 * Game has the counts of one game: the number of scores for each whole part of a score, the number of all scores, and the number of guests'
 * scores.
 */
interface Game {
  readonly scores: Map<number, number>
  size: number
  guests: number
}

/** CountedScore has the fields of a standing that ScoreCounts uses. */
export interface CountedScore {
  readonly game: string
  readonly person: string
  readonly score: number
}

/**
 * ScoreCounts counts the scores of each game by the whole part of the score. With these counts, the computation of a rank queries only the
 * scores between the player's score and the next whole number, on a ladder of any length.
 */
export class ScoreCounts {
  readonly #games = new Map<string, Game>()

  /** Adds `count` equal scores to the counts of a game; a negative `count` removes scores. */
  load(game: string, score: number, count: number): void {
    const counts = this.#of(game)
    const whole = Math.floor(score)
    const left = (counts.scores.get(whole) ?? 0) + count
    if (left > 0) counts.scores.set(whole, left)
    else counts.scores.delete(whole)
    counts.size += count
  }

  /** Marks `count` of the loaded scores of a game as guests' scores. */
  loadGuests(game: string, count: number): void {
    this.#of(game).guests += count
  }

  /** Adds a standing to the counts of its game. */
  add({ game, person, score }: CountedScore): void {
    this.load(game, score, 1)
    if (isGuestPerson(person)) this.loadGuests(game, 1)
  }

  /** Removes a standing from the counts of its game. */
  remove({ game, person, score }: CountedScore): void {
    this.load(game, score, -1)
    if (isGuestPerson(person)) this.loadGuests(game, -1)
  }

  /** Returns the number of scores of a game. */
  size(game: string): number {
    return this.#games.get(game)?.size ?? 0
  }

  /** Returns the number of guests' scores of a game. */
  guests(game: string): number {
    return this.#games.get(game)?.guests ?? 0
  }

  /** Returns the number of scores with a greater whole part than `score`. */
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

/** Checks whether a person is a guest; this condition must equal the condition of the SQL index `standings_of_guests`. */
export function isGuestPerson(person: string): boolean {
  return person.startsWith('guest:')
}
