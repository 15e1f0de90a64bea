import type { SeatNumber } from '../../src/games/game.ts'
import type { ToServer } from '../../src/native/messages.ts'
import type { Options } from '../../src/protocol/definition.ts'
import type { Far } from './fake-peer.ts'
import { Machine } from './memory-native-client.ts'
import type { Room } from './test-lobby.ts'
import type { Act, Holder } from './secrecy.ts'

/** The messages of a program without a lobby. */
export interface Speech {
  readonly program: string
  /** The messages on connecting. */
  readonly opening?: readonly string[]
  /** The messages that resume a reserved seat. */
  readonly back?: readonly string[]
  /** A move in the game's notation, as a message of this protocol. */
  says(move: string): string
  /** Whether the protocol does not mark the end of a message. */
  readonly unframed?: boolean
}

/** Classroom is a worksheet's program at a table of the hall. */
export class Classroom implements Holder {
  readonly called: string
  readonly who: SeatNumber
  readonly #room: Room
  readonly #speech: Speech
  readonly #options: Options
  #far: Far | undefined
  #heard = 0

  constructor(room: Room, { who, speech, options = {} }: { who: SeatNumber; speech: Speech; options?: Options }) {
    this.called = `seat ${who}, through ${speech.program}`
    this.who = who
    this.#room = room
    this.#speech = speech
    this.#options = { pace: 0, ...options }
  }

  /** Connects, and sends its first messages. */
  async arrive(lines: readonly string[] = this.#speech.opening ?? []): Promise<this> {
    this.#far = await this.#room.client(this.#speech.program, this.#options)
    this.#heard = 0
    for (const line of lines) await this.#far.say(line)
    return this
  }

  async act(act: Act): Promise<void> {
    if (act === 'return' && !this.#far && this.#speech.back) await this.arrive(this.#speech.back)
    if (act === 'drop' && this.#speech.back) {
      await this.#far?.reset()
      this.#far = undefined
    }
    if (typeof act === 'string' || !('move' in act)) return
    const text = this.#speech.says(act.move)
    await (this.#speech.unframed ? this.#far?.sayAlone(text) : this.#far?.say(text))
  }

  heard(): readonly string[] {
    const writes = this.#far?.writes.slice(this.#heard) ?? []
    this.#heard += writes.length
    return writes
  }
}

/** Native is a program that speaks the native protocol: in a seat, watching, or in the lobby. */
export class Native implements Holder {
  readonly called: string
  readonly who: SeatNumber | 'watcher'
  readonly #room: Room
  readonly #name: string
  #machine: Machine
  #dropped = false
  #heard = 0

  constructor(room: Room, { name, who }: { name: string; who: SeatNumber | 'watcher' }) {
    this.called = `${who === 'watcher' ? name : `seat ${who}`}, through the native protocol`
    this.who = who
    this.#room = room
    this.#name = name
    this.#machine = new Machine(room.premises)
  }

  /** Enters under its name, and opens a seek if `seeks` is given. */
  async arrive(seeks?: Omit<Extract<ToServer, { type: 'seek' }>, 'type' | 'id'>): Promise<this> {
    await this.#machine.say({ type: 'enter', name: this.#name })
    if (seeks) await this.#machine.say({ ...seeks, type: 'seek' })
    return this
  }

  async act(act: Act): Promise<void> {
    if (act === 'return') return this.#return()
    if (this.#dropped) return
    if (act === 'drop') {
      this.#dropped = true
      return this.#machine.drop()
    }
    if (act === 'look') return this.#look()
    const { table } = this.#machine.all(this.who === 'watcher' ? 'watching' : 'seated').at(-1) ?? {}
    if (table === undefined) return
    if (act === 'offer' || act === 'resign') await this.#machine.say({ type: act, table })
    else if ('move' in act) await this.#machine.say({ type: 'play', table, move: act.move })
    else await this.#machine.say({ type: 'say', table, text: act.say })
  }

  heard(): readonly string[] {
    const { heard } = this.#machine
    const since = heard.slice(this.#heard).map((message) => JSON.stringify(message))
    this.#heard = heard.length
    return since
  }

  /** Resumes its seat and receives all events again, from the first one. */
  async #return(): Promise<void> {
    if (!this.#dropped) return
    const { token } = this.#machine.all('seated').at(-1) ?? {}
    this.#machine = new Machine(this.#room.premises)
    this.#dropped = false
    this.#heard = 0
    if (token === undefined) await this.arrive()
    else await this.#machine.say({ type: 'resume', token, after: 0 })
  }

  /** Lists the tables, and watches all that it can. */
  async #look(): Promise<void> {
    const lobby = await this.#machine.say({ type: 'lobby' })
    await this.#machine.say({ type: 'ladder', game: 'quiz' })
    if (lobby.type === 'lobby') {
      for (const { name } of lobby.people) await this.#machine.say({ type: 'history', name })
      for (const { table } of lobby.tables) await this.#machine.say({ type: 'watchers', table })
    }
    if (this.who !== 'watcher' || lobby.type !== 'lobby') return
    for (const { table } of lobby.tables) await this.#machine.say({ type: 'watch', table })
  }
}

/** Caller is a user at the front door, as with `nc`: in a seat, or watching. */
export class Caller implements Holder {
  readonly called: string
  readonly who: SeatNumber | 'watcher'
  readonly #room: Room
  readonly #name: string
  #far: Far | undefined
  #heard = 0
  #resume: string | undefined

  constructor(room: Room, { name, who }: { name: string; who: SeatNumber | 'watcher' }) {
    this.called = `${who === 'watcher' ? name : `seat ${who}`}, through the front door`
    this.who = who
    this.#room = room
    this.#name = name
  }

  /** Connects and types lines, each after the answer to the previous one; its name, if no lines are given. */
  async arrive(lines: readonly string[] = []): Promise<this> {
    this.#far = await this.#room.client('parlor/door')
    this.#heard = 0
    for (const line of [this.#name, ...lines]) await this.#type(line)
    return this
  }

  async act(act: Act): Promise<void> {
    if (act === 'return' && !this.#far) await this.arrive(this.#resume === undefined ? [] : [this.#resume])
    else if (act === 'drop') await this.#drop()
    else if (act === 'look') await this.#look()
    else if (typeof act === 'object') await this.#type('move' in act ? act.move : `say ${act.say}`)
    else if (act !== 'return') await this.#type(act === 'offer' ? 'draw' : act)
  }

  heard(): readonly string[] {
    const writes = this.#far?.writes.slice(this.#heard) ?? []
    this.#heard += writes.length
    return writes
  }

  async #type(line: string): Promise<void> {
    await this.#far?.say(`${line}\n`)
  }

  async #drop(): Promise<void> {
    this.#resume = this.#far?.heard.match(/\bresume [0-9A-Z]{26}\b/g)?.at(-1) ?? this.#resume
    await this.#far?.reset()
    this.#far = undefined
  }

  /** Lists the tables, and watches the table that was opened last. */
  async #look(): Promise<void> {
    for (const line of ['tables', 'who', 'rank quiz', 'history', 'history ada', 'mine', 'watchers', 'rules quiz']) await this.#type(line)
    const table = [...this.#room.premises.hall.tables].at(-1)
    if (this.who !== 'watcher' || !table) return
    await this.#type('leave')
    await this.#type(`watch ${table.id}`)
  }
}
