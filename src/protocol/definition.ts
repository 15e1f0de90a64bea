import type { Clock } from '../base/clock.ts'
import type { Random, Seat } from '../games/game.ts'
import type { Framing } from '../wire/framing/framing.ts'
import { lines } from '../wire/framing/lines.ts'
import type { Address, Transport } from '../wire/transport.ts'
import type { Automaton } from './automaton.ts'
import type { OptionBase, Options, ProgramOption } from './option.ts'
import type { Peer } from './peer.ts'
import type { Seating } from './seating.ts'

export type { Options } from './option.ts'

/** Returns the value of an option; `undefined` for an option that the user has not given. */
export function readOption<Value>(options: Options, { name }: OptionBase<Value>): Value | undefined {
  // each value is the result of the option's parser, or a value that a program has set
  return options[name] as Value | undefined
}

/** Console is the input and output of this side: a person at a terminal, or a program on pipes. */
export interface Console {
  /** Shows a line. */
  say(text?: string): void
  /**
   * Shows a prompt and resolves to the next line of input. At the end of the input (Ctrl-D), resolves to `atEnd`; without `atEnd`,
   * rejects with `EndOfInput`. Rejects when `signal` aborts.
   */
  ask(prompt: string, atEnd?: string, signal?: AbortSignal): Promise<string>
  /**
   * Prints a sentence on standard error that says why the program asks for a line again. Roles call this function only if the worksheet's
   * program would crash because of the refused line. If the worksheet's program repeats its question without an explanation, the role does
   * the same.
   */
  warn?(sentence: string): void
}

/** EndOfInput is the error of a question if the input ends (Ctrl-D, or the end of a pipe) and the protocol has no goodbye for this case. */
export class EndOfInput extends Error {
  override readonly name = 'EndOfInput'

  constructor() {
    super('the input ended (Ctrl-D) before the end of the conversation')
  }
}

/** noConsole discards output, and rejects each question with `EndOfInput`. */
export const noConsole: Console = {
  say() {},
  ask: () => Promise.reject(new EndOfInput()),
}

/** RoleContext has the texts, options and services of a role. */
export interface RoleContext<Words> {
  readonly words: Words
  readonly console: Console
  readonly seating: Seating
  readonly options: Options
  readonly random: Random
  readonly clock: Clock
  /** Name or address of the server in the form that the person has given, on the client's side of a terminal. */
  readonly dialed?: string | undefined
}

/**
 * Protocol is one wire protocol: the automaton as data, and its two roles. A role is a short function over `receive` and
 * `send` that reads like the worksheet's program. `Name` and `State` are the names of the automaton's messages and states.
 * `Words` are the texts that the role shows at its console; these texts differ between worksheets that share a wire protocol.
 */
export interface Protocol<Name extends string = string, State extends string = string, Words = unknown> {
  readonly name: string
  /** One-line description for lists of programs. */
  readonly title: string
  readonly automaton: Automaton<Name, State>
  /** Returns the framing of the messages in each direction. */
  framing(options: Options): { readonly toServer: Framing; readonly toClient: Framing }
  /** If some clients send bytes that belong to no message, wraps the server's transport. */
  over?(transport: Transport): Transport
  /** Makes the server pause between two consecutive messages, because the worksheet's client loses messages that arrive together. */
  readonly paced?: boolean
  server(peer: Peer<Name, State>, at: RoleContext<Words>): Promise<void>
  client(peer: Peer<Name, State>, at: RoleContext<Words>): Promise<void>
  /** Plays the seat opposite the peer at this side's console. Default: `playAtConsole`. */
  opposite?(seat: Seat<unknown, unknown>, at: RoleContext<Words>, game: string): Promise<void>
}

/** Returns line framing in both directions, the default of the worksheets. */
export function plainLines(): { readonly toServer: Framing; readonly toClient: Framing } {
  return PLAIN_LINES
}

const PLAIN_LINES = { toServer: lines(), toClient: lines() }

/** Program is a worksheet's pair of server and client: a protocol, its texts, and the settings of its start. */
export interface Program<Name extends string = string, State extends string = string, Words = unknown> {
  readonly name: string
  /** Short name of a plug-in's program; `programs/index.ts` has the short names of the shipped programs. */
  readonly short?: string
  /** Worksheet number and section: "000 program 11, exercise 10". */
  readonly source: string
  readonly protocol: Protocol<Name, State, Words>
  readonly words: Words
  /** The worksheet's port; for a plug-in, a port above the ports of the shipped programs. */
  readonly port: number
  /** The port in `parlor serve`, if it differs from `port`, because in `serve` each program needs a port of its own. */
  readonly servePort?: number
  /** Options that the program accepts. */
  readonly takes?: readonly ProgramOption[]
  /** Idle timeout of a client in milliseconds, if it is longer than the server's idle timeout. */
  readonly idle?: number
  /**
   * Lines that a person may type in a state when `parlor check` runs. A program needs this list if the lines are not the examples of the
   * automaton's messages, or if the worksheet's program cannot take one of these examples.
   */
  readonly typed?: { readonly [S in NoInfer<State>]?: readonly string[] }
  /**
   * Lines with which the person of `parlor check` plays well against a program; the best line is first. A program needs this list if random
   * lines hardly ever win, or do not begin a second game.
   */
  readonly skilled?: { readonly [S in NoInfer<State>]?: readonly string[] }
  /**
   * Marks a program whose peers meet in the hall, so that only `parlor serve` can run its server; `lobby` marks a program that also opens a
   * session of the lobby, which only `parlor serve` has.
   */
  readonly needs?: 'hall' | 'lobby'
  /** Default values of the program's options, by name. */
  readonly defaults?: Options
  /** The words and options that the server of `parlor check` uses in place of the program's own words and the default options. */
  readonly checkServer?: CheckServer<Words>
  /** Validates the options. Returns a sentence that says what is wrong; `undefined` for valid options. */
  check?(options: Options): string | undefined
  readonly host?: HostTexts
  readonly join?: JoinTexts
}

/**
 * CheckServer changes the server that `parlor check` plays against a client, so that a few conversations show all messages. The worksheet's
 * server sends some messages seldom, and never sends some messages to the worksheet's client. But a client must accept all messages.
 */
export interface CheckServer<Words = unknown> {
  readonly words?: Words
  /** Options for the server, unless the user gives other options. */
  readonly options?: Options
}

/** HostTexts has the texts that the server prints before and after a conversation, and the way in which `parlor host` listens. */
export interface HostTexts {
  /** Default address at which the server listens: 127.0.0.1. */
  readonly address?: string
  /** Number of clients that the server serves by default, one after another; if missing, 1. */
  readonly clients?: number
  /**
   * Returns the text that the server prints when it listens. If `eachTime` is true, the server prints the text again before each further
   * client. `host` is the name that the user gave.
   */
  listening?(at: Address): string
  readonly eachTime?: boolean
  /** Returns the text that the server prints when a client has connected. */
  connected?(client: Address): string
  /** Marks a server that reads its console, so that it cannot serve clients concurrently. */
  readonly types?: boolean
  /** Marks a program that also runs over UDP. */
  readonly udp?: boolean
}

/** JoinTexts has the texts that the client prints before and after a conversation, and the address to which `parlor join` connects. */
export interface JoinTexts {
  /**
   * Makes the client ask the person for the address if the command line has no address, and for the port if the command line has no port.
   */
  readonly asks?: boolean
  /** Default address of the server: 127.0.0.1. */
  readonly address?: string
  /** Default port of the server: the program's port. */
  readonly port?: number
  /** Returns the text that the client prints when it has connected. `host` is the name that the user gave. */
  connected?(server: Address): string
}

/** SoloProgram is a worksheet's program for one person, without a network. */
export interface SoloProgram {
  readonly name: string
  /** Short name of a plug-in's program. */
  readonly short?: string
  readonly source: string
  readonly title: string
  /** Options that the program accepts. */
  readonly takes?: readonly ProgramOption[]
  /** Validates the options. Returns a sentence that says what is wrong; `undefined` for valid options. */
  check?(options: Options): string | undefined
  play(at: RoleContext<undefined>): Promise<void>
}
