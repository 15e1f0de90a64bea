import type { SeatNumber } from '../../games/game.ts'
import { truncateLine } from '../../games/talk.ts'
import { defineAutomaton } from '../../protocol/automaton.ts'
import { noConsole, type RoleContext, readOption } from '../../protocol/definition.ts'
import { client, type Side, server } from '../../protocol/message-spec.ts'
import type { TextOption } from '../../protocol/option.ts'
import type { Peer } from '../../protocol/peer.ts'

/** Games that the two sides can play inside a talk. */
export const GAMES = ['tictactoe', 'scissors', 'guess', 'hangman'] as const

/** GameName is the name of a game inside a talk. The name follows `play` in a line. */
export type GameName = (typeof GAMES)[number]

const FRAMINGS = ['lines', 'none', 'length'] as const

/** The option for the way in which bytes become messages. */
export const framing: TextOption<(typeof FRAMINGS)[number]> = {
  kind: 'text',
  name: 'framing',
  metavar: 'how',
  about: 'talk: lines, none or length',
  side: 'both',
  setting: true,
  unset: 'lines',
  expected: 'lines, none or length',
  values: FRAMINGS,
  parse: (text) => FRAMINGS.find((one) => one === text),
}

/** Prompt of the worksheet (CS project 4). */
export const PROMPT = 'Enter Input >'

/** Line that ends the talk, legal in every state. */
export const LEAVE = '/q'

const play = { accepts: /^play (tictactoe|scissors|guess|hangman)[\r\n]*$/, about: 'starts a game, in which this side moves first' }
const quit = { accepts: /^\/q[\r\n]*$/, bye: true, about: 'ends the talk, and the game in it' } as const
const says = { example: 'Hello', free: true, about: 'a line of talk, or a move' } as const

/**
 * In a talk without games, turns alternate strictly. After `play`, the same side may move, and in some games a side sends two lines in a
 * row. So the automaton then allows both sides to send, and the game's rules, which both sides have, decide whose turn it is.
 */
export const automaton = defineAutomaton({
  messages: {
    'client quits': client('/q', quit),
    'server quits': server('/q', quit),
    'client plays': client('play {game}', { ...play, example: 'play tictactoe' }),
    'server plays': server('play {game}', { ...play, example: 'play tictactoe' }),
    'client says': client('{text}', says),
    'server says': server('{text}', says),
  },
  start: 'client speaks',
  states: {
    'client speaks': { 'client plays': 'playing', 'client says': 'server speaks' },
    'server speaks': { 'server plays': 'playing', 'server says': 'client speaks' },
    playing: { 'client plays': 'playing', 'server plays': 'playing', 'client says': 'playing', 'server says': 'playing' },
    end: {},
  },
  always: { 'client quits': 'end', 'server quits': 'end' },
})

/** TalkMessage is the name of a message of a talk. */
export type TalkMessage = keyof typeof automaton.messages

/** TalkState is the name of a state of a talk. */
export type TalkState = keyof typeof automaton.states

/** PeerLeft is the error that ends the game and the talk after one side has sent /q. */
export class PeerLeft extends Error {
  override readonly name = 'PeerLeft'
  readonly by: 'us' | 'them'

  constructor(by: 'us' | 'them') {
    super('one side has left')
    this.by = by
  }
}

/** The requests for a move, which a side sends if the other side does not make the expected move. Parlor does not show a request that it receives. */
export const REQUESTS = {
  cell: `Your move: the number of a free cell, from 1 to 9. (${LEAVE} ends game and talk)`,
  seal: 'Your hand, sealed: the SHA-256 in hex of "<hand> <nonce>"; a hand is Scissor, Paper or Stone.',
  hand: 'Show your hand: the "<hand> <nonce>" whose SHA-256 you have sent.',
  guess: 'GUESS',
  verdict: 'LOW, HIGH, WIN or GAMEOVER?',
  word: 'WORD, its length and the misses allowed? Such as: WORD 6 8',
  letter: 'One letter, please, that was not tried yet.',
  positions: 'AT and the positions of the letter, or MISS and the misses left?',
  ending: 'END WON or END LOST, and the word?',
} as const

/**
 * Milliseconds for which this side waits for the peer's move after the peer's `play`. Then this side asks for the move, because a peer
 * without games waits for an answer.
 */
const SILENCE = 2000

/** In the framing `none`, `play` and the same side's next line can arrive as one message. */
const GLUED = /^(play (?:tictactoe|scissors|guess|hangman))[\r\n]*(-?\d{1,20}|[0-9a-fA-F]{64}|\/q)$/

/**
 * TalkChannel sends and receives the lines of a talk, and tracks whose turn it is.
 *
 * The problem: games run inside the talk, so a move is an ordinary line, and the peer may be any student's program, with or without
 * games. A line that is not a move is talk, even in the middle of a game; and a peer without games waits for a line after each of
 * its own lines.
 *
 * The idea: `receiveMove` receives lines until a line is the expected move. It shows every other line as talk, and answers that line with a
 * line of the person or, if no person is at the console, with a `request` for the expected move. So every line gets an answer,
 * and no side waits forever.
 *
 * Special cases: several lines may arrive together; in the framing `none`, they may arrive as one message (`GLUED`, `#waiting`). A peer
 * without games may answer `play` with one line, and its answer to the first move then arrives after that line (`#begun`). A peer
 * may send the known result of a game once more (`#echo`).
 *
 */
export class TalkChannel {
  /** Seat of this side: 0 for the server, 1 for the client. */
  readonly us: SeatNumber
  /** Seat of the peer. */
  readonly them: SeatNumber
  /** Seat that sends the next line. */
  turn: SeatNumber = 1
  readonly #peer: Peer<TalkMessage, TalkState>
  readonly #at: RoleContext<unknown>
  readonly #side: Side
  /** True if the talk has no framing. Then lines can arrive together, and this side cannot send an empty line. */
  readonly #isUnframed: boolean
  /** Lines that arrived in the same message as a line that a call has already returned. */
  #waiting: readonly string[] = []
  /** Seat that has sent `play`, until the other side's next line. */
  #begun: SeatNumber | undefined
  /** Line that repeats a known result. The channel ignores this line if the peer sends it next. */
  #echo: string | undefined

  constructor(peer: Peer<TalkMessage, TalkState>, at: RoleContext<unknown>, side: Side) {
    this.#peer = peer
    this.#at = at
    this.#side = side
    this.#isUnframed = readOption(at.options, framing) === 'none'
    this.us = side === 'server' ? 0 : 1
    this.them = 1 - this.us
  }

  /** True if a person is at this side's console. */
  get hasPerson(): boolean {
    return this.#at.console !== noConsole
  }

  /** Sends lines. In the framing `none`, sends them in one write. */
  say(...texts: readonly string[]): void {
    const messages = this.#isUnframed ? [texts.join('\n')] : texts
    for (const text of messages) this.#peer.send(`${this.#side} says`, text)
    this.turn = this.them
  }

  /** Sends `play` with the name of a game. */
  play(game: GameName): void {
    this.#peer.send(`${this.#side} plays`, game)
  }

  /** Sets the turn after `play`: the same side moves, except in hangman, in which the other side first sends the word's length. */
  setTurnAfterPlay(by: SeatNumber, game: GameName): void {
    const keepsTurn = game !== 'hangman'
    this.#begun = keepsTurn ? by : undefined
    this.turn = keepsTurn ? by : 1 - by
  }

  /** Sends /q, and throws `PeerLeft`. */
  quit(): never {
    this.#peer.send(`${this.#side} quits`)
    throw new PeerLeft('us')
  }

  /** Receives the next line of talk. */
  async receiveLine(): Promise<string> {
    const text = await this.#receive()
    const [, play, move] = this.#isUnframed ? (GLUED.exec(text) ?? []) : []
    if (play === undefined || move === undefined) return truncateLine(text.replace(/[\r\n]+/g, ' '))
    this.#waiting = [move]
    return play
  }

  /**
   * Receives the peer's next move in a game: the first line for which `read` returns a value. Shows any other line as talk, and answers
   * that line with a line of the person or, without a person, with `request`. Does not answer the first such line after this side's `play`,
   * because that line is the answer to `play`.
   */
  async receiveMove<T>(request: string, read: (text: string) => T | undefined | Promise<T | undefined>): Promise<T> {
    for (;;) {
      const begun = this.#begun
      const text = await this.#next(request)
      this.#begun = undefined
      const move = await read(text)
      if (move !== undefined) return move
      if (Object.values<string>(REQUESTS).includes(text)) continue
      this.#at.console.say(text)
      if (begun !== this.us) this.say(this.hasPerson ? await this.#talkBack() : request)
    }
  }

  /** Asks the person for a line; /q or Ctrl-D leaves. */
  async ask(): Promise<string> {
    const typed = await this.#at.console.ask(PROMPT, LEAVE)
    return typed === LEAVE ? this.quit() : typed
  }

  /** Ignores this text if it is the peer's next line. */
  expectEcho(text: string): void {
    this.#echo = text
  }

  /** Ends a game, and shows the lines that arrived with its last line. */
  endGame(): void {
    this.#begun = undefined
    for (const text of this.#waiting) {
      if (text === LEAVE) throw new PeerLeft('them')
      if (text !== this.#echo) this.#at.console.say(text)
    }
    this.#waiting = []
  }

  async #next(request: string): Promise<string> {
    const receiveLines = async () => (await this.#receive(this.#begun === this.them ? request : undefined)).split(/\r?\n/)
    const [text = '', ...later] = this.#waiting.length > 0 ? this.#waiting : await receiveLines()
    this.#waiting = later
    if (text === LEAVE) throw new PeerLeft('them')
    return text
  }

  /** Receives the next message. If `request` is given, sends `request` when the peer has been silent for `SILENCE` milliseconds. */
  async #receive(request?: string): Promise<string> {
    let received = request === undefined ? await this.#peer.receive() : await this.#peer.receiveWithin(SILENCE, this.#at.clock)
    if (request !== undefined && received === undefined) this.say(request)
    received ??= await this.#peer.receive()
    if (received.name === 'client quits' || received.name === 'server quits') throw new PeerLeft('them')
    this.turn = this.us
    const text = received.text.replace(/(?<![\r\n])[\r\n]+$/, '')
    const echo = this.#echo
    this.#echo = undefined
    return text === echo ? this.#receive(request) : text
  }

  async #talkBack(): Promise<string> {
    for (;;) {
      const typed = await this.ask()
      if (truncateLine(typed) === typed && (typed !== '' || !this.#isUnframed)) return typed
    }
  }
}
