import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { formatClassCsv, formatClassJUnit } from '../../../src/cli/class-export.ts'
import { type ClassLine, parseClassLine } from '../../../src/lab/class/class-lines.ts'
import { Roster } from '../../../src/lab/class/roster.ts'
import { toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import { memoryPair } from '../../../src/wire/transports/memory.ts'
import { Changes } from '../../support/changes.ts'
import { LineSocket } from '../../support/line-socket.ts'
import { program } from '../../support/play.ts'
import { type StartedGateway, type StartGatewayOptions, startGateway } from '../../support/start-gateway.ts'
import { TestClock, turn } from '../../support/test-clock.ts'
import { WireClient } from '../../support/wire-client.ts'

const PASSWORD = 'chalk and sponge'
/** Connections and rounds of changes, with 17 MB of rows in total: more than the system stores for a browser that does not read. */
const CLIENTS = 50
const ROUNDS = 120

/** Starts a gateway with a class console. */
function startClass(options: StartGatewayOptions = {}): Promise<StartedGateway> {
  return startGateway({ programs: ['guess', 'quiz', 'door'], lab: { password: PASSWORD }, ...options })
}

/** Logs in as the operator, by default from the page of the gateway. */
function logIn({ url }: Pick<StartedGateway, 'url'>, password = PASSWORD, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/api/class/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(url).origin, ...headers },
    body: JSON.stringify({ password }),
  })
}

/** Logs in, and returns the cookie. */
async function cookieOf(gateway: StartedGateway): Promise<string> {
  const answer = await logIn(gateway)
  expect(answer.status).toBe(200)
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

/** A browser that follows the class, with the lines that it has received. */
class Follower {
  readonly lines: ClassLine[] = []
  readonly socket: WebSocket
  readonly closed: Promise<number>
  readonly #changes = new Changes()

  constructor({ url }: StartedGateway, headers: Record<string, string>) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/ws/class`, { headers })
    this.closed = new Promise((resolve) => this.socket.on('error', () => {}).on('close', resolve))
    this.socket.on('message', (data) => {
      const line = parseClassLine(String(data))
      if ('refused' in line) throw new Error(line.refused)
      this.lines.push(line)
      this.#changes.note()
    })
    onTestFinished(() => this.socket.terminate())
  }

  /** Resolves when the lines meet a condition. */
  until(met: (lines: readonly ClassLine[]) => boolean): Promise<void> {
    return this.#changes.until(() => met(this.lines))
  }

  /** Resolves to the status and the body of the answer that refuses the upgrade. */
  refusal(): Promise<{ readonly status: number | undefined; readonly body: unknown }> {
    return new Promise((resolve, reject) => {
      this.socket.on('open', () => reject(new Error('the upgrade was accepted')))
      this.socket.on('unexpected-response', (_, response) => {
        let text = ''
        response.on('data', (data) => (text += data)).on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }))
      })
    })
  }
}

describe('the class console at the gateway', () => {
  test('is sent to the operator live, with the desks of the roster, until the operator logs out', async () => {
    const gateway = await startClass({ lab: { password: PASSWORD, roster: new Roster('desk,name\nthe window,grace\n') } })
    const cookie = await cookieOf(gateway)
    const follower = new Follower(gateway, { cookie })
    await follower.until((lines) => lines.at(-1)?.type === 'snapshot')
    const grace = new LineSocket(gateway.ports.get('fh/quiz') ?? 0)
    onTestFinished(() => grace.close())
    grace.say('NAME grace')
    await follower.until((lines) => lines.some((line) => line.type === 'connection' && line.row.desk === 'the window'))
    grace.say('DANCE')
    await follower.until((lines) => lines.some((line) => line.type === 'connection' && line.row.fault?.stands === true))
    const rows = follower.lines.filter((line) => line.type === 'connection').map(({ row }) => row)
    expect(rows.at(-1)).toMatchObject({
      program: 'fh/quiz',
      name: 'grace',
      fault: { sentence: expect.stringMatching(/^the client sent a text, which is not shown/) },
    })
    const out = await fetch(`${gateway.url}/api/class/session`, { method: 'DELETE', headers: { cookie, origin: gateway.url } })
    expect([out.status, out.headers.getSetCookie()]).toEqual([
      204,
      [expect.stringMatching(/^parlor-operator=; Path=\/; Expires=Thu, 01 Jan 1970 /)],
    ])
    expect(await follower.closed).toBe(1008)
    expect((await new Follower(gateway, { cookie }).refusal()).status).toBe(401)
  })

  test('gives a cookie that no script can read and no other site can use, and answers who has it', async () => {
    const gateway = await startClass({ prefix: '/parlor', clock: new TestClock(1_700_000_000_000) })
    const answer = await logIn(gateway)
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^parlor-operator=[0-9A-Z]{26}; Path=\/parlor\/; Expires=Wed, 15 Nov 2023 10:13:20 GMT; HttpOnly; SameSite=Strict$/,
      ),
    ])
    expect(await answer.json()).toEqual({ until: 1_700_000_000_000 + 12 * 3_600_000 })
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const read = async (headers: Record<string, string>) => (await fetch(`${gateway.url}/api/class`, { headers })).json()
    expect(await read({ cookie })).toEqual({ lab: true, operator: true })
    expect(await read({ cookie: 'parlor-operator=00000000000000000000000000' })).toEqual({ lab: true, operator: false })
    expect(await read({})).toEqual({ lab: true, operator: false })
  })

  test('over TLS, has the prefix in the name of its cookie, and takes no cookie without the prefix', async () => {
    const rules = { proxies: ['127.0.0.1'] }
    const forwarded = { 'x-forwarded-for': '10.0.0.9', 'x-forwarded-proto': 'https' }
    for (const [prefix, name] of [
      ['', '__Host-parlor-operator'],
      ['/parlor', '__Secure-parlor-operator'],
    ] as const) {
      const gateway = await startClass({ rules, prefix })
      const origin = new URL(gateway.url).origin.replace('http:', 'https:')
      const answer = await logIn(gateway, PASSWORD, { ...forwarded, origin })
      const [cookie = ''] = answer.headers.getSetCookie()
      expect(cookie).toMatch(new RegExp(`^${name}=[0-9A-Z]{26}; Path=${prefix}/; Expires=.+ GMT; HttpOnly; Secure; SameSite=Strict$`))
      const [own = ''] = cookie.split(';')
      const read = async (headers: Record<string, string>) =>
        (await fetch(`${gateway.url}/api/class`, { headers: { ...forwarded, ...headers } })).json()
      expect(await read({ cookie: own })).toMatchObject({ operator: true })
      expect(await read({ cookie: own.replace(/^__\w+?-/, '') })).toMatchObject({ operator: false })
      const page = await WireClient.connect(gateway.url, { origin, headers: { ...forwarded, cookie: own } })
      expect(page.list.right).toBe('operator')
    }
  })

  test('ends a session after twelve hours', async () => {
    const clock = new TestClock()
    const gateway = await startClass({ clock })
    const cookie = await cookieOf(gateway)
    await clock.pass(12 * 3_600_000 - 1)
    expect((await fetch(`${gateway.url}/api/class/class.csv`, { headers: { cookie } })).status).toBe(200)
    await clock.pass(1)
    expect((await fetch(`${gateway.url}/api/class/class.csv`, { headers: { cookie } })).status).toBe(401)
  })

  test('is refused without the cookie, to a page of another origin, and with a query', async () => {
    const gateway = await startClass()
    const cookie = await cookieOf(gateway)
    for (const headers of [{}, { cookie: 'parlor-operator=' }, { cookie: cookie.replace('operator', 'session') }]) {
      expect(await new Follower(gateway, headers).refusal()).toEqual({
        status: 401,
        body: { code: 'who-are-you', message: 'only the operator sees the class: log in with the password' },
      })
      for (const file of ['class.csv', 'class.xml']) {
        const answer = await fetch(`${gateway.url}/api/class/${file}`, { headers })
        expect([answer.status, await answer.json()]).toEqual([401, { code: 'who-are-you', message: expect.any(String) }])
      }
    }
    expect(await new Follower(gateway, { cookie, origin: 'http://elsewhere.example' }).refusal()).toMatchObject({ status: 403 })
    expect((await logIn(gateway, PASSWORD, { origin: 'http://elsewhere.example' })).status).toBe(403)
    const queried = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws/class?cookie=${cookie}`, { headers: { cookie } })
    const [status] = await new Promise<[number | undefined]>((resolve) => {
      queried.on('error', () => {}).on('unexpected-response', (_, response) => resolve([response.statusCode]))
    })
    expect(status).toBe(404)
  })

  test('refuses a wrong password, and limits the tries of an address, also those with the correct password', async () => {
    const clock = new TestClock()
    const gateway = await startClass({ clock })
    for (let tries = 0; tries < 10; tries++) {
      const answer = await logIn(gateway, `guess ${tries}`)
      expect([answer.status, await answer.json()]).toEqual([
        401,
        { code: 'bad-password', message: 'that is not the password of the operator' },
      ])
      expect(answer.headers.getSetCookie()).toEqual([])
    }
    const late = await logIn(gateway)
    expect([late.status, await late.json()]).toEqual([429, { code: 'throttled', message: 'too many tries: wait 20 seconds' }])
    await clock.pass(20_000)
    expect((await logIn(gateway)).status).toBe(200)
    // a correct password is not a try
    expect((await logIn(gateway)).status).toBe(200)
  })

  test('opens the wire of all programs to its operator until the logout, and of no other address to a student', async () => {
    const gateway = await startClass()
    const program = new LineSocket(gateway.ports.get('tjc/guess') ?? 0, '127.0.2.1')
    const forwarded = { 'x-forwarded-for': '192.0.2.7' }
    const cookie = await cookieOf(gateway)
    const operator = await WireClient.connect(gateway.url, { headers: { ...forwarded, cookie } })
    await operator.until(() => operator.list.connections.length > 0)
    expect(operator.list).toMatchObject({ right: 'operator', connections: [{ program: 'tjc/guess', host: '127.0.2.1' }] })
    const student = await WireClient.connect(gateway.url, { headers: { ...forwarded, cookie: 'parlor-operator=A' } })
    expect(student.list).toMatchObject({ right: 'none', connections: [] })
    await fetch(`${gateway.url}/api/class/session`, { method: 'DELETE', headers: { cookie, origin: gateway.url } })
    expect(await operator.closed).toBe(1008)
    program.close()
  })

  test('is downloaded as the files of "parlor class"', async () => {
    const gateway = await startClass()
    const line = new LineSocket(gateway.ports.get('tjc/guess') ?? 0)
    onTestFinished(() => line.close())
    await line.hear()
    const headers = { cookie: await cookieOf(gateway) }
    const rows = gateway.watch?.console.list() ?? []
    expect(rows.map(({ program }) => program)).toEqual(['tjc/guess'])
    const read = async (file: string) => {
      const answer = await fetch(`${gateway.url}/api/class/${file}`, { headers })
      return [answer.headers.get('content-type'), answer.headers.get('content-disposition'), await answer.text()]
    }
    expect(await read('class.csv')).toEqual(['text/csv; charset=utf-8', 'attachment; filename="class.csv"', formatClassCsv(rows)])
    expect(await read('class.xml')).toEqual(['application/xml; charset=utf-8', 'attachment; filename="class.xml"', formatClassJUnit(rows)])
  })

  test('does not exist without --lab, and says how to start it', async () => {
    const gateway = await startGateway()
    expect(await (await fetch(`${gateway.url}/api/class`)).json()).toEqual({ lab: false, operator: false })
    const refusal = { code: 'not-now', message: 'this server does not watch its clients: start it with --lab' }
    const answer = await logIn(gateway)
    expect([answer.status, await answer.json()]).toEqual([409, refusal])
    expect(await new Follower(gateway, {}).refusal()).toEqual({ status: 409, body: refusal })
    expect((await fetch(`${gateway.url}/api/class/class.csv`)).status).toBe(409)
    const page = await fetch(`${gateway.url}/class`, { redirect: 'manual' })
    expect([page.status, page.headers.get('location')]).toEqual([302, './#class'])
  })

  test('hides passwords and talk from the operator', async () => {
    const gateway = await startClass()
    const follower = new Follower(gateway, { cookie: await cookieOf(gateway) })
    const texts: string[] = []
    follower.socket.on('message', (data) => texts.push(String(data)))
    const ada = new LineSocket(gateway.ports.get('parlor/door') ?? 0)
    onTestFinished(() => ada.close())
    ada.say('ada')
    ada.say('register engine-1843')
    ada.say('say my private talk')
    ada.say('shout my private talk')
    await follower.until((lines) => lines.some((line) => line.type === 'connection' && (line.row.trace?.length ?? 0) > 8))
    expect(texts.length).toBeGreaterThan(2)
    expect(texts.join('\n')).not.toMatch(/engine-1843|private/)
  })

  test('is not collected for a browser that does not read, and is complete when the browser reads again', async () => {
    const clock = new TestClock()
    const gateway = await startClass({ clock })
    const watched = gateway.watch?.console
    const protocol = toWatchedProtocol(await program('guess'))
    for (let connection = 1; connection <= CLIENTS; connection++) {
      const [here] = memoryPair()
      watched?.watch(here, protocol, { connection, client: { host: '10.0.0.1', port: connection }, transport: 'tcp' })
      watched?.refuseMessage(connection, 'x'.repeat(2500))
    }
    const follower = new Follower(gateway, { cookie: await cookieOf(gateway) })
    await follower.until((lines) => lines.at(-1)?.type === 'snapshot')
    follower.socket.pause()
    for (let round = 1; round <= ROUNDS; round++) {
      for (let connection = 1; connection <= CLIENTS; connection++) watched?.seat(connection, 1, `round ${round}`)
      await clock.pass(200)
    }
    follower.socket.resume()
    // a round of changes begins 200 ms after the last
    let isOver = false
    const passing = (async () => {
      while (!isOver) {
        await clock.pass(200)
        await turn()
      }
    })()
    const isLast = (line: ClassLine) => line.type === 'connection' && line.row.name === `round ${ROUNDS}`
    await follower.until((lines) => lines.filter(isLast).length === CLIENTS)
    isOver = true
    await passing
    // a row of each connection in each round, if all were collected
    expect(follower.lines.length).toBeLessThan((CLIENTS * ROUNDS) / 2)
  })

  test('ends for its followers when the gateway closes', async () => {
    const gateway = await startClass()
    const follower = new Follower(gateway, { cookie: await cookieOf(gateway) })
    await follower.until((lines) => lines.at(-1)?.type === 'snapshot')
    await gateway.close()
    expect(await follower.closed).toBe(1001)
  })
})
