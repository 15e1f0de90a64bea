import type { Clock } from '../base/clock.ts'
import { formatCount } from '../base/counts.ts'
import { TokenBucket } from '../base/rate-limit.ts'
import { cannotRead, formatAddress } from '../terminal/trouble.ts'
import type { Address, Listener, Transport } from '../wire/transport.ts'
import { wallClock } from './clock.ts'
import { printError, UsageError } from './diagnostics.ts'
import { checkTransport, type TransportOptions } from './transports.ts'

/** A certificate and its key, as PEM texts. */
interface Certificate {
  readonly cert: string
  readonly key: string
}

/**
 * Listens over the transport that the options name. TLS uses the given certificate, or a new one, and prints its
 * fingerprint on standard error. Each transport is loaded when it is needed.
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
  const say = limitMessages(printError)
  const refused = (peer: Address, reason: string) => say(`${formatAddress(peer)} was rejected: ${reason}`)
  const slow = (peer: Address) =>
    say(`${formatAddress(peer)} connected and sent nothing for 2 s: this host was started with --tls, so its client must use TLS`)
  const listener = await listenTls(at, options.certificate, accept, { refused, slow })
  printError(`the certificate's fingerprint is ${listener.fingerprint}`)
  return listener
}

/** Rate limit of messages about rejected clients: `burst` at once, then one every `refill` milliseconds. */
const COMPLAINTS = { burst: 10, refill: 10_000 }

/** Returns a rate-limited `say`. A sentence that passes the limit reports how many before it were dropped. */
export function limitMessages(say: (sentence: string) => void, clock: Clock = wallClock): (sentence: string) => void {
  const bucket = new TokenBucket(COMPLAINTS)
  let left = 0
  return (sentence) => {
    if (bucket.take(clock.monotonic()) > 0) {
      left++
      return
    }
    say(left === 0 ? sentence : `${sentence} (${formatCount(left, 'complaint')} before this one ${left === 1 ? 'was' : 'were'} left out)`)
    left = 0
  }
}

/** Reads the certificate that the options name; `undefined` if they name none. Rejects with a UsageError. */
export async function readCertificate({ cert, key }: TransportOptions): Promise<Certificate | undefined> {
  if (cert === undefined || key === undefined) return undefined
  return { cert: await readPem(cert, 'x509'), key: await readPem(key, 'pkey') }
}

/** Reads a PEM file. Rejects with a UsageError if the file is DER, which the openssl command `tool` converts. */
async function readPem(file: string, tool: 'x509' | 'pkey'): Promise<string> {
  const [{ readFile }, { decodeTextFile }] = await Promise.all([import('node:fs/promises'), import('./text-file.ts')])
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UsageError(cannotRead(file, error))
  })
  // an ASN.1 sequence whose length takes one or two bytes
  if (bytes[0] === 0x30 && (bytes[1] === 0x81 || bytes[1] === 0x82))
    throw new UsageError(`${file} is in DER, and not in PEM; convert it: openssl ${tool} -inform der -in ${file} -out converted.pem`)
  return decodeTextFile(file, bytes)
}
