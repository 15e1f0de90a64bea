import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { shippedGames } from '../../src/games/index.ts'
import { loadPlugins } from '../../src/plugins/load.ts'
import { shippedPrograms } from '../../src/programs/index.ts'
import { examples, numbersPlugin, pluginFile } from '../support/plugins.ts'

const shipped = { catalog: shippedGames, programs: shippedPrograms }

/** Loads files as plug-ins; a failure of a game fails the test. */
function load(...files: readonly string[]) {
  return loadPlugins(files, shipped, (sentence, reason) => {
    throw new Error(sentence, { cause: reason })
  })
}

/** A program with an automaton, as the text of a plug-in. */
function programPlugin(more: string, automaton = "start: 'open', states: { open: { BYE: 'end' }, end: {} }"): string {
  return `import { client, defineProgram, defineProtocol } from 'parlor'
const protocol = defineProtocol({
  name: 'bye', title: 'a goodbye',
  automaton: { messages: { BYE: client('BYE', { bye: true }) }, ${automaton} },
  async server(peer) { await peer.receive() },
  async client(peer) { peer.send('BYE') },
})
export const programs = [defineProgram({ name: 'example/bye', protocol, ${more} })]
`
}

/** An automaton whose server can refuse a message, and whose client cannot send again. */
const REFUSING = `messages: { BYE: client('BYE'), OK: client('OK'), NO: { from: 'server', text: 'NO {why}', example: 'NO no' } }, refusal: 'NO',
  start: 'open', states: { open: { BYE: 'end' }, end: {} }`

/** The `takes` of a program with one option. */
function option(more: string): string {
  return `takes: [{ kind: 'text', name: 'sides', metavar: 'n', about: '', side: 'server', expected: '', parse: Number, ${more} }],`
}

describe('a plug-in', () => {
  test('adds games and programs after the shipped games and programs, whose order and ports stay', async () => {
    const { catalog, programs } = await load(`${examples}/connect-four-wire.ts`, `${examples}/battleship.ts`)
    expect([...catalog.games.keys()].slice(0, shippedGames.games.size)).toEqual([...shippedGames.games.keys()])
    expect(catalog.entries.slice(shippedGames.entries.length).map(({ name }) => name)).toEqual(['connect-four', 'battleship'])
    expect(programs.names).toEqual([...shippedPrograms.names, 'example/connect-four'])
    expect((await programs.load('connect-four'))?.port).toBe(12_400)
    expect((await programs.load('guess'))?.port).toBe(9999)
    expect(programs.findShortName('example/connect-four')).toBe('connect-four')
  })

  test('gets the next free port for each program without a port', async () => {
    const other = await pluginFile(programPlugin(''))
    const { programs } = await load(`${examples}/connect-four-wire.ts`, other)
    expect((await programs.load('example/bye'))?.port).toBe(12_401)
  })

  test('may export a game that another plug-in exports, too, which counts once', async () => {
    const files = ['connect-four.ts', 'connect-four-wire.ts', 'connect-four-wire.ts', 'battleship-wire.ts', 'battleship.ts']
    const { catalog, programs } = await load(...files.map((file) => `${examples}/${file}`))
    expect(catalog.entries.slice(shippedGames.entries.length).map(({ name }) => name)).toEqual(['connect-four', 'battleship'])
    expect(programs.names.slice(shippedPrograms.names.length)).toEqual(['example/connect-four', 'example/battleship'])
  })

  test.each(['plugin.ts', 'plugin.js'])('is a module also in a package that says it is CommonJS: %s', async (name) => {
    const file = await pluginFile(numbersPlugin(), name)
    await writeFile(join(dirname(file), 'package.json'), '{ "type": "commonjs" }')
    expect((await load(file)).catalog.find('numbers')?.moves).toBe('a digit')
  })

  test('may be CommonJS', async () => {
    const text = numbersPlugin().replace("import { defineGame } from 'parlor'", "const { defineGame } = require('parlor')")
    const file = await pluginFile(text.replace('export const games = [game]', 'exports.games = [game]'), 'plugin.cjs')
    expect((await load(file)).catalog.find('numbers')?.moves).toBe('a digit')
  })

  test('may have its games and programs in a default export', async () => {
    const text = `${numbersPlugin().replace('export const', 'const')}export default { games }\n`
    expect((await load(await pluginFile(text))).catalog.find('numbers')?.moves).toBe('a digit')
  })
})

describe('is refused with a sentence: a plug-in', () => {
  test('that does not exist', async () => {
    await expect(load('/no/such/file.ts')).rejects.toThrow('/no/such/file.ts does not exist')
  })

  test.each([
    ['that throws while it is loaded', "throw new Error('so be it')", 'cannot be loaded: so be it'],
    ['that exports nothing', 'export const other = 1', 'exports neither "games" nor "programs"'],
    ['that exports no list', 'export const games = 1', 'exports "games" that is not a list'],
    ['with a game that is no object', 'export const games = [1]', 'the game number 1 is not an object'],
    ['with a game without rules', "export const games = [{ name: 'nothing' }]", 'the game nothing has no function setup'],
    ['with a bad name', numbersPlugin("name: 'Numbers!',"), 'small letters, digits and hyphens'],
    ['with a name that is taken', numbersPlugin("name: 'quiz',"), 'the name "quiz" of the game quiz already belongs to a game of Parlor'],
    ['with an alias that is taken', numbersPlugin("aliases: ['ttt'],"), 'the name "ttt" of the game numbers already belongs'],
    ['with three seats', numbersPlugin('seats: { min: 3, max: 3 },'), 'must have 1 or 2 seats'],
    ['with a bad setting', numbersPlugin("settings: { size: { min: 3, max: 2, usual: 2, about: '' } },"), 'a setting size'],
    ['whose setup throws', numbersPlugin("setup: () => { throw new Error('so be it') },"), 'cannot be set up'],
    ['whose setup computes forever', numbersPlugin('setup: () => { for (;;); },'), 'longer than 1000 ms'],
    ['whose game is over when it begins', numbersPlugin('outcome: () => ({ winners: [] }),'), 'is over when it begins'],
    [
      'with a program name that is taken',
      programPlugin("short: 'guess'"),
      'the name "guess" of the program example/bye already belongs to a program of Parlor',
    ],
    [
      'with a port that is taken',
      programPlugin('port: 9999'),
      'the port 9999 of the program example/bye already belongs to a program of Parlor',
    ],
    ['with a port that is none', programPlugin('port: 70000'), 'has the port 70000'],
    ['with a start that is no state', programPlugin('', "start: 'begin', states: { end: {} }"), 'begins in "begin", which is not a state'],
    ['with a step to no state', programPlugin('', "start: 'a', states: { a: { BYE: 'b' } }"), 'BYE leads to "b", which is not a state'],
    ['with options that are no list', programPlugin('takes: 1'), '"takes" that is not a list of options'],
    ['with an option without a parser', programPlugin(option("parse: ''")), 'has the option sides without metavar, expected or parse'],
    ['with a badly spelled option', programPlugin(option("spelling: 'no way'")), 'has an option with the spelling "no way"'],
    ['with an option in another form', programPlugin(option("name: 'words'")), 'takes the option --words, which another program declares'],
    ['with a setting of another', programPlugin(option("name: 'words', spelling: 'more', setting: true")), 'has the setting words'],
    ['with a refusal that no state has', programPlugin('', REFUSING), 'has the refusal NO, but no state has it'],
    ['with a step for no message', programPlugin('', "start: 'a', states: { a: { HI: 'a' } }"), 'with HI, which is not a message'],
  ])('%s', async (_, text, sentence) => {
    const file = await pluginFile(text)
    await expect(load(file)).rejects.toThrow(sentence)
    await expect(load(file)).rejects.toThrow(file)
  })

  test('with a name that another file has taken, and says by which', async () => {
    const [first, second] = [await pluginFile(numbersPlugin()), await pluginFile(numbersPlugin())]
    await expect(load(first, second)).rejects.toThrow(
      `${second}: the name "numbers" of the game numbers already belongs to a game of ${first}`,
    )
    const [one, other] = [await pluginFile(programPlugin('')), await pluginFile(programPlugin(''))]
    await expect(load(one, other)).rejects.toThrow(
      `the name "example/bye" of the program example/bye already belongs to a program of ${one}`,
    )
    const [here, there] = [await pluginFile(programPlugin('port: 12500')), await pluginFile(programPlugin("port: 12500, name: 'a/b'"))]
    await expect(load(here, there)).rejects.toThrow(
      `the port 12500 of the program a/b already belongs to the program example/bye of ${here}`,
    )
  })
})
