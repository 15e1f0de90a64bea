import { counted } from '../base/counts.ts'
import { Bucket } from '../hall/throttle.ts'
import { messageOf, place } from '../terminal/trouble.ts'
import { type Clock, wallClock } from '../wire/clock.ts'
import type { Address, Listener, Transport } from '../wire/transport.ts'
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

/** A certificate and its key, as PEM texts. */
interface Certificate {
  readonly cert: string
  readonly key: string
}

/**
 * Listens as the options say, with TLS with a certificate of one's own or one made on the spot, whose fingerprint goes to
 * standard error. Each transport is loaded only here.
 */
export async function listenOn(
  at: Address,
  options: TransportOptions & { readonly certificate: Certificate | undefined },
  accept: (transport: Transport) => void,
): Promise<Listener> {
  checkTransport(options)
  if (options.unix !== undefined) return (await import('../wire/transports/unix.ts')).listenUnix(options.unix, accept)
  if (options.udp) return (await import('../wire/transports/udp.ts')).listenUdp(at, accept)
  if (!options.tls) return (await import('../wire/transports/tcp.ts')).listenTcp(at, accept)
  const { listenTls } = await import('../wire/transports/tls.ts')
  const say = fewer(complain)
  const refused = (peer: Address, reason: string) => say(`${place(peer)} was not let in: ${reason}`)
  const slow = (peer: Address) =>
    say(`${place(peer)} has connected and said nothing for 2 s: this host was started with --tls, so its client must speak TLS`)
  const listener = await listenTls(at, options.certificate, accept, { refused, slow })
  complain(`the certificate's fingerprint is ${listener.fingerprint}`)
  return listener
}

/** Complaints about clients that are not let in: so many at once, and then one in so many milliseconds. */
const COMPLAINTS = { burst: 10, refill: 10_000 }

/** Makes a function that says so many sentences; one that is said tells how many before it were not. */
export function fewer(say: (sentence: string) => void, clock: Clock = wallClock): (sentence: string) => void {
  const bucket = new Bucket(COMPLAINTS)
  let left = 0
  return (sentence) => {
    if (bucket.take(clock.monotonic()) > 0) {
      left++
      return
    }
    say(left === 0 ? sentence : `${sentence} (${counted(left, 'complaint')} before this one ${left === 1 ? 'was' : 'were'} left out)`)
    left = 0
  }
}

/** Connects as the options say. */
export async function connectBy(to: Address, options: TransportOptions): Promise<Transport> {
  checkTransport(options)
  const patience = options.wait ?? 0
  const family = options.ipv6 ? 6 : undefined
  if (options.unix !== undefined) return (await import('../wire/transports/unix.ts')).connectUnix(options.unix, patience)
  if (options.udp) return (await import('../wire/transports/udp.ts')).connectUdp(to, family)
  if (!options.tls) return (await import('../wire/transports/tcp.ts')).connectTcp(to, patience, undefined, family)
  const { connectTls } = await import('../wire/transports/tls.ts')
  const { fingerprint } = options
  const reached = await connectTls(to, { patience, ...(fingerprint === undefined ? {} : { fingerprint }), ...(family ? { family } : {}) })
  const sure = fingerprint !== undefined || reached.trusted
  complain(
    `the server's fingerprint is ${reached.fingerprint}${sure ? '' : '; nobody vouches for it, so compare it with the one its host shows'}`,
  )
  return reached.transport
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

/** Reads the certificate that the options name, if they do, before anything is opened. */
export async function certificateOf({ cert, key }: TransportOptions): Promise<Certificate | undefined> {
  if (cert === undefined || key === undefined) return undefined
  const { readTextFile } = await import('./text-file.ts')
  return { cert: await readTextFile(cert), key: await readTextFile(key) }
}
