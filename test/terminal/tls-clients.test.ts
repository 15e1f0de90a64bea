import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { connect } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { chance } from '../../src/games/random.ts'
import { allPrograms } from '../../src/programs/index.ts'
import { host } from '../../src/terminal/host.ts'
import { Terminal } from '../../src/terminal/terminal.ts'
import { listenTcp } from '../../src/wire/transports/tcp.ts'
import { openServer } from '../support/open-server.ts'

const programs = await allPrograms()
const SENTENCE = 'the client speaks TLS, and this side does not: both sides must speak TLS, or neither'

/** Connects with TLS, and resolves when the connection has failed. */
async function failTls(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'error').catch(() => {})
  socket.destroy()
}

describe('a client with TLS, at a side without', () => {
  test.each(programs.filter(({ needs }) => !needs))('is named by the host of $name, whether it speaks first or not', async (program) => {
    const complaints: string[] = []
    const { promise: listening, resolve } = Promise.withResolvers<number>()
    const pipe = () => new PassThrough() as unknown as NodeJS.ReadStream & NodeJS.WriteStream
    const clients = Math.min(program.host?.clients ?? 1, 2)
    const stop = new AbortController()
    onTestFinished(() => stop.abort(130))
    const code = host({
      program,
      options: { ...program.defaults },
      random: chance,
      terminal: new Terminal(pipe(), pipe()),
      listen: async (accept) => {
        const listener = await listenTcp({ host: '127.0.0.1', port: 0 }, accept)
        resolve(listener.address.port)
        return listener
      },
      address: { host: '127.0.0.1', port: 0 },
      clients,
      concurrent: false,
      stop: stop.signal,
      printError: (sentence) => complaints.push(sentence),
    })
    const port = await listening
    for (let client = 0; client < clients; client++) await failTls(port)
    expect(await code).toBe(1)
    expect(complaints.map((one) => one.replace(/^127\.0\.0\.1:\d+: /, ''))).toEqual(Array(clients).fill(SENTENCE))
  })

  test.each(programs)('is named in the log of a server of $name', async (program) => {
    const { promise: named, resolve } = Promise.withResolvers<string>()
    const { server, address } = await openServer(program, {
      logs: {
        log() {},
        noticed: (_, __, sentence) => resolve(sentence),
        ended: (_, { trouble }) => trouble && resolve(trouble.message),
      },
    })
    onTestFinished(() => server.stop())
    await failTls(address.port)
    expect(await named).toBe(SENTENCE)
  })
})
