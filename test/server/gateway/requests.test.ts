import { describe, expect, test } from 'vitest'
import { dial, HANDSHAKE, sendRaw } from '../../support/raw-http.ts'
import { startGateway } from '../../support/start-gateway.ts'
import { TestClock } from '../../support/test-clock.ts'

const HOST = 'Host: localhost\r\n'
const CLOSE = 'Connection: close\r\n'
const JSON_BODY = 'Content-Type: application/json\r\nContent-Length: 2\r\n'

describe('a page of a foreign name that resolves to the address of this server', () => {
  const evil = 'Host: evil.example:8080\r\nOrigin: http://evil.example:8080\r\n'

  test.each([
    ['open a WebSocket', `GET /ws HTTP/1.1\r\n${evil}${HANDSHAKE}\r\n`],
    ['log in', `POST /api/session HTTP/1.1\r\n${evil}${JSON_BODY}${CLOSE}\r\n{}`],
    ['log out', `DELETE /api/session HTTP/1.1\r\n${evil}${CLOSE}\r\n`],
    ['read the API', `GET /api/tables HTTP/1.1\r\n${evil}${CLOSE}\r\n`],
    ['read the page', `GET / HTTP/1.1\r\n${evil}${CLOSE}\r\n`],
    ['name another host', `GET /api/tables HTTP/1.1\r\n${evil}X-Forwarded-Host: localhost\r\n${CLOSE}\r\n`],
  ])('cannot %s', async (_, request) => {
    const { port } = await startGateway({ rules: { proxies: ['127.0.0.1'] } })
    const { status, head, body } = await sendRaw(port, request)
    expect([status, JSON.parse(body)]).toEqual([421, { code: 'bad-host', message: expect.stringContaining('webHosts') }])
    expect(head).toMatch(/content-security-policy: default-src 'none'/)
  })

  test('is a page of this server if the operator names the host', async () => {
    const { port, browser } = await startGateway({ rules: { hosts: ['school.example'] } })
    const headers = { host: `school.example:${port}`, origin: `http://school.example:${port}` }
    expect((await browser({ headers })).received).toHaveLength(1)
    await expect(browser({ headers: { ...headers, host: `other.example:${port}` } })).rejects.toThrow('421')
  })
})

describe('an answer has the policy of openers', () => {
  test.each([
    ['on this machine', 'localhost:8080', 'http', true],
    ['on this machine by IPv6', '[::1]:8080', 'http', true],
    ['over TLS', '192.168.1.20:8080', 'https', true],
    ['not over plain HTTP', '192.168.1.20:8080', 'http', false],
  ])('%s', async (_, host, protocol, isSent) => {
    const { port } = await startGateway({ rules: { proxies: ['127.0.0.1'] } })
    const request = `GET /health HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-For: 10.0.0.9\r\nX-Forwarded-Proto: ${protocol}\r\n${CLOSE}\r\n`
    const { status, head } = await sendRaw(port, request)
    expect([status, /cross-origin-opener-policy: same-origin/.test(head)]).toEqual([200, isSent])
  })
})

describe('a request', () => {
  test.each([
    ['with two hosts', `GET /health HTTP/1.1\r\n${HOST}Host: evil.example\r\n${CLOSE}\r\n`, 400],
    ['without a host', `GET /health HTTP/1.1\r\n${CLOSE}\r\n`, 400],
    [
      'with a length and chunks',
      `POST /api/session HTTP/1.1\r\n${HOST}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX`,
      400,
    ],
    ['with two lengths', `POST /api/session HTTP/1.1\r\n${HOST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
    ['with a signed length', `POST /api/session HTTP/1.1\r\n${HOST}Content-Length: +2\r\n\r\n{}`, 400],
    ['whose chunks are not last', `POST /api/session HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400],
    ['with an unknown encoding', `POST /api/session HTTP/1.1\r\n${HOST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
    ['with a blank before a colon', `GET /health HTTP/1.1\r\n${HOST.replace(':', ' :')}\r\n`, 400],
    ['with NUL in a header', `GET /health HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`, 400],
    ['with lines that end in LF', 'GET /health HTTP/1.1\nHost: localhost\n\n', 400],
    ['of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['for another host as a proxy', `GET http://evil.example/%2e%2e HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 404],
    ['for a tunnel', `CONNECT evil.example:80 HTTP/1.1\r\n${HOST}\r\n`, Number.NaN],
    ['that the server should repeat', `TRACE / HTTP/1.1\r\n${HOST}${CLOSE}X: <script>\r\n\r\n`, 404],
    ['for an upgrade of a POST', `POST /ws HTTP/1.1\r\n${HOST}${HANDSHAKE}\r\n`, 400],
    ['for an upgrade with the headers of version 8', `GET /ws HTTP/1.1\r\n${HOST}${HANDSHAKE.replace('13', '8')}\r\n`, 400],
  ])('%s is refused', async (_, request, status) => {
    const { port } = await startGateway()
    expect((await sendRaw(port, request)).status).toBe(status)
  })

  test.each([
    `GET /<script>alert(1)</script> HTTP/1.1\r\n${HOST}${CLOSE}\r\n`,
    `GET /%zz<script> HTTP/1.1\r\n${HOST}${CLOSE}\r\n`,
    `GET //evil.example/<script>/.. HTTP/1.1\r\n${HOST}${CLOSE}\r\n`,
    `GET /api/tables/%3Cscript%3E/record HTTP/1.1\r\n${HOST}${CLOSE}\r\n`,
    `GET /api/tables?from=%3Cscript%3E HTTP/1.1\r\n${HOST}${CLOSE}\r\n`,
    `POST /api/session HTTP/1.1\r\n${HOST}Content-Type: <script>\r\nContent-Length: 2\r\n${CLOSE}\r\n{}`,
    `POST /api/session HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 9\r\n${CLOSE}\r\n<script>x`,
    `GET /ws HTTP/1.1\r\n${HOST}${HANDSHAKE.replace('13', '<script>')}\r\n`,
  ])('that has a script gets an error without it, which no browser treats as a page: %j', async (request) => {
    const { port } = await startGateway()
    const { status, head, body } = await sendRaw(port, request)
    expect([status >= 400 && status < 500, head, body]).toEqual([
      true,
      expect.not.stringMatching(/script>|location:/i),
      expect.not.stringContaining('script'),
    ])
    expect(head).toMatch(/content-type: application\/json; charset=utf-8/)
    expect(head).toMatch(/x-content-type-options: nosniff/)
    expect(head).toMatch(/x-frame-options: DENY/)
    expect(head).toMatch(/cache-control: no-store/)
  })

  test('with an expectation that the server does not know is answered without it', async () => {
    const { port } = await startGateway()
    expect(await sendRaw(port, `GET /health HTTP/1.1\r\n${HOST}Expect: cake\r\n${CLOSE}\r\n`)).toMatchObject({ status: 200 })
  })

  test.each([
    ['whose path is not valid', `GET /%zz HTTP/1.1\r\n${HOST}`],
    ['with an unknown expectation', `GET /health HTTP/1.1\r\n${HOST}Expect: cake\r\n`],
    ['whose path has a long part', `GET /api/users/${'a'.repeat(1500)}/games HTTP/1.1\r\n${HOST}`],
    ['to another host', 'GET /health HTTP/1.1\r\nHost: evil.example\r\n'],
    ['that is refused as a change', `POST /api/session HTTP/1.1\r\n${HOST}Origin: null\r\nContent-Length: 0\r\n`],
  ])('%s counts against the limit of its address', async (_, request) => {
    const { port } = await startGateway({ clock: new TestClock() })
    const { socket, received } = dial(port)
    socket.write(`${`${request}\r\n`.repeat(310)}${request}${CLOSE}\r\n`)
    const statuses = (await received).match(/(?<=HTTP\/1\.1 )\d+/g) ?? []
    expect(statuses).toHaveLength(311)
    expect(statuses.filter((status) => status === '429')).toHaveLength(11)
  })

  test('to upgrade is answered as a plain request while an earlier request has no answer, and upgrades afterwards', async () => {
    const { port, server } = await startGateway()
    const { socket, received } = dial(port)
    const upgrade = `GET /ws HTTP/1.1\r\n${HOST}${HANDSHAKE}\r\n`
    socket.write(`GET /api/openapi.json HTTP/1.1\r\n${HOST}\r\n${upgrade}`)
    let text = ''
    const answered = new Promise<void>((resolve) =>
      socket.on('data', (data: string) => {
        text += data
        if (text.includes('"not-found"')) resolve()
      }),
    )
    await answered
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404'])
    expect([...server.conversations]).toEqual([])
    socket.write(upgrade)
    socket.on('data', (data: string) => data.includes('"hello"') && socket.destroy())
    expect((await received).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 101'])
  })

  test.each([
    ['HTTP/1.0', 'GET /ws HTTP/1.0\r\n', ''],
    ['with a body', `GET /ws HTTP/1.1\r\n${HOST}Content-Length: 8\r\n`, '\x81\x82\0\0\0\0{}'],
    ['with a body in chunks', `GET /ws HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n`, '2\r\n{}\r\n0\r\n\r\n'],
  ])('to upgrade %s is answered as a plain request, and its body is no frame', async (_, head, body) => {
    const { port, server } = await startGateway()
    const health = `GET /health HTTP/1.1\r\n${HOST}${CLOSE}\r\n`
    const { socket, received } = dial(port)
    socket.end(Buffer.from(`${head}${HANDSHAKE}\r\n${body}${health}`, 'latin1'))
    expect((await received).match(/HTTP\/1\.1 \d+/g)?.[0]).toBe('HTTP/1.1 404')
    expect([...server.conversations]).toEqual([])
  })

  test('of HTTP/1.0 needs no host, because no browser sends it', async () => {
    const { port } = await startGateway()
    expect(await sendRaw(port, 'GET /health HTTP/1.0\r\n\r\n')).toMatchObject({ status: 200 })
  })

  test('gets no text of its subprotocols in the answer to its upgrade', async () => {
    const { browser } = await startGateway()
    await expect(browser({ headers: { 'sec-websocket-protocol': 'evil' } })).resolves.toBeDefined()
  })
})
