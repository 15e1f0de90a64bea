import { existsSync } from 'node:fs'
import { closestMatch } from 'leven'
import { errorMessage } from '../base/errors.ts'
import { defaults, settingsFile } from '../config/defaults.ts'
import type { Catalog, CatalogEntry } from '../games/catalog.ts'
import type { LadderRow } from '../hall/api.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { cannotConnect, formatAddress } from '../terminal/system-errors.ts'
import { Terminal } from '../terminal/terminal.ts'
import { Connection } from '../wire/connection.ts'
import { escapeControls, quoteText } from '../wire/text.ts'
import type { Address } from '../wire/transport.ts'
import { checkDataFolder } from './data-folder.ts'
import { pagingHint, printError, UsageError } from './diagnostics.ts'
import { connectToDoor, findInFolder, type GameLadder, type RankedGame, readLadder, readLadders } from './ladders.ts'
import { parseServerAddress } from './option-parsers.ts'
import { loadCatalog } from './plugins.ts'
import { requireNetworkProgram } from './program-options.ts'
import { checkFormat, formatTable, NAME_COLUMNS, toCsv } from './table.ts'

interface RankOptions {
  readonly host?: string
  readonly port?: number
  readonly data: string
  /** True if the command line names the folder; the command then asks only the server of that folder. */
  readonly named: boolean
  readonly limit: number
  readonly json?: boolean
  readonly csv?: boolean
  readonly plugin?: readonly string[]
}

/** Program name of the front door. */
const DOOR = 'parlor/door'

/** Ladders and their source: `source` is the name of the source for people, and `from` is its name for programs. */
interface Found {
  readonly source: string
  readonly from: { readonly server: Address } | { readonly folder: string }
  readonly ladders: readonly GameLadder[]
}

/**
 * `parlor rank`: prints the ladders of a running server, or of a server's folder. If the command line names no server, the command asks the
 * server that `serve` would start with the settings of this folder, or reads the data folder. Resolves to the exit code.
 */
export async function rankCommand(name: string | undefined, options: RankOptions): Promise<number> {
  checkFormat(options)
  const catalog = await loadCatalog(options.plugin)
  const game = name === undefined ? undefined : toRankedGame(name, catalog)
  const games = game ? [game] : catalog.entries.filter(hasLadder).map(toRow)
  const { data, limit } = options
  const isOfFolder = options.named && options.host === undefined && options.port === undefined
  const at = isOfFolder ? undefined : await doorOf(options)
  const connected = at && (await connectToDoor(at))
  const server = connected instanceof Connection ? connected : undefined
  // if the command line names a server, the ladders of the folder on this machine would be the wrong answer
  if (at && !server && !options.named && (options.host ?? options.port) !== undefined) {
    printError(cannotConnect(at, connected, 0))
    return EXIT.trouble
  }
  const source = server && at ? `the server at ${formatAddress(at)}` : `the folder ${data}`
  try {
    if (server && at)
      print(
        { source, from: { server: at }, ladders: await (game ? readLadder(server, game, limit) : readLadders(server, games, limit)) },
        game,
        options,
      )
    else {
      if (game && !game.unit && !existsSync(data)) throw unknownGame(game.name, catalog)
      checkFolder(data, isOfFolder ? '' : `${noServerAt(at)}, and `)
      const { ladders, isServed } = await findInFolder(data, games, limit)
      // if no plug-in of this command has the game, the game can still appear in a ladder
      if (game && !game.unit && ladders.every(({ rows }) => rows.length === 0)) throw unknownGame(game.name, catalog)
      const by = isServed ? `the server that has the folder ${data} open` : source
      print({ source: by, from: { folder: data }, ladders }, game, options)
    }
    return EXIT.good
  } catch (error) {
    if (error instanceof UsageError) throw error
    printError(`${source}: ${errorMessage(error)}`)
    return EXIT.trouble
  } finally {
    await server?.close(0)
  }
}

/** Checks whether a game has a ladder, of ratings or of points. */
function hasLadder({ game }: CatalogEntry): boolean {
  return game.seats.max > 1 || game.points !== undefined
}

/** Returns the game with a typed name, even if only the ladder has that game. Throws a UsageError if the game has no ladder. */
function toRankedGame(typed: string, catalog: Catalog): RankedGame {
  const entry = catalog.find(typed)
  if (entry && hasLadder(entry)) return toRow(entry)
  const ladders = catalog.entries.filter(hasLadder).map(({ name }) => name)
  if (entry)
    throw new UsageError(
      `${entry.name} has no ladder, because a user plays it alone and without points; these games have a ladder: ${ladders.join(', ')}`,
    )
  if (/^\d+$/.test(typed)) throw new UsageError(`there is no game ${quoteText(typed)}; ${pagingHint(Number(typed))}`)
  return { name: typed.toLowerCase(), rules: typed.toLowerCase() }
}

function toRow({ name, game }: CatalogEntry): RankedGame {
  return { name, rules: game.name, unit: game.points ? 'points' : 'rating' }
}

/** Throws a UsageError if a folder has no database. The sentence begins with `noServer`, the reason why the command contacted no server. */
function checkFolder(data: string, noServer: string): void {
  try {
    checkDataFolder(data)
  } catch (error) {
    throw error instanceof UsageError
      ? new UsageError(`${noServer}${error.message.replace(/; --data names another$/, '')}; see --host, --port and --data`)
      : error
  }
}

function noServerAt(at: Address | undefined): string {
  return at ? `no server listens at ${formatAddress(at)}` : 'the settings do not give the port of the front door'
}

/** Finds the address of the front door; `undefined` if the settings give the front door any free port, TLS or a Unix socket. */
async function doorOf(options: RankOptions): Promise<Address | undefined> {
  const { host, port } = parseServerAddress(options)
  if (host !== undefined && port !== undefined) return { host, port }
  const here = (await settingsHere()) ?? { host: defaults.host, port: undefined }
  const known = port ?? here.port ?? (await requireNetworkProgram(DOOR)).port
  return known === 0 ? undefined : { host: host ?? here.host, port: known }
}

/** Reads the address of `serve` from a file or the environment, if either has settings. */
async function settingsHere(): Promise<{ readonly host: string; readonly port: number | undefined } | undefined> {
  const named = ['CONFIG', 'HOST', 'ONLY', 'PORTS', 'PORTBASE', 'TLS', 'UNIX'].some((name) => process.env[`PARLOR_${name}`])
  if (!named && !existsSync(settingsFile)) return undefined
  const { loadFromSettings, selectPrograms, resolveSettings } = await import('./config.ts')
  const settings = await resolveSettings({})
  const { host, tls, unix } = settings.config
  // the command asks a server over TLS or a Unix socket through the admin socket of its folder
  if (tls || unix !== undefined) return { host, port: 0 }
  const { ports } = await selectPrograms(settings, (await loadFromSettings(settings)).programs)
  return { host: host === '0.0.0.0' || host === '::' ? defaults.host : host, port: ports[DOOR] }
}

function print({ source, from, ladders }: Found, named: RankedGame | undefined, { json, csv }: RankOptions): void {
  const terminal = new Terminal()
  if (json) {
    const rows = (all: readonly LadderRow[]) => all.map(({ rank, name, score, games }) => ({ rank, name, score, games }))
    terminal.write(
      `${JSON.stringify({ ...from, ladders: ladders.map(({ game, rows: all }) => ({ game: game.name, best: rows(all) })) })}\n`,
    )
  } else if (csv) {
    const rows = ladders.flatMap(({ game, rows: all }) => all.map(({ rank, name, score, games }) => [game.name, rank, name, score, games]))
    terminal.write(toCsv([['game', 'rank', 'name', 'score', 'games'], ...rows]))
  } else {
    const shown = ladders.filter(({ rows }) => named || rows.length > 0).map((ladder) => table(ladder, terminal))
    const none = `${terminal.wrap('No user is on a ladder yet: play a rated game or a quiz.')}\n`
    terminal.write(`${terminal.wrap(`From ${source}:`)}\n\n${shown.length > 0 ? shown.join('\n') : none}`)
  }
}

function table({ game: { name, unit }, rows }: GameLadder, terminal: Terminal): string {
  if (rows.length === 0) return `${name}\n${terminal.wrap('No user is on this ladder yet.')}\n`
  const columns = [
    { title: 'rank', isNumber: true },
    { title: 'name', narrowest: NAME_COLUMNS },
    { title: unit ?? 'score', isNumber: true },
    { title: 'games', isNumber: true },
  ]
  const cells = rows.map(({ rank, name: who, score, games }) => [
    String(rank),
    escapeControls(who),
    String(Math.round(score)),
    String(games),
  ])
  return `${name}\n${formatTable(columns, cells, terminal.columns)}`
}

/** Creates the UsageError for an unknown game. The sentence suggests the nearest name; if no name is near, it lists all names. */
export function unknownGame(typed: string, { entries }: Catalog): UsageError {
  const names = entries.map(({ name }) => name)
  const meant = closestMatch(typed.toLowerCase(), names, { maxDistance: 2 })
  return new UsageError(
    `there is no game ${quoteText(typed)}; ${meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`}`,
  )
}
