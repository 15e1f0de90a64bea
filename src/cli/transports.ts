import { errorMessage } from '../base/errors.ts'
import type { Address, Listener, Transport } from '../wire/transport.ts'
import type { Batcher } from '../wire/transports/batching.ts'
import { printError, UsageError } from './diagnostics.ts'
import type { Command, TransportUse } from './option-parsers.ts'

export interface TransportOptions {
  readonly ipv6?: boolean | undefined
  readonly tls?: boolean | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly fingerprint?: string | undefined
  /** Path of a Unix socket; for `serve`, the folder of its sockets. */
  readonly unix?: string | undefined
  readonly udp?: boolean | undefined
  readonly wait?: number | undefined
}

export interface ListeningOptions {
  /** Certificate and key as PEM texts; without them, TLS creates a pair. */
  readonly certificate?: { readonly cert: string; readonly key: string } | undefined
  /** Called with each peer that violates the protocol of the transport, and the reason. */
  readonly rejected?: (peer: Address, reason: string) => void
  /** Batches the input and output of all listeners of a server. Without this batcher, each listener has its own batcher. */
  readonly batcher?: Batcher
  /** Called with a peer that has connected and sends nothing, if its silence may be a mistake of the peer's user. */
  readonly slow?: (peer: Address) => void
}

/** TransportOption is an option on the command line, with the commands that have the option. */
interface TransportOption {
  readonly flags: string
  readonly about: string
  readonly commands: readonly TransportUse[]
}

/** TransportKind is a transport that commands can use. A command loads only the code of the transport that it uses. */
export interface TransportKind {
  readonly name: 'tcp' | 'tls' | 'unix' | 'udp'
  readonly options: readonly TransportOption[]
  /** Checks whether the options select this transport. */
  isSelected(options: TransportOptions): boolean
  /** Listens at an address; `host` is the path of a Unix socket. */
  listen(at: Address, accept: (transport: Transport) => void, options: ListeningOptions): Promise<Listener>
  connect(to: Address, options: TransportOptions): Promise<Transport>
}

const tcp: TransportKind = {
  name: 'tcp',
  options: [{ flags: '--ipv6', about: 'over IPv6', commands: ['host', 'join'] }],
  isSelected: () => true,
  listen: async (at, accept, { batcher }) => (await import('../wire/transports/tcp.ts')).listenTcp(at, accept, batcher),
  async connect(to, { wait = 0, ipv6 }) {
    const { connectTcp } = await import('../wire/transports/tcp.ts')
    return connectTcp(to, wait, undefined, ipv6 ? 6 : undefined).catch((error: unknown) => {
      throw ipv6 ? withoutIPv6(error) : error
    })
  },
}

const tls: TransportKind = {
  name: 'tls',
  options: [
    { flags: '--tls', about: 'over TLS', commands: ['host', 'join'] },
    { flags: '--tls', about: 'over TLS, at the ports of all programs', commands: ['serve'] },
    { flags: '--cert <file>', about: 'with --tls: the certificate (PEM)', commands: ['host', 'serve'] },
    { flags: '--key <file>', about: 'with --tls: its private key (PEM)', commands: ['host', 'serve'] },
    { flags: '--fingerprint <hex>', about: 'with --tls: accept only this certificate', commands: ['join'] },
  ],
  isSelected: (options) => options.tls === true,
  async listen(at, accept, { certificate, ...notices }) {
    return (await import('../wire/transports/tls.ts')).listenTls(at, certificate, accept, notices)
  },
  async connect(to, { wait = 0, ipv6, fingerprint }) {
    const { connectTls } = await import('../wire/transports/tls.ts')
    const expected = fingerprint === undefined ? {} : { fingerprint }
    const reached = await connectTls(to, { wait, ...expected, ...(ipv6 ? { family: 6 } : {}) })
    const isTrusted = fingerprint !== undefined || reached.trusted
    printError(
      `the server's fingerprint is ${reached.fingerprint}${isTrusted ? '' : '; no authority has signed it, so compare it with the fingerprint that its host shows'}`,
    )
    return reached.transport
  },
}

const unix: TransportKind = {
  name: 'unix',
  options: [
    { flags: '--unix <path>', about: 'over a Unix socket', commands: ['host', 'join'] },
    { flags: '--unix <folder>', about: 'over Unix sockets in this folder, one for each program, and at no port', commands: ['serve'] },
  ],
  isSelected: (options) => options.unix !== undefined,
  async listen({ host: path }, accept, { batcher }) {
    return (await import('../wire/transports/unix.ts')).listenUnix(path, accept, batcher && { batcher })
  },
  connect: async ({ host }, { unix: path = host, wait = 0 }) => (await import('../wire/transports/unix.ts')).connectUnix(path, wait),
}

const udp: TransportKind = {
  name: 'udp',
  options: [{ flags: '--udp', about: 'over UDP (fh/hello, fh/time)', commands: ['host', 'join'] }],
  isSelected: (options) => options.udp === true,
  listen: async (at, accept) => (await import('../wire/transports/udp.ts')).listenUdp(at, accept),
  connect: async (to, { ipv6 }) => (await import('../wire/transports/udp.ts')).connectUdp(to, ipv6 ? 6 : undefined),
}

/** The registry of transports. A new transport is a file in `wire/transports` and an entry here. */
const transports: readonly TransportKind[] = [unix, udp, tls, tcp]

/** Returns the transport that the options select: TCP by default. */
export function selectTransport(options: TransportOptions): TransportKind {
  checkTransport(options)
  return transports.find((kind) => kind.isSelected(options)) ?? tcp
}

/** Adds the options of all transports that a command has. */
export function addTransportOptions(command: Command, use: TransportUse): void {
  for (const kind of transports.toReversed())
    for (const { flags, about, commands } of kind.options) if (commands.includes(use)) command.option(flags, about)
}

/** Connects over the transport that the options name. */
export async function connectOver(to: Address, options: TransportOptions): Promise<Transport> {
  return selectTransport(options).connect(to, options)
}

/** Replaces the error for a name without an IPv6 address by a sentence; returns any other error unchanged. */
function withoutIPv6(error: unknown): unknown {
  const isUnknown = error instanceof Error && 'code' in error && error.code === 'ENOTFOUND'
  return isUnknown ? new Error('that name is not known, or has no address of IPv6; leave --ipv6 out for IPv4') : error
}

/** Formats the path of a Unix socket so that a reader of a sentence recognizes a path. */
export function socketPath(path: string): string {
  return /[/\\]/.test(path) ? path : `./${path}`
}

/** Throws a UsageError for transport options that exclude each other. The command calls this function before it opens a socket or a file. */
export function checkTransport(
  options: TransportOptions & { readonly host?: string | undefined; readonly port?: number | undefined },
): void {
  const { ipv6, tls, cert, key, fingerprint, unix, udp, host, port } = options
  const ways = [...(tls ? ['--tls'] : []), ...(unix === undefined ? [] : ['--unix']), ...(udp ? ['--udp'] : [])]
  if (ways.length > 1) throw new UsageError(`${ways.join(' and ')} exclude each other`)
  if (ipv6 && unix !== undefined) throw new UsageError('--ipv6 and --unix exclude each other')
  if (unix !== undefined && (host ?? port) !== undefined) throw new UsageError('--unix replaces the address and the port: leave both out')
  if (unix === '') throw new UsageError('--unix takes the path of a socket')
  if (!tls && (cert ?? key ?? fingerprint) !== undefined) throw new UsageError('--cert, --key and --fingerprint need --tls')
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key need each other')
}

/** Rejects with a UsageError for an invalid fingerprint. The command calls this function before it opens a socket or a file. */
export async function checkFingerprint({ fingerprint }: TransportOptions): Promise<void> {
  if (fingerprint === undefined) return
  const { parseFingerprint } = await import('../wire/transports/tls.ts')
  try {
    parseFingerprint(fingerprint)
  } catch (error) {
    throw new UsageError(errorMessage(error))
  }
}
