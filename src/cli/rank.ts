import { existsSync } from 'node:fs'
import { closestMatch } from 'leven'
import { errorMessage } from '../base/errors.ts'
import { defaults, settingsFile } from '../config/defaults.ts'
import type { CatalogueEntry } from '../games/catalogue.ts'
import { shippedGames } from '../games/index.ts'
import type { LadderRow } from '../hall/api.ts'
import { toLadder } from '../hall/ratings.ts'
import { Terminal } from '../terminal/terminal.ts'
import { cannotConnect, EXIT, formatAddress } from '../terminal/trouble.ts'
import { Connection } from '../wire/connection.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { lines } from '../wire/framing/lines.ts'
import { escapeControls, quoteText } from '../wire/text.ts'
import type { Address } from '../wire/transport.ts'
import { connectTcp } from '../wire/transports/tcp.ts'
import { wallClock } from './clock.ts'
import { checkDataFolder } from './data-folder.ts'
import { pagingHint, printError, UsageError } from './diagnostics.ts'
import { requireNetworkProgram } from './program-options.ts'
import { openStoreIn } from './stores.ts'
import { checkFormat, formatTable, NAME_COLUMNS, toCsv } from './table.ts'
import { parseServerAddress } from './values.ts'

interface RankOptions {
  readonly host?: string
  readonly port?: number
  readonly data: string
  /** True if the command line names the folder, so that only the server of that folder is meant. */
  readonly named: boolean
  readonly limit: number
  readonly json?: boolean
  readonly csv?: boolean
}

/** Program name of the front door. */
const DOOR = 'parlor/door'

/** Beginning of the front door's greeting. */
const GREETING = 'Welcome to Parlor'
/** Timeout for all answers of a server, in milliseconds. */
const TIMEOUT = 10_000
const NO_DOOR = '--port is that of the front door, 4000 if nothing else was set'

/** A game's ladder. */
interface Ladder {
  readonly entry: CatalogueEntry
  readonly rows: readonly LadderRow[]
}

/** Ladders and their source: `source` is for people, `from` for programs. */
interface Found {
  readonly source: string
  readonly from: { readonly server: Address } | { readonly folder: string }
  readonly ladders: readonly Ladder[]
}

/**
 * Runs `parlor rank`: prints the ladders of a running server, or of a server's folder. The command line determines the server;
 * otherwise the settings that `serve` has here, or the folder. Resolves to the exit code.
 */
export async function rankCommand(name: string | undefined, options: RankOptions): Promise<number> {
  checkFormat(options)
  const entry = name === undefined ? undefined : shippedGames.find(name)
  if (name !== undefined && !entry)
    throw /^\d+$/.test(name) ? new UsageError(`there is no game ${quoteText(name)}; ${pagingHint(Number(name))}`) : unknownGame(name)
  if (entry && !hasLadder(entry))
    throw new UsageError(`there is no ladder of ${entry.name}, which is played alone and without points; there is one of ${ladders()}`)
  const entries = entry ? [entry] : shippedGames.entries.filter(hasLadder)
  const { data, limit } = options
  const isOfFolder = options.named && options.host === undefined && options.port === undefined
  const at = isOfFolder ? undefined : await doorOf(options)
  const connected = at && (await connectToDoor(at))
  const server = connected instanceof Connection ? connected : undefined
  // the folder on this machine does not belong to a server elsewhere
  if (at && !server && !options.named && (options.host ?? options.port) !== undefined) {
    printError(cannotConnect(at, connected, 0))
    return EXIT.trouble
  }
  const source = server && at ? `the server at ${formatAddress(at)}` : `the folder ${data}`
  try {
    if (server && at) print({ source, from: { server: at }, ladders: await fromServer(server, entries, limit) }, entry, options)
    else {
      checkFolder(data, isOfFolder ? '' : `${noServerAt(at)}, and `)
      await printFromFolder(entries, entry, options)
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

/** Checks whether a game has a ladder: of ratings, or of points. */
function hasLadder({ game }: CatalogueEntry): boolean {
  return game.seats.max > 1 || game.points !== undefined
}

function ladders(): string {
  return shippedGames.entries
    .filter(hasLadder)
    .map(({ name }) => name)
    .join(', ')
}

/** Prints the ladders of a folder: from the server that has it open, or else from its files. */
async function printFromFolder(entries: readonly CatalogueEntry[], entry: CatalogueEntry | undefined, options: RankOptions): Promise<void> {
  const { data, limit } = options
  const { requestLadder } = await import('../server/admin.ts')
  const ladders: Ladder[] = []
  for (const one of entries) {
    const answer = await requestLadder(data, { game: one.game.name, limit })
    if (!answer) break
    if ('refused' in answer) throw new Error(answer.refused)
    ladders.push({ entry: one, rows: answer.best })
  }
  const isServed = ladders.length === entries.length
  const source = isServed ? `the server that has the folder ${data} open` : `the folder ${data}`
  print({ source, from: { folder: data }, ladders: isServed ? ladders : await fromFolder(data, entries, limit) }, entry, options)
}

/** Throws a UsageError if a folder has no database. The sentence begins with `noServer`, the reason why no server was contacted. */
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
  return at ? `no server listens at ${formatAddress(at)}` : 'the settings give the front door no fixed port'
}

/** Finds the address of the front door; `undefined` if the settings give it any free port, TLS or a Unix socket. */
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
  // a server over TLS or a Unix socket is reached through its folder
  if (tls || unix !== undefined) return { host, port: 0 }
  const { ports } = await selectPrograms(settings, (await loadFromSettings(settings)).programs)
  return { host: host === '0.0.0.0' || host === '::' ? defaults.host : host, port: ports[DOOR] }
}

/** Connects to the front door of a server. Resolves to the system's error if it cannot connect. */
async function connectToDoor(at: Address): Promise<unknown> {
  try {
    const connection = new Connection(await connectTcp(at, 0), { incoming: lines(), outgoing: lines(), messageLimit: 1024 * 1024 })
    connection.send('style json')
    return connection
  } catch (error) {
    return error
  }
}

/** Reads ladders from a server. Rejects if the server is not a front door, or does not answer within `TIMEOUT`. */
async function fromServer(server: Connection, entries: readonly CatalogueEntry[], limit: number): Promise<Ladder[]> {
  const cancel = wallClock.after(TIMEOUT, () =>
    server.fail(new Disconnected('ours', `it has sent no answer for ${TIMEOUT / 1000} s; ${NO_DOOR}`)),
  )
  try {
    const greeting = await server.receive()
    if (!greeting.startsWith(GREETING)) throw new Error(`it sends ${quoteText(greeting)}, which no front door sends; ${NO_DOOR}`)
    const ladders: Ladder[] = []
    for (const entry of entries) ladders.push({ entry, rows: await askFor(server, entry, limit) })
    return ladders
  } finally {
    cancel()
  }
}

async function askFor(server: Connection, { name }: CatalogueEntry, limit: number): Promise<readonly LadderRow[]> {
  server.send(JSON.stringify({ type: 'ladder', id: name, game: name, limit }))
  const { ToClient } = await import('../native/messages.ts')
  for (;;) {
    const line = await server.receive()
    const message = line.startsWith('{') ? ToClient.parse(JSON.parse(line)) : undefined
    if (message?.type === 'error') throw new Error(message.message)
    if (message?.type === 'ladder') return message.best
  }
}

async function fromFolder(folder: string, entries: readonly CatalogueEntry[], limit: number): Promise<Ladder[]> {
  const store = await openStoreIn(folder)
  try {
    const ladders: Ladder[] = []
    for (const entry of entries) ladders.push({ entry, rows: toLadder(await store.results.ladder(entry.game.name, limit)) })
    return ladders
  } finally {
    await store.close()
  }
}

function print({ source, from, ladders }: Found, named: CatalogueEntry | undefined, { json, csv }: RankOptions): void {
  const terminal = new Terminal()
  if (json) {
    const rows = (all: readonly LadderRow[]) => all.map(({ rank, name, score, games }) => ({ rank, name, score, games }))
    terminal.write(
      `${JSON.stringify({ ...from, ladders: ladders.map(({ entry, rows: all }) => ({ game: entry.name, best: rows(all) })) })}\n`,
    )
  } else if (csv) {
    const rows = ladders.flatMap(({ entry, rows: all }) =>
      all.map(({ rank, name, score, games }) => [entry.name, rank, name, score, games]),
    )
    terminal.write(toCsv([['game', 'rank', 'name', 'score', 'games'], ...rows]))
  } else {
    const shown = ladders.filter(({ rows }) => named || rows.length > 0).map((ladder) => table(ladder, terminal))
    const none = `${terminal.wrap('No user is on a ladder yet: rated games and quizzes lead there.')}\n`
    terminal.write(`${terminal.wrap(`From ${source}:`)}\n\n${shown.length > 0 ? shown.join('\n') : none}`)
  }
}

function table({ entry: { name, game }, rows }: Ladder, terminal: Terminal): string {
  if (rows.length === 0) return `${name}\n${terminal.wrap('No user is on this ladder yet.')}\n`
  const columns = [
    { title: 'rank', isNumber: true },
    { title: 'name', narrowest: NAME_COLUMNS },
    { title: game.points ? 'points' : 'rating', isNumber: true },
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

/** Creates the UsageError for an unknown game. It suggests the nearest name, or else lists all names. */
export function unknownGame(typed: string): UsageError {
  const names = shippedGames.entries.map(({ name }) => name)
  const meant = closestMatch(typed.toLowerCase(), names, { maxDistance: 2 })
  return new UsageError(
    `there is no game ${quoteText(typed)}; ${meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`}`,
  )
}
