import { constants, X509Certificate } from 'node:crypto'
import { createServer, isIP, type Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket, connect as tlsConnect } from 'node:tls'
import { type Clock, createSystemClock } from '../../base/clock.ts'
import { errorMessage } from '../../base/errors.ts'
import { Ignored } from '../allowance.ts'
import { TransportError } from '../disconnect.ts'
import type { Address, Listener, Transport } from '../transport.ts'
import { Batcher } from './batching.ts'
import { SocketTransport, toRemote } from './socket.ts'
import { connectTcpSocket, KEEP_ALIVE, startListening, toListenOptions } from './tcp.ts'

/** Timeout of the TLS handshake in milliseconds. */
const HANDSHAKE = 5000
/** Milliseconds after which the listener calls `slow` for a peer that has sent nothing yet. */
const SLOW = 2000
/** Milliseconds within which a peer without TLS can read the reason of its rejection. */
const FAREWELL = 2000
/** First byte of every TLS stream. */
const HANDSHAKE_RECORD = 0x16
const DAY = 24 * 60 * 60 * 1000

/** Certificate is a certificate and the private key of the certificate, each in PEM format. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** TlsListener accepts peers over TLS. */
export interface TlsListener extends Listener {
  /** SHA-256 of the listener's certificate, `5A:7F:…`. */
  readonly fingerprint: string
}

/**
 * TlsOptions has callbacks for peers without a TLS handshake: `rejected` receives the reason, and the listener calls `slow` for a peer that
 * sends nothing.
 */
interface TlsOptions {
  readonly clock?: Clock
  /** Batches the input of all peers. Default: a batcher of this listener. */
  readonly batcher?: Batcher
  readonly rejected?: (peer: Address, reason: string) => void
  readonly slow?: (peer: Address) => void
}

/** TlsConnection is a connection to a TLS server. */
export interface TlsConnection {
  readonly transport: Transport
  /** SHA-256 of the server's certificate, `5A:7F:…`. */
  readonly fingerprint: string
  /** True if an authority that this system trusts has signed the certificate for the requested host. */
  readonly trusted: boolean
}

/**
 * Listens for peers over TLS, with the given certificate or a new self-signed certificate. `accept` receives each peer that completes the
 * handshake. `rejected` receives the address of any other peer, and the reason. `slow` receives the address of a peer that has connected
 * and sends nothing. A peer without TLS receives a sentence in plain text, which says that this port speaks TLS.
 */
export async function listenTls(
  at: Address,
  own: Certificate | undefined,
  accept: (transport: Transport) => void,
  { clock = createSystemClock(), batcher = new Batcher(), rejected, slow }: TlsOptions = {},
): Promise<TlsListener> {
  const { cert, key } = own ?? (await createCertificate(at.host, clock))
  const context = createContext(cert, key)
  const fingerprint = new X509Certificate(cert).fingerprint256
  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE }, (socket) => {
    const peer = toRemote(socket)
    acceptHandshake(socket, peer, context, { clock, batcher, slow: slow && (() => slow(peer)) }).then(accept, (reason: Error) =>
      rejected?.(peer, reason.message),
    )
  })
  return { ...(await startListening(server, toListenOptions(at))), over: 'TLS', fingerprint }
}

/**
 * Connects to the TLS server at an address. Retries for up to `wait` milliseconds while the system refuses the connection.
 * With a `fingerprint`, accepts only a server whose certificate has this fingerprint. Without a fingerprint, accepts any certificate, so
 * the caller has to check `fingerprint` and `trusted`.
 */
export async function connectTls(
  to: Address,
  options: { fingerprint?: string; wait: number; clock?: Clock; family?: 4 | 6 },
): Promise<TlsConnection> {
  const { wait, clock = createSystemClock(), family } = options
  const expected = options.fingerprint === undefined ? undefined : parseFingerprint(options.fingerprint)
  const below = await connectTcpSocket(to, wait, clock, family)
  const socket = await completeHandshake(below, to.host, clock)
  const fingerprint = socket.getPeerCertificate().fingerprint256
  if (expected !== undefined && expected !== fingerprint) {
    below.destroy()
    throw new TransportError(
      'EFINGERPRINT',
      `its certificate has the fingerprint ${fingerprint}, but ${expected} was expected; is this the right server?`,
    )
  }
  const transport = new SocketTransport(socket, new Batcher(), { remote: toRemote(below), below })
  return { transport, fingerprint, trusted: socket.authorized }
}

/** Returns a fingerprint in the form `5A:7F:…`, from any usual notation. Throws a TransportError for any other text. */
export function parseFingerprint(text: string): string {
  const digits = text.replace(/[\s:]/g, '').toUpperCase()
  if (!/^[\dA-F]{64}$/.test(digits)) {
    throw new TransportError(
      'EFINGERPRINT',
      `a fingerprint has 64 hexadecimal digits (SHA-256), with or without colons; ${JSON.stringify(text)} is not a fingerprint`,
    )
  }
  return digits.replace(/..(?!$)/g, '$&:')
}

/** Creates a self-signed certificate for this machine and `host`, valid for a year. */
export async function createCertificate(host: string, clock: Clock = createSystemClock()): Promise<Certificate> {
  const { generate } = await import('selfsigned')
  const address = isIP(host) > 0 ? [host] : []
  const ips = [...new Set(['127.0.0.1', '::1', ...address])]
  const names = [...new Set(['localhost', ...(address.length > 0 ? [] : [host])])]
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(clock.now() - DAY),
    notAfterDate: new Date(clock.now() + 365 * DAY),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [...names.map((value) => ({ type: 2 as const, value })), ...ips.map((ip) => ({ type: 7 as const, ip }))],
      },
    ],
  })
  return { cert: made.cert, key: made.private }
}

function createContext(cert: string, key: string): SecureContext {
  try {
    // without this option, a TLS 1.2 client could renegotiate seven times in two seconds, although Node's limit is three times in ten
    // minutes
    return createSecureContext({ cert, key, secureOptions: constants.SSL_OP_NO_RENEGOTIATION })
  } catch (error) {
    const reason = errorMessage(error)
    throw new TransportError(
      'ECERTIFICATE',
      `the certificate and its key cannot be used; ${whyUnusable(cert, key) ?? `both must be in PEM format, and belong together (${reason})`}`,
      error,
    )
  }
}

const CERTIFICATE = '-----BEGIN CERTIFICATE-----'

/** Explains what is wrong with a certificate and a key; `undefined` for an unknown mistake. */
function whyUnusable(cert: string, key: string): string | undefined {
  const [isCert, isKey] = [cert.includes(CERTIFICATE), /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(key)]
  if (!isCert && key.includes(CERTIFICATE)) return 'they are swapped: --cert takes the certificate, and --key takes its private key'
  if (!isCert) return `the certificate is not in PEM format, which has a line ${CERTIFICATE}`
  if (/^Proc-Type: 4,ENCRYPTED|-----BEGIN ENCRYPTED PRIVATE KEY-----/m.test(key))
    return 'the key has a passphrase; remove it: openssl pkey -in key.pem -out plain.pem'
  return isKey ? undefined : 'the key is not a private key in PEM format, which has a line -----BEGIN PRIVATE KEY-----'
}

/** Does the TLS handshake with a client, after a check of the client's first byte. Rejects with the reason if the handshake fails. */
function acceptHandshake(
  socket: Socket,
  peer: Address,
  context: SecureContext,
  { clock, batcher, slow }: { clock: Clock; batcher: Batcher; slow: (() => void) | undefined },
): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const refuse = (reason: string, farewell: boolean) => {
      cancelSlow()
      cancel()
      socket.off('readable', begin)
      reject(new Error(reason))
      if (farewell) sendPlainFarewell(socket, clock)
      else socket.destroy()
    }
    const begin = () => {
      cancelSlow()
      const first: Uint8Array | null = socket.read()
      if (first === null) return refuse('it closed the connection before it sent anything', false)
      if (first[0] !== HANDSHAKE_RECORD) return refuse('it does not speak TLS', true)
      cancel()
      cancel = clock.after(HANDSHAKE, () => refuse('it did not complete the TLS handshake in time', false))
      socket.unshift(first)
      const secure = new TLSSocket(socket, { isServer: true, secureContext: context })
      const transport = new SocketTransport(secure, batcher, { remote: peer, below: socket })
      const failed = (error?: Error) => refuse(`the TLS handshake failed: ${whyFailed(error)}`, false)
      secure.once('error', failed).once('close', failed)
      secure.once('secure', () => {
        cancel()
        secure.off('error', failed).off('close', failed)
        resolve(transport)
      })
    }
    const cancelSlow = slow ? clock.after(SLOW, slow) : () => {}
    let cancel = clock.after(HANDSHAKE, () => refuse('it did not begin to speak TLS', true))
    socket.on('error', (error) => refuse(`it broke the connection off (${error.message})`, false))
    socket.once('readable', begin)
  })
}

/** Reasons of failed handshakes, by the code of the library's error. */
const FAILURES: readonly (readonly [RegExp, string])[] = [
  [/ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE)/, 'it does not trust the certificate of this side'],
  [
    /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|WRONG_VERSION_NUMBER|VERSION_TOO/,
    'it speaks another version of TLS; this side speaks 1.2 and 1.3',
  ],
  [/NO_SHARED_CIPHER|HANDSHAKE_FAILURE|NO_SUITABLE/, 'it has no cipher in common with this side'],
  [/ECONNRESET|EPIPE/, 'it broke the connection off'],
]

function whyFailed(error: NodeJS.ErrnoException | undefined): string {
  if (error === undefined) return 'it closed the connection'
  const code = error.code ?? ''
  const [, why = `its bytes are not the beginning of a TLS handshake${code === '' ? '' : ` (${code})`}`] =
    FAILURES.find(([pattern]) => pattern.test(code)) ?? []
  return why
}

/** Sends a sentence in plain text, which says that this port speaks TLS, and closes. */
function sendPlainFarewell(socket: Socket, clock: Clock): void {
  const cancel = clock.after(FAREWELL, () => socket.destroy())
  socket.once('close', cancel)
  const ignored = new Ignored()
  socket.on('data', ({ length }) => {
    if (!ignored.mayDiscard(length)) socket.pause()
  })
  socket.end('This port speaks TLS. Connect with TLS, as parlor join --tls does.\n')
}

/** Does the TLS handshake with a server. */
function completeHandshake(below: Socket, host: string, clock: Clock): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({ socket: below, host, rejectUnauthorized: false, ...(isIP(host) > 0 ? {} : { servername: host }) })
    const cancel = clock.after(HANDSHAKE, () =>
      below.destroy(new TransportError('ETLS', 'it does not answer in TLS; perhaps it does not speak TLS')),
    )
    const failed = (error: NodeJS.ErrnoException) => {
      cancel()
      below.destroy()
      reject(error instanceof TransportError ? error : new TransportError('ETLS', toHandshakeError(error), error))
    }
    below.once('error', failed)
    socket.once('error', failed)
    socket.once('secureConnect', () => {
      cancel()
      below.off('error', failed)
      socket.off('error', failed)
      resolve(socket)
    })
  })
}

function toHandshakeError({ code = '', message }: NodeJS.ErrnoException): string {
  const plain = /WRONG_VERSION|PACKET_LENGTH|UNEXPECTED_MESSAGE|HTTP_REQUEST|RECORD/.test(code)
  if (plain) return 'it does not speak TLS; leave out --tls, or start the server with --tls'
  if (code === 'ECONNRESET') return 'it closed the connection during the TLS handshake; perhaps it does not speak TLS'
  return `the TLS handshake failed (${message})`
}
