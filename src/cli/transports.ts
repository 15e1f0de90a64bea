import { messageOf } from '../terminal/trouble.ts'
import type { Address, Transport } from '../wire/transport.ts'
import { complain, Usage } from './diagnostics.ts'

/** The options of the command line that are about what carries the conversation. */
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

/** Connects as the options say. */
export async function connectBy(to: Address, options: TransportOptions): Promise<Transport> {
  checkTransport(options)
  const patience = options.wait ?? 0
  const family = options.ipv6 ? 6 : undefined
  if (options.unix !== undefined) return (await import('../wire/transports/unix.ts')).connectUnix(options.unix, patience)
  if (options.udp) return (await import('../wire/transports/udp.ts')).connectUdp(to, family)
  if (!options.tls) {
    const { connectTcp } = await import('../wire/transports/tcp.ts')
    return connectTcp(to, patience, undefined, family).catch((error: unknown) => {
      throw options.ipv6 ? withoutIPv6(error) : error
    })
  }
  const { connectTls } = await import('../wire/transports/tls.ts')
  const { fingerprint } = options
  const reached = await connectTls(to, { patience, ...(fingerprint === undefined ? {} : { fingerprint }), ...(family ? { family } : {}) })
  const sure = fingerprint !== undefined || reached.trusted
  complain(
    `the server's fingerprint is ${reached.fingerprint}${sure ? '' : '; nobody vouches for it, so compare it with the one its host shows'}`,
  )
  return reached.transport
}

/** The error of a name that has no address of IPv6, in words for that; any other as it is. */
function withoutIPv6(error: unknown): unknown {
  const isUnknown = error instanceof Error && 'code' in error && error.code === 'ENOTFOUND'
  return isUnknown ? new Error('that name is not known, or has no address of IPv6; leave --ipv6 out for IPv4') : error
}

/** The path of a Unix socket so that one sees in a sentence that it is a path. */
export function socketPath(path: string): string {
  return /[/\\]/.test(path) ? path : `./${path}`
}

/** Checks that options go together, before anything is opened or asked. */
export function checkTransport(
  options: TransportOptions & { readonly host?: string | undefined; readonly port?: number | undefined },
): void {
  const { ipv6, tls, cert, key, fingerprint, unix, udp, host, port } = options
  const ways = [...(tls ? ['--tls'] : []), ...(unix === undefined ? [] : ['--unix']), ...(udp ? ['--udp'] : [])]
  if (ways.length > 1) throw new Usage(`${ways.join(' and ')} do not go together`)
  if (ipv6 && unix !== undefined) throw new Usage('--ipv6 and --unix do not go together')
  if (unix !== undefined && (host ?? port) !== undefined)
    throw new Usage('--unix takes the place of an address and a port: leave these out')
  if (unix === '') throw new Usage('--unix takes the path of a socket')
  if (!tls && (cert ?? key ?? fingerprint) !== undefined) throw new Usage('--cert, --key and --fingerprint go with --tls')
  if ((cert === undefined) !== (key === undefined)) throw new Usage('--cert and --key go together')
}

/** Checks that a fingerprint is one, before anything is asked or dialled. */
export async function checkFingerprint({ fingerprint }: TransportOptions): Promise<void> {
  if (fingerprint === undefined) return
  const { readFingerprint } = await import('../wire/transports/tls.ts')
  try {
    readFingerprint(fingerprint)
  } catch (error) {
    throw new Usage(messageOf(error))
  }
}
