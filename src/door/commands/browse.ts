import { formatCount, parseWhole } from '../../base/counts.ts'
import type { Catalog, CatalogEntry } from '../../games/catalog.ts'
import { isRefusal } from '../../games/game.ts'
import type { LadderRow, PersonInfo, TableInfo } from '../../hall/api.ts'
import { BOUNDS } from '../../hall/number-bounds.ts'
import { parseGame, replaceGameAlias } from '../games.ts'
import { formatHeldSeats } from '../held-seats-text.ts'
import { formatColumns, toSafeLine } from '../layout.ts'
import { noPage, readPage, showTypedPage } from '../paging.ts'
import { isSolitary } from '../seek-parser.ts'
import type { DoorSession } from '../session.ts'
import { formatTerms } from '../terms-text.ts'
import type { CommandOutput, DoorCommand } from './command.ts'

/** Maximum number of tables in a row of "who". */
const NUMBERS = 5
/** Rows of a ladder. */
const BEST = 10
/** Cost of one ladder in the budget of a connection. */
const LADDER = 9

/** Describes the held seats of this user, because `who` lists the owner of a held seat as away. */
function backHint({ lobby }: DoorSession): readonly string[] {
  const back = formatHeldSeats(lobby)
  return back === undefined ? [] : [back]
}

function tables(session: DoorSession, rest: string): CommandOutput | Promise<CommandOutput> {
  return showTypedPage(session, rest, {
    typed: 'tables',
    empty: 'No game is under way. Be the first: play tictactoe',
    footer: ['To watch a game, type "watch" and the number of its table.', ...backHint(session)],
    fetch(from, count) {
      const { items, total } = session.lobby.listTables({ from, count })
      return { items: items.map((info) => tableRow(session.lobby.catalog, info)), total }
    },
  })
}

function tableRow(catalog: Catalog, info: TableInfo): readonly string[] {
  const { table, game, names, watchers, away = [] } = info
  const players = names.map((name, seat) => `${toSafeLine(name)}${away.includes(seat) ? ' (away)' : ''}`)
  const watched = watchers > 0 ? [formatCount(watchers, 'watches', 'watch')] : []
  return [String(table).padStart(3), game, [players.join(' against '), ...formatTerms(catalog, info), ...watched].join(', ')]
}

function watch(session: DoorSession, rest: string): CommandOutput {
  const table = parseWhole(rest, BOUNDS.table)
  if (table === undefined) return 'Type the number of a table, too, such as "watch 17". "tables" lists them.'
  const snapshot = session.lobby.watch(table)
  if (isRefusal(snapshot)) return snapshot.code === 'no-such-table' ? `There is no table ${table} to watch: "tables" lists them.` : snapshot
  session.addTable(snapshot, 'watching')
  return undefined
}

function who(session: DoorSession, rest: string): CommandOutput | Promise<CommandOutput> {
  const { lobby } = session
  return showTypedPage(session, rest, {
    typed: 'who',
    empty: 'No user is here.',
    footer: backHint(session),
    fetch(from, count) {
      const { items, total } = lobby.listPeople({ from, count })
      return { items: items.map((person) => personRow(person, lobby.me?.name)), total }
    },
  })
}

function personRow({ name, registered, tables: at }: PersonInfo, me: string | undefined): readonly string[] {
  const numbers = at.length > NUMBERS ? [...at.slice(0, NUMBERS), '...'] : at
  return [
    `${toSafeLine(name)}${name === me ? ' (you)' : ''}`,
    registered ? 'registered' : 'guest',
    at.length === 0 ? '' : `at table ${numbers.join(', ')}`,
  ]
}

async function rank(session: DoorSession, rest: string): Promise<CommandOutput> {
  const { lobby } = session
  if (/^[-+]?[\d.]*$/.test(rest)) return ladders(session, rest)
  const [, named = '', number = ''] = /^(.*?)\s*(\d{1,9})?$/s.exec(rest) ?? []
  const entry = parseGame(lobby.catalog, replaceGameAlias(lobby.catalog, named))
  if (isRefusal(entry)) return entry
  if (isSolitary(entry) && !entry.game.points) return `There is no ladder for ${entry.name}, because you play it alone and without points.`
  const own = await lobby.rank(entry.name)
  const place = own === undefined || isRefusal(own) ? howToClimb(entry, lobby.me) : `You are number ${own.rank} of ${own.of}.`
  return showTypedPage(session, number, {
    typed: `rank ${entry.name}`,
    empty: [`No user is on the ladder of ${entry.name} yet.`, place],
    footer: [place],
    rows: BEST,
    async fetch(from, count) {
      const most = Math.min(from + count + 1, BOUNDS.rows.max)
      const best = await lobby.ladder(entry.name, most)
      if (isRefusal(best)) return best
      return { items: best.slice(from, from + count).map((row) => ladderRow(row, entry)), total: best.length }
    },
  })
}

/** Lists the ladders that have users. Each row shows the first user of the ladder, and the place of this session's user. */
async function ladders(session: DoorSession, rest: string): Promise<CommandOutput> {
  const { lobby, peer } = session
  const page = readPage(session, rest, 'rank')
  if (typeof page === 'string') return page
  const entries = lobby.catalog.entries.filter((entry) => !isSolitary(entry) || entry.game.points)
  // the declared cost of the command includes the first ladder
  peer.connection.charge(LADDER * (entries.length - 1))
  const rows: (readonly string[])[] = []
  for (const entry of entries) {
    const best = await lobby.ladder(entry.name, 1)
    if (isRefusal(best)) return best
    const [first] = best
    if (!first) continue
    const own = await lobby.rank(entry.name)
    const place = own === undefined || isRefusal(own) ? 'you are not on it' : `you are number ${own.rank} of ${own.of}`
    rows.push([entry.name, ...ladderRow(first, entry).slice(1, 3), place])
  }
  if (rows.length === 0) return ['No user is on a ladder yet: play a rated game or a quiz.', RANK_GAME]
  if (page > 1) return [noPage(page, 'rank', 1), RANK_GAME]
  return [...formatColumns([['game', 'number 1', '', 'you'], ...rows]), RANK_GAME]
}

const RANK_GAME = 'For one ladder, type "rank" and the game, such as "rank tictactoe".'

function ladderRow({ rank: place, name, score, games: played }: LadderRow, { game }: CatalogEntry): readonly string[] {
  const points = game.points ? formatCount(Math.round(score), 'point') : `rating ${Math.round(score)}`
  return [String(place).padStart(3), toSafeLine(name), points, formatCount(played, 'game')]
}

function howToClimb({ name, game }: CatalogEntry, me: PersonInfo | undefined): string {
  if (game.points) return `To be on it, type: play ${name}`
  return `To be on it, type: ${me?.registered ? '' : 'register, and then: '}play ${name} rated`
}

/** The commands that list tables, users and ladders, and that watch a table. */
export const browseCommands: readonly DoorCommand[] = [
  { name: 'tables', cost: 9, usage: 'tables [PAGE]', about: 'list the games under way', needs: ['name'], run: tables },
  { name: 'watch', cost: 4, usage: 'watch N', about: 'watch the game at table N', needs: ['name'], run: watch },
  { name: 'who', cost: 9, usage: 'who [PAGE]', about: 'list the users who are here', needs: ['name'], run: who },
  {
    name: 'rank',
    cost: LADDER,
    also: ['ladder'],
    usage: 'rank [GAME] [PAGE]',
    about: 'print the ladder of a game and your place on it, or a summary of all ladders',
    needs: ['name'],
    run: rank,
  },
]
