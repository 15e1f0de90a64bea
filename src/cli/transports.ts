import { errorMessage } from '../base/errors.ts'
import type { Address, Transport } from '../wire/transport.ts'
import { printError, UsageError } from './diagnostics.ts'

/** TransportOptions is the command-line options for the transport of a conversation. */
export interface TransportOptions {
  readonly ipv6?: boolean
  readonly tls?: boolean
  readonly cert?: string
  readonly key?: string
  readonly fingerprint?: string
  readonly unix?: string
  readonly udp?: boolean
  readonly wait?: number
}

/** Connects over the transport that the options name. */
export async function connectOver(to: Address, options: TransportOptions): Promise<Transport> {
  checkTransport(options)
  const wait = options.wait ?? 0
  const family = options.ipv6 ? 6 : undefined
  if (options.unix !== undefined) return (await import('../wire/transports/unix.ts')).connectUnix(options.unix, wait)
  if (options.udp) return (await import('../wire/transports/udp.ts')).connectUdp(to, family)
  if (!options.tls) {
    const { connectTcp } = await import('../wire/transports/tcp.ts')
    return connectTcp(to, wait, undefined, family).catch((error: unknown) => {
      throw options.ipv6 ? withoutIPv6(error) : error
    })
  }
  const { connectTls } = await import('../wire/transports/tls.ts')
  const { fingerprint } = options
  const reached = await connectTls(to, {
    wait,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(family ? { family } : {}),
  })
  const isTrusted = fingerprint !== undefined || reached.trusted
  printError(
    `the server's fingerprint is ${reached.fingerprint}${isTrusted ? '' : '; no authority vouches for it, so compare it with the fingerprint that its host shows'}`,
  )
  return reached.transport
}

/** Replaces the error of a name without an IPv6 address; returns any other error unchanged. */
function withoutIPv6(error: unknown): unknown {
  const isUnknown = error instanceof Error && 'code' in error && error.code === 'ENOTFOUND'
  return isUnknown ? new Error('that name is not known, or has no address of IPv6; leave --ipv6 out for IPv4') : error
}

/** Formats the path of a Unix socket so that it looks like a path in a sentence. */
export function socketPath(path: string): string {
  return /[/\\]/.test(path) ? path : `./${path}`
}

/** Throws a UsageError for transport options that do not go together. Runs before anything is opened. */
export function checkTransport(
  options: TransportOptions & { readonly host?: string | undefined; readonly port?: number | undefined },
): void {
  const { ipv6, tls, cert, key, fingerprint, unix, udp, host, port } = options
  const ways = [...(tls ? ['--tls'] : []), ...(unix === undefined ? [] : ['--unix']), ...(udp ? ['--udp'] : [])]
  if (ways.length > 1) throw new UsageError(`${ways.join(' and ')} do not go together`)
  if (ipv6 && unix !== undefined) throw new UsageError('--ipv6 and --unix do not go together')
  if (unix !== undefined && (host ?? port) !== undefined)
    throw new UsageError('--unix takes the place of an address and a port: leave these out')
  if (unix === '') throw new UsageError('--unix takes the path of a socket')
  if (!tls && (cert ?? key ?? fingerprint) !== undefined) throw new UsageError('--cert, --key and --fingerprint go with --tls')
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key go together')
}

/** Rejects with a UsageError for an invalid fingerprint. Runs before anything is opened. */
export async function checkFingerprint({ fingerprint }: TransportOptions): Promise<void> {
  if (fingerprint === undefined) return
  const { parseFingerprint } = await import('../wire/transports/tls.ts')
  try {
    parseFingerprint(fingerprint)
  } catch (error) {
    throw new UsageError(errorMessage(error))
  }
}
