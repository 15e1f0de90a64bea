/*
 * What a peer has sent already could be served message after message without returning to the event loop, for all that a
 * handler awaits may be microtasks. While that runs, no other peer is read and no timer fires. Therefore a connection that
 * has more than one message to be read waits in a queue, round robin: each gets a slice of time, all of them together a
 * share of each turn of the event loop, and the rest of the turn belongs to timers and to what arrives. A connection with
 * a single message in flight never comes here: it costs no look at the time. `npm run bench:hostile` measures both.
 */

/** EventLoop is what a run queue needs of the platform. */
export interface EventLoop {
  /** Calls `then` in the next turn of the event loop, after what arrives until then. */
  nextTurn(then: () => void): void
  /** Calls `then` in this turn, after all that runs now has run, promises and what follows from them included. */
  settled(then: () => void): void
}

/** Task is what takes slices of time. */
export interface Task {
  /** Begins a slice: works as long as `RunQueue.isRunning` says, and then adds itself to the queue again. */
  run(): void
}

/** What a run queue is made of. */
export interface RunQueueOptions {
  readonly loop: EventLoop
  /** Milliseconds that one task may work at a time: 1. */
  readonly slice?: number
  /** Milliseconds that all tasks may work in one turn of the event loop: 4. */
  readonly turn?: number
  /** Milliseconds from any moment on. */
  readonly now?: () => number
}

/** RunQueue gives slices of time to tasks, round robin, and returns to the event loop in between. */
export class RunQueue {
  readonly #loop: EventLoop
  readonly #slice: number
  readonly #turn: number
  readonly #now: () => number
  #tasks: Task[] = []
  /** How many of them have begun their slice. */
  #begun = 0
  #running: Task | undefined
  #sliceEnds = 0
  #turnEnds = 0
  #scheduled = false

  constructor({ loop, slice = 1, turn = 4, now = () => performance.now() }: RunQueueOptions) {
    this.#loop = loop
    this.#slice = slice
    this.#turn = turn
    this.#now = now
  }

  /** How many tasks wait for a slice. */
  get size(): number {
    return this.#tasks.length - this.#begun
  }

  /** Adds a task behind all others; a task that waits is not to be added again. */
  add(task: Task): void {
    this.#tasks.push(task)
    if (this.#scheduled) return
    this.#scheduled = true
    this.#loop.nextTurn(this.#beginTurn)
  }

  /** Whether the slice of a task goes on. */
  isRunning(task: Task): boolean {
    return this.#running === task && this.#now() < this.#sliceEnds
  }

  readonly #beginTurn = (): void => {
    this.#turnEnds = this.#now() + this.#turn
    this.#next()
  }

  readonly #next = (): void => {
    this.#running = undefined
    const task = this.#tasks[this.#begun]
    if (!task) {
      this.#tasks = []
      this.#begun = 0
      this.#scheduled = false
      return
    }
    const now = this.#now()
    if (now >= this.#turnEnds) return this.#loop.nextTurn(this.#beginTurn)
    this.#shift()
    this.#running = task
    this.#sliceEnds = now + this.#slice
    try {
      task.run()
    } finally {
      this.#loop.settled(this.#next)
    }
  }

  /** Takes the first task out; those that are out are put away many at a time. */
  #shift(): void {
    if (++this.#begun < MANY) return
    this.#tasks = this.#tasks.slice(this.#begun)
    this.#begun = 0
  }
}

/** How many tasks that are out wait to be put away. */
const MANY = 256
