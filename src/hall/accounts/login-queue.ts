/** LoginQueueLimits has the maximum numbers of running and of waiting tasks. */
export interface LoginQueueLimits {
  /** Maximum number of tasks that run at the same time. */
  readonly atOnce: number
  /** Maximum numbers of tasks that wait, for one key and for all keys together. */
  readonly waiting: { readonly each: number; readonly all: number }
}

/**
 * Waiting is the callback of a waiting task: the queue calls it once, with `true` if the task may run now, or with `false` if the
 * queue refuses the task.
 */
type Waiting = (admitted: boolean) => void

/**
 * LoginQueue runs a few tasks at the same time, and the other tasks wait. The keys, such as addresses, take turns, so a key with
 * many tasks does not make the other keys wait long. If too many tasks wait, the queue refuses the last task of the key with the
 * most tasks.
 */
export class LoginQueue {
  readonly #limits: LoginQueueLimits
  readonly #queues = new Map<string, Waiting[]>()
  #waiting = 0
  #running = 0

  constructor(limits: LoginQueueLimits) {
    this.#limits = limits
  }

  /** Waits for a turn; resolves to `false` if the queue refuses the task. After a turn, the caller must call `done`. */
  take(key: string): boolean | Promise<boolean> {
    const { atOnce, waiting } = this.#limits
    if (this.#running < atOnce) {
      this.#running++
      return true
    }
    const queue = this.#queues.get(key) ?? []
    if (queue.length >= waiting.each) return false
    if (this.#waiting >= waiting.all && !this.#makeRoom(queue)) return false
    this.#queues.set(key, queue)
    this.#waiting++
    return new Promise((resolve) => queue.push(resolve))
  }

  /** Ends a turn, and starts the turn of the next key. */
  done(): void {
    for (const [key, queue] of this.#queues) {
      const next = queue.shift()
      // the key moves to the end, so the next turn belongs to another key
      this.#queues.delete(key)
      if (queue.length > 0) this.#queues.set(key, queue)
      if (!next) continue
      this.#waiting--
      next(true)
      return
    }
    this.#running--
  }

  /** Refuses the last task of the longest queue if that queue is longer than `queue`; returns true if it has refused a task. */
  #makeRoom(queue: readonly Waiting[]): boolean {
    let longest: Waiting[] = []
    for (const other of this.#queues.values()) if (other.length > longest.length) longest = other
    if (longest.length <= queue.length) return false
    longest.pop()?.(false)
    this.#waiting--
    return true
  }
}
