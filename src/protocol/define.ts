import type { Seat } from '../games/game.ts'
import type { Automaton } from './automaton.ts'
import { type Options, type Program, type Protocol, plainLines, type RoleContext } from './definition.ts'
import type { Peer } from './peer.ts'

/**
 * ProtocolDefinition is a protocol that contains the declaration of its automaton, so that the types of its roles have the names of the
 * messages and states.
 */
export interface ProtocolDefinition<Name extends string, State extends string, Words> {
  readonly name: string
  /** One-line description for lists of programs. */
  readonly title: string
  readonly automaton: Automaton<Name, State>
  /** Returns the framing of each direction; lines by default. */
  readonly framing?: (options: Options) => ReturnType<Protocol['framing']>
  server(peer: Peer<Name, State>, at: RoleContext<Words>): Promise<void>
  client(peer: Peer<Name, State>, at: RoleContext<Words>): Promise<void>
  /** Plays the seat opposite the peer at this side's console. Default: `playAtConsole`. */
  opposite?(seat: Seat<unknown, unknown>, at: RoleContext<Words>, game: string): Promise<void>
}

/** Defines a protocol: its automaton, and its two roles as functions over `receive` and `send`. */
export function defineProtocol<Name extends string, State extends string, Words = undefined>(
  definition: ProtocolDefinition<Name, State, Words>,
): Protocol<Name, State, Words> {
  return { framing: plainLines, ...definition }
}

/** ProgramDefinition is a program without the parts that have a default. */
export type ProgramDefinition<Name extends string, State extends string> = Pick<Program<Name, State, undefined>, 'name' | 'protocol'> &
  Partial<Omit<Program<Name, State, undefined>, 'name' | 'protocol' | 'words'>>

/**
 * Defines a program. If `port` is missing, the program gets a port of its own, above the ports of the shipped programs. `name` is
 * `GROUP/PROGRAM`, and `short` is the name that users type. By default, the server in `parlor host` reads its console, so it serves one
 * client after another. A program that needs the hall runs only in `serve`.
 */
export function defineProgram<Name extends string, State extends string>(
  definition: ProgramDefinition<Name, State>,
): Program<Name, State, undefined> {
  return { source: 'a plug-in', port: 0, join: {}, ...(definition.needs ? {} : { host: { types: true } }), ...definition, words: undefined }
}
