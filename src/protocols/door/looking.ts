import type { Entry } from '../../games/catalogue.ts'
import { isRefusal } from '../../games/game.ts'
import { BOUNDS, readWhole } from '../bounds.ts'
import type { LadderRow, PersonInfo, TableInfo } from '../lobby.ts'
import type { Command, Reply } from './command.ts'
import { particulars } from './terms.ts'
import { counted, inColumns, inLine, ROWS, shortened } from './text.ts'
import type { Visit } from './visit.ts'
import { gameOf, isSolitary } from './wish.ts'

/** Rows of a ladder. */
const BEST = 10

function tables({ lobby }: Visit): Reply {
  const { items, total } = lobby.listTables({ count: ROWS })
  if (total === 0) return 'Nothing is played just now. Be the first: play tictactoe'
  const rows = items.map((info: TableInfo) => {
    const { table, game, names, watchers, away = [] } = info
    const players = names.map((name, seat) => `${inLine(name)}${away.includes(seat) ? ' (away)' : ''}`)
    const watched = watchers > 0 ? [counted(watchers, 'watches', 'watch')] : []
    return [String(table).padStart(3), game, [players.join(' against '), ...particulars(info), ...watched].join(', ')]
  })
  return [...shortened(inColumns(rows), ROWS, total), 'To look on, type "watch" and the number of the table.']
}

function watch(visit: Visit, rest: string): Reply {
  const table = readWhole(rest, BOUNDS.table)
  if (table === undefined) return 'Type the number of a table behind it, such as "watch 17". "tables" lists them.'
  const attendance = visit.lobby.watch(table)
  if (isRefusal(attendance))
    return attendance.code === 'no-such-table' ? `There is no table ${table} to watch: "tables" lists them.` : attendance
  visit.attend(attendance, 'watching')
  return undefined
}

function who({ lobby }: Visit): Reply {
  const { items, total } = lobby.listPeople({ count: ROWS })
  const rows = items.map(({ name, registered, tables: at }) => [
    `${inLine(name)}${name === lobby.me?.name ? ' (you)' : ''}`,
    registered ? 'registered' : 'guest',
    at.length === 0 ? '' : `at table ${at.join(', ')}`,
  ])
  return shortened(inColumns(rows), ROWS, total)
}

async function rank({ lobby }: Visit, rest: string): Promise<Reply> {
  const entry = gameOf(rest)
  if (isRefusal(entry)) return entry
  if (isSolitary(entry) && !entry.game.points) return `There is no ladder of ${entry.name}, which is played alone.`
  const [best, own] = await Promise.all([lobby.ladder(entry.name, BEST), lobby.rank(entry.name)])
  if (isRefusal(best)) return best
  const rows = best.map(({ rank: place, name, score, games: played }: LadderRow) => [
    String(place).padStart(3),
    inLine(name),
    entry.game.points ? counted(Math.round(score), 'point') : `rating ${Math.round(score)}`,
    counted(played, 'game'),
  ])
  const place = own === undefined || isRefusal(own) ? howToClimb(entry, lobby.me) : `You are number ${own.rank} of ${own.of}.`
  return [...(rows.length === 0 ? [`Nobody is on the ladder of ${entry.name} yet.`] : inColumns(rows)), place]
}

function howToClimb({ name, game }: Entry, me: PersonInfo | undefined): string {
  if (game.points) return `To be on it, type: play ${name}`
  return `To be on it, type: ${me?.registered ? '' : 'register, and then: '}play ${name} rated`
}

/** The commands by which one sees what others do. */
export const looking: readonly Command[] = [
  { name: 'tables', usage: 'tables', about: 'list what is played just now', needs: ['name'], run: tables },
  { name: 'watch', usage: 'watch N', about: 'look on at table N', needs: ['name'], run: watch },
  { name: 'who', usage: 'who', about: 'list who is here', needs: ['name'], run: who },
  { name: 'rank', usage: 'rank GAME', about: 'see the ladder of a game, and your place on it', needs: ['name'], run: rank },
]
