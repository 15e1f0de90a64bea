import { decode } from '../../wire/text.ts'
import type { Lane, LaneOptions } from './lane.ts'
import type { MessageNames } from './message-names.ts'
import { type LaneRule, MessageWatch } from './resolve.ts'
import type { FaultValue } from './rule.ts'
import { specOf } from './verbs.ts'

/** Maximum number of datagrams in a lane; the lane drops further datagrams, as a network may. */
const DATAGRAMS = 1024
/** Milliseconds after which a reordered datagram is delivered even if no other datagram has followed. */
const ALONE = 1000

/** Item is a datagram, or an action after the datagrams before it. */
interface Item {
  readonly due: number
  readonly bytes?: Uint8Array
  readonly act?: () => void
}

interface Datagram {
  readonly bytes: Uint8Array
  readonly number: number
  readonly delay: FaultValue | undefined
}

/** DatagramLaneOptions has the options of a lane, without a finder, because each datagram is a message. */
export interface DatagramLaneOptions extends Omit<LaneOptions, 'finder' | 'finish' | 'reset'> {
  /** Names the messages; `undefined` if no fault depends on names. */
  readonly names: MessageNames | undefined
}

/**
 * DatagramLane is the lane of datagrams: it loses, duplicates, reorders and delays them. Every decision belongs to the number of a
 * datagram in its direction, so the time at which a datagram arrives does not change how the lane treats it. Faults of streams have no
 * effect.
 */
export class DatagramLane implements Lane {
  readonly isFull = false
  readonly #options: DatagramLaneOptions
  readonly #watch: MessageWatch
  /** The rules without a moment, which apply to every datagram. */
  readonly #usual: readonly LaneRule[]
  #items: Item[] = []
  /** Reordered datagrams, which wait for the next datagram; the last datagram is first. */
  #late: Datagram[] = []
  #number = 0
  #bytes = 0
  #last = Number.NEGATIVE_INFINITY
  #isStopped = false
  #held = false
  #cancelWait: (() => void) | undefined
  #cancelLate: (() => void) | undefined

  constructor(options: DatagramLaneOptions) {
    this.#options = options
    const rules = options.rules.filter(({ verb }) => specOf(verb).carriers !== 'streams')
    this.#usual = rules.filter(({ moment }) => moment === undefined)
    this.#watch = new MessageWatch(rules)
  }

  get waiting(): number {
    return [...this.#items, ...this.#late].reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0)
  }

  take(bytes: Uint8Array): void {
    const number = ++this.#number
    const rules = [...this.#watch.apply(this.#options.names?.name(decode(bytes)) ?? []), ...this.#usual]
    this.#bytes += bytes.length
    if (this.#isStopped) return
    const stop = rules.find((rule) => this.#stopsBefore(rule))
    if (stop) this.#stopAt(stop, number)
    else if (!this.#happens('lose', rules, number)) this.#accept({ bytes, number, delay: delayIn(rules) }, rules)
    const after = rules.find(({ verb, moment }) => verb === 'stop' && moment && 'place' in moment)
    if (after && !stop) this.#stopAt(after, number + 1)
    this.#run()
  }

  /** Actions always run: datagrams have no end that a fault could drop. */
  behind(act: () => void): void {
    this.#releaseLate()
    this.#items.push({ due: this.#due(this.#isStopped ? undefined : delayIn(this.#usual), this.#number), act })
    this.#run()
  }

  hold(held: boolean): void {
    this.#held = held
    this.#run()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelWait?.()
    this.#cancelLate?.()
    this.#cancelWait = undefined
    this.#cancelLate = undefined
    this.#last = Number.NEGATIVE_INFINITY
    this.#items = this.#items.filter(({ act }) => act)
    this.#late = []
    this.#options.drained()
  }

  #accept(datagram: Datagram, rules: readonly LaneRule[]): void {
    if (this.#items.length + this.#late.length >= DATAGRAMS) return
    if (this.#happens('reorder', rules, datagram.number)) {
      this.#late.unshift(datagram)
      this.#cancelLate ??= this.#options.clock.after(ALONE, () => {
        this.#releaseLate()
        this.#run()
      })
      return
    }
    this.#add(datagram)
    if (this.#happens('duplicate', rules, datagram.number)) this.#add(datagram)
    this.#releaseLate()
  }

  /** Checks whether a rule drops the datagram that has just arrived, and all datagrams after it. */
  #stopsBefore({ verb, value, moment }: LaneRule): boolean {
    if (verb !== 'stop') return false
    if (moment && 'place' in moment) return moment.place !== 'after'
    return this.#bytes > (typeof value === 'number' ? value : 0)
  }

  #happens(verb: 'lose' | 'duplicate' | 'reorder', rules: readonly LaneRule[], number: number): boolean {
    const { decisions, notify, sender } = this.#options
    const rule = rules.find((one) => one.verb === verb)
    if (!rule || (typeof rule.value === 'number' && !decisions.happens(verb, number, rule.value))) return false
    notify(`the fault "${rule.text}" ${EFFECTS[verb](`datagram ${number} of the ${sender}`)}`, true)
    return true
  }

  #stopAt({ text }: LaneRule, number: number): void {
    const { notify, sender } = this.#options
    this.#isStopped = true
    notify(`the fault "${text}" drops the datagrams of the ${sender} from number ${number} on`, true)
  }

  #add({ bytes, number, delay }: Datagram): void {
    this.#items.push({ due: this.#due(delay, number), bytes })
  }

  #releaseLate(): void {
    this.#cancelLate?.()
    this.#cancelLate = undefined
    for (const datagram of this.#late) this.#add(datagram)
    this.#late = []
  }

  /** Returns the time at which a datagram is due: delays do not change the order. */
  #due(delay: FaultValue | undefined, number: number): number {
    const { clock, decisions } = this.#options
    const late = typeof delay === 'object' ? decisions.between('message delay', number, ...delay) : typeof delay === 'number' ? delay : 0
    this.#last = Math.max(clock.monotonic() + late, this.#last)
    return this.#last
  }

  /** Delivers the datagrams that are due, and sets a timer for the other datagrams. */
  #run(): void {
    const { clock, pass, drained } = this.#options
    this.#cancelWait?.()
    this.#cancelWait = undefined
    while (!this.#held) {
      const [item] = this.#items
      if (!item) return
      const wait = item.due - clock.monotonic()
      if (wait > 0) {
        this.#cancelWait = clock.after(wait, () => this.#run())
        return
      }
      this.#items.shift()
      if (item.bytes) pass(item.bytes)
      item.act?.()
      drained()
    }
  }
}

const EFFECTS: Readonly<Record<'lose' | 'duplicate' | 'reorder', (datagram: string) => string>> = {
  lose: (datagram) => `drops ${datagram}`,
  duplicate: (datagram) => `delivers ${datagram} twice`,
  reorder: (datagram) => `delivers ${datagram} after the next datagram`,
}

/** Returns the delay of a datagram: the delay of a rule for its message has priority. */
function delayIn(rules: readonly LaneRule[]): FaultValue | undefined {
  return rules.find(({ verb }) => verb === 'delay')?.value
}
