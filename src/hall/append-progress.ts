/** AppendProgress counts the appends of a table that the log has not answered. */
export class AppendProgress {
  /** Number of unanswered appends. */
  #underWay = 0
  /** Number of unanswered appends that depend on a failed append. */
  #stale = 0
  #settling: PromiseWithResolvers<void> | undefined

  /** True while an append is unanswered. */
  get isUnderWay(): boolean {
    return this.#underWay > 0
  }

  begin(): void {
    this.#underWay++
  }

  /** Counts the answer to an append; returns false if the append depends on a failed append, so that its own failure has no meaning. */
  answer(): boolean {
    this.#underWay--
    if (this.#stale === 0) return true
    this.#stale--
    return false
  }

  /** Resolves the promises of `settled` if the log has answered all appends. */
  settle(): void {
    if (this.#underWay > 0) return
    this.#settling?.resolve()
    this.#settling = undefined
  }

  /** Resolves when the log has answered all appends, with success or failure. */
  settled(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve()
    this.#settling ??= Promise.withResolvers()
    return this.#settling.promise
  }

  /** Marks all unanswered appends as dependent on a failed append. */
  fail(): void {
    this.#stale = this.#underWay
  }
}
