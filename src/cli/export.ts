import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorMessage } from '../base/errors.ts'
import type { Catalog } from '../games/catalog.ts'
import { type AnyGame, isRefusal } from '../games/game.ts'
import type { FinishedTable, Store, TableEvent } from '../hall/ports.ts'
import { sendAdminRequest } from '../server/admin.ts'
import { createEmptyFile, detachCopy } from '../storage/sqlite/backup.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { Terminal } from '../terminal/terminal.ts'
import { checkDataFolder } from './data-folder.ts'
import { UsageError } from './diagnostics.ts'
import { findRules, resultsCommand } from './history-commands.ts'
import { loadCatalog } from './plugins.ts'
import { unknownGame } from './rank.ts'
import { openStoreIn } from './stores.ts'

/*
 * `parlor export` prints the finished games of the users. Each game is a line of JSON from which any program can replay the game. While a
 * server has the folder open, the command does the same as `parlor verify`: it reads a copy that the server makes, because a log may be
 * longer than an answer of the admin socket.
 *
 * An exported game has the state after the setup, the seeds and the moves, so a replay by the rules gives the same positions: the rules
 * compute the random numbers of a move from the seed and from the number `n` of its event (`hall/seeds.ts`). An exported game has no
 * tokens, no addresses and no talk.
 */

/** ExportOptions has the folder of the server, the plug-ins that contain rules, and the format of the output. */
interface ExportOptions {
  readonly data: string
  readonly plugin?: readonly string[]
  readonly csv?: boolean
}

/** Number of games that the command reads from the store in one query. */
const PAGE = 100

/**
 * Runs `parlor export`: prints the finished games of the users as JSON lines, or their results as CSV, oldest first. Resolves to the exit
 * code.
 */
export async function exportCommand(game: string | undefined, { data, plugin, csv }: ExportOptions): Promise<number> {
  if (csv) return resultsCommand(game, { data, csv, ...(plugin ? { plugin } : {}) })
  const catalog = await loadCatalog(plugin)
  const rules = game === undefined ? undefined : findRules(game, catalog)
  if (game !== undefined && rules === undefined && !existsSync(data)) throw unknownGame(game, catalog)
  checkDataFolder(data)
  const folder = mkdtempSync(join(tmpdir(), 'parlor-export-'))
  try {
    const isCopied = await copyFromServer(data, join(folder, 'parlor.db'))
    const store = await openStoreIn(isCopied ? folder : data)
    try {
      const wanted = rules ?? game?.toLowerCase()
      const isFound = await printGames(store, catalog, wanted)
      if (game !== undefined && rules === undefined && !isFound) throw unknownGame(game, catalog)
    } finally {
      await store.close()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  return EXIT.good
}

/**
 * Asks the server that has the folder open to copy its data to a file. Resolves to `false`, and leaves no file, if no server has the
 * folder open.
 */
async function copyFromServer(data: string, copy: string): Promise<boolean> {
  createEmptyFile(copy)
  const answer = await sendAdminRequest(data, { action: 'verify', file: copy }).catch((reason) => {
    throw new UsageError(`the server that has ${data} open sent an unreadable answer: ${errorMessage(reason)}`)
  })
  if (answer && isRefusal(answer)) throw new UsageError(`the server that has ${data} open makes no copy: ${answer.refused}`)
  if (answer) detachCopy(copy)
  return answer !== undefined
}

/** Prints the games with these rules, or all games. Resolves to true if there is such a game. */
async function printGames(store: Store, catalog: Catalog, rules: string | undefined): Promise<boolean> {
  const terminal = new Terminal()
  let isFound = false
  for (let after = 0; ; ) {
    const page = await store.history.all(after, PAGE)
    for (const finished of page) {
      if (rules !== undefined && finished.game !== rules) continue
      const log = await store.tables.read(finished.table, 0)
      const exported = toExportedGame(finished, log, catalog)
      // the size limit of the folder drops the logs of old games, and retains their results
      if (!exported) continue
      isFound = true
      terminal.write(`${JSON.stringify(exported)}\n`)
    }
    const last = page.at(-1)
    if (!last || page.length < PAGE) return isFound
    after = last.table
  }
}

/** Returns a finished game for the export; `undefined` if its log is not complete. */
function toExportedGame(
  { table, game, at, names, outcome, rated, points, private: hidden }: FinishedTable,
  log: readonly TableEvent[],
  catalog: Catalog,
): object | undefined {
  const [opening] = log
  if (opening?.type !== 'opened') return undefined
  const rules = catalog.games.get(game)
  const { total, turn } = opening.clock
  return {
    table,
    game: catalog.publicName(game),
    rules: game,
    names,
    options: opening.options,
    rated,
    private: hidden,
    ...(total === undefined && turn === undefined ? {} : { clock: { total, turn } }),
    began: new Date(opening.at).toISOString(),
    ended: new Date(at).toISOString(),
    outcome,
    ...(points ? { points } : {}),
    start: opening.state,
    seeds: [{ n: 1, seed: opening.seed }, ...log.flatMap((event) => (event.type === 'reseeded' ? [{ n: event.n, seed: event.seed }] : []))],
    moves: log.flatMap((event) => (event.type === 'moved' ? [toMove(event, opening.at, rules)] : [])),
  }
}

/**
 * Returns a move for the export: the number of its event, milliseconds since the opening, the seat, and the move in the form of the log. If
 * the command has the rules, the move is also in the notation of the game.
 */
function toMove({ n, at, seat, move }: Extract<TableEvent, { type: 'moved' }>, began: number, rules: AnyGame | undefined): object {
  return { n, ms: at - began, seat, move, ...(rules ? { text: rules.notation.print(move) } : {}) }
}
