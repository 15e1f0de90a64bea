import { wallClock } from '../base/clock.ts'
import { errorMessage } from '../base/errors.ts'
import { chance } from '../games/random.ts'
import type { Program } from '../protocol/definition.ts'
import { type Hosting, host } from '../terminal/host.ts'
import { Terminal } from '../terminal/terminal.ts'
import { place } from '../terminal/trouble.ts'
import type { Transport } from '../wire/transport.ts'
import { complain, complainBeside, printLine, Usage } from './diagnostics.ts'
import { certificateOf, listenOn } from './listening.ts'
import { type NetworkOptions, overlayOf, ownCut } from './network.ts'
import { checkFiles, checkOptions, networked, noteSecret, randomOf, type TermOptions, termsOf } from './program-options.ts'
import { terminalSignal } from './stop-signal.ts'
import { checkTransport, socketPath, type TransportOptions } from './transports.ts'
import { checkFamily, whereOf } from './values.ts'

interface HostOptions extends Omit<TermOptions, 'split' | 'delay'>, TransportOptions, NetworkOptions {
  readonly host?: string
  readonly port?: number
  readonly forever?: boolean
  readonly concurrent?: boolean
  readonly timeout?: number
}

/** Opens a hall in memory for the clients of one program. */
async function hallFor({ name }: Program): Promise<Pick<Hosting, 'house'>> {
  const { Premises } = await import('../lobby/service.ts')
  const { memoryStore } = await import('../storage/memory.ts')
  const onTrouble = (sentence: string, reason: unknown) => complain(`${sentence}: ${errorMessage(reason)}`)
  const service = new Premises({ store: memoryStore(), clock: wallClock, random: chance, onTrouble })
  return { house: (line) => service.house(line, name) }
}

/** Runs `parlor host`: plays the server's side of a program at the terminal. Resolves to the exit code. */
export async function hostCommand(name: string, options: HostOptions): Promise<number> {
  checkTransport(options)
  const program = await networked(name)
  const { own, network } = ownCut(program, options)
  const { split: _, delay: __, ...rest } = options
  checkFiles(program, rest)
  const terms = await termsOf({ ...rest, ...own })
  const certificate = await certificateOf(options)
  checkOptions(program, terms)
  const { host: words = {} } = program
  if (options.concurrent && words.types) {
    throw new Usage(`a person types at the host of ${program.name}, so it serves one client at a time; leave out --concurrent`)
  }
  if (options.udp && !words.udp) throw new Usage(`${program.name} does not go over UDP; fh/hello and fh/time do`)
  if (program.needs && !program.host)
    throw new Usage(`${program.name} brings clients together; serve it with: parlor serve --only ${program.name}`)
  const forever = options.forever || options.udp || (options.concurrent && words.clients === undefined)
  const where = whereOf(options)
  checkFamily({ host: where.host, ipv6: options.ipv6 })
  const at = { host: where.host ?? (options.ipv6 ? '::1' : (words.address ?? '127.0.0.1')), port: where.port ?? program.port }
  const overlay = await overlayOf(network)
  noteSecret(program, terms)
  const terminal = new Terminal()
  const clients = forever ? Number.POSITIVE_INFINITY : (words.clients ?? 1)
  let connected = 0
  const over = (transport: Transport): Transport => {
    const number = ++connected
    const write = (line: string) => printLine(`trace${clients > 1 ? ` #${number} ${place(transport.remote)}` : ''} ${line}`)
    return overlay ? overlay(transport, { program, side: 'server', number, write }) : transport
  }
  return host({
    ...(program.needs ? await hallFor(program) : {}),
    program,
    options: { ...program.defaults, ...terms },
    random: randomOf(program, terms),
    terminal,
    at: options.unix === undefined ? at : { host: socketPath(options.unix), port: 0 },
    listen: (accept) => listenOn(at, { ...options, certificate }, (transport) => accept(over(transport))),
    clients,
    concurrent: options.concurrent === true || options.udp === true,
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    stop: terminalSignal(),
    complain: complainBeside(terminal),
  })
}
