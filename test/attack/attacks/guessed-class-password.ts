import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectSocket } from '../../support/flood.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const ADDRESSES = 20
const CONNECTIONS = 4
/** Number of guesses that a connection pipelines. */
const PIPELINED = 20
const GUESSES = ADDRESSES * CONNECTIONS * PIPELINED
/** Maximum number of compared guesses: 10 of an address, and 3 more if the server takes a minute. */
const MOST = ADDRESSES * 13
/** Number of logins of the operator during the attack. */
const LOGINS = 5

/**
 * Clients guess the password of the class console, from many addresses and with pipelined requests. All addresses of one machine are
 * one address for the limits, so a trusted proxy names the addresses of the attack.
 */
export const attack: Attack = {
  title: `guesses the password of the class ${GUESSES} times from ${ADDRESSES} addresses, on ${ADDRESSES * CONNECTIONS} connections`,
  short: true,
  async run(cleanup) {
    const data = await mkdtemp(join(tmpdir(), 'parlor-attack-'))
    cleanup.defer(() => rm(data, { recursive: true, force: true }))
    const { server } = await startServe(['parlor/door'], '--lab', '--data', data, '--web', '127.0.0.1:0', '--web-proxy', '127.0.0.1')
    cleanup.use(server)
    const started = JSON.parse(server.output) as { web: { url: string }; class: { password: string } }
    const { port, host, origin } = new URL(started.web.url)
    const guess = async (address: string) => {
      const socket = connectSocket(Number(port), cleanup)
      const body = JSON.stringify({ password: 'a wrong password' })
      const head = `POST /api/class/session HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\nX-Forwarded-For: ${address}\r\nContent-Type: application/json\r\n`
      const request = (last: boolean) => `${head}${last ? 'Connection: close\r\n' : ''}Content-Length: ${body.length}\r\n\r\n${body}`
      let answers = ''
      socket.on('data', (data) => (answers += data))
      socket.write(request(false).repeat(PIPELINED - 1) + request(true))
      await once(socket, 'close')
      return answers
    }
    const flood = Array.from({ length: ADDRESSES * CONNECTIONS }, (_, at) => guess(`192.0.2.${1 + (at % ADDRESSES)}`))
    const logIn = () =>
      fetch(`${origin}/api/class/session`, {
        method: 'POST',
        headers: { origin, 'x-forwarded-for': '198.51.100.1', 'content-type': 'application/json' },
        body: JSON.stringify({ password: started.class.password }),
      })
    for (let login = 0; login < LOGINS; login++) {
      const answer = await logIn()
      assert.equal(answer.status, 200, `login ${login} of the operator was refused: ${await answer.text()}`)
    }
    const answers = (await Promise.all(flood)).join('')
    const count = (code: string) => answers.split(`"code":"${code}"`).length - 1
    const compared = count('bad-password')
    assert.ok(compared > 0 && compared <= MOST, `${compared} of ${GUESSES} guesses were compared`)
    assert.equal(compared + count('throttled'), GUESSES, answers.slice(-300))
    return `${compared} of ${GUESSES} guesses were compared; ${LOGINS} logins of the operator were accepted meanwhile.`
  },
}
