import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { errorMessage } from '../base/errors.ts'
import type { Config, ResolvedConfig } from '../config/config.ts'
import type { Store } from '../hall/ports.ts'
import type { LobbyService } from '../lobby/service.ts'
import { findShortName } from '../programs/index.ts'
import type { Options } from '../protocol/definition.ts'
import type { GatewayServices } from '../server/gateway/options.ts'
import type { Logs } from '../server/observe/logs.ts'
import type { ListenStatus, Server, StreamTransport } from '../server/server.ts'
import { cannotListen, formatAddress } from '../terminal/system-errors.ts'
import type { Address } from '../wire/transport.ts'
import type { Batcher } from '../wire/transports/batching.ts'
import { listenTcp } from '../wire/transports/tcp.ts'
import { wallClock } from './clock.ts'
import { printError } from './diagnostics.ts'
import { serverStatus } from './metrics-server.ts'
import { spellOption } from './option-parsers.ts'
import { pageFolder, preparePage } from './page-build.ts'
import { shortName } from './same-port.ts'
import { NOWHERE } from './stores.ts'

/** The folder of the package, which has the page for browsers. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

/** WebPort is the port for browsers, or the reason why that port is not open. */
export interface WebPort {
  /** Address at which the port for browsers listens; if there is a `failure`, the address in the settings. */
  readonly address: Address
  readonly failure?: unknown
  /** The URL to open in a browser. */
  readonly url: string
  /** Begins to serve browsers and, with `lab`, the class console. */
  open(server: Server, lobby: LobbyService, store: Store, lab: Pick<GatewayServices, 'classConsole' | 'wire'>): Promise<void>
  close(): Promise<void>
}

/** WebPortOptions has the parts of a server that its port for browsers shares. */
export interface WebPortOptions {
  readonly settings: Pick<ResolvedConfig, 'config'>
  readonly streams: StreamTransport
  readonly batcher: Batcher
  readonly logs: Logs
  /** The options of the programs. */
  readonly options: Options
  /** The addresses on which the programs listen. */
  readonly places: readonly ListenStatus[]
  /** Stops the build of the page. */
  readonly stop: AbortSignal
}

/** Listens at the address for browsers, and builds the page if necessary. Resolves to `undefined` for the setting `none`. */
export async function openWebPort(
  at: Config['web'],
  { settings: { config }, streams, batcher, logs, options, places, stop }: WebPortOptions,
): Promise<WebPort | undefined> {
  if (at === NOWHERE) return undefined
  const [{ Gateway }, { OriginRules }] = await Promise.all([
    import('../server/gateway/gateway.ts'),
    import('../server/gateway/request-origin.ts'),
  ])
  const { webPrefix: prefix, webOrigins: origins, webProxies: proxies, tls: isSecure = false, limits } = config
  const gateway = new Gateway({
    at,
    // a browser cannot connect to a Unix socket
    listen: streams.name === 'unix' ? (place, accept, _, shared) => listenTcp(place, accept, shared) : streams.listen,
    batcher,
    clock: wallClock,
    prefix,
    rules: new OriginRules({ proxies, origins, hosts: [...toHostNames(config), at.host], isSecure }),
    isLimited: limits.connections < Number.POSITIVE_INFINITY,
    folder: pageFolder(ROOT),
    onError: (sentence, reason) => logs.log('error', `${sentence}: ${errorMessage(reason)}`),
  })
  try {
    const { address } = await gateway.listen()
    // a terminal gets the sentence in lines that fit, and a program gets the sentence as JSON
    const notify = config.log === 'json' ? (sentence: string) => logs.log('warn', sentence) : printError
    await preparePage({ root: ROOT, signal: stop, notify })
    return {
      address,
      url: toUrl(address, isSecure, prefix),
      async open(server, lobby, store, { classConsole, wire }) {
        const { createNativeProgram } = await import('../door/door.ts')
        const program = createNativeProgram(findDoor(places))
        const services: GatewayServices = {
          entrance: server.openEntrance(program, { program: program.name, transport: 'websocket', port: address.port }),
          lobby,
          protocols: {
            places,
            options,
            findShortName: ({ name, short }) => short ?? findShortName(name),
            listOptions: ({ takes = [] }) => takes.map(spellOption),
            openEntrance: (tried) => server.openEntrance(tried, { program: tried.name, transport: 'websocket', port: address.port }),
          },
          health: () => serverStatus(server, store),
          classConsole,
          wire,
        }
        gateway.open(services)
      },
      close: () => gateway.close(),
    }
  } catch (failure) {
    return { address: at, failure, url: toUrl(at, isSecure, prefix), async open() {}, async close() {} }
  }
}

/** Returns the sentence for a start that fails because the server cannot listen at the address of `--web`. */
export function formatWebRefusal({ address, failure }: WebPort): string {
  const at = formatAddress(address)
  const why = cannotListen(address, failure).replace('--port', '--web')
  return `nothing is served: ${why.replace(`${at}:`, () => `${at} for browsers:`)}`
}

/** Returns the sentence for a server without a port for browsers, because another process or a program of this server uses that port. */
export function formatNoWeb({ address, failure }: WebPort, places: readonly ListenStatus[]): string {
  const own = places.find((one) => one.failure === undefined && one.transport !== 'udp' && one.address.port === address.port)
  const why = own
    ? `${shortName(own.program)} has that port, ${address.port}: choose another port with --web`
    : cannotListen(address, failure).replace('--port', '--web')
  return `browsers are not served: ${why}`
}

/** Returns the port of the front door; `undefined` if there is no front door, or if nc does not support its transport. */
function findDoor(places: readonly ListenStatus[]): number | undefined {
  return places.find(({ program, transport }) => program.name === 'parlor/door' && transport === 'tcp')?.address.port
}

/**
 * Returns the names under which clients reach this machine: its host name, its name in the local network (mDNS), and the names in the
 * settings.
 */
export function toHostNames({ webHosts }: Pick<Config, 'webHosts'>): readonly string[] {
  const name = hostname()
  return [...webHosts, name, `${name.split('.')[0]}.local`]
}

function toUrl({ host, port }: Address, isSecure: boolean, prefix: string): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `${isSecure ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}${prefix}/`
}
