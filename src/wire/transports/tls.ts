import { constants, X509Certificate } from 'node:crypto'
import { createServer, isIP, type Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket, connect as tlsConnect } from 'node:tls'
import { Ignored } from '../allowance.ts'
import { type Clock, wallClock } from '../clock.ts'
import { NoTransport } from '../ends.ts'
import type { Address, Listener, Transport } from '../transport.ts'
import { remoteOf, SocketTransport } from './socket.ts'
import { ALIVE, connectedTcp, here, listening } from './tcp.ts'

/** Milliseconds in which both sides must have agreed on TLS. */
const HANDSHAKE = 5000
/** Milliseconds after which a peer that has not begun to speak TLS is noticed: most begin at once. */
const SLOW = 2000
/** Milliseconds that a peer which does not speak TLS has to read why it is refused. */
const FAREWELL = 2000
/** The byte that every conversation in TLS begins with. */
const HANDSHAKE_RECORD = 0x16
const DAY = 24 * 60 * 60 * 1000

/** A certificate and its private key, both PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** TlsListener is a place where peers arrive in TLS. */
export interface TlsListener extends Listener {
  /** SHA-256 of the certificate that it shows, `5A:7F:…`. */
  readonly fingerprint: string
}

/** TlsOptions says what happens to peers that do not agree on TLS. */
interface TlsOptions {
  readonly clock?: Clock
  readonly refused?: (peer: Address, reason: string) => void
  readonly slow?: (peer: Address) => void
}

/** TlsReached is what is known about a server that was reached in TLS. */
export interface TlsReached {
  readonly transport: Transport
  /** SHA-256 of the certificate that it has shown, `5A:7F:…`. */
  readonly fingerprint: string
  /** Whether the authorities that this system trusts vouch for it under the name that was dialled. */
  readonly trusted: boolean
}

/**
 * Listens for peers in TLS, with the certificate given or one made on the spot. `accept` gets those that have agreed on
 * TLS; any other gets a sentence in plain text on what is spoken here, and `refused` gets the reason. `slow` gets a peer
 * that has connected and says nothing.
 */
export async function listenTls(
  at: Address,
  own: Certificate | undefined,
  accept: (transport: Transport) => void,
  { clock = wallClock, refused, slow }: TlsOptions = {},
): Promise<TlsListener> {
  const { cert, key } = own ?? (await makeCertificate(at.host, clock))
  const context = contextOf(cert, key)
  const fingerprint = new X509Certificate(cert).fingerprint256
  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: ALIVE }, (socket) => {
    const peer = remoteOf(socket)
    welcome(socket, peer, context, { clock, slow: slow && (() => slow(peer)) }).then(accept, (reason: Error) =>
      refused?.(peer, reason.message),
    )
  })
  return { ...(await listening(server, here(at))), over: 'TLS', fingerprint }
}

/**
 * Reaches the TLS server at an address, waiting up to `patience` milliseconds while it refuses connections. With a
 * `fingerprint`, only the server whose certificate has it is accepted; without one, any, and the caller is told whom.
 */
export async function connectTls(
  to: Address,
  options: { fingerprint?: string; patience: number; clock?: Clock; family?: 4 | 6 },
): Promise<TlsReached> {
  const { patience, clock = wallClock, family } = options
  const wanted = options.fingerprint === undefined ? undefined : readFingerprint(options.fingerprint)
  const below = await connectedTcp(to, patience, clock, family)
  const socket = await agreed(below, to.host, clock)
  const fingerprint = socket.getPeerCertificate().fingerprint256
  if (wanted !== undefined && wanted !== fingerprint) {
    below.destroy()
    throw new NoTransport(
      'EFINGERPRINT',
      `its certificate has the fingerprint ${fingerprint}, and ${wanted} was asked for; is this the right server?`,
    )
  }
  return { transport: new SocketTransport(socket, { remote: remoteOf(below), below }), fingerprint, trusted: socket.authorized }
}

/** A fingerprint as it is written here, `5A:7F:…`, from any way to write it. Throws where it cannot be one. */
export function readFingerprint(text: string): string {
  const digits = text.replace(/[\s:]/g, '').toUpperCase()
  if (!/^[\dA-F]{64}$/.test(digits)) {
    throw new NoTransport(
      'EFINGERPRINT',
      `a fingerprint is 64 hexadecimal digits (SHA-256), with colons or without, and not ${JSON.stringify(text)}`,
    )
  }
  return digits.replace(/..(?!$)/g, '$&:')
}

/** Makes a certificate for this machine that nobody vouches for; it is good for a year. */
async function makeCertificate(host: string, clock: Clock): Promise<Certificate> {
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

function contextOf(cert: string, key: string): SecureContext {
  try {
    // a client of TLS 1.2 could have any number of handshakes: seven in two seconds, though Node allows three in ten minutes
    return createSecureContext({ cert, key, secureOptions: constants.SSL_OP_NO_RENEGOTIATION })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new NoTransport(
      'ECERTIFICATE',
      `the certificate and its key cannot be used; ${whyUnusable(cert, key) ?? `both must be PEM, and belong together (${reason})`}`,
      error,
    )
  }
}

const CERTIFICATE = '-----BEGIN CERTIFICATE-----'

/** Explains what is wrong with a certificate and its key; `undefined` if only the library knows. */
function whyUnusable(cert: string, key: string): string | undefined {
  const [isCert, isKey] = [cert.includes(CERTIFICATE), /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(key)]
  if (!isCert && key.includes(CERTIFICATE)) return 'they are swapped: --cert takes the certificate, and --key its private key'
  if (!isCert) return `the certificate is no PEM, which has a line ${CERTIFICATE}`
  if (/^Proc-Type: 4,ENCRYPTED|-----BEGIN ENCRYPTED PRIVATE KEY-----/m.test(key))
    return 'the key has a passphrase; take it off: openssl pkey -in key.pem -out plain.pem'
  return isKey ? undefined : 'the key is no PEM of a private key, which has a line -----BEGIN PRIVATE KEY-----'
}

/** Agrees on TLS with a peer that has come, or rejects with why not; looks at its first byte before. */
function welcome(
  socket: Socket,
  peer: Address,
  context: SecureContext,
  { clock, slow }: { clock: Clock; slow: (() => void) | undefined },
): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const refuse = (reason: string, farewell: boolean) => {
      cancelSlow()
      cancel()
      socket.off('readable', begin)
      reject(new Error(reason))
      if (farewell) sayTls(socket, clock)
      else socket.destroy()
    }
    const begin = () => {
      cancelSlow()
      const first: Uint8Array | null = socket.read()
      if (first === null) return refuse('it closed the connection without a word', false)
      if (first[0] !== HANDSHAKE_RECORD) return refuse('it does not speak TLS', true)
      cancel()
      cancel = clock.after(HANDSHAKE, () => refuse('it did not agree on TLS in time', false))
      socket.unshift(first)
      const secure = new TLSSocket(socket, { isServer: true, secureContext: context })
      const transport = new SocketTransport(secure, { remote: peer, below: socket })
      const failed = (error?: Error) => refuse(`TLS could not be agreed upon: ${whyFailed(error)}`, false)
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

/** Why peers fail to agree on TLS, by the code of the library's error. */
const FAILURES: readonly (readonly [RegExp, string])[] = [
  [/ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE)/, 'it does not trust the certificate of this side'],
  [
    /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|WRONG_VERSION_NUMBER|VERSION_TOO/,
    'it speaks another version of TLS; 1.2 and 1.3 are spoken here',
  ],
  [/NO_SHARED_CIPHER|HANDSHAKE_FAILURE|NO_SUITABLE/, 'it has no cipher in common with this side'],
  [/ECONNRESET|EPIPE/, 'it broke the connection off'],
]

function whyFailed(error: NodeJS.ErrnoException | undefined): string {
  if (error === undefined) return 'it closed the connection'
  const code = error.code ?? ''
  const [, why = `what it sent is no beginning of TLS${code === '' ? '' : ` (${code})`}`] =
    FAILURES.find(([pattern]) => pattern.test(code)) ?? []
  return why
}

/** Says in plain text, the only language that is left, what is spoken here. */
function sayTls(socket: Socket, clock: Clock): void {
  const cancel = clock.after(FAREWELL, () => socket.destroy())
  socket.once('close', cancel)
  const ignored = new Ignored()
  socket.on('data', ({ length }) => {
    if (!ignored.mayDiscard(length)) socket.pause()
  })
  socket.end('This port speaks TLS. Connect with TLS, as parlor join --tls does.\n')
}

/** Agrees on TLS with a server that was reached. */
function agreed(below: Socket, host: string, clock: Clock): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({ socket: below, host, rejectUnauthorized: false, ...(isIP(host) > 0 ? {} : { servername: host }) })
    const cancel = clock.after(HANDSHAKE, () =>
      below.destroy(new NoTransport('ETLS', 'it does not answer in TLS; perhaps it does not speak TLS')),
    )
    const failed = (error: NodeJS.ErrnoException) => {
      cancel()
      below.destroy()
      reject(error instanceof NoTransport ? error : new NoTransport('ETLS', noTls(error), error))
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

function noTls({ code = '', message }: NodeJS.ErrnoException): string {
  const plain = /WRONG_VERSION|PACKET_LENGTH|UNEXPECTED_MESSAGE|HTTP_REQUEST|RECORD/.test(code)
  if (plain) return 'it does not speak TLS; leave out --tls, or start the server with it'
  if (code === 'ECONNRESET') return 'it closed the connection when TLS was to be agreed upon; perhaps it does not speak TLS'
  return `TLS could not be agreed upon (${message})`
}
