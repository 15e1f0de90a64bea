import { errorMessage } from '../base/errors.ts'
import { chance } from '../games/random.ts'
import { optionVerbs } from '../lab/faults/grammar.ts'
import type { Program } from '../protocol/definition.ts'
import { type HostOptions, host } from '../terminal/host.ts'
import { formatAddress } from '../terminal/system-errors.ts'
import { Terminal } from '../terminal/terminal.ts'
import type { Transport } from '../wire/transport.ts'
import { wallClock } from './clock.ts'
import { printError, printErrorBeside, printLine, UsageError } from './diagnostics.ts'
import { listenOn, readCertificate } from './listening.ts'
import { loadOverlay, type NetworkOptions } from './network.ts'
import { checkFamily, type GivenOption, parseServerAddress, spellOption } from './option-parsers.ts'
import { loadCatalog } from './plugins.ts'
import { createRandom, loadRegistry, type ProgramFlags, printAdvice, requireNetworkProgram, resolveOptions } from './program-options.ts'
import { terminalSignal } from './stop-signal.ts'
import { checkTransport, socketPath, type TransportOptions } from './transports.ts'

interface HostFlags extends ProgramFlags, TransportOptions, NetworkOptions {
  readonly host?: string
  readonly port?: number
  readonly forever?: boolean
  readonly concurrent?: boolean
  readonly timeout?: number
}

/** Opens a hall in memory for the clients of one program. */
async function hallFor({ name }: Program, plugins: readonly string[] | undefined): Promise<Pick<HostOptions, 'seating'>> {
  const { LobbyService } = await import('../lobby/service.ts')
  const { memoryStore } = await import('../storage/memory/index.ts')
  const onError = (sentence: string, reason: unknown) => printError(`${sentence}: ${errorMessage(reason)}`)
  const service = new LobbyService({
    store: memoryStore(),
    clock: wallClock,
    random: chance,
    catalog: await loadCatalog(plugins),
    onError,
  })
  return { seating: (peer) => service.createSeating(peer, name) }
}

/** Runs `parlor host`: plays the server's side of a program at the terminal. Resolves to the exit code. */
export async function hostCommand(name: string, options: HostFlags): Promise<number> {
  checkTransport(options)
  const program = await requireNetworkProgram(name, await loadRegistry(options.plugin, [name]))
  const { own, network } = divideOptions(program, options)
  const terms = await resolveOptions(program, 'server', { ...options, given: [...options.given, ...own] })
  const certificate = await readCertificate(options)
  const { host: words = {} } = program
  if (options.concurrent && words.types) {
    throw new UsageError(`a person types at the host of ${program.name}, so it serves one client at a time; leave out --concurrent`)
  }
  if (options.udp && !words.udp) throw new UsageError(`${program.name} does not run over UDP; fh/hello and fh/time do`)
  if (program.needs && !program.host)
    throw new UsageError(`${program.name} brings clients together; serve it with: parlor serve --only ${program.name}`)
  const forever = options.forever || options.udp || (options.concurrent && words.clients === undefined)
  const where = parseServerAddress(options)
  checkFamily({ host: where.host, ipv6: options.ipv6 })
  const at = { host: where.host ?? (options.ipv6 ? '::1' : (words.address ?? '127.0.0.1')), port: where.port ?? program.port }
  const overlay = await loadOverlay(network, { programs: [program], side: 'server', datagrams: options.udp === true })
  printAdvice(program, terms)
  const terminal = new Terminal()
  const clients = forever ? Number.POSITIVE_INFINITY : (words.clients ?? 1)
  let connected = 0
  const over = (transport: Transport): Transport => {
    const number = ++connected
    const write = (line: string) => printLine(`trace${clients > 1 ? ` #${number} ${formatAddress(transport.remote)}` : ''} ${line}`)
    return overlay
      ? overlay(transport, { program, options: { ...program.defaults, ...terms }, number, write, notify: printErrorBeside(terminal) })
      : transport
  }
  return host({
    ...(program.needs ? await hallFor(program, options.plugin) : {}),
    program,
    options: { ...program.defaults, ...terms },
    random: await createRandom(program, terms),
    terminal,
    address: options.unix === undefined ? at : { host: socketPath(options.unix), port: 0 },
    listen: (accept) => listenOn(at, { ...options, certificate }, (transport) => accept(over(transport))),
    clients,
    concurrent: options.concurrent === true || options.udp === true,
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    stop: terminalSignal(),
    printError: printErrorBeside(terminal),
  })
}

/**
 * Divides the options between a program and the network; the program takes the options in `own`. For example, the program hello-split cuts
 * its own message at `--split 8`, but `--split 1..5` is for the network.
 */
function divideOptions(
  { takes = [] }: Pick<Program, 'takes'>,
  options: NetworkOptions,
): { readonly own: readonly GivenOption[]; readonly network: NetworkOptions } {
  const own: GivenOption[] = []
  const network = { ...options }
  for (const verb of optionVerbs) {
    const text = options[verb]
    const option = takes.find((one) => one.kind === 'text' && spellOption(one) === `--${verb}`)
    if (text === undefined || option?.kind !== 'text') continue
    const value = option.parse(text)
    if (value === undefined) continue
    own.push({ option, value })
    delete network[verb]
  }
  return { own, network }
}
