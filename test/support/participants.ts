import type { SeatNumber } from '../../src/games/game.ts'
import type { ToServer } from '../../src/native/messages.ts'
import type { Options } from '../../src/protocol/definition.ts'
import type { FakePeer } from './fake-peer.ts'
import { MemoryNativeClient } from './memory-native-client.ts'
import type { Act, Participant } from './secrecy.ts'
import type { TestLobby } from './test-lobby.ts'

/** The messages of a program without a lobby. */
export interface LegacyMessages {
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

/** LegacyClient is a worksheet's program at a table of the hall. */
export class LegacyClient implements Participant {
  readonly called: string
  readonly who: SeatNumber
  readonly #lobby: TestLobby
  readonly #speech: LegacyMessages
  readonly #options: Options
  #peer: FakePeer | undefined
  #received = 0

  constructor(testLobby: TestLobby, { who, speech, options = {} }: { who: SeatNumber; speech: LegacyMessages; options?: Options }) {
    this.called = `seat ${who}, through ${speech.program}`
    this.who = who
    this.#lobby = testLobby
    this.#speech = speech
    this.#options = { pace: 0, ...options }
  }

  /** Connects, and sends its first messages. */
  async arrive(lines: readonly string[] = this.#speech.opening ?? []): Promise<this> {
    this.#peer = await this.#lobby.client(this.#speech.program, this.#options)
    this.#received = 0
    for (const line of lines) await this.#peer.say(line)
    return this
  }

  async act(act: Act): Promise<void> {
    if (act === 'return' && !this.#peer && this.#speech.back) await this.arrive(this.#speech.back)
    if (act === 'drop' && this.#speech.back) {
      await this.#peer?.reset()
      this.#peer = undefined
    }
    if (typeof act === 'string' || !('move' in act)) return
    const text = this.#speech.says(act.move)
    await (this.#speech.unframed ? this.#peer?.sayAlone(text) : this.#peer?.say(text))
  }

  received(): readonly string[] {
    const writes = this.#peer?.writes.slice(this.#received) ?? []
    this.#received += writes.length
    return writes
  }
}

const PASSWORD = 'engine-1843'

/** NativeParticipant is a program that speaks the native protocol: in a seat, watching, or in the lobby. */
export class NativeParticipant implements Participant {
  readonly called: string
  readonly who: SeatNumber | 'watcher'
  readonly #lobby: TestLobby
  readonly #name: string
  readonly #connection: 'first' | 'later' | undefined
  #client: MemoryNativeClient
  #dropped = false
  #received = 0

  /** `connection` is for one of several connections of a registered user; without it, the participant is a guest. */
  constructor(
    testLobby: TestLobby,
    { name, who, connection }: { name: string; who: SeatNumber | 'watcher'; connection?: 'first' | 'later' | undefined },
  ) {
    this.called = `${who === 'watcher' ? name : `seat ${who}`}, through the native protocol${connection === 'later' ? ', again' : ''}`
    this.#connection = connection
    this.who = who
    this.#lobby = testLobby
    this.#name = name
    this.#client = new MemoryNativeClient(testLobby.service)
  }

  /** Enters under its name, and opens a seek if `seeks` is given. */
  async arrive(seeks?: Omit<Extract<ToServer, { type: 'seek' }>, 'type' | 'id'>): Promise<this> {
    const account = { name: this.#name, password: PASSWORD }
    if (this.#connection === 'first') await this.#client.say({ type: 'register', ...account })
    else await this.#client.say({ type: 'enter', ...(this.#connection ? account : { name: this.#name }) })
    if (seeks) await this.#client.say({ ...seeks, type: 'seek' })
    return this
  }

  async act(act: Act): Promise<void> {
    if (act === 'return') return this.#return()
    if (this.#dropped) return
    if (act === 'drop') {
      this.#dropped = true
      return this.#client.drop()
    }
    if (act === 'look') return this.#look()
    const { table } = this.#client.all(this.who === 'watcher' ? 'watching' : 'seated').at(-1) ?? {}
    if (table === undefined) return
    if (act === 'offer' || act === 'resign') await this.#client.say({ type: act, table })
    else if ('move' in act) await this.#client.say({ type: 'play', table, move: act.move })
    else await this.#client.say({ type: 'say', table, text: act.say })
  }

  received(): readonly string[] {
    const { received } = this.#client
    const since = received.slice(this.#received).map((message) => JSON.stringify(message))
    this.#received = received.length
    return since
  }

  /** Resumes its seat and receives all events again, from the first event. */
  async #return(): Promise<void> {
    if (!this.#dropped) return
    const { token } = this.#client.all('seated').at(-1) ?? {}
    this.#client = new MemoryNativeClient(this.#lobby.service)
    this.#dropped = false
    this.#received = 0
    if (token === undefined) await this.arrive()
    else await this.#client.say({ type: 'resume', token, after: 0 })
  }

  /** Lists the tables, and watches all that it can. */
  async #look(): Promise<void> {
    const lobby = await this.#client.say({ type: 'lobby' })
    await this.#client.say({ type: 'ladder', game: 'quiz' })
    if (lobby.type === 'lobby') {
      for (const { name } of lobby.people) await this.#client.say({ type: 'history', name })
      for (const { table } of lobby.tables) await this.#client.say({ type: 'watchers', table })
    }
    if (this.who !== 'watcher' || lobby.type !== 'lobby') return
    for (const { table } of lobby.tables) await this.#client.say({ type: 'watch', table })
  }
}

/** DoorParticipant is a user at the front door, as with `nc`: in a seat, or watching. */
export class DoorParticipant implements Participant {
  readonly called: string
  readonly who: SeatNumber | 'watcher'
  readonly #lobby: TestLobby
  readonly #name: string
  #peer: FakePeer | undefined
  #received = 0
  #resume: string | undefined

  constructor(testLobby: TestLobby, { name, who }: { name: string; who: SeatNumber | 'watcher' }) {
    this.called = `${who === 'watcher' ? name : `seat ${who}`}, through the front door`
    this.who = who
    this.#lobby = testLobby
    this.#name = name
  }

  /** Connects and types lines, each after the answer to the previous line; its name, if no lines are given. */
  async arrive(lines: readonly string[] = []): Promise<this> {
    this.#peer = await this.#lobby.client('parlor/door')
    this.#received = 0
    for (const line of [this.#name, ...lines]) await this.#type(line)
    return this
  }

  async act(act: Act): Promise<void> {
    if (act === 'return' && !this.#peer) await this.arrive(this.#resume === undefined ? [] : [this.#resume])
    else if (act === 'drop') await this.#drop()
    else if (act === 'look') await this.#look()
    else if (typeof act === 'object') await this.#type('move' in act ? act.move : `say ${act.say}`)
    else if (act !== 'return') await this.#type(act === 'offer' ? 'draw' : act)
  }

  received(): readonly string[] {
    const writes = this.#peer?.writes.slice(this.#received) ?? []
    this.#received += writes.length
    return writes
  }

  async #type(line: string): Promise<void> {
    await this.#peer?.say(`${line}\n`)
  }

  async #drop(): Promise<void> {
    this.#resume = this.#peer?.received.match(/\bresume [0-9A-Z]{26}\b/g)?.at(-1) ?? this.#resume
    await this.#peer?.reset()
    this.#peer = undefined
  }

  /** Lists the tables, and watches the table that was opened last. */
  async #look(): Promise<void> {
    for (const line of ['tables', 'who', 'rank quiz', 'history', 'history ada', 'mine', 'watchers', 'rules quiz']) await this.#type(line)
    const table = [...this.#lobby.service.hall.tables].at(-1)
    if (this.who !== 'watcher' || !table) return
    await this.#type('leave')
    await this.#type(`watch ${table.id}`)
  }
}
