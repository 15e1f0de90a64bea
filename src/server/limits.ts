import { counted } from '../base/counts.ts'
import { PEER, type PersonId, UNWRITABLE } from '../hall/ports.ts'
import { Bucket, Throttle } from '../hall/throttle.ts'
import { print } from '../protocols/automaton.ts'
import type { Options, Program } from '../protocols/protocol.ts'
import type { Budget } from '../wire/allowance.ts'
import { Ignored } from '../wire/allowance.ts'
import type { Clock } from '../wire/clock.ts'
import type { Address, Transport } from '../wire/transport.ts'
import type { Holdings } from './holdings.ts'
import type { Rooms } from './rooms.ts'

/** DoorLimits are what one somebody may take of a server's attention; `Infinity` for no limit. */
export interface DoorLimits {
  /** Connections of one address at a time; this very machine has no such limit. */
  readonly connections: number
  /** Messages that one connection may say at once, and how many a second from then on. */
  readonly burst: number
  readonly messages: number
}

/** HallLimits are how many seats one somebody may have, and how many tables there may be; `Infinity` for no limit. */
export interface HallLimits {
  readonly seats: number
  readonly tables: number
  /** Tables and seeks of one address, this machine's own included. */
  readonly address?: number | undefined
  /** Megabytes that one address may add to the disk in an hour. */
  readonly disk?: number | undefined
  /** Milliseconds that a table may be without a move. */
  readonly move?: number | undefined
}

/** No limits at all. */
export const unlimited: DoorLimits & HallLimits = {
  connections: Number.POSITIVE_INFINITY,
  burst: Number.POSITIVE_INFINITY,
  messages: Number.POSITIVE_INFINITY,
  seats: Number.POSITIVE_INFINITY,
  tables: Number.POSITIVE_INFINITY,
  address: Number.POSITIVE_INFINITY,
  disk: Number.POSITIVE_INFINITY,
  move: Number.POSITIVE_INFINITY,
}

/** Messages that are read between two looks at a budget, at most: a look costs more than a message. */
const STEP = 100
/** How often the same is told of one address: once a minute. */
const TOLD = { burst: 1, refill: 60_000 }
/** Rate of log rows about the conversations of one address. */
const NOTICED = { burst: 20, refill: 3000 }
/** Rate of log rows about conversations of one address that ended in trouble. */
const ENDS = { burst: 500, refill: 100 }
/** How long a peer that is turned away may take to read why, in milliseconds. */
const LINGER = 1000

/** Doorkeeper counts the connections of each address, and says how fast each may speak. */
export class Doorkeeper {
  readonly #limits: DoorLimits
  readonly #clock: Clock
  readonly #connections = new Map<string, number>()
  readonly #told = new Throttle(TOLD)
  readonly #noticed = new Throttle(NOTICED)
  readonly #ends = new Throttle(ENDS)
  /** Conversations over datagrams, of all peers together; without it, no limit. */
  readonly #begins: Bucket | undefined

  constructor(limits: DoorLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
    const { burst, messages } = limits
    if (burst === Number.POSITIVE_INFINITY || messages === Number.POSITIVE_INFINITY) return
    this.#begins = new Bucket({ burst, refill: Math.max(1, Math.round(1000 / messages)) })
  }

  /** Lets a peer in, until it leaves; answers with a sentence where too many have come from its address. */
  admit(peer: Transport): string | undefined {
    if (!this.#counts(peer)) return undefined
    const network = networkOf(peer.remote.host)
    const open = this.#connections.get(network) ?? 0
    if (open >= this.#limits.connections) return `no more than ${counted(open, 'connection')} from one address may be open: close one first`
    this.#connections.set(network, open + 1)
    return undefined
  }

  /** Lets a peer out that was let in. */
  leave(peer: Transport): void {
    if (!this.#counts(peer)) return
    const network = networkOf(peer.remote.host)
    const left = (this.#connections.get(network) ?? 1) - 1
    if (left > 0) this.#connections.set(network, left)
    else this.#connections.delete(network)
  }

  /**
   * Checks whether a conversation over datagrams may begin now. A datagram is all that it takes, and its sender's address
   * may be false, so that all who send datagrams may begin as many together as one connection may say messages.
   */
  mayBegin(): boolean {
    return this.#begins === undefined || this.#begins.take(this.#clock.monotonic()) === 0
  }

  /** How fast a peer of a program may speak. `onSlowed` is told of one that spoke faster, once. */
  budget(onSlowed: (peer: Address, sentence: string) => void): Budget | undefined {
    const { burst, messages } = this.#limits
    if (burst === Number.POSITIVE_INFINITY || messages === Number.POSITIVE_INFINITY) return undefined
    const step = Math.min(STEP, Math.max(1, Math.floor(burst / 10)))
    // the first step is free, since nobody is asked about it
    const rate = { burst: Math.max(1, Math.floor(burst / step) - 1), refill: Math.max(1, Math.round((1000 * step) / messages)) }
    const sentence = `it says more than ${counted(messages, 'message')} a second, and is read more slowly`
    return { step, open: (peer) => this.#account(rate, () => onSlowed(peer, sentence)) }
  }

  /** Whether something that holds for all of an address is to be told now: once a minute it is. */
  mayTell(what: string, { host }: Address): boolean {
    return this.#told.take(`${what} ${networkOf(host)}`, this.#clock.monotonic()) === 0
  }

  /** Checks whether to log something about one conversation now: of an address twenty at once, then one in three seconds. */
  mayNotice(what: string, { host }: Address): boolean {
    return this.#noticed.take(`${what} ${networkOf(host)}`, this.#clock.monotonic()) === 0
  }

  /** Checks whether to log now that a conversation ended in trouble: of an address 500 at once, then ten a second. */
  mayLogEnd({ host }: Address): boolean {
    return this.#ends.take(networkOf(host), this.#clock.monotonic()) === 0
  }

  #account(rate: ConstructorParameters<typeof Bucket>[0], onSlowed: () => void): () => number {
    const bucket = new Bucket(rate)
    let slowed = false
    return () => {
      const wait = bucket.take(this.#clock.monotonic())
      if (wait > 0 && !slowed) onSlowed()
      slowed ||= wait > 0
      return wait
    }
  }

  /** Behind this machine's own address may be a tunnel, and so everybody. */
  #counts(peer: Transport): boolean {
    return this.#limits.connections < Number.POSITIVE_INFINITY && !peer.loopback
  }
}

/** Turns a peer away: with a sentence where its protocol has an answer that can carry one, else the connection is broken off. */
export function turnAway(transport: Transport, { protocol }: Program, options: Options, sentence: string, clock: Clock): void {
  const { messages, refusal } = protocol.automaton
  const form = refusal === undefined ? undefined : messages[refusal]
  if (!form || transport.datagrams) return transport.reset()
  const cancel = clock.after(LINGER, () => transport.destroy())
  const ignored = new Ignored()
  const data = ({ length }: Uint8Array) => {
    if (!ignored.mayDiscard(length)) transport.pause()
  }
  transport.open({ data, finished: () => {}, closed: cancel })
  transport.write(protocol.framing(options).toClient.encode(print(form, [sentence])))
  transport.finish()
}

/** Explains why somebody cannot be seated once more; `undefined` for one who can. */
export function noRoom({ hall, limits }: Rooms, person: PersonId, holdings: Holdings): string | undefined {
  if (!hall.writable) return UNWRITABLE
  if (hall.size >= limits.tables) hall.tidy()
  if (hall.size >= limits.tables) return `there is no room for another table, for ${limits.tables} may be open: come back later`
  // of who never said who it is, connections are counted
  if (person !== PEER && [...hall.seatsOf(person)].length >= limits.seats)
    return `you have no seat left, for ${limits.seats} may be yours at a time: finish a game first`
  if (holdings.size >= limits.seats)
    return `this connection has ${counted(holdings.size, 'seat')} under all its names, and ${limits.seats} ${limits.seats === 1 ? 'is' : 'are'} the limit: finish a game first`
  const { full } = holdings.spending
  if (full !== undefined) return full
  const { address = Number.POSITIVE_INFINITY } = limits
  const held = address === Number.POSITIVE_INFINITY ? 0 : hall.owners.count(holdings.network)
  return held < address
    ? undefined
    : `your address holds ${counted(held, 'table or open seek', 'tables and open seeks')}, and ${address} ${address === 1 ? 'is' : 'are'} the limit: finish a game or cancel a seek first`
}

/** Returns what stands for everybody at one address: of IPv6 its network, of which everybody at home has a whole one. */
export function networkOf(host: string): string {
  if (host.startsWith('127.')) return THIS_MACHINE
  if (!host.includes(':')) return host
  const [front = '', back] = host.split('%')[0]?.split('::') ?? []
  const groups = front.split(':')
  const last = back === undefined || back === '' ? [] : back.split(':')
  const all = back === undefined ? groups : [...groups, ...Array(Math.max(0, 8 - groups.length - last.length)).fill('0'), ...last]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group || '0', 16).toString(16))
    .join(':')
}

/** What stands for all of 127.0.0.0/8, as for ::1. */
const THIS_MACHINE = networkOf('::1')
