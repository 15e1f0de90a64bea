import { join } from '../terminal/join.ts'
import { Terminal } from '../terminal/terminal.ts'
import { complain, Usage } from './diagnostics.ts'
import { checkOptions, networked } from './programs.ts'
import { randomOf, type TermOptions, terminalSignal, termsOf } from './terms.ts'
import { checkFingerprint, checkTransport, connectBy, socketPath, type TransportOptions } from './transports.ts'

interface JoinOptions extends TermOptions, TransportOptions {
  readonly host?: string
  readonly port?: number
  readonly wait: number
  readonly timeout?: number
}

/** `parlor join`: the client's side of a program at the terminal; answers with the exit code. */
export async function joinCommand(name: string, options: JoinOptions): Promise<number> {
  checkTransport(options)
  await checkFingerprint(options)
  const program = await networked(name)
  const terms = await termsOf(options)
  checkOptions(program, terms)
  if (options.udp && !program.host?.udp) throw new Usage(`${program.name} does not go over UDP; fh/hello and fh/time do`)
  const port = options.unix === undefined ? options.port : 0
  const host = options.unix === undefined ? (options.host ?? (options.ipv6 ? '::1' : undefined)) : socketPath(options.unix)
  return join({
    program,
    options: { ...program.defaults, ...terms },
    random: randomOf(program, terms),
    terminal: new Terminal(),
    connect: (to) => connectBy(to, options),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    wait: options.wait,
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    stop: terminalSignal(),
    complain,
  })
}
