import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { formatCount } from '../base/counts.ts'
import { errorMessage } from '../base/errors.ts'
import { TokenBucket } from '../base/rate-limit.ts'
import type { StreamTransport } from '../server/server.ts'
import { cannotRead, formatAddress } from '../terminal/system-errors.ts'
import type { Address, Listener, Transport } from '../wire/transport.ts'
import { wallClock } from './clock.ts'
import { printError, UsageError } from './diagnostics.ts'
import { type ListeningOptions, selectTransport, type TransportOptions } from './transports.ts'

/** A certificate and its private key, as PEM texts. */
type Certificate = NonNullable<ListeningOptions['certificate']>

/**
 * Listens over the transport that the options name. For TLS, uses the given certificate. Without a certificate, creates a certificate and
 * prints its fingerprint on standard error.
 */
export async function listenOn(
  at: Address,
  options: TransportOptions & { readonly certificate: Certificate | undefined },
  accept: (transport: Transport) => void,
): Promise<Listener> {
  const kind = selectTransport(options)
  const say = limitMessages(printError)
  const listener = await kind.listen(options.unix === undefined ? at : { host: options.unix, port: 0 }, accept, {
    certificate: options.certificate,
    rejected: (peer, reason) => say(`${formatAddress(peer)} was rejected: ${reason}`),
    slow: (peer) =>
      say(`${formatAddress(peer)} connected and sent nothing for 2 s: this host was started with --tls, so its client must use TLS`),
  })
  if (listener.fingerprint !== undefined) printError(`the certificate's fingerprint is ${listener.fingerprint}`)
  return listener
}

/**
 * Returns the transport for the streams of a server. The settings choose TCP at the ports of the programs, TLS with one certificate for all
 * programs, or a Unix socket for each program. Creates the folder of the sockets. Rejects with a UsageError.
 */
export async function openStreams({ host, tls, cert, key, unix }: StreamSettings): Promise<StreamTransport> {
  const kind = selectTransport({ tls, cert, key, unix })
  const own = await readCertificate({ cert, key })
  const certificate = tls ? (own ?? (await (await import('../wire/transports/tls.ts')).createCertificate(host))) : undefined
  if (unix !== undefined) await createFolder(unix)
  return {
    name: kind.name,
    listen: (at, accept, rejected, batcher) => kind.listen(at, accept, { certificate, rejected, batcher }),
    ...(unix === undefined ? {} : { addressOf: ({ name }) => ({ host: join(unix, `${name.replace('/', '-')}.sock`), port: 0 }) }),
  }
}

/** StreamSettings are a server's settings for its transport. */
export type StreamSettings = Pick<TransportOptions, 'tls' | 'cert' | 'key' | 'unix'> & { readonly host: string }

async function createFolder(folder: string): Promise<void> {
  const { mkdir } = await import('node:fs/promises')
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new UsageError(`the folder ${folder} for the sockets cannot be made: ${errorMessage(error)}`)
  })
}

/** Rate limit of messages about rejected clients: `burst` messages, then one message every `refill` milliseconds. */
const COMPLAINTS = { burst: 10, refill: 10_000 }

/**
 * Returns a `say` that prints at most `burst` sentences, then one sentence every `refill` milliseconds. A printed sentence says how many
 * sentences the limit has dropped since the previous printed sentence.
 */
export function limitMessages(say: (sentence: string) => void, clock: Clock = wallClock): (sentence: string) => void {
  const bucket = new TokenBucket(COMPLAINTS)
  let left = 0
  return (sentence) => {
    if (bucket.take(clock.monotonic()) > 0) {
      left++
      return
    }
    say(
      left === 0 ? sentence : `${sentence} (${formatCount(left, 'complaint')} before this message ${left === 1 ? 'was' : 'were'} left out)`,
    )
    left = 0
  }
}

/** Reads the certificate that the options name; `undefined` without such options. Rejects with a UsageError. */
export async function readCertificate({ cert, key }: TransportOptions): Promise<Certificate | undefined> {
  if (cert === undefined || key === undefined) return undefined
  return { cert: await readPem(cert, 'x509'), key: await readPem(key, 'pkey') }
}

/** Reads a PEM file. Rejects with a UsageError if the file is DER; the sentence advises a conversion with the openssl command `tool`. */
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
