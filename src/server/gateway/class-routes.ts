import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ClassConnection } from '../../lab/class/class-view.ts'
import { statusOf } from './answers.ts'
import { ClassAccess, ClassFile, OperatorLoggedIn, OperatorLogin, Refused } from './api-schemas.ts'
import { NO_LAB, NOT_OPERATOR } from './class-followers.ts'
import { formatNoOperatorCookie, formatOperatorCookie, type OperatorSessions } from './operator-sessions.ts'
import type { GatewayClass } from './options.ts'
import type { GatewayError } from './request-gate.ts'
import type { RequestOrigin } from './request-origin.ts'

export interface ClassRoutesOptions {
  readonly prefix: string
  /** The class console; `undefined` without `lab`. */
  readonly classConsole: GatewayClass | undefined
  readonly operators: OperatorSessions
  /** Returns the client of a request. */
  readonly originOf: (request: FastifyRequest) => RequestOrigin
}

/**
 * Adds the routes of the class console: the login of the operator, and the files that the operator downloads. The server sends the lines of
 * the console over a WebSocket (`class-followers.ts`).
 */
export function addClassRoutes(app: FastifyInstance, { prefix, classConsole, operators, originOf }: ClassRoutesOptions): void {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const tags = ['class']
  const refusals = { '4xx': Refused, '5xx': Refused }
  const scopeOf = (request: FastifyRequest) => ({ prefix, isSecure: originOf(request).isSecure })
  // a user types this address; one file of the page has all views
  app.get(`${prefix}/class`, { schema: { hide: true } }, (_, reply) => reply.redirect('./#class'))
  routes.get(
    `${prefix}/api/class`,
    {
      schema: { summary: 'Read whether the server has a class console, and whether you may see it', tags, response: { 200: ClassAccess } },
    },
    (request) => ({
      lab: classConsole !== undefined,
      operator: operators.find(request.headers.cookie, scopeOf(request)) !== undefined,
    }),
  )
  routes.post(
    `${prefix}/api/class/session`,
    {
      schema: {
        summary: 'Log in as the operator, with the password of the class console',
        ...{ tags, body: OperatorLogin, response: { 200: OperatorLoggedIn, ...refusals } },
      },
    },
    async (request, reply) => {
      if (!classConsole) return refuse(reply, NO_LAB)
      const opened = await operators.logIn(request.body.password, originOf(request).remote.host)
      if ('code' in opened) return refuse(reply, opened)
      operators.logOut(request.headers.cookie, scopeOf(request))
      reply.header('set-cookie', formatOperatorCookie(opened, scopeOf(request)))
      return { until: opened.until }
    },
  )
  routes.delete(
    `${prefix}/api/class/session`,
    { schema: { summary: 'Log the operator out', tags, response: { 204: z.null(), ...refusals } } },
    async (request, reply) => {
      operators.logOut(request.headers.cookie, scopeOf(request))
      return reply
        .code(204)
        .header('set-cookie', formatNoOperatorCookie(scopeOf(request)))
        .send(null)
    },
  )
  const files = [
    { name: 'class.csv', type: 'text/csv', about: 'Read all connections of the class as CSV', format: classConsole?.formatCsv },
    {
      name: 'class.xml',
      type: 'application/xml',
      about: 'Read all connections of the class as JUnit XML',
      format: classConsole?.formatJUnit,
    },
  ]
  for (const { name, type, about, format } of files) {
    routes.get(
      `${prefix}/api/class/${name}`,
      { schema: { summary: about, tags, produces: [type], response: { 200: ClassFile, ...refusals } } },
      async (request, reply) => {
        if (!classConsole || !format) return refuse(reply, NO_LAB)
        if (!operators.find(request.headers.cookie, scopeOf(request))) return refuse(reply, NOT_OPERATOR)
        return sendFile(reply, { name, type, format }, classConsole.console.list())
      },
    )
  }
}

/** Sends connections as a file that the browser downloads. */
function sendFile(
  reply: FastifyReply,
  { name, type, format }: { readonly name: string; readonly type: string; readonly format: GatewayClass['formatCsv'] },
  rows: readonly ClassConnection[],
): FastifyReply {
  return reply
    .type(`${type}; charset=utf-8`)
    .header('content-disposition', `attachment; filename="${name}"`)
    .serializer(String)
    .send(format(rows))
}

function refuse(reply: FastifyReply, error: GatewayError): FastifyReply {
  return reply.code(statusOf(error.code)).send(error)
}
