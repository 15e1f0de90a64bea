import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { json } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { createCertificate } from '../../../src/wire/transports/tls.ts'
import { type StartedGateway, type StartGatewayOptions, startGateway } from '../../support/start-gateway.ts'
import { TestClock } from '../../support/test-clock.ts'

const PASSWORD = 'engine-1843'

/** Starts a gateway with the registered user ada. */
async function withAda(options?: StartGatewayOptions): Promise<StartedGateway> {
  const gateway = await startGateway(options)
  const ada = await gateway.browser()
  await ada.ask({ type: 'register', name: 'ada', password: PASSWORD })
  ada.socket.close()
  await ada.closed
  return gateway
}

/** Logs in, by default as ada from the page of the gateway. */
function logIn(
  { url }: Pick<StartedGateway, 'url'>,
  { body = { name: 'ada', password: PASSWORD }, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Response> {
  const all = { 'content-type': 'application/json', origin: new URL(url).origin, ...headers }
  return fetch(`${url}/api/session`, { method: 'POST', headers: all, body: typeof body === 'string' ? body : JSON.stringify(body) })
}

/** The cookie that an answer sets, without its attributes. */
function cookieOf(answer: Response): string {
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

describe('a login session', () => {
  test('is in a cookie that no script can read, and logs the WebSocket in until it ends', async () => {
    const gateway = await withAda()
    const answer = await logIn(gateway)
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { name: 'ada', key: expect.stringMatching(/^[0-9a-f]{16}$/), until: expect.any(Number) },
    ])
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^parlor-session=[0-9A-Z]{26}; Path=\/; Expires=[\w:, ]+ GMT; HttpOnly; SameSite=Lax$/),
    ])
    const cookie = cookieOf(answer)
    const ada = await gateway.browser({ headers: { cookie } })
    expect(ada.received[0]).toEqual({ type: 'hello', version: 1, software: 'parlor', name: 'ada' })
    const out = await fetch(`${gateway.url}/api/session`, { method: 'DELETE', headers: { cookie, origin: gateway.url } })
    expect([out.status, out.headers.getSetCookie()]).toEqual([
      204,
      [expect.stringMatching(/^parlor-session=; Path=\/; Expires=Thu, 01 Jan 1970 /)],
    ])
    const later = await gateway.browser({ headers: { cookie } })
    expect(later.received[0]).toEqual({ type: 'hello', version: 1, software: 'parlor' })
  })

  test('has a new token at each login, which ends the session of the earlier cookie', async () => {
    const gateway = await withAda()
    const first = cookieOf(await logIn(gateway))
    const second = cookieOf(await logIn(gateway, { headers: { cookie: first } }))
    expect(second).not.toBe(first)
    expect((await gateway.browser({ headers: { cookie: first } })).received[0]).not.toHaveProperty('name')
    expect((await gateway.browser({ headers: { cookie: second } })).received[0]).toHaveProperty('name', 'ada')
    // a token that the server has not made never becomes valid
    const fixed = `parlor-session=${'7'.repeat(26)}`
    await logIn(gateway, { headers: { cookie: fixed } })
    expect((await gateway.browser({ headers: { cookie: fixed } })).received[0]).not.toHaveProperty('name')
  })

  test('has a cookie for encrypted connections only, under the prefix, behind a trusted proxy with TLS', async () => {
    const gateway = await withAda({ prefix: '/parlor', rules: { proxies: ['127.0.0.1'] } })
    const headers = { origin: new URL(gateway.url).origin.replace('http:', 'https:'), 'x-forwarded-proto': 'https' }
    const [cookie] = (await logIn(gateway, { headers })).headers.getSetCookie()
    expect(cookie).toMatch(/^__Secure-parlor-session=\w+; Path=\/parlor\/; Expires=.+ GMT; HttpOnly; Secure; SameSite=Lax$/)
  })

  test.each([
    ['a wrong password', { name: 'ada', password: 'wrong-1843' }, 401, 'bad-password'],
    ['an unknown name', { name: 'eve', password: PASSWORD }, 401, 'bad-password'],
    ['no password', { name: 'ada' }, 400, 'bad-request'],
    ['another field', { name: 'ada', password: PASSWORD, admin: true }, 400, 'bad-request'],
    ['a long password', { name: 'ada', password: 'x'.repeat(600) }, 400, 'bad-request'],
    ['a long body', { name: 'ada', password: 'x'.repeat(5000) }, 413, 'too-large'],
    ['no JSON', '{', 400, 'bad-request'],
  ])('is refused for %s', async (_, body, status, code) => {
    const gateway = await withAda()
    const answer = await logIn(gateway, { body })
    expect([answer.status, await answer.json()]).toEqual([status, { code, message: expect.any(String) }])
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  test.each([
    [{ name: 'ada' }, '"password" in the body is missing: it must be a text of 1 to 512 characters'],
    [{ name: 'ada', password: 1843 }, '"password" in the body must be a text of 1 to 512 characters'],
    [{ name: 'ada', password: PASSWORD, admin: true }, 'the body has "admin", but it can have only "name" and "password"'],
    [[], 'the body must be a JSON object with name and password'],
  ])('with the body %j is refused with a sentence about what is valid', async (body, message) => {
    expect(await (await logIn(await withAda(), { body })).json()).toEqual({ code: 'bad-request', message })
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded'])('is refused for a body of %s, which a form can send', async (type) => {
    const gateway = await withAda()
    expect((await logIn(gateway, { headers: { 'content-type': type } })).status).toBe(415)
  })

  test('is listed with its connections, and its owner ends it or all others', async () => {
    const gateway = await withAda()
    const enter = async (answer: Response) => gateway.browser({ headers: { cookie: cookieOf(answer) } })
    const [own, lost] = [await logIn(gateway), await logIn(gateway)]
    const [ada, other, third] = [await enter(own), await enter(lost), await gateway.browser()]
    await third.ask({ type: 'enter', name: 'ada', password: PASSWORD })
    const { key } = (await lost.json()) as { readonly key: string }
    const link = { program: 'parlor/web', transport: 'websocket', port: Number(new URL(gateway.url).port) }
    const listed = await ada.ask({ type: 'sessions' })
    if (listed.type !== 'sessions') throw new Error('it is refused')
    expect(listed.connections).toEqual([link])
    expect(listed.sessions.map(({ links }) => links)).toEqual([[link], [link]])
    expect(listed.sessions.filter(({ current }) => current).map((session) => session.key)).not.toContain(key)
    expect(await ada.ask({ type: 'revoke', key: 'unknown' })).toMatchObject({ type: 'error', code: 'bad-token' })
    expect(await ada.ask({ type: 'revoke', key })).toMatchObject({ type: 'ok', sessions: 1, connections: 1 })
    await other.closed
    expect(other.received.at(-1)).toMatchObject({ type: 'bye', message: expect.stringMatching(/^you have ended this session/) })
    expect((await enter(lost)).received[0]).not.toHaveProperty('name')
    expect(await ada.ask({ type: 'revoke' })).toMatchObject({ type: 'ok', sessions: 0, connections: 1 })
    await third.closed
    // the session of the request stays
    expect((await enter(own)).received[0]).toHaveProperty('name', 'ada')
    expect(await ada.ask({ type: 'sessions' })).toMatchObject({ sessions: [{ current: true, links: [link, link] }], connections: [] })
    // a page that has logged in with the password names the session that stays
    const page = await gateway.browser()
    await page.ask({ type: 'enter', name: 'ada', password: PASSWORD })
    const { key: except } = (await own.json()) as { readonly key: string }
    expect(await page.ask({ type: 'revoke', except })).toMatchObject({ type: 'ok', sessions: 0, connections: 0 })
    expect(await page.ask({ type: 'revoke' })).toMatchObject({ type: 'ok', sessions: 1, connections: 2 })
    await ada.closed
  })

  test('counts the attempts of an address together with those of the WebSocket', async () => {
    const gateway = await withAda()
    const statuses: number[] = []
    for (let n = 0; n < 12; n++) statuses.push((await logIn(gateway, { body: { name: 'ada', password: 'wrong-1843' } })).status)
    expect(statuses[0]).toBe(401)
    expect(statuses.at(-1)).toBe(429)
    const other = await gateway.browser()
    expect(await other.ask({ type: 'enter', name: 'ada', password: 'wrong-1843' })).toMatchObject({ type: 'error', code: 'throttled' })
  })
})

test('a gateway over TLS plays, and its cookie never travels without encryption', async () => {
  const certificate = await createCertificate('127.0.0.1')
  const { url, port, browser } = await startGateway({ certificate })
  const ada = await browser({ rejectUnauthorized: false, origin: url })
  expect(await ada.ask({ type: 'register', name: 'ada', password: PASSWORD })).toMatchObject({ type: 'entered' })
  const body = JSON.stringify({ name: 'ada', password: PASSWORD })
  const headers = { 'content-type': 'application/json', 'content-length': body.length, origin: url }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/api/session', method: 'POST', headers, rejectUnauthorized: false }, resolve)
      .on('error', reject)
      .end(body)
  })
  expect(await json(answer)).toMatchObject({ name: 'ada' })
  const [cookie = ''] = answer.headers['set-cookie'] ?? []
  expect(cookie).toMatch(/^__Host-parlor-session=\w+; Path=\/; Expires=.+ GMT; HttpOnly; Secure; SameSite=Lax$/)
  const options = { rejectUnauthorized: false, origin: url }
  const [own = ''] = cookie.split(';')
  expect((await browser({ ...options, headers: { cookie: own } })).received[0]).toHaveProperty('name', 'ada')
  // a page of another host or without encryption can set a cookie with this name
  const planted = own.replace('__Host-', '')
  expect((await browser({ ...options, headers: { cookie: planted } })).received[0]).not.toHaveProperty('name')
})

describe('a page of another origin', () => {
  const evil = 'http://evil.example'

  test('can neither log in, nor log out, nor open a WebSocket', async () => {
    const gateway = await withAda()
    const cookie = cookieOf(await logIn(gateway))
    const refused = await logIn(gateway, { headers: { origin: evil } })
    expect([refused.status, await refused.json()]).toEqual([403, { code: 'bad-origin', message: expect.any(String) }])
    const out = await fetch(`${gateway.url}/api/session`, { method: 'DELETE', headers: { cookie, origin: evil } })
    expect(out.status).toBe(403)
    await expect(gateway.browser({ origin: evil, headers: { cookie } })).rejects.toThrow('403')
    expect((await gateway.browser({ origin: gateway.url, headers: { cookie } })).received[0]).toHaveProperty('name', 'ada')
  })

  test.each([
    ['null', {}],
    ['http://127.0.0.1', {}],
    ['https://SAME', {}],
    [undefined, { 'sec-fetch-site': 'cross-site' }],
    [undefined, { 'sec-fetch-site': 'same-site' }],
  ])('is noticed by the origin %s and %o', async (origin, headers: Record<string, string>) => {
    const gateway = await startGateway()
    const own = new URL(gateway.url).host
    const named = origin === undefined ? {} : { origin: origin.replace('SAME', own) }
    await expect(gateway.browser({ headers: { ...headers, ...named } })).rejects.toThrow('403')
  })

  test('may open a session if the operator allows the origin', async () => {
    const gateway = await startGateway({ rules: { origins: ['https://school.example'] } })
    expect((await gateway.browser({ origin: 'https://school.example' })).received).toHaveLength(1)
    await expect(gateway.browser({ origin: 'https://school.example.evil' })).rejects.toThrow('403')
  })
})

describe('a proxy', () => {
  const upgrade = async (gateway: StartedGateway, forwarded: string) => gateway.browser({ headers: { 'x-forwarded-for': forwarded } })

  test('that is trusted names the client, to whose address the limits apply', async () => {
    const gateway = await startGateway({ rules: { proxies: ['127.0.0.0/8'] }, limits: { connections: 2 } })
    const first = await upgrade(gateway, '192.0.2.1')
    await upgrade(gateway, '192.0.2.1')
    await expect(upgrade(gateway, '192.0.2.1')).rejects.toThrow('429')
    await upgrade(gateway, '192.0.2.2')
    // the client itself has sent the beginning of the list
    await expect(upgrade(gateway, '198.51.100.7, 192.0.2.1')).rejects.toThrow('429')
    await expect(upgrade(gateway, '192.0.2.1, 127.0.0.9')).rejects.toThrow('429')
    first.socket.close()
    await first.closed
    await upgrade(gateway, '192.0.2.1')
  })

  test('that is not trusted cannot choose an address', async () => {
    const clock = new TestClock()
    const gateway = await startGateway({ clock, rules: { proxies: ['10.0.0.0/8'] } })
    const ask = (n: number) => fetch(`${gateway.url}/health`, { headers: { 'x-forwarded-for': `192.0.2.${n % 200}` } })
    const statuses: number[] = []
    // 43 at a time, because more than 200 connections together would wait for the clock
    for (let n = 0; n < 301; n += 43) {
      const answers = await Promise.all(Array.from({ length: 43 }, (_, at) => ask(n + at)))
      statuses.push(...answers.map(({ status }) => status))
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(300)
    expect(statuses.filter((status) => status === 429)).toHaveLength(1)
  })
})
