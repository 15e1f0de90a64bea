import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folder } from '../support/folders.ts'
import { NativeLink } from '../support/native-link.ts'
import { examples } from '../support/plugins.ts'
import { Parlor, run, startServe } from '../support/process.ts'

const FOUR = join(examples, 'connect-four-wire.ts')

/** Runs a command in a folder with a parlor.toml that names the plug-in. */
async function runConfigured(...args: readonly string[]) {
  const cwd = folder()
  writeFileSync(join(cwd, 'parlor.toml'), `plugins = [${JSON.stringify(FOUR)}]\n`)
  await using parlor = new Parlor(args, undefined, { cwd })
  parlor.end()
  const code = await parlor.exit
  return { code, output: parlor.output, errors: parlor.errors }
}

/** Plays a rated game of the plug-in between two registered users at a server that stores it in `data`. */
async function playRated(data: string) {
  const { server, ports } = await startServe(['door'], '--plugin', FOUR, '--data', data)
  const port = ports['parlor/door'] ?? 0
  const [ada, bob] = [await NativeLink.open(port, () => {}), await NativeLink.open(port, () => {})]
  await ada.ask({ type: 'register', name: 'ada', password: 'ada has one' })
  await bob.ask({ type: 'register', name: 'bob', password: 'bob has one' })
  await ada.ask({ type: 'seek', game: 'connect-four', rated: true, against: 'bob', seats: [0] })
  await bob.ask({ type: 'seek', game: 'connect-four', rated: true, against: 'ada', seats: [1] })
  await ada.ask({ type: 'play', table: 1, move: '4' })
  await bob.ask({ type: 'resign', table: 1 })
  return { server, port }
}

describe('a finished game of a plug-in', () => {
  const data = mkdtempSync(join(tmpdir(), 'parlor-'))
  afterAll(() => rmSync(data, { recursive: true }))

  beforeAll(async () => {
    const { server, port } = await playRated(data)
    await using _ = server
    // another machine has no plug-in: the server names its games
    const one = await run('rank', 'connect-four', '--port', String(port))
    expect(one.output).toMatch(/^connect-four\nrank +name +score +games\n +1 +ada +\d+ +1\n +2 +bob/m)
    const all = JSON.parse((await run('rank', '--json', '--port', String(port))).output) as { ladders: { game: string }[] }
    expect(all.ladders.map(({ game }) => game)).toEqual(['tictactoe', 'scissors', 'quiz', 'connect-four'])
    const unknown = await run('rank', 'chess', '--port', String(port))
    expect(unknown).toMatchObject({ code: 1, errors: expect.stringContaining('there is no game chess') })
    // and a server without the plug-in has no ladder of its game
    const { server: plain, ports } = await startServe(['door'])
    await using __ = plain
    const few = await run('rank', '--json', '--port', String(ports['parlor/door']), '--plugin', FOUR)
    expect((JSON.parse(few.output) as typeof all).ladders).toHaveLength(3)
    server.signal('SIGTERM')
    expect(await server.exit).toBe(0)
  }, 60_000)

  test('is on the ladder of its folder, with the plug-in and without it', async () => {
    for (const more of [[], ['--plugin', FOUR]]) {
      const { output, code } = await run('rank', 'connect-four', '--csv', '--data', data, ...more)
      expect([code, output]).toEqual([0, expect.stringMatching(/^game,rank,.*\r\nconnect-four,1,ada,.*\r\nconnect-four,2,bob,.*\r\n$/)])
    }
    expect((await runConfigured('rank', '--data', data)).output).toMatch(/^connect-four\nrank +name +rating +games\n +1 +ada/m)
    expect(await run('rank', 'chess', '--data', data)).toMatchObject({
      code: 2,
      errors: expect.stringContaining('there is no game "chess"'),
    })
  })

  test('is in the results of its folder, with the plug-in and without it', async () => {
    for (const more of [[], ['--plugin', FOUR]]) {
      const { output, code } = await run('results', 'connect-four', '--data', data, ...more)
      expect([code, output]).toEqual([
        0,
        expect.stringMatching(/,connect-four,true,0,ada,won,\r\n.*,connect-four,true,1,bob,resigned,\r\n$/),
      ])
    }
    const chess = await run('results', 'chess', '--data', data)
    expect(chess).toMatchObject({ code: 2, output: '', errors: expect.stringContaining('there is no game "chess"') })
  })

  test('is verified by the rules of the plug-in', async () => {
    expect(await run('verify', '--data', data, '--plugin', FOUR)).toMatchObject({ code: 0 })
    const changed = join(folder(), 'changed.ts')
    writeFileSync(
      changed,
      `import { connectFour } from ${JSON.stringify(join(examples, 'connect-four.ts'))}
export const games = [{ ...connectFour, play: () => ({ refused: 'the rules are different now' }) }]\n`,
    )
    const { code, errors } = await run('verify', '--data', data, '--plugin', changed)
    expect([code, errors]).toEqual([1, expect.stringContaining('the rules are different now')])
  })
})

describe('the programs of plug-ins in parlor.toml', () => {
  test('are listed, described and completed', async () => {
    expect((await runConfigured('protocols')).output).toContain('example/connect-four (connect-four)')
    expect((await runConfigured('protocols', 'connect-four')).output).toContain('DROP {column}')
    expect((await runConfigured('host', 'connect-for')).errors).toContain('did you mean connect-four?')
    expect((await runConfigured('connect-four')).errors).toContain('connect-four is a program: parlor host connect-four')
  })

  test('and on the command line are completed, as their games are', async () => {
    const words = async (run: Promise<{ output: string }>) => (await run).output.split('\n').map((line) => line.split('\t')[0])
    expect(await words(runConfigured('complete', '--', 'host', 'conn'))).toContain('connect-four')
    expect(await words(runConfigured('complete', '--', 'rank', ''))).toContain('connect-four')
    expect(await words(run('complete', '--', 'host', '--plugin', FOUR, 'conn'))).toContain('connect-four')
    expect(await words(run('complete', '--', 'host', 'conn'))).not.toContain('connect-four')
  })

  test('have ports by either name, in one setting', async () => {
    const cwd = folder()
    const settings = async (ports: string) => {
      writeFileSync(join(cwd, 'parlor.toml'), `plugins = [${JSON.stringify(FOUR)}]\n\n[ports]\n${ports}\n`)
      await using config = new Parlor(['config'], undefined, { cwd })
      return { code: await config.exit, output: config.output, errors: config.errors }
    }
    expect((await settings('connect-four = 4001')).output).toContain('"example/connect-four" = 4001')
    expect(await settings('connect-four = 4001\n"example/connect-four" = 4002')).toMatchObject({
      code: 2,
      errors: expect.stringMatching(/given twice, as "4001" and "4002"/),
    })
    expect(await settings('guess = 4001\nconnect-four = 4001')).toMatchObject({
      code: 2,
      errors: expect.stringMatching(/guess and connect-four have the same port, 4001/),
    })
  })
})
