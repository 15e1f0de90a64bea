import { describe, expect, test } from 'vitest'
import { programs as connectFourPrograms } from '../../../examples/plugins/connect-four-wire.ts'
import { allPrograms } from '../../../src/programs/index.ts'
import type { Program } from '../../../src/protocol/definition.ts'
import { ProtocolList, ProtocolReference } from '../../../src/server/gateway/protocol-schemas.ts'
import { startGateway } from '../../support/start-gateway.ts'

describe('the list of protocols', () => {
  test('has the programs of this server with their ports, and those of a plug-in', async () => {
    const plugins = connectFourPrograms as readonly Program[]
    const { url, ports } = await startGateway({ programs: ['tjc/guess', 'fh/time'], plugins })
    const answer = await fetch(`${url}/api/protocols`)
    const { protocols } = ProtocolList.parse(await answer.json())
    expect(answer.status).toBe(200)
    const port = ports.get('tjc/guess')
    expect(protocols.map(({ name }) => name)).toEqual(['tjc/guess', 'fh/time', ...plugins.map(({ name }) => name)])
    expect(protocols[0]).toEqual({
      name: 'tjc/guess',
      short: 'guess',
      title: expect.any(String),
      ports: [{ transport: 'tcp', port }],
    })
  })
})

describe('the reference of a protocol', () => {
  test('has its messages with their bytes, its states and an example conversation, by name and by short name', async () => {
    const { url } = await startGateway({ programs: ['tjc/guess'] })
    const [long, short] = await Promise.all(
      ['tjc%2Fguess', 'guess'].map(async (name) => (await fetch(`${url}/api/protocols/${name}`)).json()),
    )
    expect(short).toEqual(long)
    const { messages, start, states, facts, conversations } = ProtocolReference.parse(long)
    const messageOf = (name: string) => messages.find((one) => one.name === name)
    expect(messageOf('GUESS')).toEqual({
      ...{ name: 'GUESS', from: 'server', text: 'GUESS', notes: expect.any(String) },
      example: Buffer.from('GUESS\n').toString('hex'),
    })
    expect(states.find(({ name }) => name === start)?.steps).toEqual([{ message: 'GUESS', from: 'server', next: 'guessing' }])
    expect(states.filter(({ steps }) => steps.length === 0).map(({ mayEnd }) => mayEnd)).toEqual([true])
    expect(facts).toContainEqual({ name: 'program', value: 'tjc/guess, in short guess' })
    expect(facts).toContainEqual({ name: 'options', value: '--secret' })
    expect(conversations).toContain('GUESS')
  })

  test('exists for each shipped program, and names only messages and states that it lists', async () => {
    const { url } = await startGateway({ programs: (await allPrograms()).map(({ name }) => name) })
    const { protocols } = ProtocolList.parse(await (await fetch(`${url}/api/protocols`)).json())
    expect(protocols.length).toBeGreaterThan(25)
    for (const { name } of protocols) {
      const answer = await fetch(`${url}/api/protocols/${encodeURIComponent(name)}`)
      expect(answer.status, name).toBe(200)
      const { messages, states } = ProtocolReference.parse(await answer.json())
      const known = { messages: messages.map((one) => one.name), states: states.map((one) => one.name) }
      for (const { message, next } of states.flatMap(({ steps }) => steps)) {
        expect(known.messages, name).toContain(message)
        expect(known.states, name).toContain(next)
      }
    }
  })

  test.each(['tjc%2Fchat', 'nothing', '%E0%A4%A', 'a'.repeat(81)])('is refused for %s, which this server does not run', async (name) => {
    const { url } = await startGateway({ programs: ['tjc/guess'] })
    const answer = await fetch(`${url}/api/protocols/${name}`)
    expect([answer.status, await answer.json()]).toEqual([
      expect.toBeOneOf([400, 404]),
      { code: expect.stringMatching(/^(?:not-found|bad-request)$/), message: expect.any(String) },
    ])
  })
})
