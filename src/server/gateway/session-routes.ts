import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { isRefusal } from '../../games/game.ts'
import type { Lobby, LobbyListener, LobbyRefusal, OpenedSession } from '../../hall/api.ts'
import type { LobbyService } from '../../lobby/service.ts'
import { LoggedIn, Login, Refused } from './api-schemas.ts'
import { refuse } from './read-routes.ts'
import type { RequestOrigin } from './request-origin.ts'
import { formatNoSessionCookie, formatSessionCookie, readSessionCookie } from './session-cookie.ts'

/** The listener of a lobby session that only logs a user in. */
const NO_LISTENER: LobbyListener = {
  seated() {},
  tableEvent() {},
  closed() {},
  recorded() {},
  challenged() {},
  challengeWithdrawn() {},
  challengeRefused() {},
  messageReceived() {},
}

export interface SessionRoutesOptions {
  readonly prefix: string
  readonly lobby: LobbyService
  /** Returns the client of a request. */
  readonly originOf: (request: FastifyRequest) => RequestOrigin
}

/**
 * Adds the routes with which a browser logs in and out. A login opens a login session of the hall. Only a cookie that no script can read
 * has the token of this session. The WebSocket of the page reads the token from this cookie. The limits of logins are the same as at all
 * other ports. Each login creates a new token; otherwise, another page could choose the token in advance. A login also ends the session of
 * the browser's earlier cookie.
 */
export function addSessionRoutes(app: FastifyInstance, { prefix, lobby: service, originOf }: SessionRoutesOptions): void {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const url = `${prefix}/api/session`
  const refusals = { '4xx': Refused, '5xx': Refused }
  routes.post(
    url,
    { schema: { summary: 'Log in with a name and a password', tags: ['session'], body: Login, response: { 200: LoggedIn, ...refusals } } },
    async (request, reply) => {
      const origin = originOf(request)
      const scope = { prefix, isSecure: origin.isSecure }
      const before = readSessionCookie(request.headers.cookie, scope)
      const entered = await withLobby(service, origin, (lobby) => logIn(lobby, request.body, before))
      if (isRefusal(entered)) return refuse(reply, entered)
      const { name, session, key, until } = entered
      reply.header('set-cookie', formatSessionCookie(session, until, scope))
      return { name, key, until }
    },
  )
  routes.delete(
    url,
    { schema: { summary: 'Log out', tags: ['session'], response: { 204: z.null(), ...refusals } } },
    async (request, reply) => {
      const origin = originOf(request)
      const scope = { prefix, isSecure: origin.isSecure }
      const token = readSessionCookie(request.headers.cookie, scope)
      const refused = token === undefined ? undefined : await withLobby(service, origin, (lobby) => lobby.closeSession(token))
      if (refused) return refuse(reply, refused)
      return reply.code(204).header('set-cookie', formatNoSessionCookie(scope)).send(null)
    },
  )
}

async function logIn(
  lobby: Lobby,
  { name, password }: z.infer<typeof Login>,
  before: string | undefined,
): Promise<(OpenedSession & { readonly name: string }) | LobbyRefusal> {
  const refused = await lobby.enter(name, { password })
  if (refused) return refused
  const opened = await lobby.openSession()
  if (isRefusal(opened)) return opened
  if (before !== undefined) await lobby.closeSession(before)
  return { name: lobby.me?.name ?? name, ...opened }
}

/** Opens a lobby session for one request, and closes the session after the request. */
async function withLobby<Answer>(
  service: LobbyService,
  { remote, loopback }: RequestOrigin,
  act: (lobby: Lobby) => Promise<Answer>,
): Promise<Answer> {
  // `end` does nothing, because the answer says why the request has failed
  const lobby = service.openSession({ address: remote.host, loopback, end() {} }, NO_LISTENER)
  try {
    return await act(lobby)
  } finally {
    lobby.close()
  }
}
