import type { Random, Seat } from '../games/game.ts'
import type { Question } from '../games/questions/question.ts'
import type { Clock } from '../wire/clock.ts'
import type { Framing } from '../wire/framing.ts'
import { lines } from '../wire/lines.ts'
import type { Address, Transport } from '../wire/transport.ts'
import type { Automaton } from './automaton.ts'
import type { House } from './house.ts'
import type { Peer } from './peer.ts'

/** Options is what the options of the command line can say about a conversation. Each program names those that it takes. */
export interface Options {
  /** The number or word to be guessed. */
  secret?: string
  /** What chance gives, in turn. */
  choices?: readonly string[]
  /** The time that it is taken to be. */
  now?: Date
  /** Cells in a row. */
  size?: number
  /** Bytes of the first of two pieces. */
  split?: number
  /** Milliseconds between two pieces. */
  delay?: number
  /** Take the first piece for the whole message, as the worksheet's first client does. */
  recvOnce?: boolean
  framing?: 'lines' | 'none' | 'length'
  /** What to ask for, instead of asking the person. */
  formats?: readonly string[]
  /** The name that is asked for. */
  name?: string
  /** The words to guess. */
  words?: readonly string[]
  /** The questions to draw from. */
  questions?: readonly Question[]
  /** Milliseconds of the pause, for the protocols that have one. */
  pace?: number
}

/** Person is who types and reads on this side: somebody at a terminal, or a program on pipes. */
export interface Person {
  /** Shows a line. */
  say(text?: string): void
  /**
   * Shows a prompt and answers with the line that is typed. `atEnd` is what the end of the input (Ctrl-D) stands for;
   * without it, the end of the input rejects with `EndOfInput`. Aborting takes the question back.
   */
  ask(prompt: string, atEnd?: string, signal?: AbortSignal): Promise<string>
  /**
   * Says beside what the program prints why a typed line is asked for again, in a sentence (PROTOCOLS 5.8): where the worksheet's
   * program crashes. Where that one asks again without a word, so does ours.
   */
  complain?(sentence: string): void
}

/** EndOfInput: the person has gone (Ctrl-D, or a pipe that is used up) where the conversation has no word for that. */
export class EndOfInput extends Error {
  override readonly name = 'EndOfInput'

  constructor() {
    super('the input ended (Ctrl-D) before the conversation did')
  }
}

/** A person who is not there: what is said goes nowhere, and a question has no answer. */
export const nobody: Person = {
  say() {},
  ask: () => Promise.reject(new EndOfInput()),
}

/** Setting is everything a role works with beside its peer. */
export interface Setting<Words> {
  readonly words: Words
  readonly person: Person
  readonly house: House
  readonly options: Options
  readonly random: Random
  readonly clock: Clock
}

/**
 * Protocol is one wire protocol: the automaton as data, and its two roles, which read like the worksheet they come
 * from. `Words` are what its programs show to people, which differs from worksheet to worksheet on the same wire.
 */
export interface Protocol<Name extends string = string, Words = unknown> {
  readonly name: string
  /** What it is, in one line. */
  readonly title: string
  readonly automaton: Automaton<Name>
  /** How messages stand in the stream, towards the server and towards the client. */
  framing(options: Options): { readonly toServer: Framing; readonly toClient: Framing }
  /** What the server lays over its transport, where the bytes of some clients are not all messages. */
  over?(transport: Transport): Transport
  /** Its clients lose what arrives together: the server leaves a pause between two messages that were not answered. */
  readonly paced?: boolean
  server(peer: Peer<Name>, at: Setting<Words>): Promise<void>
  client(peer: Peer<Name>, at: Setting<Words>): Promise<void>
  /** The person at this terminal, in the seat opposite the peer, where the game has one. */
  opposite?(seat: Seat<unknown, unknown>, at: Setting<Words>, game: string): Promise<void>
}

/** Lines in both directions, as most of the worksheets have it. */
export function plainLines(): { readonly toServer: Framing; readonly toClient: Framing } {
  return PLAIN_LINES
}

const PLAIN_LINES = { toServer: lines(), toClient: lines() }

/** Program is a worksheet's pair of server and client: a protocol, its words, and how they are started. */
export interface Program<Name extends string = string, Words = unknown> {
  readonly name: string
  /** Where it comes from: "TJC notes, program 11 and exercise 10". */
  readonly source: string
  readonly protocol: Protocol<Name, Words>
  readonly words: Words
  /** The worksheet's port. */
  readonly port: number
  /** The port in `serve`, where each program needs its own, if that is another. */
  readonly servePort?: number
  /** Options of its own, by their names on the command line. */
  readonly takes?: readonly (keyof Options)[]
  /** Those of them that mean something at the client's side. */
  readonly clientTakes?: readonly (keyof Options)[]
  /** Milliseconds that a client may say nothing, where that is more than elsewhere. */
  readonly idle?: number
  /** It brings several peers together, which only a server with a hall can do. */
  readonly needs?: 'hall'
  /** Options it starts from. */
  readonly defaults?: Options
  /** What is wrong with the options, in a sentence; `undefined` where nothing is. */
  check?(options: Options): string | undefined
  readonly host?: HostWords
  readonly join?: JoinWords
}

/** The server's side at a terminal, around the conversation itself. */
export interface HostWords {
  /** The address it binds where nobody says otherwise: 127.0.0.1. */
  readonly address?: string
  /** How many clients it serves, one after the other: 1. */
  readonly clients?: number
  /** Said when it listens; with `eachTime`, before every client. The host is the name that was asked for. */
  listening?(at: Address): string
  readonly eachTime?: boolean
  /** Said when a client has come. */
  connected?(client: Address): string
  /** Somebody types at this side, so it cannot serve several clients at once. */
  readonly types?: boolean
  /** It also speaks over UDP. */
  readonly udp?: boolean
}

/** The client's side at a terminal, around the conversation itself. */
export interface JoinWords {
  /** It asks for address and port where they are not given. */
  readonly asks?: boolean
  /** The address it dials where nobody says otherwise: 127.0.0.1. */
  readonly address?: string
  /** The port it dials where nobody says otherwise: the program's. */
  readonly port?: number
  /** Said when the server has answered. The host is the name that was asked for. */
  connected?(server: Address): string
}

/** Solo is a worksheet's program for one person, without a network. */
export interface Solo {
  readonly name: string
  readonly source: string
  readonly title: string
  readonly takes?: readonly (keyof Options)[]
  /** What is wrong with the options, in a sentence; `undefined` where nothing is. */
  check?(options: Options): string | undefined
  play(at: Setting<undefined>): Promise<void>
}
