import { fastifySwagger } from '@fastify/swagger'
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { HallReader } from '../../lobby/hall-reader.ts'
import { VERSION } from '../../native/messages.ts'
import type { Transport } from '../../wire/transport.ts'
import { TransportStream } from '../../wire/transports/transport-stream.ts'
import { isLocalHost } from '../known-hosts.ts'
import { HEADERS, OPENER_HEADER } from './answers.ts'
import { describeBadInput } from './bad-input.ts'
import { ClassFollowers } from './class-followers.ts'
import { addClassRoutes } from './class-routes.ts'
import { ConnectionTimeouts } from './connection-timeouts.ts'
import { answerUnreadable, createGatedServer } from './gated-server.ts'
import { OperatorSessions } from './operator-sessions.ts'
import type { GatewayOptions, GatewayServices } from './options.ts'
import { addProtocolRoutes } from './protocol-routes.ts'
import { addReadRoutes } from './read-routes.ts'
import { type GatewayError, RequestGate } from './request-gate.ts'
import { ServedProtocols } from './served-protocols.ts'
import { addSessionRoutes } from './session-routes.ts'
import { GatewaySockets } from './sockets.ts'
import { addStaticFiles } from './static-files.ts'
import { WireSockets } from './wire-sockets.ts'

/** Maximum number of bytes in a part of the path of a request, and in its body. */
const LIMITS = { part: 1000, body: 4096 }

/** AppOptions has the options of the gateway that the application uses. */
export type AppOptions = Pick<GatewayOptions, 'clock' | 'prefix' | 'rules' | 'isLimited' | 'folder' | 'onError'> & {
  /** Maximum number of open connections without a WebSocket. */
  readonly connections: number
}

/** The answer to a path that the router cannot read; the answer does not repeat the path. */
const BAD_PATH: GatewayError = { code: 'bad-request', message: 'the path of the request is not valid, or too long' }
/** The description of the API, for its OpenAPI document. */
const ABOUT = 'Reads the hall of this server, and logs browsers in. Clients play games over the WebSocket at /ws, in the native protocol.'

/** GatewayApp serves the connections of the gateway. */
export interface GatewayApp {
  serve(transport: Transport): void
  close(): Promise<void>
}

/** Creates the application that serves the connections of the gateway. */
export async function openApp(options: AppOptions, services: GatewayServices): Promise<GatewayApp> {
  const { prefix, clock, rules, isLimited } = options
  const gate = new RequestGate(rules, clock, isLimited)
  const app = fastify({
    serverFactory: (listener) => createGatedServer(gate, listener),
    bodyLimit: LIMITS.body,
    routerOptions: { maxParamLength: LIMITS.part },
    frameworkErrors: (_, __, reply: FastifyReply) => void reply.code(400).headers(HEADERS).send(BAD_PATH),
    clientErrorHandler: answerUnreadable,
  })
  // a form of another page can send `text/plain` without a preflight request, so the server accepts no such body
  app.removeContentTypeParser('text/plain')
  const timeouts = new ConnectionTimeouts(clock, options.connections)
  addHooks(app, gate, timeouts, options.onError)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await app.register(fastifySwagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Parlor', description: ABOUT, version: `${VERSION}` } },
    transform: jsonSchemaTransform,
  })
  app.get(`${prefix}/health`, { schema: { hide: true } }, (_, reply) => {
    const { status } = services.health()
    return reply.code(status === 'serving' ? 200 : 503).send({ status })
  })
  app.get(`${prefix}/api/openapi.json`, { schema: { hide: true } }, () => app.swagger())
  addReadRoutes(app, prefix, new HallReader(services.lobby))
  const protocols = new ServedProtocols(services.protocols, clock)
  addProtocolRoutes(app, prefix, protocols)
  const originOf = ({ raw }: FastifyRequest) => gate.originOf(raw)
  addSessionRoutes(app, { prefix, lobby: services.lobby, originOf })
  const { classConsole, lobby } = services
  const operators = new OperatorSessions({ passwordHash: classConsole?.passwordHash, random: lobby.bytes, clock })
  const { entrance } = services
  const followers = new ClassFollowers({ console: classConsole?.console, operators, entrance, clock })
  const deskOf = (connection: number) => classConsole?.console.get(connection)?.desk
  const wire = services.wire && new WireSockets({ ...services.wire, deskOf }, { clock, operators })
  addClassRoutes(app, { prefix, classConsole, operators, originOf })
  await addStaticFiles(app, prefix, options.folder)
  const sockets = new GatewaySockets(
    app.server,
    options,
    { entrance, protocols, views: wire ? [followers, wire] : [followers] },
    { gate, timeouts },
  )
  await app.ready()
  return {
    serve(transport) {
      const stream = new TransportStream(transport)
      timeouts.add(stream)
      app.server.emit('connection', stream)
    },
    async close() {
      sockets.close()
      operators.close()
      timeouts.close()
      await app.close()
    },
  }
}

/** Adds the timeouts, the headers and the errors that are the same for all routes. */
function addHooks(
  app: FastifyInstance,
  gate: RequestGate,
  timeouts: ConnectionTimeouts,
  onError: (sentence: string, reason: unknown) => void,
): void {
  app.addHook('onRequest', async ({ raw }, reply) => {
    reply.headers(HEADERS)
    // browsers trust a page over TLS, and a page of their own machine
    if (gate.originOf(raw).isSecure || isLocalHost(raw.headers.host)) reply.headers(OPENER_HEADER)
    if (raw.method === 'GET' || raw.method === 'HEAD') timeouts.begin(raw)
  })
  app.addHook('preHandler', async ({ raw }) => timeouts.begin(raw))
  app.addHook('onResponse', async ({ raw }) => timeouts.end(raw))
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const answer = toError(error, describeBadInput(error, request))
    if (answer.code === 'failed') onError('a request of the gateway failed', error)
    return reply.code(answer.code === 'failed' ? 500 : (error.statusCode ?? 400)).send(answer)
  })
  app.setNotFoundHandler((_, reply) => reply.code(404).send({ code: 'not-found', message: 'there is nothing at this address' }))
}

/**
 * Converts an error of Fastify to an error for the client. `badInput` is the sentence about a wrong input. The client gets no details of a
 * mistake of the server.
 */
function toError({ statusCode = 500, message }: FastifyError, badInput = message): GatewayError {
  if (statusCode >= 500) return { code: 'failed', message: 'an error occurred in the server; it is not your fault' }
  return { code: statusCode === 413 ? 'too-large' : 'bad-request', message: badInput }
}
