/** Changes lets tests wait until a condition holds, which is checked after each change. */
export class Changes {
  #checks: (() => boolean)[] = []

  /** Checks all conditions for which a test waits. */
  note(): void {
    this.#checks = this.#checks.filter((isMet) => !isMet())
  }

  /** Resolves when a condition holds, which may be immediately. */
  until(met: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const isMet = () => {
        if (!met()) return false
        resolve()
        return true
      }
      if (!isMet()) this.#checks.push(isMet)
    })
  }
}
