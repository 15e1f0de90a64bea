import { parseWhole } from '../../base/counts.ts'
import type { HeldSeat } from '../../hall/api.ts'
import { BOUNDS } from '../../hall/number-bounds.ts'
import { formatHeldGame, formatHeldSeat } from '../held-seats-text.ts'
import { formatColumns } from '../layout.ts'
import type { DoorSession } from '../session.ts'
import type { TableScreen } from '../table-screen.ts'
import type { CommandOutput, DoorCommand } from './command.ts'

const NUMBER = 'Type the number of one of your tables, too, such as "go 12". "mine" lists them.'

/** Lists the games of this user: the games of this session, and the games in which the server holds a seat for the user. */
function mine(session: DoorSession): CommandOutput {
  const { tables, present, lobby } = session
  const here = tables.playing.map((one) => [`${one === present ? '*' : ' '} ${one.table}`, one.title, one.shortStatus])
  const held = lobby.heldSeats
    .filter(({ table }) => !tables.get(table))
    .map((info) => [`  ${info.table}`, formatHeldGame(info, lobby.me), wayTo(info)])
  if (here.length + held.length === 0) return 'You play no game now. "play tictactoe" begins a game.'
  const other = tables.playing.find((one) => one !== present)
  return [
    ...formatColumns([...here, ...held]),
    ...(other ? [`To show a table, type "go" and its number, such as "go ${other.table}".`] : []),
  ]
}

/** Describes a seat of this user that the session has not resumed, with the command that resumes the seat. */
function wayTo({ table, elsewhere }: HeldSeat): string {
  return elsewhere ? `through another connection: "resume ${table}" shows it here, too` : `held: "resume ${table}"`
}

/** Shows another table of this session, which then receives moves and chat. */
function go(session: DoorSession, rest: string): CommandOutput {
  if (rest === '') return session.tables.all.length > 1 ? mine(session) : NUMBER
  const table = parseWhole(rest, BOUNDS.table)
  const screen = table === undefined ? undefined : session.tables.get(table)
  if (table === undefined) return NUMBER
  const held = screen ? undefined : session.lobby.heldSeats.find((one) => one.table === table)
  if (held) return held.elsewhere ? `${formatHeldSeat(held, session.lobby.me)}.` : `Your seat at table ${table} is held: "resume ${table}"`
  if (!screen) return `You are not at table ${table}: "mine" lists your games, and "watch ${table}" watches it.`
  session.show(screen)
  return screen.open()
}

/** Shows another game of this user after the session has left the shown game; a game that waits for a move has priority. */
export function showNextGame(session: DoorSession): readonly string[] {
  const next: TableScreen | undefined = session.tables.playing.find(({ turn }) => turn) ?? session.tables.playing[0]
  if (!next) return []
  session.show(next)
  return ['', ...next.open()]
}

/** The commands for several games at the same time. */
export const severalCommands: readonly DoorCommand[] = [
  { name: 'mine', cost: 4, also: ['my'], usage: 'mine', about: 'list the games that you play', needs: ['name'], run: mine },
  {
    name: 'go',
    cost: 2,
    also: ['table'],
    usage: 'go N',
    about: 'show your game at table N',
    more: () => ['You can play several games at the same time.', 'Each event at another table prints one line.'],
    needs: ['name'],
    run: go,
  },
]
