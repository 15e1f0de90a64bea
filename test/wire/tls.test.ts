import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { getCACertificates, setDefaultCACertificates, connect as tlsConnect, createServer as tlsServer } from 'node:tls'
import { generate } from 'selfsigned'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Address } from '../../src/wire/transport.ts'
import { listenTcp } from '../../src/wire/transports/tcp.ts'
import { connectTls, listenTls, parseFingerprint } from '../../src/wire/transports/tls.ts'
import { recordReceived } from '../support/received.ts'
import {
  Arrivals,
  closeAfterTest,
  impatientClock,
  lineConnection,
  plainClient,
  plainServer,
  readToEnd,
  untilClosed,
  unusedAddress,
} from '../support/sockets.ts'
import { TestClock } from '../support/test-clock.ts'

const ANY = { host: '127.0.0.1', port: 0 }
const FINGERPRINT = /^([\dA-F]{2}:){31}[\dA-F]{2}$/

/** A certificate for localhost, as a user would give it. */
async function certificate() {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec', algorithm: 'sha256' })
  return { cert, key }
}

/** A TLS listener with a generated certificate, its clients, and its refusals. */
async function place(options: { clock?: TestClock } = {}) {
  const arrivals = new Arrivals()
  const reasons: string[] = []
  const refusal = Promise.withResolvers<void>()
  const rejected = (_peer: Address, reason: string) => {
    reasons.push(reason)
    refusal.resolve()
  }
  const listener = await closeAfterTest(listenTls(ANY, undefined, arrivals.accept, { rejected, ...options }))
  return { listener, arrivals, reasons, refusal: refusal.promise }
}

describe('TLS', () => {
  test('carries a conversation with a generated, self-signed certificate', async () => {
    const { listener, arrivals } = await place()
    expect(listener.fingerprint).toMatch(FINGERPRINT)
    const { transport, fingerprint, trusted } = await connectTls(listener.address, { wait: 0 })
    expect(fingerprint).toBe(listener.fingerprint)
    expect(trusted).toBe(false)
    expect(transport.remote).toEqual(listener.address)
    const [here, there] = [lineConnection(transport), lineConnection(await arrivals.next())]
    expect(there.transport.loopback).toBe(true)
    here.send('Grüße')
    expect(await there.receive()).toBe('Grüße')
    there.send('x'.repeat(4000))
    expect(await here.receive()).toBe('x'.repeat(4000))
    const closing = there.close()
    await expect(here.receive()).rejects.toMatchObject({ reason: 'finished' })
    await Promise.all([here.close(), closing])
  })

  test('a peer that has closed its side still receives the answer over TLS', async () => {
    const { listener, arrivals } = await place()
    const { transport } = await connectTls(listener.address, { wait: 0 })
    const [here, there] = [lineConnection(transport), lineConnection(await arrivals.next())]
    here.send('question')
    const closing = here.close()
    expect(await there.receive()).toBe('question')
    await expect(there.receive()).rejects.toMatchObject({ reason: 'finished' })
    await Promise.all([there.close(), closing])
  })

  test('a client of TLS 1.2 gets no second handshake', async () => {
    const { listener, arrivals } = await place()
    const client = tlsConnect({ port: listener.address.port, host: '127.0.0.1', maxVersion: 'TLSv1.2', rejectUnauthorized: false })
    onTestFinished(() => void client.destroy())
    await once(client, 'secureConnect')
    expect(client.getProtocol()).toBe('TLSv1.2')
    client.write('before\n')
    expect(await lineConnection(await arrivals.next()).receive()).toBe('before')
    const answer = new Promise((resolve) => {
      client.once('error', ({ message }) => resolve(message))
      client.renegotiate({ rejectUnauthorized: false }, (error) => resolve(error?.message ?? 'a handshake'))
    })
    expect(await answer).toMatch(/no renegotiation/)
  })

  test('every listener generates a certificate of its own', async () => {
    const [one, other] = [await place(), await place()]
    expect(one.listener.fingerprint).not.toBe(other.listener.fingerprint)
  })

  test('a given certificate is shown, and trusted if the system trusts it', async () => {
    const own = await certificate()
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTls(ANY, own, arrivals.accept))
    const at = { host: 'localhost', port: listener.address.port }
    const before = getCACertificates('default')
    onTestFinished(() => setDefaultCACertificates(before))
    const unknown = await connectTls(at, { wait: 0 })
    expect(unknown).toMatchObject({ fingerprint: listener.fingerprint, trusted: false })
    setDefaultCACertificates([...before, own.cert])
    const known = await connectTls(at, { wait: 0 })
    expect(known).toMatchObject({ fingerprint: listener.fingerprint, trusted: true })
    for (const { transport } of [unknown, known]) transport.destroy()
  })

  test('an invalid certificate, or a certificate that does not belong to the key, is refused with a sentence', async () => {
    const [one, other] = [await certificate(), await certificate()]
    const mixed = listenTls(ANY, { cert: one.cert, key: other.key }, () => {})
    await expect(mixed).rejects.toMatchObject({ code: 'ECERTIFICATE', message: expect.stringContaining('belong together') })
    await expect(listenTls(ANY, { cert: 'rubbish', key: 'rubbish' }, () => {})).rejects.toMatchObject({ code: 'ECERTIFICATE' })
  })

  test.each([
    ['swapped', (pem: { cert: string; key: string }) => ({ cert: pem.key, key: pem.cert }), 'they are swapped'],
    ['without a certificate', ({ key }: { key: string }) => ({ cert: 'rubbish', key }), 'the certificate is not in PEM format'],
    ['without a key', ({ cert }: { cert: string }) => ({ cert, key: 'rubbish' }), 'the key is not a private key in PEM format'],
    [
      'with a passphrase',
      ({ cert, key }: { cert: string; key: string }) => ({
        cert,
        key: String(createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })),
      }),
      'the key has a passphrase; remove it: openssl pkey',
    ],
  ])('the error names files %s as such', async (_, change, said) => {
    const refused = listenTls(ANY, change(await certificate()), () => {})
    await expect(refused).rejects.toMatchObject({ code: 'ECERTIFICATE', message: expect.stringContaining(said) })
  })

  test('a reset resets the TCP connection below', async () => {
    const { listener, arrivals } = await place()
    const { transport } = await connectTls(listener.address, { wait: 0 })
    const messagesReceived = recordReceived(transport)
    const there = lineConnection(await arrivals.next())
    there.send('last words')
    await there.abort()
    await messagesReceived.until(() => messagesReceived.closed !== undefined)
    expect(messagesReceived).toMatchObject({ text: 'last words\n', closed: 'ECONNRESET', finished: false })
  })

  test('serves a TLS client of another program', async () => {
    const { listener, arrivals } = await place()
    const client = tlsConnect({ host: '127.0.0.1', port: listener.address.port, rejectUnauthorized: false })
    client.end('Hello\n')
    const there = lineConnection(await arrivals.next())
    expect(await there.receive()).toBe('Hello')
    await there.close()
  })

  test('waits for a server that starts later', async () => {
    const at = await unusedAddress()
    const arrivals = new Arrivals()
    const clock = impatientClock(async (waits) => {
      if (waits === 2) await closeAfterTest(listenTls(at, undefined, arrivals.accept))
    })
    const { transport } = await connectTls(at, { wait: 60_000, clock })
    lineConnection(await arrivals.next()).send('Hello')
    expect(await lineConnection(transport).receive()).toBe('Hello')
    expect(arrivals.count).toBe(1)
    await expect(connectTls(await unusedAddress(), { wait: 0 })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

describe('fingerprints', () => {
  test.each([
    ['as printed', (text: string) => text],
    ['small letters', (text: string) => text.toLowerCase()],
    ['without colons', (text: string) => text.replaceAll(':', '')],
  ])('the correct fingerprint is accepted, %s', async (_, written) => {
    const { listener, arrivals } = await place()
    const { transport } = await connectTls(listener.address, { wait: 0, fingerprint: written(listener.fingerprint) })
    lineConnection(await arrivals.next()).send('Hello')
    expect(await lineConnection(transport).receive()).toBe('Hello')
  })

  test('a wrong fingerprint is refused, and the error names both', async () => {
    const { listener } = await place()
    const wrong = parseFingerprint('ab'.repeat(32))
    await expect(connectTls(listener.address, { wait: 0, fingerprint: wrong })).rejects.toMatchObject({
      code: 'EFINGERPRINT',
      message: `its certificate has the fingerprint ${listener.fingerprint}, but ${wrong} was expected; is this the right server?`,
    })
  })

  test.each(['', 'AB:CD', 'xy'.repeat(32), 'a'.repeat(40), 'a'.repeat(66)])(
    'an invalid fingerprint is refused before connecting: %j',
    async (text) => {
      const dialled = connectTls(await unusedAddress(), { wait: 0, fingerprint: text })
      await expect(dialled).rejects.toMatchObject({ code: 'EFINGERPRINT', message: expect.stringContaining('64 hexadecimal digits') })
    },
  )
})

describe('peers that do not speak TLS', () => {
  test('a plain client that sends, and the host, receive the reason; the plain client is not served as a client', async () => {
    const { listener, arrivals, reasons, refusal } = await place()
    const client = await plainClient(listener.address)
    client.write('Hi Server')
    expect(await readToEnd(client)).toBe('This port speaks TLS. Connect with TLS, as parlor join --tls does.\n')
    client.end()
    await refusal
    expect(reasons).toEqual(['it does not speak TLS'])
    expect(arrivals.count).toBe(0)
  })

  test('a plain client that waits receives the reason at the timeout', async () => {
    const clock = new TestClock(Date.now())
    const { listener, reasons } = await place({ clock })
    const client = await plainClient(listener.address)
    const received = readToEnd(client)
    await clock.until((timers) => timers > 0)
    await clock.pass(4999)
    expect(reasons).toEqual([])
    await clock.pass(1)
    expect(await received).toContain('speaks TLS')
    expect(reasons).toEqual(['it did not begin to speak TLS'])
  })

  test.each([
    ['says nothing', 0, ['127.0.0.1']],
    ['begins to speak TLS', 1, []],
  ] as const)('after two seconds, the host reports a late client, but no other client: a client that %s', async (_, begins, noticed) => {
    const clock = new TestClock(Date.now())
    const peers: string[] = []
    const listener = await closeAfterTest(listenTls(ANY, await certificate(), () => {}, { clock, slow: ({ host }) => peers.push(host) }))
    const client = await plainClient(listener.address)
    await clock.until((timers) => timers === 2)
    if (begins) {
      client.write(Uint8Array.of(0x16, 3, 1))
      await clock.until((timers) => timers === 1)
    }
    await clock.pass(1999)
    expect(peers).toEqual([])
    await clock.pass(1)
    expect(peers).toEqual(noticed)
  })

  test('a client that begins like TLS and continues differently is refused', async () => {
    const { listener, reasons, refusal } = await place()
    const client = await plainClient(listener.address)
    client.write('\x16 and now for something completely different')
    await untilClosed(client)
    await refusal
    expect(reasons).toEqual([expect.stringContaining('the TLS handshake failed')])
  })

  test('a client that begins like TLS and stops is refused at the timeout', async () => {
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    let waits = 0
    const clock = new (class extends TestClock {
      override after(ms: number, then: () => void): () => void {
        if (++waits === 2) resolve()
        return super.after(ms, then)
      }
    })(Date.now())
    const { listener, reasons } = await place({ clock })
    const client = await plainClient(listener.address)
    client.write(Uint8Array.of(0x16, 3, 1))
    await begun
    await clock.pass(4999)
    expect(reasons).toEqual([])
    await clock.pass(1)
    expect(reasons).toEqual(['it did not complete the TLS handshake in time'])
    await untilClosed(client)
    expect(clock.waiting).toBe(0)
  })

  test.each(['end', 'resetAndDestroy'] as const)('a connection without a byte (%s) is not served as a client', async (leave) => {
    const { listener, arrivals, refusal } = await place()
    const visitor = await plainClient(listener.address)
    visitor[leave]()
    await refusal
    expect(arrivals.count).toBe(0)
    const { transport } = await connectTls(listener.address, { wait: 0 })
    lineConnection(await arrivals.next()).send('Hello')
    expect(await lineConnection(transport).receive()).toBe('Hello')
  })

  test('join names a plain server that sends first', async () => {
    const at = await plainServer((socket) => socket.write('Hello from server\n'))
    await expect(connectTls(at, { wait: 0 })).rejects.toMatchObject({
      code: 'ETLS',
      message: 'it does not speak TLS; leave out --tls, or start the server with --tls',
    })
  })

  test('join names a plain server that closes or resets', async () => {
    for (const leave of ['end', 'resetAndDestroy'] as const) {
      const at = await plainServer((socket) => socket.once('data', () => socket[leave]()))
      await expect(connectTls(at, { wait: 0 })).rejects.toMatchObject({
        code: 'ETLS',
        message: 'it closed the connection during the TLS handshake; perhaps it does not speak TLS',
      })
    }
  })

  test('join names a plain server that sends nothing', async () => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTcp(ANY, arrivals.accept))
    const clock = new TestClock()
    const reached = connectTls(listener.address, { wait: 0, clock })
    const received = expect(reached).rejects.toMatchObject({
      code: 'ETLS',
      message: 'it does not answer in TLS; perhaps it does not speak TLS',
    })
    const silent = recordReceived(await arrivals.next())
    await silent.until(() => silent.pieces.length > 0)
    await clock.pass(5000)
    await received
    expect(clock.waiting).toBe(0)
  })

  test('a plain host distinguishes a TLS client from a client that makes a mistake', async () => {
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenTcp(ANY, arrivals.accept))
    const reached = connectTls(listener.address, { wait: 0 }).catch((error) => error)
    const there = lineConnection(await arrivals.next())
    await expect(there.receive()).rejects.toMatchObject({
      reason: 'violation',
      message: 'the other side speaks TLS, and this side does not: both sides must speak TLS, or neither',
    })
    await there.abort()
    expect(await reached).toMatchObject({ code: 'ETLS' })
  })

  test('a TLS server that demands a client certificate, or shares no version, is explained in a sentence', async () => {
    const own = await certificate()
    const server = tlsServer({ ...own, maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2', ciphers: 'NULL-SHA256' })
    server.on('tlsClientError', () => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
    })
    const at = server.address()
    if (at === null || typeof at === 'string') throw new Error('no TCP server')
    await expect(connectTls({ host: '127.0.0.1', port: at.port }, { wait: 0 })).rejects.toMatchObject({
      code: 'ETLS',
      message: expect.stringContaining('the TLS handshake failed'),
    })
  })
})
