import { join } from '../terminal/join.ts'
import { Terminal } from '../terminal/terminal.ts'
import type { Transport } from '../wire/transport.ts'
import { printErrorBeside, printLine, UsageError } from './diagnostics.ts'
import type { NetworkOptions, NetworkScope, Overlay } from './network.ts'
import { checkFamily, parseServerAddress, type ServerAddress, takeOnce } from './option-parsers.ts'
import { createRandom, loadRegistry, type ProgramFlags, printAdvice, requireNetworkProgram, resolveOptions } from './program-options.ts'
import { terminalSignal } from './stop-signal.ts'
import { checkFingerprint, checkTransport, connectOver, socketPath, type TransportOptions } from './transports.ts'

interface JoinOptions extends ProgramFlags, TransportOptions, NetworkOptions {
  readonly host?: string | undefined
  readonly port?: number | undefined
  /** The arguments ADDRESS and PORT of the command, which are separate from the options `--host` and `--port`. */
  readonly place?: { readonly host: string | undefined; readonly port: number | undefined }
  readonly wait: number
  readonly timeout?: number
}

/** Runs `parlor join`: plays the client's side of a program at the terminal. Resolves to the exit code. */
export async function joinCommand(name: string, given: JoinOptions): Promise<number> {
  const options = {
    ...given,
    host: takeOnce('addresses', given.place?.host, given.host),
    port: takeOnce('ports', given.place?.port, given.port),
  }
  checkTransport(options)
  await checkFingerprint(options)
  const program = await requireNetworkProgram(name, await loadRegistry(options.plugin, [name]))
  const terms = await resolveOptions(program, 'client', options)
  if (options.udp && !program.host?.udp) throw new UsageError(`${program.name} does not run over UDP; fh/hello and fh/time do`)
  const { host, port } = toServerAddress(options)
  const overlay = await overlayOf(options, { programs: [program], side: 'client', datagrams: options.udp === true })
  printAdvice(program, terms)
  const terminal = new Terminal()
  const write = (line: string) => printLine(`trace ${line}`)
  const over = (transport: Transport): Transport =>
    overlay?.(transport, { program, options: { ...program.defaults, ...terms }, number: 1, write, notify: printErrorBeside(terminal) }) ??
    transport
  return join({
    program,
    options: { ...program.defaults, ...terms },
    random: () => createRandom(program, terms),
    terminal,
    connect: async (to) => over(await connectOver(to, options)),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    wait: options.wait,
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    stop: terminalSignal(),
    printError: printErrorBeside(terminal),
  })
}

/** Returns the server's address. A part that the command line omits is `undefined`. */
function toServerAddress({ host, port, unix, ipv6 }: JoinOptions): ServerAddress {
  if (unix !== undefined) return { host: socketPath(unix), port: 0 }
  const where = parseServerAddress({ host, port })
  checkFamily({ host: where.host, ipv6 })
  const here = ipv6 ? '::1' : '127.0.0.1'
  // a port alone means this machine; the program asks for an address only if the command line has neither an address nor a port
  return { host: where.host ?? (ipv6 || host !== undefined ? here : undefined), port: where.port }
}

/** Loads the overlay of the connection that the options name; `undefined` without such options. */
async function overlayOf(options: JoinOptions, scope: NetworkScope): Promise<Overlay | undefined> {
  const { split, glue, delay, fault, seed, trace, secrets } = options
  const isAsked = [split, glue, delay, fault, seed, trace, secrets].some((one) => one !== undefined)
  return isAsked ? (await import('./network.ts')).loadOverlay(options, scope) : undefined
}
