import type { Seat } from '../games/game.ts'
import type { Automaton } from './automaton.ts'
import { type Options, type Program, type Protocol, plainLines, type RoleContext } from './definition.ts'
import type { Peer } from './peer.ts'

/** MessageName is the name of a message of an automaton. */
export type MessageName<Table extends Automaton> = Extract<keyof Table['messages'], string>

/** ProtocolDefinition is a protocol whose automaton is written in place, so that its roles know the names of its messages. */
export interface ProtocolDefinition<Table extends Automaton, Words> {
  readonly name: string
  /** One-line description for lists of programs. */
  readonly title: string
  readonly automaton: Table
  /** Returns the framing of each direction; by default, lines. */
  readonly framing?: (options: Options) => ReturnType<Protocol['framing']>
  server(peer: Peer<MessageName<Table>>, at: RoleContext<Words>): Promise<void>
  client(peer: Peer<MessageName<Table>>, at: RoleContext<Words>): Promise<void>
  /** Plays the seat opposite the peer at this side's console, if the game has such a seat. */
  opposite?(seat: Seat<unknown, unknown>, at: RoleContext<Words>, game: string): Promise<void>
}

/** Defines a protocol: its automaton, and its two roles as functions over `receive` and `send`. */
export function defineProtocol<const Table extends Automaton, Words = undefined>(
  definition: ProtocolDefinition<Table, Words>,
): Protocol<MessageName<Table>, Words> {
  // the keys of `messages` are the names, which the compiler cannot conclude for a type parameter
  const automaton = definition.automaton as unknown as Automaton<MessageName<Table>>
  return { framing: plainLines, ...definition, automaton }
}

/** ProgramDefinition is a program without the parts that have a default. */
export type ProgramDefinition<Name extends string> = Pick<Program<Name, undefined>, 'name' | 'protocol'> &
  Partial<Omit<Program<Name, undefined>, 'name' | 'protocol' | 'words' | 'needs'>>

/**
 * Defines a program. Without a `port`, it gets one of its own behind those of the programs that come with Parlor. `name` is
 * `GROUP/PROGRAM`, and `short` the name that is typed.
 */
export function defineProgram<Name extends string>(definition: ProgramDefinition<Name>): Program<Name, undefined> {
  return { source: 'a plug-in', port: 0, host: {}, join: {}, ...definition, words: undefined }
}
