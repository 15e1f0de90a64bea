import { setTimeout } from 'node:timers/promises'
import type { SeatNumber } from '../../src/games/game.ts'
import type { ToClient } from '../../src/native/messages.ts'
import { ConnectionClosed } from '../support/line-socket.ts'
import { type Command, NativeLink } from '../support/native-link.ts'
import type { Habits } from './habits.ts'
import type { World } from './world.ts'

/** Milliseconds until a code is tried again after too many tries. */
const THROTTLED = 500

/** The bot's data about its seat. */
interface Seat {
  readonly table: number
  readonly seat: SeatNumber
  readonly game: string
  readonly token: string | undefined
  /** The number of the last event that it knows. */
  known: number
  sight: { readonly view: unknown; readonly turn: boolean } | undefined
  /** The seats whose players are disconnected. */
  absent: ReadonlySet<SeatNumber>
  readonly seats: readonly SeatNumber[]
  over: boolean
}

/** Bot plays in the native protocol, one game at a time, and reconnects each time the server runs again. */
export class Bot {
  #name: string
  readonly #habits: Habits
  readonly #world: World
  #link: NativeLink | undefined
  #seat: Seat | undefined
  #seeking = false
  #registered = false
  /** The secret with which a guest enters again under its name, as long as the server runs. */
  #secret: string | undefined
  #session: string | undefined
  #wake: (() => void) | undefined

  constructor(name: string, habits: Habits, world: World) {
    this.#name = name
    this.#habits = habits
    this.#world = world
  }

  /** The present activity, for an error message if it does not end. */
  get state(): string {
    const { table, known, over, sight } = this.#seat ?? {}
    const seat = table === undefined ? 'without a seat' : `at table ${table} after event ${known}, ${over ? 'over' : JSON.stringify(sight)}`
    return `${this.#name} is ${seat}${this.#seeking ? ', seeking' : ''}${this.#link?.over === false ? '' : ', without a connection'}`
  }

  /** Plays until the end of the run and of its own game. */
  async run(): Promise<void> {
    for (let going = true; going; ) {
      try {
        going = await this.#stay()
      } catch (reason) {
        if (!(reason instanceof ConnectionClosed)) throw reason
      } finally {
        this.#link?.close()
      }
    }
  }

  /** Plays through one connection; returns false if there is nothing more to do. */
  async #stay(): Promise<boolean> {
    this.#seeking = false
    this.#link = await NativeLink.open(await this.#world.port('parlor/door'), (message) => this.#hear(message))
    await this.#comeIn()
    while (!this.#link.over) {
      const news = this.#news(this.#link)
      if (this.#seat?.over) await this.#afterwards(this.#seat)
      else if (this.#seat) await this.#play(this.#seat)
      else if (this.#seeking && this.#world.stopping) await this.#cancel()
      else if (this.#world.stopping) return false
      else if (!this.#seeking) await this.#seek()
      await news
    }
    return true
  }

  /** Enters its name, and resumes its seat. */
  async #comeIn(): Promise<void> {
    const { token, known } = this.#seat ?? {}
    const byToken: Command | undefined = token === undefined ? undefined : { type: 'resume', token, ...(known ? { after: known } : {}) }
    if (byToken && this.#world.random.integer(0, 1) === 1) {
      if (await this.#resume(byToken)) {
        // the token opens the seat alone: a registered user logs in for everything else
        const entered = this.#habits.password === undefined ? undefined : await this.#enter()
        if (entered && entered.type !== 'entered') this.#wrong('could not come in', entered)
        return
      }
      this.#seat = undefined
    }
    const entered = await this.#enter()
    if (entered.type === 'error' && entered.code === 'name-taken' && this.#habits.password === undefined) {
      // a guest whose opponent returned first enters by the token of the seat alone
      if (byToken && (await this.#resume(byToken))) return
      // a guest whose seat was taken in the moment of the kill has no token of it, and continues under another name, as a person
      // would; a seat that the token does not resume either was lost after the name was refused, and the name is free again
      if (!byToken) this.#name += 'x'
      this.#seat = undefined
      return this.#comeIn()
    }
    if (entered.type !== 'entered') return this.#wrong('could not come in', entered)
    // a registered user resumes seats by their tables; a guest's name belongs to no user
    if (this.#habits.password === undefined) {
      if (!byToken || !this.#seat || !(await this.#resume(byToken))) this.#seat = undefined
      return
    }
    const before = this.#seat
    this.#seat = undefined
    for (const table of entered.tables) {
      if (before?.table === table) this.#seat = before
      // the game may end at this moment, if the opponent returned first
      if (!(await this.#resume({ type: 'resume', table, after: this.#seat?.known ?? 0 }))) this.#seat = undefined
    }
  }

  async #enter(): Promise<ToClient> {
    const { password } = this.#habits
    const name = this.#name
    if (password === undefined) {
      const entered = await this.#ask({ type: 'enter', name, ...(this.#secret === undefined ? {} : { secret: this.#secret }) })
      if (entered.type === 'entered') this.#secret = entered.secret
      return entered
    }
    if (this.#session !== undefined) return this.#ask({ type: 'return', session: this.#session })
    // a name that was registered at the moment of the kill is taken now
    const registered = this.#registered ? undefined : await this.#ask({ type: 'register', name, password })
    this.#registered = true
    const entered = registered?.type === 'entered' ? registered : await this.#ask({ type: 'enter', name, password })
    const session = await this.#ask({ type: 'session' })
    if (session.type === 'session') this.#session = session.session
    return entered
  }

  /** Resumes a seat; returns whether there was a seat. */
  async #resume(command: Command): Promise<boolean> {
    const answer = await this.#ask(command)
    if (answer.type === 'seated') this.#world.ledger.resumed++
    return answer.type === 'seated'
  }

  async #seek(): Promise<void> {
    const command = await this.#habits.seek()
    if (!command) return
    this.#seeking = true
    const answer = await this.#ask(command)
    if (answer.type === 'ok' && answer.code !== undefined) this.#habits.invite?.(answer.code)
    if (answer.type !== 'error') return
    this.#seeking = false
    if (command.type !== 'join') return this.#wrong('could not seek', answer)
    // an invitation of the killed server does not exist any more, and the tries of codes are limited
    if (answer.code === 'throttled') await setTimeout(THROTTLED)
    else this.#habits.refused?.(command.code)
    this.#wake?.()
  }

  /** Cancels the seek, unless it was matched at this moment. */
  async #cancel(): Promise<void> {
    await this.#ask({ type: 'cancel' })
    this.#seeking = false
    this.#wake?.()
  }

  /** Moves as long as the bot has the turn; now and then talks, offers a draw, or resigns. */
  async #play(seat: Seat): Promise<void> {
    const { random, ledger } = this.#world
    while (seat.sight?.turn && !seat.over) {
      const { table, known: after } = seat
      const whim = random.integer(1, 100)
      if (whim <= 5) await this.#say(table)
      if (whim === 6) await this.#ask({ type: 'offer', table })
      const move = this.#habits.move(seat.game, seat.sight.view)
      if (whim === 7 || move === undefined) {
        await this.#ask({ type: 'resign', table })
        return
      }
      const note = ledger.wish('moves', `${table} ${seat.seat}`, move)
      const answer = await this.#ask({ type: 'play', table, move, after })
      note(answer.type === 'ok' ? 'kept' : 'refused')
      if (answer.type === 'ok' && seat.known === after) this.#wrong('a move was acknowledged before it was told', answer)
      if (answer.type === 'error' && answer.code !== 'stale') {
        // the opponent may have resigned at this moment, which the next event reports
        if (answer.message !== 'the game is over') this.#wrong(`${move} at ${seat.game} was refused`, answer)
        return
      }
    }
    // an opponent who has lost its token, or has left while the rematch was being opened, does not return
    if (this.#world.stopping && !seat.over && seat.absent.size > 0) await this.#ask({ type: 'resign', table: seat.table })
  }

  async #say(table: number): Promise<void> {
    const text = `${this.#name} ${this.#world.random.integer(1e6, 1e9)}`
    const note = this.#world.ledger.wish('sayings', `${table} ${this.#name}`, text)
    note((await this.#ask({ type: 'say', table, text })).type === 'ok' ? 'kept' : 'refused')
  }

  /** Starts another game after the end of one, at the same table or elsewhere. */
  async #afterwards(seat: Seat): Promise<void> {
    if (!this.#world.stopping && this.#habits.again?.(seat.table)) {
      const answer = await this.#ask({ type: 'offer', table: seat.table })
      if (answer.type === 'ok') return
    }
    if (this.#seat !== seat) return
    await this.#ask({ type: 'leave', table: seat.table })
    if (this.#seat === seat) this.#seat = undefined
    this.#wake?.()
  }

  #ask(command: Command): Promise<ToClient> {
    if (!this.#link) throw new ConnectionClosed()
    return this.#link.ask(command)
  }

  /** Resolves at the next event after the call. */
  #news({ gone }: NativeLink): Promise<void> {
    const { stopping, stopped } = this.#world
    const answered = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    return Promise.race([answered, gone, ...(stopping ? [] : [stopped])])
  }

  #hear(message: ToClient): void {
    if (message.type === 'seated' || message.type === 'resync') this.#sit(message)
    if (message.type === 'event') this.#see(message)
    if (message.type === 'closed' && this.#seat?.table === message.table) this.#seat = undefined
    if (message.type !== 'ok') this.#wake?.()
  }

  #sit({ table, seat = 0, game, token, n = 0, sight, names }: Extract<ToClient, { type: 'seated' | 'resync' }>): void {
    this.#world.ledger.known.add(table)
    const same = this.#seat?.table === table ? this.#seat : undefined
    if (same && same.known > n) this.#wrong(`event ${same.known} of table ${table} was taken back`, n)
    this.#seeking = false
    const seats = [...names.keys()]
    const absent = same?.absent ?? new Set()
    this.#seat = { table, seat, game, token: token ?? same?.token, known: n, sight, seats, absent, over: sight?.outcome !== undefined }
  }

  #see(event: Extract<ToClient, { type: 'event' }>): void {
    const seat = this.#seat
    // missed events arrive before the seat is resumed, by number
    this.#world.ledger.received(event, seat?.table === event.table ? seat.seat : undefined)
    if (seat?.table !== event.table) return
    if (event.n !== seat.known + 1) this.#wrong(`event ${event.n} of table ${event.table} follows event ${seat.known}`, event)
    seat.known = event.n
    if (event.sight) seat.sight = event.sight
    if (event.what.type === 'suspended') seat.absent = new Set(seat.seats)
    if (event.what.type === 'gone') seat.absent = seat.absent.union(new Set([event.what.seat]))
    if (event.what.type === 'back') seat.absent = seat.absent.difference(new Set([event.what.seat]))
    if (event.what.type === 'ended') seat.over = true
  }

  #wrong(sentence: string, what: unknown): void {
    this.#world.ledger.contradict(`${this.#name}: ${sentence}: ${JSON.stringify(what)}`)
  }
}
