/*
 * What a peer has sent already could be served message after message without returning to the event loop, for all that a
 * handler awaits may be microtasks. While that runs, no other peer is read and no timer fires. Therefore a connection that
 * has more than one message to be read waits in a queue: each gets a slice of time, all of them together a share of each
 * turn of the event loop, and the rest of the turn belongs to timers and to what arrives. The more wait, the shorter the
 * slices, so that a round stays short.
 *
 * Who has used little lately goes before the others, as new flows do in FQ-CoDel (RFC 8290): a peer that says two things
 * at once does not wait behind fifty who say all that they can. How much that is counts a token bucket of time for each, and
 * a new connection has none. Half of a turn is for the others all the same. A connection with a single message in
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
  /** Its account, which the queue keeps with it. */
  account?: Account | undefined
  /** Begins a slice: works as long as `RunQueue.isRunning` says, and then adds itself to the queue again. */
  run(): void
}

/** Account is how many milliseconds a task may use before others do, as counted at a moment. */
interface Account {
  credit: number
  at: number
}

/** What a run queue is made of. */
export interface RunQueueOptions {
  readonly loop: EventLoop
  /** Milliseconds that one task may work at a time, where few wait or it has used little lately: 1. */
  readonly slice?: number
  /** Milliseconds in which all others are to have had a slice, however short that makes it: 20. */
  readonly round?: number
  /** Milliseconds that all tasks may work in one turn of the event loop: 4. */
  readonly turn?: number
  /** Milliseconds from any moment on. */
  readonly now?: () => number
}

/** RunQueue gives slices of time to tasks, those first that have used little lately, and returns to the event loop in between. */
export class RunQueue {
  readonly #loop: EventLoop
  readonly #slice: number
  readonly #roundTime: number
  readonly #turn: number
  readonly #now: () => number
  /** Tasks that came with credit, and those that have used up theirs or a whole slice. */
  readonly #ahead = new Tasks()
  readonly #behind = new Tasks()
  #running: Task | undefined
  /** The running task has more to do. */
  #goesOn = false
  #sliceBegan = 0
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
    return this.#ahead.size + this.#behind.size + (this.#goesOn ? 1 : 0)
  }

  /** Adds a task; one that waits is not to be added again. */
  add(task: Task): void {
    // what it uses until it has settled counts
    if (task === this.#running) this.#goesOn = true
    else if (accountOf(task, this.#now()).credit > 0) this.#ahead.push(task)
    else this.#behind.push(task)
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
    const now = this.#now()
    this.#settle(now)
    if (this.size === 0) {
      this.#scheduled = false
      return
    }
    if (now >= this.#turnEnds) return this.#loop.nextTurn(this.#beginTurn)
    const isAhead = this.#isAheadNext(now)
    const short = Math.max(SHORTEST, Math.min(this.#slice, this.#roundTime / this.size))
    const task = (isAhead ? this.#ahead : this.#behind).shift()
    this.#running = task
    this.#sliceBegan = now
    this.#sliceEnds = now + (isAhead ? this.#slice : short)
    try {
      task.run()
    } finally {
      this.#loop.settled(this.#next)
    }
  }

  /** Counts what the task that has run has used; if it goes on, it waits again. */
  #settle(now: number): void {
    const task = this.#running
    if (!task) return
    this.#running = undefined
    const account = accountOf(task, now)
    account.credit = Math.max(-MOST_DEBT, account.credit - (now - this.#sliceBegan))
    if (this.#goesOn) this.#behind.push(task)
    this.#goesOn = false
  }

  /** Whether the next task is one that is ahead: in the first half of a turn, or where there is no other. */
  #isAheadNext(now: number): boolean {
    const isFirstHalf = now < this.#turnEnds - this.#turn / 2
    return this.#behind.size === 0 || (this.#ahead.size > 0 && isFirstHalf)
  }
}

/** The account of a task, with what the time since it was last counted has brought. */
function accountOf(task: Task, now: number): Account {
  task.account ??= { credit: 0, at: now }
  const { account } = task
  account.credit = Math.min(MOST_CREDIT, account.credit + (now - account.at) * RATE)
  account.at = now
  return account
}

/** Milliseconds of the shortest slice: with less, more time goes into the changes between them. */
const SHORTEST = 0.2
/** Milliseconds that a task may use before others do, for each that passes since it came first, and saved up. */
const RATE = 0.04
const MOST_CREDIT = 4
/** Milliseconds that it may have used above that: what is more is forgotten. */
const MOST_DEBT = 10

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
