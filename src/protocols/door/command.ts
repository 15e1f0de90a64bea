import { isRefusal } from '../../games/game.ts'
import { wayBack } from './held.ts'
import type { Reply } from './reply.ts'
import type { Visit } from './visit.ts'

export type { Reply } from './reply.ts'

/** The end of an answer to a line that looks like talk. */
export const SAY = '; to say it here, begin with "say"'

/** The answer to a command that has to wait until the game is over. */
export const ONGOING = 'The game goes on. "resign" gives it up.'

/** Need is where somebody has to be for a command. */
export type Need = keyof typeof GATES

/** Command is something that can be typed at the front door. */
export interface Command {
  readonly name: string
  /** Other words for it. */
  readonly also?: readonly string[]
  /** How it is typed: `play GAME [rated]`, what may be left out in brackets. */
  readonly usage: string
  /** What it does, in a line. */
  readonly about: string
  /** What is to be known besides, in lines. */
  more?(): readonly string[]
  readonly needs?: readonly Need[]
  /** Cost beside its line in a connection's budget; 0 by default. A long answer counts by itself. */
  readonly cost?: number
  /** Marks a command that cannot be undone, so it is typed as a whole word, and not by its beginning. */
  readonly whole?: true
  /** Does it; `rest` is what was typed behind its name, without blanks around it. */
  run(visit: Visit, rest: string): Reply | Promise<Reply>
}

/** What has to be the case for a command, each with the sentence where it is not. */
const GATES = {
  /** To be somebody. */
  name: ({ lobby, present }: Visit) => {
    if (lobby.me) return undefined
    return present
      ? 'That takes a name, and not only a seat: "name NAME", or "login NAME".'
      : 'First your name, please: type it on a line of its own.'
  },
  /** To be in no game that goes on. */
  leisure: ({ tables: { playing } }: Visit) =>
    playing[0] ? `You are in a game at table ${playing[0].table}: finish it first, or "resign" it.` : undefined,
  /** Requires that no game goes on under a name. A client that holds a seat by its token alone may give a name. */
  identity: (visit: Visit): string | undefined => (visit.lobby.me ? GATES.leisure(visit) : undefined),
  /** Requires a table: under a name, or in a seat by its token. */
  table: (visit: Visit) => (visit.present ? undefined : (GATES.name(visit) ?? noTable(visit))),
  /** To have a seat there. */
  seat: (visit: Visit): string | undefined =>
    GATES.table(visit) ??
    (visit.present?.seated ? undefined : `You only watch here. ${wayBack(visit.lobby) ?? '"play tictactoe" takes a seat elsewhere.'}`),
  /** To play a game that goes on. */
  game: (visit: Visit): string | undefined => GATES.seat(visit) ?? (visit.present?.over ? isOver(visit) : undefined),
  /** To have played a game that is over. */
  end: (visit: Visit): string | undefined => GATES.seat(visit) ?? (visit.present?.over ? undefined : ONGOING),
}

function isOver({ tables: { playing } }: Visit): string {
  const [other, ...more] = playing
  const elsewhere =
    other && (more.length > 0 ? 'Others of yours go on: "mine" lists them.' : `Another of yours goes on: "go ${other.table}".`)
  return `The game is over. ${elsewhere ?? '"rematch" plays it again, "play GAME" something else.'}`
}

function noTable({ tables: { playing }, lobby }: Visit): string {
  return playing[0]
    ? `No table is shown just now: "go ${playing[0].table}" goes to yours.`
    : `You are at no table. ${wayBack(lobby) ?? '"play tictactoe" takes a seat, "tables" lists others.'}`
}

/** Explains why something is not open to somebody now; `undefined` where it is. */
export function gate(visit: Visit, needs: readonly Need[]): string | undefined {
  for (const need of needs) {
    const closed = GATES[need](visit)
    if (closed !== undefined) return closed
  }
  return undefined
}

/** Does a command, unless it is not open to this one now. */
export async function perform(visit: Visit, command: Command, rest: string): Promise<void> {
  if (command.cost) visit.peer.connection.charge(command.cost)
  answer(visit, gate(visit, command.needs ?? []) ?? overfull(visit, command, rest) ?? (await command.run(visit, rest)))
}

/** What is said where something stands behind a command that takes nothing: "resign already" is talk. */
function overfull({ present }: Visit, { name, usage }: Command, rest: string): string | undefined {
  if (rest === '' || usage !== name) return undefined
  return `Type "${name}" alone, if that is what you want${present ? SAY : ''}.`
}

/** Says a reply. */
export function answer(visit: Visit, reply: Reply): void {
  visit.settle()
  if (reply === undefined) return
  if (isRefusal(reply)) visit.say(visit.sentence(reply.refused))
  else visit.sayScreen(typeof reply === 'string' ? [reply] : reply)
}
