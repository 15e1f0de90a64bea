/** Answer is what a server says of a guess: the number is greater, or less, or it is the guess. */
export type Answer = 'low' | 'high' | 'right'

/** NumberJudge follows what a server says of guesses at its number, and knows what it can no longer say. */
export class NumberJudge {
  /** The number is greater than the one and less than the other. */
  #above = 0
  #below = 101

  /** Takes an answer to a guess; answers with why it contradicts what was said before, if it does. */
  take(answer: Answer, guess: number): string | undefined {
    const above = answer === 'low' ? Math.max(this.#above, guess) : this.#above
    const below = answer === 'high' ? Math.min(this.#below, guess) : this.#below
    const possible = answer === 'right' ? guess > above && guess < below : below - above > 1
    if (!possible) return `the guess was ${guess}, and ${this.#known()}`
    this.#above = above
    this.#below = below
    return undefined
  }

  #known(): string {
    const low = this.#above > 0 ? [`greater than ${this.#above}`] : []
    const high = this.#below < 101 ? [`less than ${this.#below}`] : []
    const said = [...low, ...high].join(' and ')
    return said === '' ? 'the number is from 1 to 100' : `by what it said before, the number is ${said}, from 1 to 100`
  }
}
