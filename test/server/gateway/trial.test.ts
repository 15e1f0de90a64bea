import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectFour } from '../../../examples/plugins/connect-four.ts'
import { programs as connectFourPrograms } from '../../../examples/plugins/connect-four-wire.ts'
import type { AnyGame } from '../../../src/games/game.ts'
import { shippedGames } from '../../../src/games/index.ts'
import type { Program } from '../../../src/protocol/definition.ts'
import { startGateway } from '../../support/start-gateway.ts'
import { TestClock } from '../../support/test-clock.ts'
import { TrialClient } from '../../support/trial-client.ts'

describe('a trial', () => {
  test('plays a program byte by byte to its end, with the state after each message', async () => {
    const gateway = await startGateway({ programs: ['tjc/guess'] })
    const client = await TrialClient.open(gateway.url, 'tjc/guess')
    await client.untilState('guessing')
    for (const byte of '50\n') client.send(byte)
    await client.until(() => client.all('message').length >= 3)
    expect(client.events[0]).toEqual({ type: 'begun', state: 'start' })
    expect(client.received).toMatch(/^GUESS\n(?:LOW|HIGH)\n/)
    expect(client.all('message').slice(0, 3)).toMatchObject([
      { from: 'server', name: 'GUESS', size: 6, state: 'guessing', standing: 'legal' },
      { from: 'client', name: 'guess', size: 3, state: 'judging', standing: 'legal' },
      { from: 'server', standing: 'legal', state: 'missed' },
    ])
    for (let tries = 0; tries < 4; tries++) {
      await client.untilState('guessing')
      client.send('0\n')
      await client.until(() => client.all('message').length >= 3 * (tries + 2) - (tries === 3 ? 1 : 0))
    }
    await client.closed
    expect(client.received).toMatch(/GAMEOVER\n$/)
    expect(client.all('ended')).toMatchObject([{ from: 'server', how: 'finished', state: 'end', isOver: true }])
  })

  test('reports the sentence that a student sees, and the first wrong byte, and ends as at the port', async () => {
    const gateway = await startGateway({ programs: ['tjc/robot'] })
    const client = await TrialClient.open(gateway.url, 'tjc/robot')
    client.send('FORWARd\n')
    await client.closed
    const wrong = client.all('message').find(({ standing }) => standing === 'illegal')
    expect(wrong).toMatchObject({ from: 'client', wrongAt: 6, size: 8 })
    expect(wrong?.violation).toMatch(
      /^the client sent "FORWARd", which does not belong here; expected .*; write "FORWARD", and not "FORWARd"$/,
    )
    expect(client.events.at(-1)).toMatchObject({ type: 'ended', from: 'server' })
  })

  test('ends as the protocol ends, and reports that the conversation is over', async () => {
    const gateway = await startGateway({ programs: ['tjc/hello'] })
    const client = await TrialClient.open(gateway.url, 'tjc/hello')
    await client.closed
    expect(client.all('ended')).toMatchObject([{ from: 'server', how: 'finished', isOver: true }])
    expect(client.received).not.toBe('')
  })

  test('closes the direction of the client by a command, and then by the close of the WebSocket', async () => {
    const gateway = await startGateway({ programs: ['c8/both-ways'] })
    const client = await TrialClient.open(gateway.url, 'c8/both-ways')
    client.finish()
    await client.closed
    expect(client.all('ended').map(({ from }) => from)).toContain('client')
    const other = await TrialClient.open(gateway.url, 'c8/both-ways')
    await other.until(() => other.events.length > 0)
    const [conversation] = [...gateway.server.conversations]
    other.socket.close()
    await conversation?.closed
    expect([...gateway.server.conversations]).toEqual([])
  })

  test('plays a program of a plug-in', async () => {
    const plugins = connectFourPrograms as readonly Program[]
    const [program] = plugins
    if (!program) throw new Error('the plug-in has no program')
    const gateway = await startGateway({ plugins: [program], lobby: { catalog: shippedGames.with([connectFour as AnyGame]) } })
    const client = await TrialClient.open(gateway.url, program.name)
    await client.until(() => client.all('message').length > 0)
    expect(client.all('message')[0]).toMatchObject({ from: 'server', standing: 'legal' })
    client.send('DROP9\n')
    await client.closed
    expect(client.all('message').find(({ from }) => from === 'client')?.violation).toMatch(/^the client sent "DROP9"/)
  })
})

describe('a trial is refused', () => {
  test.each([
    ['a program that this server does not run', 'tjc/chat'],
    ['an address in place of a program', '127.0.0.1:22'],
    ['a path', '../ws'],
    ['no name', ''],
  ])('with 404 for %s', async (_, name) => {
    const { url } = await startGateway({ programs: ['tjc/guess'] })
    await expect(TrialClient.open(url, name)).rejects.toThrow('404')
  })

  test('with 404 under a query, another prefix or an unencoded name', async () => {
    const { port } = await startGateway({ programs: ['tjc/guess'], prefix: '/parlor' })
    for (const path of ['/parlor/try/tjc%2Fguess?port=22', '/try/tjc%2Fguess', '/parlor/try/tjc/guess', '/parlor/try/tjc%2fguess']) {
      expect(await upgrade(port, path), path).toMatch(/^HTTP\/1\.1 404 /)
    }
    expect(await upgrade(port, '/parlor/try/tjc%2Fguess')).toMatch(/^HTTP\/1\.1 101 /)
  })

  test('with 403 to the page of another origin', async () => {
    const { url, server } = await startGateway({ programs: ['tjc/guess'] })
    await expect(TrialClient.open(url, 'tjc/guess', { origin: 'http://evil.example' })).rejects.toThrow('403')
    expect([...server.conversations]).toEqual([])
  })

  test('with 429 to an address that has too many connections, which trials and ports count together', async () => {
    const rules = { proxies: ['127.0.0.1'] }
    const { url } = await startGateway({ programs: ['tjc/guess'], rules, limits: { connections: 2 } })
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
    const first = await TrialClient.open(url, 'tjc/guess', from('192.0.2.1'))
    await TrialClient.open(url, 'tjc/guess', from('192.0.2.1'))
    await expect(TrialClient.open(url, 'tjc/guess', from('192.0.2.1'))).rejects.toThrow('429')
    await TrialClient.open(url, 'tjc/guess', from('192.0.2.2'))
    first.socket.close()
    await first.closed
    await TrialClient.open(url, 'tjc/guess', from('192.0.2.1'))
  })
})

describe('a trial is ended', () => {
  test('after too many commands, with a sentence', async () => {
    const clock = new TestClock()
    const { url, server } = await startGateway({ programs: ['cs/chat'], clock })
    const client = await TrialClient.open(url, 'cs/chat')
    for (let n = 0; n < 250; n++) client.send('a')
    await client.closed
    expect(client.all('refused')).toEqual([{ type: 'refused', sentence: expect.stringMatching(/more than 40 commands a second/) }])
    expect(client.all('bytes').length).toBeLessThanOrEqual(201)
    expect([...server.conversations].filter(({ connection }) => !connection.end)).toEqual([])
  })

  test.each([
    'x',
    '{"type":"send","bytes":"0g"}',
    '{"type":"send","bytes":""}',
    `{"type":"send","bytes":"${'00'.repeat(1025)}"}`,
    '{"type":"dial"}',
  ])('after a message that is no command: %s', async (message) => {
    const { url } = await startGateway({ programs: ['tjc/guess'] })
    const client = await TrialClient.open(url, 'tjc/guess')
    client.socket.send(message)
    await client.closed
    expect(client.all('refused')).toHaveLength(1)
    expect(client.all('bytes').filter(({ from }) => from === 'client')).toEqual([])
  })

  test('if its client sends nothing for too long, as at the port', async () => {
    const clock = new TestClock()
    const { url } = await startGateway({ programs: ['tjc/guess'], clock, limits: { first: 10_000, idle: 20_000 } })
    const client = await TrialClient.open(url, 'tjc/guess')
    await client.untilState('guessing')
    await clock.pass(25_000)
    await client.closed
    expect(client.all('ended').map(({ from }) => from)).toEqual(['server'])
  })
})

/** Sends the handshake of a WebSocket, and returns the first bytes of the answer. */
function upgrade(port: number, path: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  onTestFinished(() => void socket.destroy())
  const handshake = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ]
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${handshake.join('\r\n')}\r\n\r\n`)
  return new Promise((resolve) => socket.once('data', (data) => resolve(String(data))))
}
