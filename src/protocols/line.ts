import type { SeatNumber } from '../games/game.ts'
import { shortened } from '../games/talk.ts'
import { type Automaton, client, type Side, server } from './automaton.ts'
import type { Peer } from './peer.ts'
import { nobody, type Setting } from './protocol.ts'

/** The games that can be played inside a talk. */
export const GAMES = ['tictactoe', 'scissors', 'guess', 'hangman'] as const

/** A game inside a talk, by the name that follows `play`. */
export type GameName = (typeof GAMES)[number]

/** The prompt of the worksheet: who does not see it is not to type. */
export const PROMPT = 'Enter Input >'

/** The line that leaves, in every state. */
export const LEAVE = '/q'

const play = { accepts: /^play (tictactoe|scissors|guess|hangman)[\r\n]*$/, about: 'begins a game, in which who said it moves first' }
const quit = { accepts: /^\/q[\r\n]*$/, bye: true, about: 'ends the talk, and the game in it' } as const
const says = { example: 'Hello', free: true, about: 'a line of talk, or a move' } as const

/**
 * In a talk without games the turns alternate strictly. `play` keeps the turn, and a game may bring two lines in a row, so
 * whose turn it is from there on is what the game's rules say, which both sides know.
 */
export const automaton = {
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
} as const satisfies Automaton

/** The messages of a talk. */
export type Name = keyof typeof automaton.messages

/** HungUp ends whatever is going on, because one side has said /q. */
export class HungUp extends Error {
  override readonly name = 'HungUp'
  readonly by: 'us' | 'them'

  constructor(by: 'us' | 'them') {
    super('one side has left')
    this.by = by
  }
}

/** The requests that a side sends when the other does not make the move that is awaited; a program of ours that hears one shows nothing. */
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

/** How long one who said `play` may be silent before it is asked for its move: a peer without games waits for an answer. */
const SILENCE = 2000

/** In the framing `none`, `play` and what the same side says next can arrive as one message. */
const GLUED = /^(play (?:tictactoe|scissors|guess|hangman))[\r\n]*(-?\d{1,20}|[0-9a-fA-F]{64}|\/q)$/

/** Line is what connects the two sides of a talk: what is said is said on it, and it knows whose turn it is. */
export class Line {
  /** The two sides as a conversation counts them: the server is 0, the client 1. */
  readonly us: SeatNumber
  readonly them: SeatNumber
  /** Who is to speak next. */
  turn: SeatNumber = 1
  readonly #peer: Peer<Name>
  readonly #at: Setting<unknown>
  readonly #side: Side
  /** Lines that have come together with one that was read already. */
  #waiting: readonly string[] = []
  /** Who has said `play`, until the first line of the other after that. */
  #begun: SeatNumber | undefined
  /** A line that says what is known already, if it should come. */
  #echo: string | undefined

  constructor(peer: Peer<Name>, at: Setting<unknown>, side: Side) {
    this.#peer = peer
    this.#at = at
    this.#side = side
    this.us = side === 'server' ? 0 : 1
    this.them = 1 - this.us
  }

  /** Whether somebody is here who can type. */
  get attended(): boolean {
    return this.#at.person !== nobody
  }

  /** Says lines, one after the other; where nothing marks the end of a message, in one write. */
  say(...texts: readonly string[]): void {
    const messages = this.#at.options.framing === 'none' ? [texts.join('\n')] : texts
    for (const text of messages) this.#peer.send(`${this.#side} says`, text)
    this.turn = this.them
  }

  /** Says that this side begins a game. */
  play(game: GameName): void {
    this.#peer.send(`${this.#side} plays`, game)
  }

  /** Somebody has begun a game: that one is still to speak; but in hangman, the other says first how long the word is. */
  begun(by: SeatNumber, game: GameName): void {
    const keepsTurn = game !== 'hangman'
    this.#begun = keepsTurn ? by : undefined
    this.turn = keepsTurn ? by : 1 - by
  }

  /** Leaves. */
  quit(): never {
    this.#peer.send(`${this.#side} quits`)
    throw new HungUp('us')
  }

  /** The next line of talk. */
  async hear(): Promise<string> {
    const text = await this.#receive()
    const [, play, move] = this.#at.options.framing === 'none' ? (GLUED.exec(text) ?? []) : []
    if (play === undefined || move === undefined) return shortened(text.replace(/[\r\n]+/g, ' '))
    this.#waiting = [move]
    return play
  }

  /**
   * What the peer says next in a game, as `read` understands it. Everything else is talk: it is shown, and answered with
   * a line by the person or, where nobody is here, with the `request`; then it is the peer's turn again. So a peer that
   * knows no games, and waits for a line after each of its own, is never left waiting. One such line after `play` answers
   * that, and its answer to the first move is still to come.
   */
  async answer<T>(request: string, read: (text: string) => T | undefined | Promise<T | undefined>): Promise<T> {
    for (;;) {
      const begun = this.#begun
      const text = await this.#next(request)
      this.#begun = undefined
      const meant = await read(text)
      if (meant !== undefined) return meant
      if (Object.values<string>(REQUESTS).includes(text)) continue
      this.#at.person.say(text)
      if (begun !== this.us) this.say(this.attended ? await this.#talkBack() : request)
    }
  }

  /** A line from the person. Typing /q, or Ctrl-D, leaves. */
  async ask(): Promise<string> {
    const typed = await this.#at.person.ask(PROMPT, LEAVE)
    return typed === LEAVE ? this.quit() : typed
  }

  /** The peer may still say what is known already: that counts for nothing, if it is the next that it says. */
  expectEcho(text: string): void {
    this.#echo = text
  }

  /** A game is over; what the peer has said with its last line is only shown. */
  over(): void {
    this.#begun = undefined
    for (const text of this.#waiting) {
      if (text === LEAVE) throw new HungUp('them')
      if (text !== this.#echo) this.#at.person.say(text)
    }
    this.#waiting = []
  }

  async #next(request: string): Promise<string> {
    const arrived = async () => (await this.#receive(this.#begun === this.them ? request : undefined)).split(/\r?\n/)
    const [text = '', ...later] = this.#waiting.length > 0 ? this.#waiting : await arrived()
    this.#waiting = later
    if (text === LEAVE) throw new HungUp('them')
    return text
  }

  /** The next message; where it is awaited with a request, a peer that is silent hears that. */
  async #receive(request?: string): Promise<string> {
    let said = request === undefined ? await this.#peer.receive() : await this.#peer.receiveWithin(SILENCE, this.#at.clock)
    if (request !== undefined && said === undefined) this.say(request)
    said ??= await this.#peer.receive()
    if (said.name === 'client quits' || said.name === 'server quits') throw new HungUp('them')
    this.turn = this.us
    const text = said.text.replace(/(?<![\r\n])[\r\n]+$/, '')
    const echo = this.#echo
    this.#echo = undefined
    return text === echo ? this.#receive(request) : text
  }

  async #talkBack(): Promise<string> {
    for (;;) {
      const typed = await this.ask()
      if (shortened(typed) === typed && (typed !== '' || this.#at.options.framing !== 'none')) return typed
    }
  }
}
