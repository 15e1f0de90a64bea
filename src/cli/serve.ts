import { existsSync } from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { availableParallelism, devNull } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { errorMessage } from '../base/errors.ts'
import type { Config, ResolvedConfig } from '../config/config.ts'
import type { Catalog } from '../games/catalog.ts'
import type { GameAssets } from '../games/game.ts'
import { chance } from '../games/random.ts'
import type { Store } from '../hall/ports.ts'
import { LobbyService } from '../lobby/service.ts'
import { questions } from '../programs/quiz.ts'
import { readOption } from '../protocol/definition.ts'
import { words } from '../protocol/shared-options.ts'
import type { AdminServices } from '../server/admin.ts'
import type { Logs } from '../server/observe/logs.ts'
import { logOutages, watchDescriptors } from '../server/observe/outages.ts'
import { type ListenStatus, Server, type ServerOptions } from '../server/server.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { cannotListen } from '../terminal/system-errors.ts'
import { Terminal } from '../terminal/terminal.ts'
import type { Listener } from '../wire/transport.ts'
import { Batcher } from '../wire/transports/batching.ts'
import { checkClassSettings, openClassLab } from './class-lab.ts'
import { type ClassPassword, formatClassPassword } from './class-password.ts'
import type { ClassWatch } from './class-watch.ts'
import { wallClock } from './clock.ts'
import { type Flags, loadFromSettings, loadOptions, resolveSettings, selectPrograms } from './config.ts'
import { onCrash, printError } from './diagnostics.ts'
import { boundYoungSpace, garbageCollectionFlags } from './garbage-collection.ts'
import { formatNoWeb, formatWebRefusal, openWebPort, toHostNames, type WebPort } from './gateway.ts'
import { openStreams } from './listening.ts'
import { createLogs } from './logs.ts'
import { formatNotShown, formatRefusal, type MetricsServer, openMetricsServer } from './metrics-server.ts'
import { loadOverlay } from './network.ts'
import { samePort, shortName } from './same-port.ts'
import { formatServed } from './served-programs.ts'
import { launcherSignal } from './stop-signal.ts'
import { FolderInUse, NOWHERE, openStoreIn, toDataFolder } from './stores.ts'

/** Runs `parlor serve`: serves all programs together until a signal stops the process. Resolves to the exit code. */
export async function serveCommand(flags: Flags): Promise<number> {
  const stop = launcherSignal()
  onCrash(endInTrouble)
  const settings = await resolveSettings(flags)
  const { config } = settings
  // the command refuses an invalid URL before it opens any port
  toDataFolder(config.data)
  checkClassSettings(settings)
  const logs = await createLogs(config)
  const playable = await loadFromSettings(settings, (sentence, reason) => logs.log('error', `${sentence}: ${errorMessage(reason)}`))
  const { programs, ports, iterative, http, web } = await selectPrograms(settings, playable.programs)
  const options = await loadOptions(settings, (sentence) => logs.log('warn', sentence))
  const say = (sentence: string) => logs.log('error', sentence)
  onCrash(endInTrouble, say)
  const { host, first, idle, limits } = config
  const overlay = await loadOverlay({ ...config, fault: config.faults }, { programs, side: 'server', datagrams: undefined })
  const disturb: ServerOptions['overlay'] =
    overlay &&
    ((transport, program, info) =>
      overlay(transport, {
        program,
        options: { ...program.defaults, ...options },
        number: info.connection,
        write: (line) => logs.traced?.(info, line),
        notify: (sentence) => logs.log('info', `#${info.connection} ${program.name}: ${sentence}`),
      }))
  const classLab = config.lab ? await openClassLab(settings, { options, logs, clock: wallClock }) : undefined
  const watch = classLab?.watch
  const wire =
    web === NOWHERE ? undefined : new (await import('./wire-logging.ts')).WireLogging({ config, options, logs: watch?.logs ?? logs })
  const streams = await openStreams(config)
  const batcher = new Batcher()
  const server = new Server({
    streams,
    batcher,
    // the class console and the logs of the wire show the bytes that the client sends and receives, so both are between the client and the
    // faults
    overlay:
      watch || wire
        ? (transport, program, info) => {
            const logged = wire?.watch(transport, program, info) ?? transport
            const watched = watch?.watch(logged, program, info) ?? logged
            return disturb?.(watched, program, info) ?? watched
          }
        : disturb,
    programs,
    host,
    ports,
    iterative,
    limits: { first, idle, ...limits },
    options,
    random: chance,
    logs: wire?.logs ?? watch?.logs ?? logs,
    clock: wallClock,
  })
  const places = await server.listen()
  wire?.setPlaces(places)
  const open = places.filter(({ failure }) => failure === undefined)
  const failed = places.filter(({ failure }) => failure !== undefined)
  // the command opens the store after the ports, so that a start without free ports creates no folder and no database
  if (open.length === 0) {
    if (flags.json) new Terminal().write(`${json({ failed })}\n`)
    for (const sentence of notServed(places, config)) logs.log('error', sentence)
    return EXIT.trouble
  }
  const metricsServer = await openMetricsServer(http, toHostNames(config))
  const isHidden = metricsServer?.failure !== undefined
  if (isHidden && settings.from.get('http') !== 'default') {
    if (flags.json) new Terminal().write(`${json({ failed, metricsServer })}\n`)
    logs.log('error', formatRefusal(metricsServer))
    return EXIT.trouble
  }
  const webPort = await openWebPort(web, { settings, streams, batcher, logs, options, places: open, stop })
  const isWebBusy = webPort?.failure !== undefined
  if (isWebBusy && settings.from.get('web') !== 'default') {
    if (flags.json) new Terminal().write(`${json({ failed, metricsServer, webPort })}\n`)
    logs.log('error', formatWebRefusal(webPort))
    return EXIT.trouble
  }
  const store = await openStoreIn(config.data, config.durable, {
    keep: config.keep,
    onWarning: (sentence) => logs.log('warn', sentence),
    onError: (error) => logs.log('error', errorMessage(error)),
    onBusy: besideOther(failed.length > 0, config),
  }).catch(refuseBusyFolder)
  if (!store) return EXIT.trouble
  if (store.availability) logOutages(store.availability, wallClock, logs)
  const service = await openLobby(metricsServer?.metrics?.metered(store) ?? store, {
    settings,
    catalog: playable.catalog,
    stock: { words: readOption(options, words), questions: readOption(options, questions) },
    logs,
    onEnded: watch?.onEnded,
  })
  watch?.setLobby(service)
  server.admit(service)
  // from here on, the process logs an uncaught exception and continues to serve the programs
  onCrash(() => {}, say)
  metricsServer?.watch(server, service, store)
  await webPort?.open(server, service, store, { classConsole: classLab?.gateway, wire: wire?.services(service) })
  const operator = await openAdmin(
    config,
    { ...toAdminServices(service, store), classConsole: watch?.console, wireAccess: wire?.access },
    logs,
  )
  // the process sets the flags last, because V8 cannot use code that it has compiled with other flags
  for (const flag of garbageCollectionFlags(availableParallelism())) setFlagsFromString(flag)
  const endBound = boundYoungSpace(wallClock)
  const terminal = new Terminal()
  terminal.write(
    flags.json
      ? `${json({ listening: open, failed, metricsServer, webPort, access: classLab?.password })}\n`
      : formatServed(open, host, terminal, isWebBusy || !webPort ? [] : formatPages(webPort, classLab?.password)),
  )
  for (const sentence of notServed(places, config)) logs.log('error', sentence)
  if (isHidden) logs.log('error', formatNotShown(metricsServer, places))
  if (isWebBusy) logs.log('error', formatNoWeb(webPort, places))
  const endLooks = watchDescriptors(async () => (await openFile(devNull)).close(), wallClock, logs)
  if (!stop.aborted) await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve()))
  endLooks()
  endBound()
  classLab?.close()
  await operator?.close()
  await webPort?.close()
  await server.stop()
  await service.close()
  await metricsServer?.close()
  return EXIT.good
}

/** Ends the process with exit code 1, because the server did not start. */
function endInTrouble(): never {
  process.exit(EXIT.trouble)
}

/**
 * Prints why the command cannot use a folder that another server has open. The error is not a usage error, so the exit code is not 2.
 * Rethrows every other error.
 */
function refuseBusyFolder(error: unknown): undefined {
  if (!(error instanceof FolderInUse)) throw error
  for (const sentence of error.sentences) printError(sentence)
}

/** Returns advice for a user whose folder another server has open. If all ports were free, the advice does not propose other ports. */
function besideOther(areSomeBusy: boolean, { portBase }: Pick<Config, 'portBase'>): string {
  return areSomeBusy
    ? `another Parlor seems to run here: stop it, or serve beside it with other ports and another folder: ${otherBase(portBase)} --data DIR`
    : 'another Parlor seems to have this folder open: stop it, or serve beside it with another folder: --data DIR'
}

/** Suggests a new port base, far from the present port base. */
function otherBase(portBase = 0): string {
  return `--port-base ${Math.abs(portBase - 20_000) < 1000 ? 22_000 : 20_000}`
}

/**
 * Maximum number of busy ports that the sentences name one by one. If more ports are busy, the sentence says that another Parlor seems to
 * run.
 */
const FEW_BUSY = 3

/**
 * Returns the sentences that say why the server does not serve some programs. If there are more than `FEW_BUSY` busy ports, one sentence
 * reports all of them.
 */
function notServed(places: readonly ListenStatus[], { data, portBase, unix }: Pick<Config, 'data' | 'portBase' | 'unix'>): string[] {
  const failed = places.filter(({ failure }) => failure !== undefined)
  if (unix !== undefined) return socketsNotServed(failed, places.length, unix)
  const busy = failed.filter(({ failure }) => failure instanceof Error && 'code' in failure && failure.code === 'EADDRINUSE')
  const many = busy.length > FEW_BUSY
  const [first] = failed
  // listening fails in the same way for all programs if the address is invalid
  if (
    first &&
    busy.length === 0 &&
    failed.length === places.length &&
    failed.length > FEW_BUSY &&
    failed.every((place) => isSameFailure(place, first))
  ) {
    const { host, port } = first.address
    const why = cannotListen(first.address, first.failure).replace(`${host}:${port}`, host)
    return [`nothing is served: ${why}`]
  }
  const sentences = failed
    .filter((place) => !many || !busy.includes(place))
    .map((place) => {
      const { program, address, failure } = place
      const own = places.find((other) => other.failure === undefined && isSameAddress(other, place))
      if (own && busy.includes(place))
        return `${program.name} is not served: ${samePort(shortName(own.program), shortName(program), address.port)}`
      const why = cannotListen(address, failure).replace('--port', `--port ${program.name}=N`)
      return `${program.name} is not served: ${why}`
    })
  if (!many) return sentences
  // a program that listens on TCP and UDP has one port
  const portsIn = (some: readonly ListenStatus[]) => new Set(some.map(({ program }) => program)).size
  const what = `${portsIn(busy)} of ${portsIn(places)} ports are in use: another Parlor seems to run on this machine`
  const dataFolder = toDataFolder(data)
  const mayShare = dataFolder !== undefined && existsSync(join(dataFolder, 'parlor.db'))
  const folder = mayShare ? `; if it has the folder ${dataFolder} open, choose another folder, too: --data DIR` : ''
  return [`${what}; stop it, or choose other ports: ${otherBase(portBase)}, or --port 0 for any${folder}`, ...sentences]
}

/** Does the same as `notServed` for the Unix sockets of programs. */
function socketsNotServed(failed: readonly ListenStatus[], all: number, folder: string): string[] {
  const [first] = failed
  if (first && failed.length > FEW_BUSY && failed.every((place) => isSameFailure(place, first)))
    return [`${failed.length} of ${all} programs are not served: ${cannotListenAtSocket(first, folder)}`]
  return failed.map((place) => `${place.program.name} is not served: ${cannotListenAtSocket(place, folder)}`)
}

function cannotListenAtSocket({ address, failure }: ListenStatus, folder: string): string {
  return cannotListen(address, failure).replace('choose another with --port', `choose another folder than ${folder} with --unix`)
}

function isSameFailure({ failure: one }: ListenStatus, { failure: other }: ListenStatus): boolean {
  const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)
  return codeOf(one) !== undefined && codeOf(one) === codeOf(other)
}

function isSameAddress(one: ListenStatus, other: ListenStatus): boolean {
  return one.transport === other.transport && one.address.port > 0 && one.address.port === other.address.port
}

/** Opens the lobby and resumes its unfinished tables. */
async function openLobby(
  store: Store,
  {
    settings,
    catalog,
    stock,
    logs,
    onEnded,
  }: { settings: ResolvedConfig; catalog: Catalog; stock: GameAssets; logs: Logs; onEnded: ClassWatch['onEnded'] | undefined },
): Promise<LobbyService> {
  const { wait, limits } = settings.config
  const onError = (sentence: string, reason: unknown) => logs.log('error', `${sentence}: ${errorMessage(reason)}`)
  const service = new LobbyService({
    store,
    clock: wallClock,
    random: chance,
    catalog,
    stock,
    wait,
    limits: { ...limits, address: addressLimit(limits), move: moveLimit(settings) },
    onError,
    ...(onEnded ? { onEnded } : {}),
  })
  await service.open()
  return service
}

/** Returns the maximum number of tables that one address may have; at least 1. */
function addressLimit({ address, tables }: Config['limits']): number {
  return address === 'half' ? Math.max(1, Math.floor(tables / 2)) : address
}

/**
 * Returns the timeout of a table without a move. By default, it is the longer of two times: the usual timeout, and a client's idle timeout.
 */
function moveLimit({ config: { limits, idle }, from }: ResolvedConfig): number {
  return from.get('limits.move') === 'default' ? Math.max(limits.move, idle) : limits.move
}

/** Returns a line for each page for browsers, with the page's address. */
function formatPages({ url }: WebPort, access: ClassPassword | undefined): readonly string[] {
  return [`Browsers: ${url}`, ...(access ? [formatClassPassword(toClassUrl(url), access)] : [])]
}

function toClassUrl(url: string): string {
  return `${url}#class`
}

/** Returns the parts of the server on which the commands of the operator act. */
function toAdminServices({ people, bytes, hall }: LobbyService, store: Store): AdminServices {
  return { people, bytes, store, backup: store.backup, checkFiles: store.checkFiles, ladder: (game, limit) => hall.ladder(game, limit) }
}

/**
 * Opens the admin socket if the server has a folder. If the server cannot open the socket, the operator cannot run a command that needs the
 * socket before the server has stopped.
 */
async function openAdmin({ data }: Config, services: AdminServices, logs: Logs): Promise<Listener | undefined> {
  const folder = toDataFolder(data)
  if (folder === undefined) return undefined
  try {
    return await (await import('../server/admin.ts')).openAdminSocket(folder, services, logs, wallClock)
  } catch (failure) {
    logs.log('warn', `"parlor people" cannot be used while this server runs: ${errorMessage(failure)}`)
    return undefined
  }
}

/** Outcome has the listeners and the failures of a start, for `--json`; `listening` is empty if the command refuses to start. */
interface Outcome {
  readonly listening?: readonly ListenStatus[]
  readonly failed: readonly ListenStatus[]
  readonly metricsServer?: MetricsServer | undefined
  readonly webPort?: WebPort | undefined
  /** The password of the class console, if `lab` is set. */
  readonly access?: ClassPassword | undefined
}

function json({ listening = [], failed, metricsServer, webPort, access }: Outcome): string {
  const row = ({ program, transport, address, fingerprint, failure }: ListenStatus) => ({
    program: program.name,
    ...address,
    transport,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(failure === undefined ? {} : { failure: errorMessage(failure) }),
  })
  const shown =
    metricsServer?.failure === undefined
      ? { http: metricsServer?.address }
      : { httpFailed: { ...metricsServer.address, failure: errorMessage(metricsServer.failure) } }
  const web = webPort && {
    [webPort.failure === undefined ? 'web' : 'webFailed']: {
      ...webPort.address,
      ...(webPort.failure === undefined ? { url: webPort.url } : { failure: errorMessage(webPort.failure) }),
    },
  }
  const password = access?.password === undefined ? {} : { password: access.password }
  const shownClass = access && webPort && webPort.failure === undefined ? { class: { url: toClassUrl(webPort.url), ...password } } : {}
  return JSON.stringify({ pid: process.pid, listening: listening.map(row), failed: failed.map(row), ...shown, ...web, ...shownClass })
}
