import { existsSync } from 'node:fs'
import { errorMessage } from '../base/errors.ts'
import type { Catalog } from '../games/catalog.ts'
import { chance } from '../games/random.ts'
import { LobbyService } from '../lobby/service.ts'
import { requestPage } from '../server/admin.ts'
import { type ListPage, type ListRequest, listPage, type PersonRow, type ResultRow } from '../server/operator-pages.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { Terminal } from '../terminal/terminal.ts'
import { escapeInvisible } from '../wire/text.ts'
import { wallClock } from './clock.ts'
import { checkDataFolder } from './data-folder.ts'
import { printError, UsageError } from './diagnostics.ts'
import { loadCatalog } from './plugins.ts'
import { unknownGame } from './rank.ts'
import { openStoreIn } from './stores.ts'
import { checkFormat, formatTable, NAME_COLUMNS, toCsv } from './table.ts'

/** The data folder or URL from which the command reads a list, and the format of the output. */
interface ListOptions {
  readonly data: string
  readonly plugin?: readonly string[]
  readonly json?: boolean
  readonly csv?: boolean
}

/** Runs `parlor people list`: prints the registered users in order of registration. Resolves to the exit code. */
export async function peopleListCommand({ data, json, csv }: ListOptions): Promise<number> {
  checkFormat({ json, csv })
  const people: PersonRow[] = []
  for await (const page of pagesOf(data, 'people')) people.push(...(page.people ?? []))
  const terminal = new Terminal()
  const rows = people.map(({ name, since, online }) => ({ name, since: new Date(since).toISOString(), online }))
  if (json) terminal.write(`${JSON.stringify(rows)}\n`)
  else if (csv)
    terminal.write(toCsv([['name', 'since', 'online'], ...rows.map(({ name, since, online }) => [name, since, String(online)])]))
  else if (rows.length === 0) terminal.printSentence('No user is registered.')
  else {
    const columns = [{ title: 'name', narrowest: NAME_COLUMNS }, { title: 'since' }, { title: 'online' }]
    const cells = rows.map(({ name, since, online }) => [escapeInvisible(name), since.slice(0, 10), online ? 'yes' : ''])
    terminal.write(formatTable(columns, cells, terminal.columns))
  }
  return EXIT.good
}

/**
 * Runs `parlor results`: prints the finished games in the histories of users, oldest first. CSV has a row for each player. JSON has an
 * object for each game, and each object is on a line of its own. Resolves to the exit code.
 */
export async function resultsCommand(game: string | undefined, { data, plugin, json, csv }: ListOptions): Promise<number> {
  checkFormat({ json, csv })
  const catalog = await loadCatalog(plugin)
  // if no plug-in of this command has the game, the game can still appear in the results
  const known = game === undefined ? undefined : findRules(game, catalog)
  const rules = known ?? game?.toLowerCase()
  if (game !== undefined && known === undefined && !existsSync(data)) throw unknownGame(game, catalog)
  const terminal = new Terminal()
  let heading = json ? [] : [['table', 'ended', 'game', 'rated', 'seat', 'name', 'result', 'points']]
  let isKnown = game === undefined || known !== undefined
  for await (const { results = [] } of pagesOf(data, 'results')) {
    const found = rules === undefined ? results : results.filter((row) => row.game === rules)
    isKnown ||= found.length > 0
    if (!isKnown) continue
    // the command writes the heading together with the first page, so that the output stays empty if the first page fails
    terminal.write(toCsv(heading))
    heading = []
    for (const row of found) {
      const ended = new Date(row.at).toISOString()
      const named = catalog.publicName(row.game)
      if (json) terminal.write(`${JSON.stringify({ ...row, game: named, at: ended })}\n`)
      else
        terminal.write(
          toCsv(
            row.names.map((name, seat) => [
              row.table,
              ended,
              named,
              String(row.rated),
              seat,
              name,
              resultOf(row, seat),
              row.points?.[seat] ?? '',
            ]),
          ),
        )
    }
  }
  if (game !== undefined && !isKnown) throw unknownGame(game, catalog)
  return EXIT.good
}

/**
 * Returns the name of the rules of a game. `game` is this name, or the name by which users request the game. Returns `undefined` for an
 * unknown game.
 */
export function findRules(game: string, catalog: Catalog): string | undefined {
  return catalog.find(game)?.game.name ?? (catalog.games.has(game) ? game : undefined)
}

/** Returns the result of a game for a seat: won, lost, draw, scored, or the reason why the game ended early. */
function resultOf({ names, winners, points, end, left }: ResultRow, seat: number): string {
  if (end === 'aborted' || end === 'abandoned') return end
  if (winners.includes(seat)) return 'won'
  if (names.length > 1 && winners.length === 0 && left === undefined) return 'draw'
  if (left === seat && end !== undefined) return end
  // a quiz with some right answers is not lost
  return (points?.[seat] ?? 0) > 0 ? 'scored' : 'lost'
}

/**
 * Yields all pages of a list. The source is the server that has the folder open; if no server has it open, the source is the folder itself.
 */
async function* pagesOf(data: string, action: ListRequest['action']): AsyncGenerator<ListPage> {
  checkDataFolder(data)
  const first = await pageFrom(data, { action })
  if (!first) return yield* pagesIn(data, action)
  for (let page: typeof first | undefined = first; page; ) {
    if ('refused' in page) throw new UsageError(page.refused)
    yield page
    page = page.next === undefined ? undefined : await pageFrom(data, { action, after: page.next })
  }
}

/** Resolves to a page from the server that has the folder open; `undefined` if no server has the folder open. Rejects with a UsageError. */
async function pageFrom(data: string, request: ListRequest): ReturnType<typeof requestPage> {
  try {
    return await requestPage(data, request)
  } catch (reason) {
    throw new UsageError(`the server that has ${data} open sent an unreadable answer: ${errorMessage(reason)}`)
  }
}

async function* pagesIn(data: string, action: ListRequest['action']): AsyncGenerator<ListPage> {
  const store = await openStoreIn(data)
  const onError = (sentence: string, reason: unknown) => printError(`${sentence}: ${errorMessage(reason)}`)
  const service = new LobbyService({ store, clock: wallClock, random: chance, onError })
  try {
    for (let request: ListRequest | undefined = { action }; request; ) {
      const page: ListPage = await listPage({ people: service.people, store }, request)
      yield page
      request = page.next === undefined ? undefined : { action, after: page.next }
    }
  } finally {
    await service.close()
  }
}
