import type { LadderRow } from '../hall/api.ts'
import { toLadder } from '../hall/ratings.ts'
import { Connection } from '../wire/connection.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { lines } from '../wire/framing/lines.ts'
import { quoteText } from '../wire/text.ts'
import type { Address } from '../wire/transport.ts'
import { connectTcp } from '../wire/transports/tcp.ts'
import { wallClock } from './clock.ts'
import { openStoreIn } from './stores.ts'

/** The front door's greeting begins with this text. */
const GREETING = 'Welcome to Parlor'
/** Milliseconds until a server must have sent all answers. */
const TIMEOUT = 10_000
const NO_DOOR = '--port is the port of the front door, 4000 by default'

/** RankedGame is a game with a ladder. `unit` is missing for a game that the command does not have. */
export interface RankedGame {
  readonly name: string
  /** The name of the game's rules. */
  readonly rules: string
  readonly unit?: 'points' | 'rating'
}

/** GameLadder has the best players of a game. */
export interface GameLadder {
  readonly game: RankedGame
  readonly rows: readonly LadderRow[]
}

/** Connects to the front door of a server. Resolves to the system's error if the connection fails. */
export async function connectToDoor(at: Address): Promise<unknown> {
  try {
    const connection = new Connection(await connectTcp(at, 0), { incoming: lines(), outgoing: lines(), messageLimit: 1024 * 1024 })
    connection.send('style json')
    return connection
  } catch (error) {
    return error
  }
}

/** Reads the ladder of one game from a server. Rejects if the server is not a front door, refuses, or does not answer in time. */
export function readLadder(server: Connection, game: RankedGame, limit: number): Promise<readonly GameLadder[]> {
  return talk(server, async (ask) => [await askForLadder(ask, game, limit)])
}

/** Reads the ladders of all games of a server, including games that this process does not have. Rejects as `readLadder` does. */
export function readLadders(server: Connection, known: readonly RankedGame[], limit: number): Promise<readonly GameLadder[]> {
  return talk(server, async (ask) => {
    const listed = await ask({ type: 'games' })
    const ladders: GameLadder[] = []
    for (const { game: name, rules, seats } of listed.type === 'games' ? listed.games : []) {
      const game = known.find((one) => one.rules === rules) ?? (seats.max > 1 ? { name, rules } : undefined)
      if (game) ladders.push(await askForLadder(ask, game, limit))
    }
    return ladders
  })
}

/** Ask sends a command, and resolves to the answer that has the same type as the command. */
type Ask = (command: Readonly<Record<string, unknown>> & { readonly type: string }) => Promise<Answer>
type Answer = ReturnType<typeof import('../native/messages.ts').ToClient.parse>

async function askForLadder(ask: Ask, game: RankedGame, limit: number): Promise<GameLadder> {
  const reply = await ask({ type: 'ladder', id: game.name, game: game.name, limit })
  return { game, rows: reply.type === 'ladder' ? reply.best : [] }
}

/** Talks to a front door in the native protocol, and destroys the connection after `TIMEOUT`. */
async function talk<Result>(server: Connection, work: (ask: Ask) => Promise<Result>): Promise<Result> {
  const cancel = wallClock.after(TIMEOUT, () =>
    server.fail(new Disconnected('ours', `it has sent no answer for ${TIMEOUT / 1000} s; ${NO_DOOR}`)),
  )
  try {
    const greeting = await server.receive()
    if (!greeting.startsWith(GREETING)) throw new Error(`it sends ${quoteText(greeting)}, which no front door sends; ${NO_DOOR}`)
    const { ToClient } = await import('../native/messages.ts')
    return await work(async (command) => {
      server.send(JSON.stringify(command))
      for (;;) {
        const line = await server.receive()
        const message = line.startsWith('{') ? ToClient.parse(JSON.parse(line)) : undefined
        if (message?.type === 'error') throw new Error(message.message)
        if (message?.type === command.type) return message
      }
    })
  } finally {
    cancel()
  }
}

/** Finds the ladders of a folder. Asks the server that has the folder open; if no server has it open, reads its files. */
export async function findInFolder(
  folder: string,
  games: readonly RankedGame[],
  limit: number,
): Promise<{ readonly ladders: readonly GameLadder[]; readonly isServed: boolean }> {
  const { requestLadder } = await import('../server/admin.ts')
  const ladders: GameLadder[] = []
  for (const game of games) {
    const answer = await requestLadder(folder, { game: game.rules, limit })
    if (!answer) break
    if ('refused' in answer) throw new Error(answer.refused)
    ladders.push({ game, rows: answer.best })
  }
  const isServed = ladders.length === games.length
  return { ladders: isServed ? ladders : await fromFolder(folder, games, limit), isServed }
}

async function fromFolder(folder: string, games: readonly RankedGame[], limit: number): Promise<GameLadder[]> {
  const store = await openStoreIn(folder)
  try {
    const ladders: GameLadder[] = []
    for (const game of games) ladders.push({ game, rows: toLadder(await store.results.ladder(game.rules, limit)) })
    return ladders
  } finally {
    await store.close()
  }
}
