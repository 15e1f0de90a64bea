import { join, resolve } from 'node:path'
import { z } from 'zod'
import { isRefusal, type Refusal } from '../games/game.ts'
import { type RandomBytes, secretToken } from '../hall/codes.ts'
import type { Ended, People } from '../hall/people.ts'
import { endedInWords } from '../protocols/ended.ts'
import { sentenceOf } from '../storage/error.ts'
import { isOwnSocket } from '../storage/names.ts'
import { type Clock, wallClock } from '../wire/clock.ts'
import { Connection } from '../wire/connection.ts'
import { lines } from '../wire/lines.ts'
import type { Listener, Transport } from '../wire/transport.ts'
import { connectUnix, listenUnix } from '../wire/transports/unix.ts'
import { Ladder, LadderWish, type Listed, Listing, ListWish, list, type Rung } from './listings.ts'
import type { Logs } from './logs.ts'
import { Visits } from './operator-visits.ts'
import { survived } from './surviving.ts'

/** The schema of what the operator can want for the owner of a registered name: a new password, or that the name is forgotten. */
export const OperatorWish = z.strictObject({ action: z.enum(['reset', 'remove']), name: z.string() })
export type OperatorWish = z.infer<typeof OperatorWish>

/** BackupWish is the operator's request for a copy of the folder in an empty file, as a backup or to verify the copy. */
const BackupWish = z.strictObject({ action: z.enum(['backup', 'verify']), file: z.string() })
const AnyWish = z.union([OperatorWish, BackupWish, ListWish, LadderWish])
type BackupWish = z.infer<typeof BackupWish>
type AnyWish = z.infer<typeof AnyWish>

const OperatorAnswer = z.union([z.strictObject({ done: z.string() }), z.strictObject({ refused: z.string() })])

/** OperatorAnswer is what has become of an operator’s wish, in a sentence: that it is done, or why not. */
export type OperatorAnswer = z.infer<typeof OperatorAnswer>

/** Registry is where people are, and where chance comes from. */
export interface Registry {
  readonly people: People
  readonly bytes: RandomBytes
  /** Store of the lists; nothing can be listed without it. */
  readonly store?: Listed['store'] | undefined
  /** The best of a game, with all that has ended by now. */
  readonly ladder?: ((game: string, limit: number) => Promise<readonly Rung[]>) | undefined
  /** Copies the store to a file, where it is one that can be copied. */
  readonly backup?: ((file: string) => Promise<void>) | undefined
  /** Throws if the files of the store are no longer in their places, or were cut. */
  readonly checkFiles?: (() => void) | undefined
}

/** Characters of a password that is made up: 60 bits. */
const MADE_UP = 12
/** Milliseconds that a server may take for its answer. */
const PATIENCE = 30_000
/** Bytes that a page of a list has at most. */
const PAGE = 1024 * 1024
/** Bytes that a wish has at most: a name, or a path. */
const WISH = 16 * 1024
/** The answer to a wish while too many others are being answered. */
const BUSY = { refused: 'the server is busy with other wishes of the operator: try again in a moment' }
/** Milliseconds that a copy of everything may take. */
const COPYING = 3_600_000

/** Does what the operator wants. */
export async function operate({ people, bytes }: Registry, { action, name }: OperatorWish): Promise<OperatorAnswer> {
  const registered = (await people.registeredName(name)) ?? name
  if (action === 'remove') return answerOf(await people.remove(name), `${registered} is no longer registered`)
  const password = secretToken(bytes).slice(0, MADE_UP)
  return answerOf(await people.setPassword(name, password), `The password of ${registered} is now ${password}`)
}

/** Does what the operator wants of a server that runs. */
async function perform(registry: Registry, wish: AnyWish): Promise<OperatorAnswer | Listing | Ladder> {
  if (wish.action === 'ladder') {
    return registry.ladder ? { best: [...(await registry.ladder(wish.game, wish.limit))] } : { refused: 'this server has no ladders' }
  }
  if ('name' in wish) return operate(registry, wish)
  if (!('file' in wish)) {
    const { people, store } = registry
    return store ? list({ people, store }, wish) : { refused: 'this server keeps nothing to list' }
  }
  if (!registry.backup) return { refused: 'this server keeps nothing that could be copied' }
  try {
    // a copy is made of what is in memory, too, and would pass for what the files have
    if (wish.action === 'verify') registry.checkFiles?.()
    await registry.backup(wish.file)
    return { done: wish.file }
  } catch (reason) {
    return { refused: sentenceOf(reason) }
  }
}

function answerOf(ended: Ended | Refusal, done: string): OperatorAnswer {
  if (isRefusal(ended)) return { refused: ended.refused }
  return { done: ended.connections + ended.sessions > 0 ? `${done}. ${endedInWords(ended, 'connection')}` : done }
}

/**
 * Lets the operator in while a server runs, through a socket in the folder in which that keeps everything: whoever owns
 * the folder can. A wish is a line of JSON, and so is its answer. Rejects with the system's error, or a `NoTransport`,
 * where nothing can listen there.
 */
export async function openOperatorDoor(folder: string, registry: Registry, logs: Logs, clock: Clock = wallClock): Promise<Listener> {
  const visits = new Visits(clock)
  const listener = await listenUnix(doorIn(folder), (transport) => void answer(transport, visits, registry, logs), { ownerOnly: true })
  return {
    ...listener,
    async close() {
      await listener.close()
      visits.close()
    },
  }
}

/** Asks the server that has a folder open; `undefined` where none does. Rejects where it gives no answer that can be read. */
export function askOperator(
  folder: string,
  wish: OperatorWish | BackupWish,
  clock: Clock = wallClock,
): Promise<OperatorAnswer | undefined> {
  return ask(folder, wish, OperatorAnswer, clock)
}

/** Asks the server that has a folder open for a page of a list; as `askOperator`. */
export function askForPage(folder: string, wish: ListWish, clock: Clock = wallClock): Promise<Listing | { refused: string } | undefined> {
  return ask(folder, wish, z.union([Listing, z.strictObject({ refused: z.string() })]), clock)
}

/** Asks the server that has a folder open for the best of a game, by the name of its rules; as `askOperator`. */
export function askForLadder(
  folder: string,
  wish: Omit<LadderWish, 'action'>,
  clock: Clock = wallClock,
): Promise<Ladder | { refused: string } | undefined> {
  return ask(folder, { action: 'ladder', ...wish }, z.union([Ladder, z.strictObject({ refused: z.string() })]), clock)
}

async function ask<Answer>(folder: string, wish: AnyWish, answer: z.ZodType<Answer>, clock: Clock): Promise<Answer | undefined> {
  const server = await reached(folder)
  if (!server) return undefined
  server.send(JSON.stringify(wish))
  const cancel = clock.after('file' in wish ? COPYING : PATIENCE, () => void server.close(0))
  try {
    return answer.parse(JSON.parse(await server.receive()))
  } finally {
    cancel()
    await server.close(0)
  }
}

async function reached(folder: string): Promise<Connection | undefined> {
  try {
    if (process.platform !== 'win32' && !isOwnSocket(doorIn(folder), folder)) return undefined
    return speaking(await connectUnix(doorIn(folder), 0), PAGE)
  } catch {
    return undefined
  }
}

async function answer(transport: Transport, visits: Visits, registry: Registry, logs: Logs): Promise<void> {
  const operator = speaking(transport, WISH)
  try {
    const line = await visits.receive(operator)
    const said = (await visits.attend(() => fulfil(line, registry, logs))) ?? BUSY
    operator.send(JSON.stringify(said))
  } catch (reason) {
    if (visits.mayTell()) logs.tell('warn', `the operator was not answered: ${sentenceOf(reason)}`)
    transport.destroy()
  } finally {
    await operator.close()
  }
}

async function fulfil(line: string, registry: Registry, logs: Logs): Promise<object> {
  const wish = AnyWish.safeParse(json(line))
  const said = wish.success
    ? plain(await survived(perform(registry, wish.data)))
    : { refused: 'this server knows no such wish: is it of another version?' }
  const what = wish.success ? inWords(wish.data) : 'something else'
  logs.tell('info', `the operator wanted: ${what}${'refused' in said ? `, which was refused: ${said.refused}` : ''}`)
  return said
}

function inWords(wish: AnyWish): string {
  switch (wish.action) {
    case 'backup':
      return `backup ${wish.file}`
    case 'verify':
      return 'verify, by a copy'
    case 'ladder':
      return `the ladder of ${wish.game}`
    case 'people':
    case 'results':
      return `a list of ${wish.action}`
    default:
      return `${wish.action} ${wish.name}`
  }
}

/** An answer without what the protocols have besides. */
function plain<Answer extends object>(answer: Answer | Refusal): Answer | { refused: string } {
  return 'refused' in answer ? { refused: answer.refused } : answer
}

function json(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function speaking(transport: Transport, messageLimit: number): Connection {
  return new Connection(transport, { incoming: lines(), outgoing: lines(), messageLimit, outboxLimit: PAGE })
}

/** A pipe of Windows has a name, which is to be the same wherever a command is given; a socket is found by a short path. */
function doorIn(folder: string): string {
  const path = join(folder, 'parlor.sock')
  return process.platform === 'win32' ? resolve(path) : path
}
