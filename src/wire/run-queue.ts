/*
 * What a peer has sent already could be served message after message without returning to the event loop, for all that a
 * handler awaits may be microtasks. While that runs, no other peer is read and no timer fires. Therefore a connection that
 * has more than one message to be read waits in a queue: each gets a slice of time, all of them together a share of each
 * turn of the event loop, and the rest of the turn belongs to timers and to what arrives. The share is small, because the
 * loop lets in one new peer a turn at each port: with 4 ms, the last of fifty that came at once waited 500 ms. The more wait,
 * the shorter the slices, so that a round stays short.
 *
 * Who has used little lately goes before the others, as in a multilevel feedback queue: a peer that says two things at
 * once does not wait behind fifty who say all that they can, nor behind fifty who have paused because their budget was
 * spent, and go on all at once. What was used a second ago counts a third; a new connection counts as one that has used
 * some, more if it has said much at once. Half of a turn is for who has waited longest, so that nobody waits for ever.
 *
 * A connection with a single message in flight does not come here, as long as those that arrive together take little
 * time, by what such took lately and have taken in this turn: so it costs no look at the time of its own. `npm run
 * bench:hostile` measures all of it.
 */

import { Fifo } from './fifo.ts'

/** EventLoop is what a run queue needs of the platform. */
export interface EventLoop {
  /** Calls `then` in the next turn of the event loop, after what arrives until then. */
  nextTurn(then: () => void): void
  /** Calls `then` in this turn, after all that runs now has run, promises and what follows from them included. */
  settled(then: () => void): void
}

/** Task is what takes slices of time. */
export interface Task {
  /** Account, which the queue stores with the task. */
  account?: Account | undefined
  /** Bytes that wait to be read: 0. */
  readonly backlog?: number
  /** Begins a slice: works as long as `RunQueue.isRunning` says, and then adds itself to the queue again. */
  run(): void
}

/** Account is how many milliseconds a task has used lately, as counted at a moment. */
interface Account {
  used: number
  at: number
}

/** RunQueueOptions is what a run queue is made of. */
export interface RunQueueOptions {
  readonly loop: EventLoop
  /** Milliseconds that one task may work at a time, where few wait or it has used little lately: 1. */
  readonly slice?: number
  /** Milliseconds in which all others are to have had a slice, however short that makes it: 20. */
  readonly round?: number
  /** Milliseconds that all tasks may work in one turn of the event loop: 2. */
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
  /** The tasks that wait, by how much they have used. */
  readonly #levels = Array.from({ length: LEVELS.length + 1 }, () => new Fifo<Task>())
  #waiting = 0
  #running: Task | undefined
  /** The running task has more to do. */
  #goesOn = false
  #sliceBegan = 0
  #sliceEnds = 0
  #turnEnds = 0
  #scheduled = false
  /** Messages that were let pass together, since when, how long one took lately, and how many may be let pass therefore. */
  #passed = 0
  #passBegan = 0
  #passTime = 0
  #mostPass = Number.POSITIVE_INFINITY
  /** Milliseconds that messages which were let pass have taken in this turn, without those that took less than one together. */
  #passedFor = 0

  constructor({ loop, slice = 1, round = 20, turn = 2, now = () => performance.now() }: RunQueueOptions) {
    this.#loop = loop
    this.#slice = slice
    this.#roundTime = round
    this.#turn = turn
    this.#now = now
  }

  /** Number of tasks that wait for a slice. */
  get size(): number {
    return this.#waiting + (this.#goesOn ? 1 : 0)
  }

  /** Adds a task; one that waits is not to be added again. */
  add(task: Task): void {
    // its use counts until it has settled
    if (task === this.#running) this.#goesOn = true
    else this.#push(task, this.#now())
    if (this.#scheduled) return
    this.#scheduled = true
    this.#loop.nextTurn(this.#beginTurn)
  }

  /** Checks whether the slice of a task goes on. */
  isRunning(task: Task): boolean {
    return this.#running === task && this.#now() < this.#sliceEnds
  }

  /** Checks whether a message of a connection that has no other may be read at once, without a slice. */
  letsPass(): boolean {
    if (this.#passed >= this.#mostPass) return false
    // the first is not measured: where messages come one by one, every second of them is
    if (++this.#passed !== 2) return true
    this.#passBegan = this.#now()
    this.#loop.settled(this.#havePassed)
    return true
  }

  readonly #havePassed = (): void => {
    const took = this.#now() - this.#passBegan
    const each = took / (this.#passed - 1)
    this.#passTime += (Math.min(MOST_AT_ONCE, each) - this.#passTime) / PASS_MEMORY
    this.#passed = 0
    if (took >= 1) {
      if (this.#passedFor === 0) this.#loop.nextTurn(this.#forgetPassed)
      this.#passedFor += took
    }
    const left = MOST_PASS - this.#passedFor
    this.#mostPass = left > 0 ? Math.max(LEAST_PASS, left / this.#passTime) : 0
  }

  readonly #forgetPassed = (): void => {
    this.#passedFor = 0
    this.#mostPass = Math.max(LEAST_PASS, MOST_PASS / this.#passTime)
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
    const short = Math.max(SHORTEST, Math.min(this.#slice, this.#roundTime / this.size))
    const task = this.#levels[level]?.shift()
    if (!task) throw new Error('no task waits')
    this.#waiting--
    this.#running = task
    this.#sliceBegan = now
    this.#sliceEnds = now + (level < LEVEL_OF_NEW ? this.#slice : short)
    try {
      task.run()
    } finally {
      this.#loop.settled(this.#next)
    }
  }

  #push(task: Task, now: number): void {
    const { used } = accountOf(task, now)
    const level = LEVELS.findIndex((most) => used < most)
    this.#levels[level < 0 ? LEVELS.length : level]?.push(task)
    this.#waiting++
  }

  /** Counts what the task that has run has used; if it goes on, it waits again. */
  #settle(now: number): void {
    const task = this.#running
    if (!task) return
    this.#running = undefined
    accountOf(task, now).used += Math.min(MOST_OF_SLICE, now - this.#sliceBegan)
    if (this.#goesOn) this.#push(task, now)
    this.#goesOn = false
  }

  /** The level of the next task: of those who have used least, or, in the second half of a turn, of who has waited longest. */
  #nextLevel(now: number): number {
    if (now < this.#turnEnds - this.#turn / 2) return this.#levels.findIndex(({ size }) => size > 0)
    const since = this.#levels.map(({ first }) => first?.account?.at ?? Number.POSITIVE_INFINITY)
    return since.indexOf(Math.min(...since))
  }
}

/** The account of a task as of now. */
function accountOf(task: Task, now: number): Account {
  task.account ??= { used: (task.backlog ?? 0) > SHORT ? USED_BY_NEW : USED_BY_NEW / 2, at: now }
  const { account } = task
  account.used *= Math.exp((account.at - now) / LATELY)
  account.at = now
  return account
}

/** Milliseconds of the shortest slice: with less, more time goes into the changes between them. */
const SHORTEST = 0.2
/** Milliseconds after which what was used counts a third (1/e). */
const LATELY = 1000
/**
 * Use of a new task at its start, so that a client that connects again and again does not go before those that stay; of one
 * with a short backlog, in bytes, half as much.
 */
const USED_BY_NEW = 4
const SHORT = 1024
/**
 * Milliseconds used lately, below which a task belongs to the first level, the second, and so on. Of new tasks, those go
 * first that have used least since they came: else one that asks twice would wait behind fifty that ask for all they can.
 */
const LEVELS = [0.5, 1, 2, 4, 4.125, 4.25, 4.5, 5, 6, 8, 12, 16, 32]
const LEVEL_OF_NEW = LEVELS.indexOf(USED_BY_NEW) + 1
/**
 * Milliseconds that are counted of one slice: what is more is mostly the collector of garbage, or another program, and a
 * client that asks little must not fall behind those that ask for all they can because of that.
 */
const MOST_OF_SLICE = 1.5
/** Milliseconds that are counted of one message that is let pass, for the same reason. */
const MOST_AT_ONCE = 4
/** Milliseconds that messages which are let pass together may take. */
const MOST_PASS = 8
/** Messages that are always let pass together, and over how many times it is learnt how long one takes. */
const LEAST_PASS = 4
const PASS_MEMORY = 8
