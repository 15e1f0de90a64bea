import type { Catalog } from '../../games/catalog.ts'
import { isRefusal } from '../../games/game.ts'
import { formatHeldSeats } from '../held-seats-text.ts'
import type { CommandOutput, DoorSession } from '../session.ts'

export type { CommandOutput } from '../session.ts'

/** Ends the answer to a line that looks like a chat message. */
export const SAY = '; to say it here, begin with "say"'

/** The answer to a command that is only possible after the game. */
export const ONGOING = 'The game continues. "resign" ends it.'

/** Need is the name of a condition for a command. */
export type Need = keyof typeof GATES

/** DoorCommand is a command of the front door. */
export interface DoorCommand {
  readonly name: string
  /** Aliases. */
  readonly also?: readonly string[]
  /** Syntax, with optional parts in brackets: `play GAME [rated]`. */
  readonly usage: string
  /** Description in one line, in the imperative. */
  readonly about: string
  /** Further lines of the command's help. */
  more?(catalog: Catalog): readonly string[]
  readonly needs?: readonly Need[]
  /**
   * Cost of the command for the budget of the connection, in addition to the typed line; 0 by default. The session charges for
   * long answers separately.
   */
  readonly cost?: number
  /** True for a command that has a permanent effect. The user must type the name of the command in full. */
  readonly whole?: true
  /** Executes the command; `rest` is the text after its name, trimmed. */
  run(session: DoorSession, rest: string): CommandOutput | Promise<CommandOutput>
}

/** The conditions for commands. Each function returns a sentence if the user does not meet its condition. */
const GATES = {
  /** Requires a name. */
  name: ({ lobby, present }: DoorSession) => {
    if (lobby.me) return undefined
    return present ? 'That needs a name, not only a seat: type "name NAME" or "login NAME".' : 'Type your name first, on a line of its own.'
  },
  /** Requires that the user plays no game at this moment. */
  leisure: ({ tables: { playing } }: DoorSession) =>
    playing[0] ? `You are in a game at table ${playing[0].table}: finish it first, or "resign" it.` : undefined,
  /** Requires that the user plays no game under a name. A client that has a seat only by its token may still give a name. */
  identity: (session: DoorSession): string | undefined => (session.lobby.me ? GATES.leisure(session) : undefined),
  /** Requires a table. */
  table: (session: DoorSession) => (session.present ? undefined : (GATES.name(session) ?? noTable(session))),
  /** Requires a seat at the shown table. */
  seat: (session: DoorSession): string | undefined =>
    GATES.table(session) ??
    (session.present?.seated
      ? undefined
      : `You only watch here. ${formatHeldSeats(session.lobby) ?? '"play tictactoe" takes a seat elsewhere.'}`),
  /** Requires a seat in a game that is not over. */
  game: (session: DoorSession): string | undefined => GATES.seat(session) ?? (session.present?.over ? isOver(session) : undefined),
  /** Requires a seat in a game that is over. */
  end: (session: DoorSession): string | undefined => GATES.seat(session) ?? (session.present?.over ? undefined : ONGOING),
}

function isOver({ tables: { playing } }: DoorSession): string {
  const [other, ...more] = playing
  const elsewhere =
    other && (more.length > 0 ? 'You play other games: "mine" lists them.' : `You play another game: type "go ${other.table}".`)
  return `The game is over. ${elsewhere ?? '"rematch" plays it again, "play GAME" begins another game.'}`
}

function noTable({ tables: { playing }, lobby }: DoorSession): string {
  return playing[0]
    ? `No table is shown: "go ${playing[0].table}" shows yours.`
    : `You are at no table. ${formatHeldSeats(lobby) ?? '"play tictactoe" takes a seat, "tables" lists tables.'}`
}

/** Returns the sentence of the first condition that the user does not meet; `undefined` if the user meets all conditions. */
export function checkNeeds(session: DoorSession, needs: readonly Need[]): string | undefined {
  for (const need of needs) {
    const closed = GATES[need](session)
    if (closed !== undefined) return closed
  }
  return undefined
}

/** Executes a command if the user meets its conditions, and prints the result. */
export async function runCommand(session: DoorSession, command: DoorCommand, rest: string): Promise<void> {
  if (command.cost) session.peer.connection.charge(command.cost)
  printOutput(session, checkNeeds(session, command.needs ?? []) ?? overfull(session, command, rest) ?? (await command.run(session, rest)))
}

/** Refuses text after a command that has no arguments: "resign already" is a chat message. */
function overfull({ present }: DoorSession, { name, usage }: DoorCommand, rest: string): string | undefined {
  if (rest === '' || usage !== name) return undefined
  return `Type "${name}" alone, if you mean that command${present ? SAY : ''}.`
}

/** Prints the output of a command, after all events that happened earlier. */
export function printOutput(session: DoorSession, output: CommandOutput): void {
  session.flush()
  if (output === undefined) return
  if (isRefusal(output)) session.say(session.sentence(output.refused))
  else session.sayScreen(typeof output === 'string' ? [output] : output)
}
