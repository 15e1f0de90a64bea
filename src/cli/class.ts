import { writeFile } from 'node:fs/promises'
import { errorMessage } from '../base/errors.ts'
import { terminalColumns } from '../games/text/graphemes.ts'
import type { parseClassLine } from '../lab/class/class-lines.ts'
import type { ClassConnection } from '../lab/class/class-view.ts'
import { openClassFeed } from '../server/class-feed.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import type { Address } from '../wire/transport.ts'
import { ClassDiagram } from './class-diagram.ts'
import { formatClassCsv, formatClassJUnit } from './class-export.ts'
import { ClassScreen } from './class-screen.ts'
import { formatClassRow, formatClassTable, formatSummary } from './class-table.ts'
import { wallClock } from './clock.ts'
import { printError, UsageError } from './diagnostics.ts'
import { parseServerAddress } from './option-parsers.ts'
import { terminalSignal } from './stop-signal.ts'

/** ClassCommandOptions is the parsed command line of `parlor class`. */
export interface ClassCommandOptions {
  /** Folder of the server. */
  readonly data: string
  readonly once?: boolean | undefined
  /** Names of files. */
  readonly csv?: string | undefined
  readonly junit?: string | undefined
}

/** Lines of the console, in the order in which they arrive. */
type Feed = AsyncIterable<ReturnType<typeof parseClassLine>>

/**
 * Runs `parlor class [ADDRESS:PORT]`: shows the connections of a server that runs with `--lab`, or the last messages of one connection.
 * Then shows each change until Ctrl-C. Resolves to the exit code.
 */
export async function classCommand(address: string | undefined, { data, once = false, csv, junit }: ClassCommandOptions): Promise<number> {
  const client = address === undefined ? undefined : parseClient(address)
  const exports = csv !== undefined || junit !== undefined
  if (client && exports) throw new UsageError('--csv and --junit export all connections: leave the address out')
  const stop = terminalSignal()
  const end = new AbortController()
  stop.addEventListener('abort', () => end.abort(), { once: true })
  const feed = await openClassFeed(data, { follow: !once && !exports, ...(client ? { client } : {}) }, end.signal)
  if (!feed) {
    printError(`no server has the folder ${data} open: start the server with "parlor serve --lab", or name its folder with --data`)
    return EXIT.trouble
  }
  if (client) return showClient(feed, () => end.abort())
  if (exports || once) return showOnce(feed, { csv, junit })
  const isScreen = process.stdout.isTTY && process.env.TERM !== 'dumb'
  const code = await (isScreen ? showLive(feed) : showLines(feed))
  if (code === EXIT.good && !end.signal.aborted)
    printError('the server has closed the connection, because the server has stopped or this side reads too slowly')
  return code
}

function parseClient(address: string): Address {
  // the path of a Unix socket, which is the address of all its clients
  if (address.includes('/')) return { host: address, port: 0 }
  const { host, port } = parseServerAddress({ host: address })
  if (host === undefined || port === undefined)
    throw new UsageError(
      `${JSON.stringify(address)} is not an address with a port: type an address that "parlor class" shows, such as 127.0.0.1:50123`,
    )
  return { host, port }
}

/** Reads the lines of a snapshot. Resolves to the rows. If there are no rows, prints the reason and resolves to `undefined`. */
async function readSnapshot(feed: Feed): Promise<readonly ClassConnection[] | undefined> {
  const rows: ClassConnection[] = []
  for await (const line of feed) {
    if ('refused' in line) return refuse(line.refused)
    if (line.type === 'connection') rows.push(line.row)
    if (line.type === 'snapshot') {
      warnOfUnwatched(line.unwatched)
      return rows
    }
  }
  return refuse('the server closed the connection before the end of its answer')
}

function refuse(sentence: string): undefined {
  printError(sentence)
}

function warnOfUnwatched(count: number): void {
  if (count > 0)
    printError(`${count} further connections are missing, because the server cannot watch so many connections at the same time`)
}

/** Prints the table once, or writes the files. */
async function showOnce(feed: Feed, { csv, junit }: Pick<ClassCommandOptions, 'csv' | 'junit'>): Promise<number> {
  const rows = await readSnapshot(feed)
  if (!rows) return EXIT.trouble
  if (csv === undefined && junit === undefined) {
    printLines(formatClassTable(rows, { columns: terminalColumns(process.stdout), color: hasColor() }))
    return EXIT.good
  }
  try {
    if (csv !== undefined) await writeFile(csv, formatClassCsv(rows))
    if (junit !== undefined) await writeFile(junit, formatClassJUnit(rows))
  } catch (error) {
    throw new UsageError(`cannot write the file: ${errorMessage(error)}`)
  }
  printLines([formatSummary(rows)])
  return EXIT.good
}

/** Draws the table again with each change, until Ctrl-C or the end of the server. */
async function showLive(feed: Feed): Promise<number> {
  const screen = new ClassScreen({ output: process.stdout, color: hasColor(), clock: wallClock })
  let refused: string | undefined
  try {
    for await (const line of feed) {
      if ('refused' in line) {
        refused = line.refused
        break
      }
      screen.take(line)
    }
  } finally {
    screen.close()
  }
  if (refused !== undefined) {
    printError(refused)
    return EXIT.trouble
  }
  printLines([formatSummary(screen.rows)])
  return EXIT.good
}

/** Prints a line for each connection, and for each change. */
async function showLines(feed: Feed): Promise<number> {
  for await (const line of feed) {
    if ('refused' in line) {
      printError(line.refused)
      return EXIT.trouble
    }
    if (line.type === 'connection') printLines([`${formatTime(wallClock.now())}  ${formatClassRow(line.row)}`])
    else if (line.type === 'snapshot') warnOfUnwatched(line.unwatched)
  }
  return EXIT.good
}

/** Prints the messages of one connection as a diagram, until the connection closes. */
async function showClient(feed: Feed, end: () => void): Promise<number> {
  const diagram = new ClassDiagram({ width: terminalColumns(process.stdout), color: hasColor() })
  for await (const line of feed) {
    if ('refused' in line) {
      printError(line.refused)
      return EXIT.trouble
    }
    printLines(diagram.take(line))
    if (diagram.isOver) end()
  }
  return EXIT.good
}

function printLines(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`)
}

function hasColor(): boolean {
  const { NO_COLOR = '', TERM } = process.env
  return process.stdout.isTTY && NO_COLOR === '' && TERM !== 'dumb'
}

function formatTime(time: number): string {
  return new Date(time).toTimeString().slice(0, 8)
}
