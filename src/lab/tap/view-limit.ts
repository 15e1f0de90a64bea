/** Maximum number of violations in a second that the terminal shows in addition to the usual number of messages. */
const FAULTY = 50

/**
 * ViewLimit limits the lines that a terminal shows in a second, because a person cannot read more lines. In addition, making the lines of a
 * message takes longer than judging it. ViewLimit counts the messages that it leaves out. The seconds follow from the times of the
 * observations, so the limit needs no clock.
 */
export class ViewLimit {
  readonly #most: number
  /**
   * The present second, the number of usual messages and additional violations that it has shown, and the number of messages that it left
   * out.
   */
  #second = 0
  #usual = 0
  #faulty = 0
  #leftOut = 0

  /** `most` is the number of messages in a second. */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * Checks whether a message at a time in milliseconds is shown, and counts it. The terminal also shows some violations for which it has no
   * room among the usual messages.
   */
  allows(at: number, isFaulty: boolean): boolean {
    const second = Math.floor(at / 1000)
    if (second > this.#second) {
      this.#second = second
      this.#usual = 0
      this.#faulty = 0
    }
    if (this.#usual < this.#most) this.#usual++
    else if (isFaulty && this.#faulty < FAULTY) this.#faulty++
    else {
      this.#leftOut++
      return false
    }
    return true
  }

  /** Returns how many messages were left out since the last call, if their second is over at a time in milliseconds; otherwise 0. */
  takeLeftOut(at: number): number {
    if (Math.floor(at / 1000) <= this.#second) return 0
    const leftOut = this.#leftOut
    this.#leftOut = 0
    return leftOut
  }
}
