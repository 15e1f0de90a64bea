import { existsSync } from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { availableParallelism, devNull, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import type { Stock } from '../games/catalogue.ts'
import { chance } from '../games/random.ts'
import type { Store } from '../hall/ports.ts'
import { columns } from '../lab/reference.ts'
import { shortNameOf } from '../protocols/index.ts'
import type { Program } from '../protocols/protocol.ts'
import type { Config, Settings } from '../server/config.ts'
import { watchDescriptors } from '../server/descriptors.ts'
import type { Logs } from '../server/logs.ts'
import type { Registry } from '../server/operator.ts'
import { logOutages } from '../server/outages.ts'
import { Premises } from '../server/premises.ts'
import { type Place, Server } from '../server/server.ts'
import { Terminal } from '../terminal/terminal.ts'
import { cannotListen, EXIT, messageOf } from '../terminal/trouble.ts'
import { wallClock } from '../wire/clock.ts'
import type { Listener } from '../wire/transport.ts'
import { type Flags, servedBy, settingsOf, sourced } from './config.ts'
import { complain, onMistake } from './diagnostics.ts'
import { garbageCollectionFlags } from './garbage-collection.ts'
import { logsOn } from './logs.ts'
import { type Monitor, notShown, openMonitor, refusedFor } from './monitor.ts'
import { overlayOf } from './network.ts'
import { termsOf } from './programs.ts'
import { called, samePort } from './same-port.ts'
import { startedSignal } from './stop-signal.ts'
import { FolderInUse, NOWHERE, storeIn } from './stores.ts'

/** `parlor serve`: all programs at once, until it is stopped; answers with the exit code. */
export async function serveCommand(flags: Flags): Promise<number> {
  const stop = startedSignal()
  onMistake(endInTrouble)
  const settings = await settingsOf(flags)
  const { config } = settings
  const { programs, ports, iterative, http } = await servedBy(settings)
  const logs = await logsOn(config)
  const options = await optionsOf(settings, logs)
  const say = (sentence: string) => logs.tell('error', sentence)
  onMistake(endInTrouble, say)
  const { host, first, idle, limits } = config
  const overlay = await overlayOf(config)
  const server = new Server({
    overlay:
      overlay &&
      ((transport, program, visit) =>
        overlay(transport, { program, side: 'server', number: visit.connection, write: (line) => logs.traced?.(visit, line) })),
    programs,
    host,
    ports,
    iterative,
    limits: { first, idle, ...limits },
    options,
    random: chance,
    logs,
  })
  const places = await server.listen()
  const open = places.filter(({ failure }) => failure === undefined)
  const failed = places.filter(({ failure }) => failure !== undefined)
  // the store comes after the ports, because a start that is refused creates no folder and no database
  if (open.length === 0) {
    if (flags.json) new Terminal().write(`${json({ failed })}\n`)
    for (const sentence of notServed(places, config)) logs.tell('error', sentence)
    return EXIT.trouble
  }
  const monitor = await openMonitor(http)
  const isHidden = monitor?.failure !== undefined
  if (isHidden && settings.from.get('http') !== 'default') {
    if (flags.json) new Terminal().write(`${json({ failed, monitor })}\n`)
    logs.tell('error', refusedFor(monitor))
    return EXIT.trouble
  }
  const store = await storeIn(config.data, config.durable, {
    keep: config.keep,
    onNotice: (sentence) => logs.tell('warn', sentence),
    onTrouble: (error) => logs.tell('error', messageOf(error)),
    onBusy: besideOther(failed.length > 0, config),
  }).catch(refuseBusyFolder)
  if (!store) return EXIT.trouble
  if (store.availability) logOutages(store.availability, wallClock, logs)
  const premises = await opened(monitor?.metrics?.metered(store) ?? store, { settings, stock: options, logs })
  server.admit(premises)
  // running programs continue
  onMistake(() => {}, say)
  monitor?.watch(server, premises, store)
  const operator = await openedToOperator(config, registryOf(premises, store), logs)
  // only now, for what was compiled before is of no use to a V8 with other flags
  for (const flag of garbageCollectionFlags(availableParallelism())) setFlagsFromString(flag)
  const terminal = new Terminal()
  terminal.write(flags.json ? `${json({ listening: open, failed, monitor })}\n` : table(open, host, terminal))
  for (const sentence of notServed(places, config)) logs.tell('error', sentence)
  if (isHidden) logs.tell('error', notShown(monitor, places))
  const endLooks = watchDescriptors(async () => (await openFile(devNull)).close(), wallClock, logs)
  if (!stop.aborted) await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve()))
  endLooks()
  await operator?.close()
  await server.stop()
  await premises.close()
  await monitor?.close()
  return EXIT.good
}

/** A server that did not start ends with an exit code that says so. */
function endInTrouble(): never {
  process.exit(EXIT.trouble)
}

/** Prints the sentences on a folder that another server has open: like busy ports, it is no mistake in the command line. Throws every other error. */
function refuseBusyFolder(error: unknown): undefined {
  if (!(error instanceof FolderInUse)) throw error
  for (const sentence of error.sentences) complain(sentence)
}

/** Advises how to serve beside another server that has the folder open: if all ports were free, they are other ones already. */
function besideOther(areSomeBusy: boolean, { portBase }: Pick<Config, 'portBase'>): string {
  return areSomeBusy
    ? `another Parlor seems to run here: stop it, or serve beside it with other ports and another folder: ${otherBase(portBase)} --data DIR`
    : 'another Parlor seems to have this folder open: stop it, or serve beside it with another folder: --data DIR'
}

/** Suggests where ports may begin, far from where they begin now. */
function otherBase(portBase = 0): string {
  return `--port-base ${Math.abs(portBase - 20_000) < 1000 ? 22_000 : 20_000}`
}

/** Busy ports that are named one by one, at most; more of them mean another server. */
const FEW_BUSY = 3

/** Explains in sentences why programs are not served: one sentence for all busy ports, if they are many. */
function notServed(places: readonly Place[], { data, portBase }: Pick<Config, 'data' | 'portBase'>): string[] {
  const failed = places.filter(({ failure }) => failure !== undefined)
  const busy = failed.filter(({ failure }) => failure instanceof Error && 'code' in failure && failure.code === 'EADDRINUSE')
  const many = busy.length > FEW_BUSY
  const [first] = failed
  // an address that is none fails in the same way for all
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
        return `${program.name} is not served: ${samePort(called(own.program.name), called(program.name), address.port)}`
      const why = cannotListen(address, failure).replace('--port', `--port ${program.name}=N`)
      return `${program.name} is not served: ${why}`
    })
  if (!many) return sentences
  // a port is one port over UDP, too
  const portsIn = (some: readonly Place[]) => new Set(some.map(({ program }) => program)).size
  const what = `${portsIn(busy)} of ${portsIn(places)} ports are in use: another Parlor seems to run on this machine`
  const mayShare = data !== NOWHERE && existsSync(join(data, 'parlor.db'))
  const folder = mayShare ? `; if it has the folder ${data} open, choose another folder, too: --data DIR` : ''
  return [`${what}; stop it, or choose other ports: ${otherBase(portBase)}, or --port 0 for any${folder}`, ...sentences]
}

function isSameFailure({ failure: one }: Place, { failure: other }: Place): boolean {
  const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)
  return codeOf(one) !== undefined && codeOf(one) === codeOf(other)
}

function isSameAddress(one: Place, other: Place): boolean {
  return one.transport === other.transport && one.address.port === other.address.port
}

/** What the settings say of conversations. */
async function optionsOf(settings: Settings, logs: Logs) {
  const { framing, words, questions, strict = false } = settings.config
  const warn = (sentence: string) => logs.tell('warn', sentence)
  return {
    ...(await termsOf(framing === undefined ? {} : { framing })),
    ...(words === undefined ? {} : await sourced(settings, 'words', () => termsOf({ words, strict }, warn))),
    ...(questions === undefined ? {} : await sourced(settings, 'questions', () => termsOf({ questions, strict }, warn))),
  }
}

/** The hall, with what was not finished in it taken up again. */
async function opened(store: Store, { settings, stock, logs }: { settings: Settings; stock: Stock; logs: Logs }): Promise<Premises> {
  const { wait, limits } = settings.config
  const onTrouble = (sentence: string, reason: unknown) => logs.tell('error', `${sentence}: ${messageOf(reason)}`)
  const premises = new Premises({
    store,
    clock: wallClock,
    random: chance,
    stock,
    wait,
    limits: { ...limits, address: addressLimit(limits), move: moveLimit(settings) },
    onTrouble,
  })
  await premises.open()
  return premises
}

/** Returns the maximum of tables that one address may hold: at least one. */
function addressLimit({ address, tables }: Config['limits']): number {
  return address === 'half' ? Math.max(1, Math.floor(tables / 2)) : address
}

/** Returns the timeout of a table without a move: by default the longer of the usual one and a client's idle timeout. */
function moveLimit({ config: { limits, idle }, from }: Settings): number {
  return from.get('limits.move') === 'default' ? Math.max(limits.move, idle) : limits.move
}

/** Returns the registry that the operator can reach. */
function registryOf({ people, bytes, hall }: Premises, store: Store): Registry {
  return { people, bytes, store, backup: store.backup, checkFiles: store.checkFiles, ladder: (game, limit) => hall.ladder(game, limit) }
}

/** A door for the operator, where anything is kept; without it, the operator has to stop the server first. */
async function openedToOperator({ data }: Config, registry: Registry, logs: Logs): Promise<Listener | undefined> {
  if (data === NOWHERE) return undefined
  try {
    return await (await import('../server/operator.ts')).openOperatorDoor(data, registry, logs)
  } catch (failure) {
    logs.tell('warn', `"parlor people" cannot be used while this server runs: ${messageOf(failure)}`)
    return undefined
  }
}

/** What listens and what does not, for programs: nothing listens if the start is refused. */
interface Outcome {
  readonly listening?: readonly Place[]
  readonly failed: readonly Place[]
  readonly monitor?: Monitor | undefined
}

function json({ listening = [], failed, monitor }: Outcome): string {
  const row = ({ program, transport, address, failure }: Place) => ({
    program: program.name,
    ...address,
    transport,
    ...(failure === undefined ? {} : { failure: messageOf(failure) }),
  })
  const shown =
    monitor?.failure === undefined
      ? { http: monitor?.address }
      : { httpFailed: { ...monitor.address, failure: messageOf(monitor.failure) } }
  return JSON.stringify({ pid: process.pid, listening: listening.map(row), failed: failed.map(row), ...shown })
}

/** What listens where, and how to try it. */
function table(places: readonly Place[], host: string, terminal: Terminal): string {
  const rows = places
    .filter(({ transport }) => transport === 'tcp')
    .map(({ program, address }) => [named(program), String(address.port).padStart(5), program.protocol.title])
  const at = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const port = places[0]?.address.port ?? 0
  const name = places[0]?.program.name ?? ''
  const short = shortNameOf(name) ?? name
  const joining = `parlor join PROGRAM ${at} PORT`
  const ways = [
    [`nc ${at} PORT`, `such as  nc ${at} ${port}`],
    [joining, `such as  parlor join ${short} ${at} ${port}`],
    ['parlor protocols PROGRAM', 'what is said on the wire'],
  ]
  const others = reach(host)
  return `${terminal.wrap(`Parlor serves on ${host}, until Ctrl-C:`)}

${columns(rows, terminal.columns)}

${others === undefined ? '' : `${terminal.wrap(others)}\n\n`}${terminal.wrap('Try one with a program of your own, or:')}
${columns(ways, terminal.columns)}
`
}

function named({ name }: Program): string {
  const short = shortNameOf(name)
  return short ? `${name} (${short})` : name
}

/** Says which addresses to give to the others in the room, if the server listens on all of this machine. */
function reach(host: string): string | undefined {
  if (host !== '0.0.0.0' && host !== '::') return undefined
  const addresses = Object.values(networkInterfaces())
    .flatMap((one) => one ?? [])
    .filter(({ internal, family, scopeid }) => !internal && (family === 'IPv4' || (host === '::' && !scopeid)))
    .map(({ address }) => address)
  return addresses.length === 0
    ? 'This machine has no address that others could use; is it on a network?'
    : `Others in the room use ${addresses.join(' or ')}`
}
