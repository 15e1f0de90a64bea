/*
 * All handlers share one thread. Everything that a handler awaits may be a microtask. Without this queue, the server could handle a
 * thousand pipelined messages of a peer without a return to the event loop. Until this return, the server would read from no other peer and
 * fire no timer. Therefore a connection with more than one unread message waits in this queue:
 *
 * - The queue grants a task a slice of 1 ms, and all tasks together 2 ms of each turn of the event loop. The remaining time of the turn is
 *   for timers and for I/O. The share is small because the loop accepts one new peer per turn and port: with 4 ms, the last of fifty peers
 *   that connected together waited 500 ms. If more tasks wait, the slices are shorter, so that a round stays below 20 ms.
 * - Tasks that used little time recently run first, as in a multilevel feedback queue. With plain round robin, a peer with two messages
 *   waited behind fifty peers that pipelined, or behind fifty peers that had waited for their budget and resumed together. The time that a
 *   task has used decays with a time constant of 1 s. The queue treats a new task as if it had used some time, and a new task with a long
 *   backlog as if it had used more time. Otherwise a client could reconnect so that its task runs first.
 * - In the second half of each turn, the task that has waited longest runs first, so that no task starves.
 *
 * A connection with a single message in flight does not enter the queue (`mayReadDirectly`), because reading the time would be a notable
 * part of the cost of the message. The queue therefore measures a batch of such messages together, without the first message. From the
 * average cost, the queue computes how many messages connections may read directly: at least 4, and as many as take 8 ms in one turn.
 * Connections that read further messages wait in the queue, too.
 *
 * Invariants: at most one task runs; each task is in the queue at most once; if a running task adds itself again, the queue first counts
 * the time of the task, and the task waits only afterwards. `npm run bench:hostile` measures the waits.
 */

import { Fifo } from '../base/fifo.ts'

/** EventLoop schedules callbacks; a `Batcher` is the event loop of Node. */
export interface EventLoop {
  /** Calls `then` in the next turn of the event loop, after the I/O of that turn. */
  nextTurn(then: () => void): void
  /** Calls `then` in this turn, after the current callback and all following microtasks. */
  settled(then: () => void): void
}

/** Task is work that runs in slices. */
export interface Task {
  /** Account of the task. Only the queue uses this field. */
  account?: Account | undefined
  /** Number of unread bytes. Default: 0. */
  readonly backlog?: number
  /** Runs one slice: works while `RunQueue.isRunning` is true, and adds the task to the queue again if the task has more work. */
  run(): void
}

/** Account is the number of milliseconds that a task used recently, decayed up to the time `at`. */
interface Account {
  used: number
  at: number
}

/** RunQueueOptions configures a run queue; all times are in milliseconds. */
export interface RunQueueOptions {
  readonly loop: EventLoop
  /** Length of a slice if few tasks wait, or the task used little time recently. Default: 1. */
  readonly slice?: number
  /** Time in which each waiting task should run for one slice; if there are many tasks, the queue shortens the slices. Default: 20. */
  readonly round?: number
  /** Time for all tasks in one turn of the event loop. Default: 2. */
  readonly turn?: number
  /** Returns the milliseconds since a fixed, unspecified time; the result never decreases. */
  readonly now?: () => number
}

/** RunQueue runs tasks in slices of time, and returns to the event loop between slices. Tasks that used little time recently run first. */
export class RunQueue {
  readonly #loop: EventLoop
  readonly #slice: number
  readonly #roundTime: number
  readonly #turn: number
  readonly #now: () => number
  /** The waiting tasks, by the time that they used recently. */
  readonly #levels = Array.from({ length: LEVELS.length + 1 }, () => new Fifo<Task>())
  #waiting = 0
  #running: Task | undefined
  /** True if the running task has added itself again. */
  #runsAgain = false
  #sliceBegan = 0
  #sliceEnds = 0
  #turnEnds = 0
  #scheduled = false
  /**
   * The current batch of direct reads: the number of reads, the start of the batch, the average cost of a read, and the maximum number of
   * reads.
   */
  #directReads = 0
  #directBegan = 0
  #directCost = 0
  #directLimit = Number.POSITIVE_INFINITY
  /** Milliseconds of direct reads in this turn, without batches below 1 ms. */
  #directTime = 0

  constructor({ loop, slice = 1, round = 20, turn = 2, now = () => performance.now() }: RunQueueOptions) {
    this.#loop = loop
    this.#slice = slice
    this.#roundTime = round
    this.#turn = turn
    this.#now = now
  }

  /** Number of tasks that wait for a slice. */
  get size(): number {
    return this.#waiting + (this.#runsAgain ? 1 : 0)
  }

  /** Adds a task that does not wait already. */
  add(task: Task): void {
    // `#settle` queues the running task, because the queue first counts the time of the task
    if (task === this.#running) this.#runsAgain = true
    else this.#push(task, this.#now())
    if (this.#scheduled) return
    this.#scheduled = true
    this.#loop.nextTurn(this.#beginTurn)
  }

  /** Checks whether the slice of a task has time left. */
  isRunning(task: Task): boolean {
    return this.#running === task && this.#now() < this.#sliceEnds
  }

  /** Checks whether a connection that has no other message may read a message directly, without a slice. */
  mayReadDirectly(): boolean {
    if (this.#directReads >= this.#directLimit) return false
    // the queue does not measure the first message of a batch: if messages arrive one by one, the queue then reads the time only for every
    // second message
    if (++this.#directReads !== 2) return true
    this.#directBegan = this.#now()
    this.#loop.settled(this.#measureDirect)
    return true
  }

  readonly #measureDirect = (): void => {
    const took = this.#now() - this.#directBegan
    const each = took / (this.#directReads - 1)
    this.#directCost += (Math.min(MAX_DIRECT_COST, each) - this.#directCost) / DIRECT_AVERAGE
    this.#directReads = 0
    if (took >= 1) {
      if (this.#directTime === 0) this.#loop.nextTurn(this.#resetDirect)
      this.#directTime += took
    }
    const left = DIRECT_TIME - this.#directTime
    this.#directLimit = left > 0 ? Math.max(MIN_DIRECT, left / this.#directCost) : 0
  }

  readonly #resetDirect = (): void => {
    this.#directTime = 0
    this.#directLimit = Math.max(MIN_DIRECT, DIRECT_TIME / this.#directCost)
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
    const level = this.#nextLevel(now)
    const short = Math.max(MIN_SLICE, Math.min(this.#slice, this.#roundTime / this.size))
    const task = this.#levels[level]?.shift()
    if (!task) throw new Error('no task waits')
    this.#waiting--
    this.#running = task
    this.#sliceBegan = now
    this.#sliceEnds = now + (level < INITIAL_LEVEL ? this.#slice : short)
    try {
      task.run()
    } finally {
      this.#loop.settled(this.#next)
    }
  }

  #push(task: Task, now: number): void {
    const { used } = currentAccount(task, now)
    const level = LEVELS.findIndex((most) => used < most)
    this.#levels[level < 0 ? LEVELS.length : level]?.push(task)
    this.#waiting++
  }

  /** Counts the time of the task that has run, and queues the task if the task has added itself again. */
  #settle(now: number): void {
    const task = this.#running
    if (!task) return
    this.#running = undefined
    currentAccount(task, now).used += Math.min(MAX_SLICE_COST, now - this.#sliceBegan)
    if (this.#runsAgain) this.#push(task, now)
    this.#runsAgain = false
  }

  /**
   * Returns the level of the next task: the lowest level in use or, in the second half of a turn, the level of the task that has waited
   * longest.
   */
  #nextLevel(now: number): number {
    if (now < this.#turnEnds - this.#turn / 2) return this.#levels.findIndex(({ size }) => size > 0)
    const since = this.#levels.map(({ first }) => first?.account?.at ?? Number.POSITIVE_INFINITY)
    return since.indexOf(Math.min(...since))
  }
}

/** Returns the account of a task, decayed up to now. */
function currentAccount(task: Task, now: number): Account {
  task.account ??= { used: (task.backlog ?? 0) > SHORT_BACKLOG ? INITIAL_USE : INITIAL_USE / 2, at: now }
  const { account } = task
  account.used *= Math.exp((account.at - now) / DECAY)
  account.at = now
  return account
}

/** Shortest slice in milliseconds: in a shorter slice, switching tasks would cost more than the work. */
const MIN_SLICE = 0.2
/** Time constant of the decay in milliseconds: after this time, the used time has decayed to 1/e. */
const DECAY = 1000
/**
 * Used time of a new task in milliseconds, so that a client gains nothing by reconnecting. If the backlog is at most `SHORT_BACKLOG` bytes,
 * the queue assigns half of this time.
 */
const INITIAL_USE = 4
const SHORT_BACKLOG = 1024
/**
 * Upper limits of the levels, in milliseconds used recently. The levels just above `INITIAL_USE` are narrow, so that a new client with two
 * requests runs before fifty new clients that pipeline.
 */
const LEVELS = [0.5, 1, 2, 4, 4.125, 4.25, 4.5, 5, 6, 8, 12, 16, 32]
const INITIAL_LEVEL = LEVELS.indexOf(INITIAL_USE) + 1
/**
 * Maximum number of milliseconds that the queue counts for one slice. A longer time is mostly garbage collection or another process, and
 * must not move a modest client behind greedy clients.
 */
const MAX_SLICE_COST = 1.5
/** Maximum number of milliseconds that the queue counts for one direct read, for the same reason. */
const MAX_DIRECT_COST = 4
/** Milliseconds for direct reads in one turn. */
const DIRECT_TIME = 8
/**
 * Number of direct reads that a batch may have even if the reads are expensive, and number of batches over which the queue averages the
 * cost.
 */
const MIN_DIRECT = 4
const DIRECT_AVERAGE = 8
