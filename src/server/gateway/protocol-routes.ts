import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { Refused } from './api-schemas.ts'
import { ProtocolList, ProtocolPath, ProtocolReference } from './protocol-schemas.ts'
import type { ServedProtocols } from './served-protocols.ts'

/** Adds the routes of the protocols of this server: the list, and the reference of each program, whose name or short name is one part of the path. */
export function addProtocolRoutes(app: FastifyInstance, prefix: string, served: ServedProtocols): void {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const refusals = { '4xx': Refused, '5xx': Refused }
  routes.get(
    `${prefix}/api/protocols`,
    { schema: { summary: 'List the programs', tags: ['protocols'], response: { 200: ProtocolList, ...refusals } } },
    () => served.list(),
  )
  routes.get(
    `${prefix}/api/protocols/:name`,
    {
      schema: {
        summary: 'Read the reference of a program',
        tags: ['protocols'],
        params: ProtocolPath,
        response: { 200: ProtocolReference, ...refusals },
      },
    },
    async ({ params: { name } }, reply) => {
      const found = served.findReference(name)
      if (found) return found
      return reply.code(404).send({ code: 'not-found', message: 'this server runs no such program; see the list of protocols' })
    },
  )
}
