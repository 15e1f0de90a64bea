import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { examples, numbersPlugin, pluginFile } from '../support/plugins.ts'
import { Parlor, run, startServe } from '../support/process.ts'

const FOUR = join(examples, 'connect-four-wire.ts')

/** A plug-in whose program takes an option, which is a setting, too. */
const DICE = `import { defineProgram, defineProtocol, server } from 'parlor'
const sides = {
  kind: 'text', name: 'diceSides', spelling: 'dice-sides', metavar: 'n', about: 'sides of the die', side: 'server',
  setting: true, unset: '6', expected: 'a number', parse: (text) => Number(text) || undefined,
}
const protocol = defineProtocol({
  name: 'dice',
  title: 'the server says what its die can show',
  automaton: { messages: { rolls: server('ROLLS {to}', { example: 'ROLLS 6' }) }, start: 'start', states: { start: { rolls: 'end' }, end: {} } },
  server: async (peer, { options }) => peer.send('rolls', options.diceSides ?? 6),
  client: async (peer, { console }) => console.say((await peer.receive()).text),
})
export const programs = [defineProgram({ name: 'example/dice', short: 'dice', protocol, takes: [sides] })]
`

/** Connects to a port, sends lines, each when the output matches, and returns all output. */
async function talkTo(port: number, steps: readonly (readonly [RegExp, string])[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.on('data', (data) => (received += data))
  for (const [pattern, line] of steps) {
    while (!pattern.test(received)) await once(socket, 'data', { signal: AbortSignal.timeout(10_000) })
    if (line !== '') socket.write(`${line}\n`)
  }
  return received
}

describe('--plugin', () => {
  test('serves a program of a plug-in, whose game is at the front door, too', async () => {
    const { server, ports } = await startServe(['example/connect-four', 'door'], '--plugin', FOUR)
    onTestFinished(() => server[Symbol.asyncDispose]())
    expect(
      await talkTo(ports['example/connect-four'] ?? 0, [
        [/^DROP \d\n/, 'DROP 4'],
        [/^(?:DROP \d\n){2}/, ''],
      ]),
    ).toMatch(/^(?:DROP \d\n){2}/)
    const door = await talkTo(ports['parlor/door'] ?? 0, [
      [/What is your name/, 'ada'],
      [/Hello, ada/, 'play four against house'],
      [/you are O and begin/, '4'],
      [/house has moved/, ''],
    ])
    expect(door).toMatch(/^(?:[.X] ){3}O(?: [.X]){3}$/m)
  })

  test('works for host, join and protocols', async () => {
    const socket = join(await folder(), 'socket')
    await using host = new Parlor(['host', 'connect-four', '--plugin', FOUR, '--unix', socket])
    await using guest = new Parlor(['join', 'connect-four', '--plugin', FOUR, '--unix', socket, '--wait', '10s'])
    host.type('4')
    await guest.shows(/\. \. \. O \. \. \./)
    guest.type('END')
    expect([await guest.exit, await host.exit]).toEqual([0, 0])
    expect(host.output).toMatch(/You win!\n$/)
    const all = await run('protocols', '--plugin', FOUR)
    expect(all.output).toMatch(/example\/connect-four \(connect-four\) +12400/)
    const one = await run('protocols', 'connect-four', '--plugin', FOUR)
    expect(one.output).toContain('DROP {column}')
  })

  test('resolves "parlor" to the running copy for a file in another folder', async () => {
    const text = `${numbersPlugin()}import { EndOfInput } from 'parlor'
export const solos = [{ name: 'example/end', short: 'end', title: 'ends', play: async () => { throw new EndOfInput() } }]
`
    const file = await pluginFile(text)
    // the command knows the error by its class
    const { errors, code } = await run('solo', 'end', '--plugin', file)
    expect(errors).toContain('the input ended')
    expect(code).not.toBe(0)
  })

  test('can be set in parlor.toml and in the environment', async () => {
    const cwd = await folder()
    await writeFile(join(cwd, 'parlor.toml'), `plugins = [${JSON.stringify(FOUR)}]\nonly = ["connect-four"]\n[ports]\nconnect-four = 0\n`)
    await using server = new Parlor(['serve', '--json'], undefined, { cwd })
    await server.shows(/\n/)
    expect(JSON.parse(server.output).listening).toMatchObject([{ program: 'example/connect-four' }])
    await using config = new Parlor(['config'], undefined, {
      cwd,
      environment: { PARLOR_PLUGINS: join(examples, 'battleship.ts'), PARLOR_ONLY: 'guess', PARLOR_PORTS: 'guess=0' },
    })
    expect(await config.exit).toBe(2)
    expect(config.errors).toContain('ports.connect-four')
  })

  test('adds the options of its programs to the command line and the settings', async () => {
    const dice = await pluginFile(DICE)
    const socket = join(await folder(), 'socket')
    await using host = new Parlor(['host', 'dice', '--dice-sides', '20', '--plugin', dice, '--unix', socket])
    await using guest = new Parlor(['join', 'dice', '--plugin', dice, '--unix', socket, '--wait', '10s'])
    expect([await guest.exit, await host.exit]).toEqual([0, 0])
    expect(guest.output).toContain('ROLLS 20')
    const help = await run('host', 'dice', '--plugin', dice, '--help')
    expect(help.output).toMatch(/--dice-sides <n> +sides of the die/)
    const wrong = await run('host', 'dice', '--plugin', dice, '--dice-sides', 'x')
    expect([wrong.code, wrong.errors]).toEqual([2, expect.stringContaining('it must be a number')])
  })

  test('adds the settings of its programs to those of serve, from each source', async () => {
    const dice = await pluginFile(DICE)
    const cwd = await folder()
    await writeFile(join(cwd, 'parlor.toml'), `plugins = [${JSON.stringify(dice)}]\nonly = ["dice"]\ndiceSides = "8"\n`)
    const settings = async (environment: Readonly<Record<string, string>>, ...options: readonly string[]) => {
      await using config = new Parlor(['config', '--json', ...options], undefined, { cwd, environment })
      expect(await config.exit).toBe(0)
      return JSON.parse(config.output).diceSides
    }
    expect(await settings({})).toEqual({ value: '8', from: 'parlor.toml' })
    expect(await settings({ PARLOR_DICESIDES: '10' })).toEqual({ value: '10', from: 'PARLOR_DICESIDES' })
    expect(await settings({}, '--dice-sides', '12')).toEqual({ value: '12', from: '--dice-sides' })
    await using server = new Parlor(['serve', '--json', '--port', '0', '--dice-sides', '12'], undefined, { cwd })
    await server.shows(/\n/)
    expect(await talkTo(JSON.parse(server.output).listening[0].port, [[/\n/, '']])).toBe('ROLLS 12\n')
  })

  test('shifts no port of the shipped programs or of the metrics', async () => {
    const before = await run('config', '--port-base', '20000')
    const after = await run('config', '--port-base', '20000', '--plugin', FOUR)
    expect(after.code).toBe(0)
    expect(after.output).toContain(`plugins = [ ${JSON.stringify(FOUR)} ]`)
    expect(before.code).toBe(0)
  })

  test.each(['serve', 'config', 'protocols'])('%s refuses a bad plug-in with its source and a sentence', async (command) => {
    const file = await pluginFile(numbersPlugin("name: 'quiz',"))
    const { errors, code } = await run(command, '--plugin', file)
    expect(code).toBe(2)
    expect(errors.replace(/\s+/g, ' ')).toContain('the name "quiz" of the game quiz already belongs to a game of Parlor')
  })
})

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'parlor-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}
