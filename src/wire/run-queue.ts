/*
 * What a peer has sent already could be served message after message without returning to the event loop, for all that a
 * handler awaits may be microtasks. While that runs, no other peer is read and no timer fires. Therefore a connection that
 * has more than one message to be read waits in a queue, round robin: each gets a slice of time, all of them together a
 * share of each turn of the event loop, and the rest of the turn belongs to timers and to what arrives. The more wait, the
 * shorter the slices, so that a round stays short. Who was not served in this round goes before those who were (as flows
 * do in FQ-CoDel, RFC 8290): a peer that says two things at once does not wait behind fifty who say all that they can. Half
 * of a turn is the others' all the same, or new connections would keep them out. A connection with a single message in
 * flight never comes here: it costs no look at the time. `npm run bench:hostile` measures all of it.
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
  /** The round in which the task was served last; its queue sets it. */
  servedIn?: number | undefined
  /** Begins a slice: works as long as `RunQueue.isRunning` says, and then adds itself to the queue again. */
  run(): void
}

/** What a run queue is made of. */
export interface RunQueueOptions {
  readonly loop: EventLoop
  /** Milliseconds that one task may work at a time, while few wait: 1. */
  readonly slice?: number
  /** Milliseconds in which each task that waits is to have had a slice, however short that makes it: 20. */
  readonly round?: number
  /** Milliseconds that all tasks may work in one turn of the event loop: 4. */
  readonly turn?: number
  /** Milliseconds from any moment on. */
  readonly now?: () => number
}

/** RunQueue gives slices of time to tasks, round robin, and returns to the event loop in between. */
export class RunQueue {
  readonly #loop: EventLoop
  readonly #slice: number
  readonly #roundTime: number
  readonly #turn: number
  readonly #now: () => number
  /** Tasks that were not served in this round, and those that were. */
  readonly #fresh = new Tasks()
  readonly #served = new Tasks()
  #round = 0
  /** How many served tasks are to be served again until the round is over. */
  #left = 0
  #running: Task | undefined
  #sliceEnds = 0
  #turnEnds = 0
  #scheduled = false

  constructor({ loop, slice = 1, round = 20, turn = 4, now = () => performance.now() }: RunQueueOptions) {
    this.#loop = loop
    this.#slice = slice
    this.#roundTime = round
    this.#turn = turn
    this.#now = now
  }

  /** How many tasks wait for a slice. */
  get size(): number {
    return this.#fresh.size + this.#served.size
  }

  /** Adds a task behind all others, or before those that were served in this round; one that waits is not to be added again. */
  add(task: Task): void {
    if (task.servedIn === this.#round) this.#served.push(task)
    else this.#fresh.push(task)
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
    const waiting = this.size
    if (waiting === 0) {
      this.#scheduled = false
      return
    }
    const now = this.#now()
    if (now >= this.#turnEnds) return this.#loop.nextTurn(this.#beginTurn)
    const task = this.#take(now)
    task.servedIn = this.#round
    this.#running = task
    this.#sliceEnds = now + Math.max(SHORTEST, Math.min(this.#slice, this.#roundTime / waiting))
    try {
      task.run()
    } finally {
      this.#loop.settled(this.#next)
    }
  }

  /** The next task; in the second half of a turn, a served one. */
  #take(now: number): Task {
    const isFirstHalf = now < this.#turnEnds - this.#turn / 2
    if (this.#served.size === 0 || (this.#fresh.size > 0 && isFirstHalf)) return this.#fresh.shift()
    if (this.#left === 0) {
      this.#round++
      this.#left = this.#served.size
    }
    this.#left--
    return this.#served.shift()
  }
}

/** Milliseconds of the shortest slice: with less, more time goes into the changes between them. */
const SHORTEST = 0.2

/** Tasks in the order in which they came. */
class Tasks {
  #all: Task[] = []
  /** How many of them are out; they are put away many at a time. */
  #out = 0

  get size(): number {
    return this.#all.length - this.#out
  }

  push(task: Task): void {
    this.#all.push(task)
  }

  shift(): Task {
    const task = this.#all[this.#out]
    if (!task) throw new Error('no task waits')
    this.#out++
    if (this.#out === this.#all.length) {
      this.#all = []
      this.#out = 0
    } else if (this.#out === MANY) {
      this.#all = this.#all.slice(MANY)
      this.#out = 0
    }
    return task
  }
}

/** How many tasks that are out wait to be put away. */
const MANY = 256
