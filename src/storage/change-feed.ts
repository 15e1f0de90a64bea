import type { OnStoreError } from './error.ts'

/**
 * Follower is a callback for the changes after the revision `after`. When the feed removes the follower, the feed sets `notify` to
 * `undefined`.
 */
interface Follower<Change> {
  readonly after: number
  notify: ((change: Change) => void) | undefined
}

/**
 * ChangeFeed numbers the changes of a store in memory, and passes each change to all followers. If a follower makes a change, the
 * feed first passes all earlier changes to all followers, so all followers see the same order.
 */
export class ChangeFeed<Change extends { readonly revision: number }> {
  readonly #onError: OnStoreError
  #followers: readonly Follower<Change>[] = []
  #queue: Change[] = []
  #isPublishing = false
  #revision = 0

  constructor(onError: OnStoreError) {
    this.#onError = onError
  }

  /** Returns the revision of the next change. */
  nextRevision(): number {
    return ++this.#revision
  }

  /**
   * Calls `then` with the present state, as changes by ascending revision, and then with each later change. Returns a function that
   * unsubscribes.
   */
  follow(present: readonly Change[], then: (change: Change) => void): () => void {
    const follower: Follower<Change> = { after: this.#revision, notify: then }
    for (const change of present) this.#notify(follower, change)
    this.#followers = [...this.#followers, follower]
    return () => {
      follower.notify = undefined
      this.#followers = this.#followers.filter((other) => other !== follower)
    }
  }

  /**
   * Passes a change to all followers before this method returns. If a follower makes the change, the feed passes the earlier changes first.
   */
  publish(change: Change): void {
    if (this.#isPublishing) return void this.#queue.push(change)
    this.#isPublishing = true
    for (let next: Change | undefined = change; next !== undefined; next = this.#queue.shift()) {
      for (const follower of this.#followers) if (next.revision > follower.after) this.#notify(follower, next)
    }
    this.#isPublishing = false
  }

  #notify(follower: Follower<Change>, change: Change): void {
    try {
      follower.notify?.(change)
    } catch (error) {
      this.#onError(error)
    }
  }
}
