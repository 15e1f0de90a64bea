import { expect, onTestFinished } from 'vitest'
import { type Clock, createSystemClock } from '../../src/base/clock.ts'
import { formatClassCsv, formatClassJUnit } from '../../src/cli/class-export.ts'
import { ClassWatch } from '../../src/cli/class-watch.ts'
import { spellOption } from '../../src/cli/option-parsers.ts'
import { WireLogging } from '../../src/cli/wire-logging.ts'
import { createNativeProgram } from '../../src/door/door.ts'
import { seededRandom } from '../../src/games/random.ts'
import { Passwords } from '../../src/hall/accounts/passwords.ts'
import type { Roster } from '../../src/lab/class/roster.ts'
import { LobbyService, type LobbyServiceOptions } from '../../src/lobby/service.ts'
import { findShortName } from '../../src/programs/index.ts'
import type { Program } from '../../src/protocol/definition.ts'
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
  /** Further programs, such as those of a plug-in, on free ports. */
  readonly plugins?: readonly Program[]
  readonly lobby?: Partial<Omit<LobbyServiceOptions, 'onError'>>
  readonly rules?: Partial<OriginRulesOptions>
  readonly limits?: Partial<ServerOptions['limits']>
  /** The clock of the gateway and of the server; by default the system's. */
  readonly clock?: Clock
  readonly prefix?: string
  readonly folder?: string
  readonly isLimited?: boolean
  /** True for a server with `lab`, whose operator sees the wire of all programs. */
  readonly isLab?: boolean
  /** The certificate, for a gateway over TLS. */
  readonly certificate?: Certificate
  /** Watches the connections, as `--lab` does, for the operator with this password. */
  readonly lab?: { readonly password: string; readonly roster?: Roster }
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
  /** The logs of the programs' connections, which the gateway shows. */
  readonly wire: WireLogging
  /** The ports of the programs, by name. */
  readonly ports: ReadonlyMap<string, number>
  /** The class console, with `lab`. */
  readonly watch: ClassWatch | undefined
  /** Connects a browser. */
  browser(options?: Parameters<typeof WebClient.connect>[1]): Promise<WebClient>
  close(): Promise<void>
}

/** Starts a gateway on a free port, with a lobby in memory; the end of the test stops it. */
export async function startGateway(options: StartGatewayOptions = {}): Promise<StartedGateway> {
  const { programs = [], plugins = [], lobby = {}, rules = {}, limits = {}, clock = createSystemClock(), prefix = '' } = options
  const { lab, folder = '/nowhere', isLimited = true, status = () => 'serving', certificate } = options
  const troubles: string[] = []
  const onError = (sentence: string, reason: unknown) => troubles.push(`${sentence}: ${reason}`)
  const random = seededRandom(1)
  const logs = { log: (_: string, sentence: string) => void troubles.push(sentence) }
  const watch = lab && new ClassWatch({ options: {}, streams: 'tcp', logs, clock, roster: lab.roster })
  const service = new LobbyService({
    ...{ store: memoryStore(), clock: createSystemClock(), random, ...lobby, onError },
    ...(watch ? { onEnded: watch.onEnded } : {}),
  })
  watch?.setLobby(service)
  const batcher = new Batcher()
  const wire = new WireLogging({
    config: { lab: options.isLab === true, tls: false, unix: undefined },
    options: {},
    logs: watch?.logs ?? logs,
  })
  const server = new Server({
    programs: [...(await Promise.all(programs.map(program))), ...plugins],
    host: '127.0.0.1',
    ports: Object.fromEntries([...programs, ...plugins.map(({ name }) => name)].map((name) => [name, 0])),
    iterative: new Set(),
    limits: { first: 60_000, idle: 60_000, ...limits },
    options: {},
    random,
    logs: wire.logs,
    overlay: (transport, served, info) => {
      const logged = wire.watch(transport, served, info)
      return watch?.watch(logged, served, info) ?? logged
    },
    clock,
    batcher,
  })
  const places = await server.listen()
  wire.setPlaces(places)
  const ports = new Map(places.map(({ program: { name }, address }) => [name, address.port]))
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
    protocols: {
      places,
      options: {},
      findShortName: ({ name, short }) => short ?? findShortName(name),
      listOptions: ({ takes = [] }) => takes.map(spellOption),
      openEntrance: (tried) => server.openEntrance(tried, { program: tried.name, transport: 'websocket', port }),
    },
    health: () => ({ status: status() }),
    classConsole: lab &&
      watch && {
        console: watch.console,
        passwordHash: String(await new Passwords({ random: (count) => new Uint8Array(count) }).hash(lab.password)),
        formatCsv: formatClassCsv,
        formatJUnit: formatClassJUnit,
      },
    wire: wire.services(service),
  })
  const close = async () => {
    await gateway.close()
    await server.stop()
    watch?.console.stop()
  }
  onTestFinished(async () => {
    await close()
    expect(troubles).toEqual([])
  })
  const url = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}${prefix}`
  const browser = (client?: Parameters<typeof WebClient.connect>[1]) => WebClient.connect(`${url.replace('http', 'ws')}/ws`, client)
  return { url, port, service, server, wire, ports, watch, browser, close }
}
