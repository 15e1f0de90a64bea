import { expect, onTestFinished } from 'vitest'
import { type Clock, createSystemClock } from '../../src/base/clock.ts'
import { createNativeProgram } from '../../src/door/door.ts'
import { seededRandom } from '../../src/games/random.ts'
import { LobbyService, type LobbyServiceOptions } from '../../src/lobby/service.ts'
import { Gateway } from '../../src/server/gateway/gateway.ts'
import { OriginRules, type OriginRulesOptions } from '../../src/server/gateway/request-origin.ts'
import { Server, type ServerOptions } from '../../src/server/server.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { Batcher } from '../../src/wire/transports/batching.ts'
import { listenTcp } from '../../src/wire/transports/tcp.ts'
import { type Certificate, listenTls } from '../../src/wire/transports/tls.ts'
import { program } from './play.ts'
import { WebClient } from './web-client.ts'

/** Options of a gateway, all with defaults. */
export interface StartGatewayOptions {
  /** Names of the programs beside the gateway. */
  readonly programs?: readonly string[]
  readonly lobby?: Partial<Omit<LobbyServiceOptions, 'onError'>>
  readonly rules?: Partial<OriginRulesOptions>
  readonly limits?: Partial<ServerOptions['limits']>
  /** The clock of the gateway and of the server; by default the system's. */
  readonly clock?: Clock
  readonly prefix?: string
  readonly folder?: string
  readonly isLimited?: boolean
  /** The certificate, for a gateway over TLS. */
  readonly certificate?: Certificate
  /** The status of the server. */
  readonly status?: () => 'starting' | 'serving' | 'degraded' | 'stopping'
}

/** StartedGateway is a gateway in this process, with the programs beside it. */
export interface StartedGateway {
  /** The address of the gateway, `http://127.0.0.1:PORT` with its prefix. */
  readonly url: string
  readonly port: number
  readonly service: LobbyService
  readonly server: Server
  /** The ports of the programs, by name. */
  readonly ports: ReadonlyMap<string, number>
  /** Connects a browser. */
  browser(options?: Parameters<typeof WebClient.connect>[1]): Promise<WebClient>
  close(): Promise<void>
}

/** Starts a gateway on a free port, with a lobby in memory; the end of the test stops it. */
export async function startGateway(options: StartGatewayOptions = {}): Promise<StartedGateway> {
  const { programs = [], lobby = {}, rules = {}, limits = {}, clock = createSystemClock(), prefix = '' } = options
  const { folder = '/nowhere', isLimited = true, status = () => 'serving', certificate } = options
  const troubles: string[] = []
  const onError = (sentence: string, reason: unknown) => troubles.push(`${sentence}: ${reason}`)
  const random = seededRandom(1)
  const service = new LobbyService({ store: memoryStore(), clock: createSystemClock(), random, ...lobby, onError })
  const batcher = new Batcher()
  const server = new Server({
    programs: await Promise.all(programs.map(program)),
    host: '127.0.0.1',
    ports: Object.fromEntries(programs.map((name) => [name, 0])),
    iterative: new Set(),
    limits: { first: 60_000, idle: 60_000, ...limits },
    options: {},
    random,
    logs: { log: (_, sentence) => troubles.push(sentence) },
    clock,
    batcher,
  })
  const ports = new Map((await server.listen()).map(({ program: { name }, address }) => [name, address.port]))
  server.admit(service)
  const gateway = new Gateway({
    at: { host: '127.0.0.1', port: 0 },
    listen: (at, accept, rejected, shared) =>
      certificate ? listenTls(at, certificate, accept, { batcher: shared, rejected }) : listenTcp(at, accept, shared),
    batcher,
    clock,
    prefix,
    rules: new OriginRules({ proxies: [], origins: [], hosts: [], isSecure: certificate !== undefined, ...rules }),
    isLimited,
    folder,
    onError,
  })
  const { port } = (await gateway.listen()).address
  const native = createNativeProgram(ports.get('parlor/door'))
  gateway.open({
    entrance: server.openEntrance(native, { program: native.name, transport: 'websocket', port }),
    lobby: service,
    health: () => ({ status: status() }),
  })
  const close = async () => {
    await gateway.close()
    await server.stop()
  }
  onTestFinished(async () => {
    await close()
    expect(troubles).toEqual([])
  })
  const url = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}${prefix}`
  const browser = (client?: Parameters<typeof WebClient.connect>[1]) => WebClient.connect(`${url.replace('http', 'ws')}/ws`, client)
  return { url, port, service, server, ports, browser, close }
}
