import type { Game, Refusal, Seat } from '../games/game.ts'
import type { Console, Program, RoleContext } from '../protocol/definition.ts'
import type { Side } from '../protocol/message-spec.ts'
import type { Peer } from '../protocol/peer.ts'
import { playAtConsole } from '../protocol/roles.ts'
import type { HallAccess, HallSeat, OpponentFor, Seating } from '../protocol/seating.ts'

/** Maximum number of steps of one side in one walk; the kit assumes that a longer walk never ends. Most walks take a few hundred steps. */
const MOST = 50_000

/**
 * SeatWait is a pending call of a method of a seat. `refused` is the refusal before the call, if the seat has shown no situation
 * since that refusal.
 */
export interface SeatWait {
  readonly seat: number
  readonly method: 'next' | 'turn' | 'observe'
  readonly refused: string | undefined
}

/** Actor is a function of a plug-in in a walk (a role or `opposite`), and the operations for which this function waits. */
export interface Actor {
  readonly name: string
  readonly waits: Set<'message' | 'line' | SeatWait>
  hasReturned: boolean
}

/**
 * WaitTracker records the operations for which the functions of one side of a walk wait, so that the kit can say why a walk is stuck. The
 * tracker wraps the peer, the console and the seats that these functions get.
 */
export class WaitTracker {
  readonly side: Side
  readonly actors: Actor[] = []
  readonly #onEndless: () => void
  readonly #leavesAt: number
  /** The seats of the opponents at this side. */
  readonly #opponents: { leave(): void }[] = []
  #at: RoleContext<unknown> | undefined
  #received = 0
  #steps = 0
  #isOver = false

  /**
   * Calls `onEndless` once, when the functions of this side have taken `MOST` steps and therefore may never end. The opponents at this side
   * leave when the role begins to wait for its message number `leavesAt`, in the peer's turn, because a real opponent can also leave in the
   * peer's turn.
   */
  constructor(side: Side, leavesAt: number, onEndless: () => void) {
    this.side = side
    this.#leavesAt = leavesAt
    this.#onEndless = onEndless
  }

  /** Number of steps so far. If the number does not change, the walk is stuck. */
  get steps(): number {
    return this.#steps
  }

  /** Makes all further operations fail, so that a function in an endless loop ends. */
  stop(): void {
    this.#isOver = true
  }

  /** Returns a copy of the program in which the tracker observes the role of this side. */
  watch(program: Program): Program {
    const { protocol } = program
    const role = async (peer: Peer, at: RoleContext<unknown>) => {
      const actor = this.#enter(`the ${this.side}'s role`)
      this.#watchPeer(peer, actor)
      this.#at = at
      await protocol[this.side](peer, this.#watchContext(at, actor)).finally(() => leave(actor))
    }
    return { ...program, protocol: { ...protocol, [this.side]: role } }
  }

  /** Returns the function that a conversation uses to create the player at this side; the tracker records the steps of that player. */
  opponentFor({ protocol }: Program): OpponentFor {
    return (game) => async (seat) => {
      const actor = this.#enter('`opposite`')
      const own = this.#watchSeat(seat, actor)
      this.#opponents.push(seat)
      if (!this.#at) throw new Error('a seat was taken before the role began')
      const at = this.#watchContext(this.#at, actor)
      const played = protocol.opposite
        ? protocol.opposite(own as Seat<unknown, unknown>, at, game.name)
        : playAtConsole(game, own, at.console)
      await played.finally(() => leave(actor))
    }
  }

  #enter(name: string): Actor {
    const actor: Actor = { name, waits: new Set(), hasReturned: false }
    this.actors.push(actor)
    return actor
  }

  #step(): void {
    if (this.#isOver) throw new Error('the walk is over')
    if (++this.#steps === MOST) this.#onEndless()
  }

  async #wait<Result>(actor: Actor, what: 'message' | 'line' | SeatWait, begin: () => Promise<Result>): Promise<Result> {
    this.#step()
    actor.waits.add(what)
    try {
      return await begin()
    } finally {
      actor.waits.delete(what)
    }
  }

  #watchPeer(peer: Peer, actor: Actor): void {
    const receive = peer.receive.bind(peer)
    peer.receive = () => {
      const received = this.#wait(actor, 'message', receive)
      if (++this.#received === this.#leavesAt) for (const seat of this.#opponents) seat.leave()
      return received
    }
  }

  #watchContext(at: RoleContext<unknown>, actor: Actor): RoleContext<unknown> {
    const { console, seating } = at
    const asked: Console = {
      say: (text) => console.say(text),
      warn: (sentence) => console.warn?.(sentence),
      ask: (...question) => this.#wait(actor, 'line', () => console.ask(...question)),
    }
    return { ...at, console: asked, seating: this.#watchSeating(seating, actor) }
  }

  #watchSeating(seating: Seating, actor: Actor): Seating {
    const { hall } = seating
    return {
      sit: async (game, seats, options) => this.#watchSeat(await seating.sit(game, seats, options), actor),
      ...(seating.lobby && { lobby: (listener) => seating.lobby?.(listener) as ReturnType<NonNullable<Seating['lobby']>> }),
      ...(hall && { hall: this.#watchHall(hall, actor) }),
    }
  }

  #watchHall(access: HallAccess, actor: Actor): HallAccess {
    const chair = <Move, View>(seat: HallSeat<Move, View>): HallSeat<Move, View> => {
      const { table, names } = seat
      return { ...this.#watchSeat(seat, actor), table, names }
    }
    return {
      get name() {
        return access.name
      },
      logIn: (name, how) => access.logIn(name, how),
      register: (name, password) => access.register(name, password),
      seek: async (game, terms) => chair(await access.seek(game, terms)),
      holds: (game) => access.holds(game),
      resume<State, Move, View, Options>(game: Game<State, Move, View, Options>) {
        const seat = access.resume(game)
        return seat && chair(seat)
      },
      rank: (game) => access.rank(game),
    }
  }

  #watchSeat<Move, View>(seat: Seat<Move, View>, actor: Actor): Seat<Move, View> {
    let refused: string | undefined
    const wait = (method: SeatWait['method']): SeatWait => ({ seat: seat.number, method, refused })
    const situated = <Situation>(situation: Situation): Situation => {
      refused = undefined
      return situation
    }
    return {
      number: seat.number,
      next: async () => situated(await this.#wait(actor, wait('next'), () => seat.next())),
      turn: async () => situated(await this.#wait(actor, wait('turn'), () => seat.turn())),
      observe: (watcher) => {
        actor.waits.add(wait('observe'))
        seat.observe({ see: (situation) => watcher.see(situated(situation)), closed: (reason) => watcher.closed(reason) })
      },
      play: (move): Refusal | undefined => {
        this.#step()
        const refusal = seat.play(move)
        refused = refusal?.refused
        return refusal
      },
      leave: () => seat.leave(),
    }
  }
}

function leave(actor: Actor): void {
  actor.hasReturned = true
  actor.waits.clear()
}
