import { existsSync } from 'node:fs'
import { catalogue, type Entry, entryOf } from '../games/catalogue.ts'
import { placed } from '../hall/hall.ts'
import type { LadderRow } from '../protocols/lobby.ts'
import { Terminal } from '../terminal/terminal.ts'
import { EXIT, messageOf, place } from '../terminal/trouble.ts'
import { Connection } from '../wire/connection.ts'
import { lines } from '../wire/lines.ts'
import type { Address } from '../wire/transport.ts'
import { connectTcp } from '../wire/transports/tcp.ts'
import { visible } from '../wire/visible.ts'
import { complain, Usage } from './diagnostics.ts'
import { storeIn } from './stores.ts'

interface RankOptions {
  readonly host: string
  readonly port: number
  readonly data: string
  readonly limit: number
}

/** Answers a game's ladder. */
type Ladders = (entry: Entry) => Promise<readonly LadderRow[]>

/** `parlor rank`: the ladders of a server that runs, or of the folder in which one has kept them. */
export async function rankCommand(name: string | undefined, { host, port, data, limit }: RankOptions): Promise<number> {
  const entry = name === undefined ? undefined : entryOf(name)
  if (name !== undefined && !entry) throw new Usage(`there is no game ${name}; there are ${catalogue.map((one) => one.name).join(', ')}`)
  const terminal = new Terminal()
  const print = async (ladders: Ladders) => {
    const shown: string[] = []
    for (const one of entry ? [entry] : catalogue) {
      const rows = await ladders(one)
      if (entry || rows.length > 0) shown.push(table(one, rows))
    }
    terminal.write(shown.length > 0 ? shown.join('\n') : 'Nobody is on a ladder yet: rated games and quizzes lead there.\n')
  }
  const server = await reached({ host, port })
  try {
    if (server) await print((one) => asked(server, one, limit))
    else if (existsSync(data)) await fromFolder(data, limit, print)
    else throw new Usage(`nobody serves at ${place({ host, port })}, and there is no folder ${data} here; see --host, --port and --data`)
    return EXIT.good
  } catch (error) {
    if (error instanceof Usage) throw error
    complain(`${server ? place({ host, port }) : data}: ${messageOf(error)}`)
    return EXIT.trouble
  } finally {
    await server?.close(0)
  }
}

/** The front door of a server; `undefined` where nobody listens. */
async function reached(at: Address): Promise<Connection | undefined> {
  try {
    const connection = new Connection(await connectTcp(at, 0), { incoming: lines(), outgoing: lines(), messageLimit: 1024 * 1024 })
    connection.send('style json')
    return connection
  } catch {
    return undefined
  }
}

async function asked(server: Connection, { name }: Entry, limit: number): Promise<readonly LadderRow[]> {
  server.send(JSON.stringify({ type: 'ladder', id: name, game: name, limit }))
  const { ToClient } = await import('../protocols/native/messages.ts')
  for (;;) {
    const line = await server.receive()
    const message = line.startsWith('{') ? ToClient.parse(JSON.parse(line)) : undefined
    if (message?.type === 'error') throw new Error(message.message)
    if (message?.type === 'ladder') return message.best
  }
}

async function fromFolder(folder: string, limit: number, print: (ladders: Ladders) => Promise<void>): Promise<void> {
  const store = await storeIn(folder)
  try {
    await print(async ({ game }) => placed(await store.results.ladder(game.name, limit)))
  } finally {
    await store.close()
  }
}

function table({ name, game }: Entry, rows: readonly LadderRow[]): string {
  const scored = game.points ? 'points' : 'rating'
  const lines = rows.map(({ rank, name: who, score, games }) =>
    [String(rank).padStart(4), visible(who).padEnd(20), String(Math.round(score)).padStart(6), String(games).padStart(5)].join('  '),
  )
  const head = ['rank', 'name'.padEnd(20), scored.padStart(6), 'games'].join('  ')
  return `${[name, ...(lines.length > 0 ? [head, ...lines] : ['Nobody is on this ladder yet.'])].join('\n')}\n`
}
