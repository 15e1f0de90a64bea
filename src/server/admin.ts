import { z } from 'zod'
import { type Clock, createSystemClock } from '../base/clock.ts'
import { errorMessage } from '../base/errors.ts'
import { isRefusal, type Refusal } from '../games/game.ts'
import type { People } from '../hall/accounts/people.ts'
import { makeToken, type RandomBytes } from '../hall/accounts/tokens.ts'
import { type EndedConnections, formatEnded } from '../hall/api.ts'
import type { ClassConsole } from '../lab/class/class-console.ts'
import { catchUnavailable } from '../lobby/errors.ts'
import type { Connection } from '../wire/connection.ts'
import type { Listener, Transport } from '../wire/transport.ts'
import { listenUnix } from '../wire/transports/unix.ts'
import { AdminConnections } from './admin-connections.ts'
import { connectToAdmin, openAdminLines, toAdminPath } from './admin-link.ts'
import { ClassFeeds, ClassRequest } from './class-feed.ts'
import type { WireAccess } from './gateway/wire-access.ts'
import type { Logs } from './observe/logs.ts'
import { Ladder, type LadderEntry, LadderRequest, ListPage, ListRequest, type ListSources, listPage } from './operator-pages.ts'

/** AdminRequest sets a new password for a registered name, or removes the name. */
export const AdminRequest = z.strictObject({ action: z.enum(['reset', 'remove']), name: z.string() })
export type AdminRequest = z.infer<typeof AdminRequest>

/** BackupRequest requests a copy of the data folder in an empty file, as a backup or for a verification of the copy. */
const BackupRequest = z.strictObject({ action: z.enum(['backup', 'verify']), file: z.string() })
/** WireCodeRequest requests a code. With the code, a browser sees the wire of all connections, or of the connections of one address. */
const WireCodeRequest = z.strictObject({ action: z.literal('wire-code'), address: z.string().exactOptional() })
const AnyRequest = z.union([AdminRequest, BackupRequest, ListRequest, LadderRequest, WireCodeRequest])
type BackupRequest = z.infer<typeof BackupRequest>
type WireCodeRequest = z.infer<typeof WireCodeRequest>
type AnyRequest = z.infer<typeof AnyRequest>

const AdminAnswer = z.union([z.strictObject({ done: z.string() }), z.strictObject({ refused: z.string() })])

/** AdminAnswer has the result of a request in a sentence: the effect, or the reason for the refusal. */
export type AdminAnswer = z.infer<typeof AdminAnswer>

/** AdminServices has the parts of a server that admin requests read or change. */
export interface AdminServices {
  readonly people: People
  readonly bytes: RandomBytes
  /** Store of the lists; without it, the socket refuses requests for lists. */
  readonly store?: ListSources['store'] | undefined
  /** Resolves to the best players of a game, with the results of all games that have ended. */
  readonly ladder?: ((game: string, limit: number) => Promise<readonly LadderEntry[]>) | undefined
  /** Copies the store to a file; missing if the store cannot make a copy. */
  readonly backup?: ((file: string) => Promise<void>) | undefined
  /** Throws an error if a process has moved or truncated files of the store. */
  readonly checkFiles?: (() => void) | undefined
  /** The console that watches the connections of the server; without it, the socket refuses requests for the class console. */
  readonly classConsole?: ClassConsole | undefined
  /** Issues codes for the wire view; missing on a server without a port for browsers. */
  readonly wireAccess?: Pick<WireAccess, 'issueCode'> | undefined
}

/** Number of characters in a generated password: 60 bits. */
const PASSWORD_LENGTH = 12
/** Timeout for the server's answer, in milliseconds. */
const TIMEOUT = 30_000
/** Maximum number of bytes in a request, which has a name or a path. */
const REQUEST = 16 * 1024
const UNWATCHED = { refused: 'this server does not watch its clients: start it with --lab' }
const BUSY = { refused: 'the server is busy with other requests of the operator: try again in a moment' }
/** Timeout for a copy of the store, in milliseconds. */
const COPY_TIMEOUT = 3_600_000

/** Performs a request of the operator about a registered name. */
export async function performRequest({ people, bytes }: AdminServices, { action, name }: AdminRequest): Promise<AdminAnswer> {
  const registered = (await people.registeredName(name)) ?? name
  if (action === 'remove') return answerOf(await people.remove(name), `${registered} is no longer registered`)
  const password = makeToken(bytes).slice(0, PASSWORD_LENGTH)
  return answerOf(await people.setPassword(name, password), `The password of ${registered} is now ${password}`)
}

/** Performs any request of the operator to a running server. */
async function perform(services: AdminServices, request: AnyRequest): Promise<AdminAnswer | ListPage | Ladder> {
  if (request.action === 'ladder') {
    return services.ladder ? { best: [...(await services.ladder(request.game, request.limit))] } : { refused: 'this server has no ladders' }
  }
  if (request.action === 'wire-code') {
    if (!services.wireAccess) return { refused: 'this server has no port for browsers: start it without --web none' }
    const code = services.wireAccess.issueCode(request.address)
    return isRefusal(code) ? { refused: code.refused } : { done: code }
  }
  if ('name' in request) return performRequest(services, request)
  if (!('file' in request)) {
    const { people, store } = services
    return store ? listPage({ people, store }, request) : { refused: 'this server has no stored users or games to list' }
  }
  if (!services.backup) return { refused: 'this server has no store that can be copied' }
  try {
    // the copy also contains data from memory, so a check of the copy alone would not find damage in the files
    if (request.action === 'verify') services.checkFiles?.()
    await services.backup(request.file)
    return { done: request.file }
  } catch (reason) {
    return { refused: errorMessage(reason) }
  }
}

function answerOf(ended: EndedConnections | Refusal, done: string): AdminAnswer {
  if (isRefusal(ended)) return { refused: ended.refused }
  return { done: ended.connections + ended.sessions > 0 ? `${done}. ${formatEnded(ended, 'connection')}` : done }
}

/**
 * Opens the admin socket of a running server in its data folder; only the owner of the folder can connect to the socket. A request is a
 * line of JSON. Its answer is also a line of JSON. Rejects with the system's error, or with a `TransportError`, if the server cannot listen
 * there.
 */
export async function openAdminSocket(
  folder: string,
  services: AdminServices,
  logs: Logs,
  clock: Clock = createSystemClock(),
): Promise<Listener> {
  const connections = new AdminConnections(clock)
  const feeds = services.classConsole && new ClassFeeds(services.classConsole, clock)
  const accept = (transport: Transport) => void serve(transport, connections, { services, feeds, logs })
  const listener = await listenUnix(toAdminPath(folder), accept, { ownerOnly: true })
  return {
    ...listener,
    async close() {
      await listener.close()
      connections.close()
      feeds?.close()
    },
  }
}

/**
 * Sends a request to the server that has the folder open; resolves to `undefined` if no server has the folder open. Rejects if the server
 * does not send a valid answer.
 */
export function sendAdminRequest(
  folder: string,
  request: AdminRequest | BackupRequest | WireCodeRequest,
  clock: Clock = createSystemClock(),
): Promise<AdminAnswer | undefined> {
  return ask(folder, request, AdminAnswer, clock)
}

/** Requests a page of a list from the server that has the folder open, like `sendAdminRequest`. */
export function requestPage(
  folder: string,
  request: ListRequest,
  clock: Clock = createSystemClock(),
): Promise<ListPage | { refused: string } | undefined> {
  return ask(folder, request, z.union([ListPage, z.strictObject({ refused: z.string() })]), clock)
}

/** Requests a ladder from the server that has the folder open, like `sendAdminRequest`. */
export function requestLadder(
  folder: string,
  request: Omit<LadderRequest, 'action'>,
  clock: Clock = createSystemClock(),
): Promise<Ladder | { refused: string } | undefined> {
  return ask(folder, { action: 'ladder', ...request }, z.union([Ladder, z.strictObject({ refused: z.string() })]), clock)
}

async function ask<Answer>(folder: string, request: AnyRequest, answer: z.ZodType<Answer>, clock: Clock): Promise<Answer | undefined> {
  const server = await connectToAdmin(folder)
  if (!server) return undefined
  server.send(JSON.stringify(request))
  const cancel = clock.after('file' in request ? COPY_TIMEOUT : TIMEOUT, () => void server.close(0))
  try {
    return answer.parse(JSON.parse(await server.receive()))
  } finally {
    cancel()
    await server.close(0)
  }
}

/** AdminSocket has the objects that the connections to an admin socket share. */
interface AdminSocket {
  readonly services: AdminServices
  readonly feeds: ClassFeeds | undefined
  readonly logs: Logs
}

async function serve(transport: Transport, connections: AdminConnections, { services, feeds, logs }: AdminSocket): Promise<void> {
  const operator = openAdminLines(transport, REQUEST)
  try {
    const line = await connections.receive(operator)
    const watching = ClassRequest.safeParse(json(line))
    if (watching.success) return await sendClass(operator, connections, feeds, watching.data)
    const said = (await connections.handle(() => handleLine(line, services, logs))) ?? BUSY
    operator.send(JSON.stringify(said))
  } catch (reason) {
    if (connections.mayLog()) logs.log('warn', `the operator got no answer: ${errorMessage(reason)}`)
    transport.destroy()
  } finally {
    await operator.close()
  }
}

/** Sends the class console. Operators that follow the console have a separate limit, and are not among the requests in progress. */
async function sendClass(
  operator: Connection,
  connections: AdminConnections,
  feeds: ClassFeeds | undefined,
  request: ClassRequest,
): Promise<void> {
  if (!feeds) return operator.send(JSON.stringify(UNWATCHED))
  if (request.follow) return feeds.serve(operator, request)
  const isSent = await connections.handle(() => feeds.serve(operator, request).then(() => true))
  if (isSent === undefined) operator.send(JSON.stringify(BUSY))
}

async function handleLine(line: string, services: AdminServices, logs: Logs): Promise<object> {
  const request = AnyRequest.safeParse(json(line))
  const said = request.success
    ? plain(await catchUnavailable(perform(services, request.data)))
    : { refused: 'the server does not know this request: check its version' }
  const what = request.success ? describeRequest(request.data) : 'an unknown request'
  logs.log('info', `the operator requested: ${what}${'refused' in said ? `, which the server refused: ${said.refused}` : ''}`)
  return said
}

function describeRequest(request: AnyRequest): string {
  switch (request.action) {
    case 'backup':
      return `backup ${request.file}`
    case 'wire-code':
      return `a code for the wire of ${request.address ?? 'all connections'}`
    case 'verify':
      return 'verify, by a copy'
    case 'ladder':
      return `the ladder of ${request.game}`
    case 'people':
    case 'results':
      return `a list of ${request.action}`
    default:
      return `${request.action} ${request.name}`
  }
}

/** Returns a refusal without its code, because the code belongs to the native protocol. */
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
