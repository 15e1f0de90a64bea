import { isRefusal } from '../../games/game.ts'
import type { FinishedGame, GameResult } from '../../hall/api.ts'
import { ROWS, toSafeLine, toSentence } from '../layout.ts'
import { type PagedList, readPage, showPage, showTypedPage } from '../paging.ts'
import { formatOpponents, formatResult, formatWinners } from '../results.ts'
import type { DoorSession } from '../session.ts'
import type { CommandOutput, DoorCommand } from './command.ts'
import { replayCommand } from './replay.ts'

/** Maximum number of missed games in the greeting. */
const MISSED = 3

/** Lists a page of the finished games of a user: `history`, `history ada`, `history 2`, `history ada 2`. */
function history(session: DoorSession, rest: string): CommandOutput | Promise<CommandOutput> {
  const { lobby } = session
  const [, named = '', number = ''] = lobby.isOnline(rest) ? ['', rest] : (/^(.*?)(?:(?:^|\s+)([+-]?\d{1,9}))?$/s.exec(rest) ?? [])
  const typed = named === '' ? 'history' : `history ${toSafeLine(named)}`
  const page = readPage(session, number, typed)
  if (typeof page === 'string') return page
  const name = named === '' ? undefined : named.replaceAll('_', ' ')
  const listing: PagedList = {
    typed,
    empty: name === undefined ? 'You have finished no game yet.' : toSentence(`no finished game of "${name}" is known here`),
    async fetch(from, count) {
      const found = await lobby.history(name, { from, count })
      return isRefusal(found) ? found : { items: found.items.map(rowOf), total: found.total }
    },
  }
  return showPage(session, listing, page)
}

function rowOf(game: FinishedGame): readonly string[] {
  const { table, names, seat, rated, at } = game
  const others = names.filter((_, one) => one !== seat).map(toSafeLine)
  return [
    String(table).padStart(3),
    new Date(at).toISOString().slice(0, 10),
    `${game.game}${rated && others.length > 0 ? ', rated' : ''}`,
    others.length > 0 ? `against ${others.join(' and ')}` : 'alone',
    formatResult(game),
  ]
}

/** Describes the games that ended while a registered user was away; empty without such games. */
export async function missedGames({ lobby }: DoorSession): Promise<readonly string[]> {
  const { awaySince } = lobby
  if (awaySince === undefined) return []
  const found = await lobby.history(undefined, { count: ROWS })
  const games = isRefusal(found) ? [] : found.items.filter(({ at }) => at > awaySince)
  if (games.length === 0) return []
  const shown = games.slice(0, MISSED).map((game) => [game.game, ...formatOpponents(game), formatResult(game)].join(', '))
  const more = games.length > MISSED ? '; and more' : ''
  return [`While you were away: ${shown.join('; ')}${more}. "history" lists all.`]
}

/** Lists a page of the finished games of all users. */
function recent(session: DoorSession, rest: string): CommandOutput | Promise<CommandOutput> {
  return showTypedPage(session, rest, {
    typed: 'recent',
    empty: 'No game has ended here yet. "tables" lists the games under way.',
    footer: [REPLAY],
    async fetch(from, count) {
      const { items, total } = await session.lobby.recent({ from, count })
      return { items: items.map(recentRow), total }
    },
  })
}

function recentRow({ table, game, names, rated, at, outcome, points }: GameResult): readonly string[] {
  return [
    String(table).padStart(3),
    new Date(at).toISOString().slice(0, 10),
    `${game}${rated && names.length > 1 ? ', rated' : ''}`,
    names.map(toSafeLine).join(' against '),
    formatWinners({ names, outcome, ...(points ? { points } : {}) }),
  ]
}

const REPLAY = 'To see a game again, type "replay" and the number of its table.'

/** The commands for finished games. */
export const historyCommands: readonly DoorCommand[] = [
  {
    name: 'history',
    cost: 9,
    usage: 'history [NAME] [PAGE]',
    about: 'list your finished games, or the finished games of NAME',
    more: () => ['The newest game is first. The server stores the last 200 games.', 'Only registered players see their own private games.'],
    needs: ['name'],
    run: history,
  },
  {
    name: 'recent',
    cost: 9,
    usage: 'recent [PAGE]',
    about: 'list the finished games of all users, newest first',
    more: () => [REPLAY],
    needs: ['name'],
    run: recent,
  },
  replayCommand,
]
