import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { optionPage, programPage } from '../../docs/generate.ts'
import { loadOptions } from '../../src/cli/config.ts'
import { createCommands } from '../../src/cli/main.ts'
import { DeclaredOption, givenOptions, spellOption } from '../../src/cli/option-parsers.ts'
import { resolveOptions } from '../../src/cli/program-options.ts'
import { createSchema, resolveWith } from '../../src/config/config.ts'
import { formatToml } from '../../src/config/print.ts'
import { parseConfigFile, parseEnvironment } from '../../src/config/sources.ts'
import { chance } from '../../src/games/random.ts'
import { type LoadedPrograms, loadPrograms } from '../../src/programs/index.ts'
import type { Automaton } from '../../src/protocol/automaton.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import { type Options, type Program, plainLines, readOption } from '../../src/protocol/definition.ts'
import { server } from '../../src/protocol/message-spec.ts'
import type { FileOption, FlagOption, TextOption } from '../../src/protocol/option.ts'
import { decode } from '../../src/wire/text.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { folder } from '../support/folders.ts'

// a program with options of its own, as one file would define it

const sides: TextOption<number> = {
  kind: 'text',
  name: 'diceSides',
  spelling: 'dice-sides',
  metavar: 'n',
  about: 'dice: sides of the die',
  side: 'server',
  setting: true,
  unset: '6',
  expected: 'a whole number from 2 to 100',
  parse: (text) => (/^(?:[2-9]|[1-9]\d|100)$/.test(text) ? Number(text) : undefined),
}

const loaded: FlagOption = {
  kind: 'flag',
  name: 'loaded',
  about: 'dice: the die always shows its last side',
  side: 'server',
  setting: true,
}

const curses: FileOption<readonly string[]> = {
  kind: 'file',
  name: 'curses',
  about: 'dice: what the server says to a loser, one a line',
  side: 'client',
  read: async (text) => ({ value: text.trim().split('\n'), skipped: [] }),
}

const automaton = {
  messages: { rolls: server('ROLLS {from} {to}', { example: 'ROLLS 1 6' }) },
  start: 'start',
  states: { start: { rolls: 'end' }, end: {} },
  automatic: { server: true },
} as const satisfies Automaton

const dice: Program<'rolls', 'start' | 'end', undefined> = {
  name: 'test/dice',
  source: 'a test',
  protocol: {
    name: 'dice',
    title: 'the server says what its die can show',
    automaton,
    framing: plainLines,
    async server(peer, { options }) {
      const last = readOption(options, sides) ?? 6
      peer.send('rolls', readOption(options, loaded) ? last : 1, last)
    },
    async client(peer, { console }) {
      console.say((await peer.receive()).text)
    },
  },
  words: undefined,
  port: 4711,
  takes: [sides, loaded, curses],
  host: {},
  join: {},
}

/** The programs of Parlor, and this program. */
async function load(names?: readonly string[]): Promise<LoadedPrograms> {
  const { programs, solos } = await loadPrograms(names)
  return { programs: [...programs, ...(!names || names.includes('test/dice') ? [dice] : [])], solos }
}

/** Parses a command line, without running its command. */
async function parse(only: string, ...typed: readonly string[]) {
  const parlor = await createCommands(() => {}, { only, typed, load })
  const [command] = parlor.commands.filter((one) => one.name() === only)
  if (!command) throw new Error(`no command ${only}`)
  command.configureOutput({ outputError() {}, writeErr() {} }).action(() => {})
  await parlor.parseAsync([only, ...typed], { from: 'user' })
  return command
}

/** Returns the options of the server's side on a command line of `host`. */
async function hosted(...typed: readonly string[]): Promise<Options> {
  return resolveOptions(dice, 'server', { given: givenOptions(await parse('host', 'test/dice', ...typed)) })
}

/** Returns the first message of the server with some options. */
async function said(options: Options): Promise<string> {
  const [ours, theirs] = memoryPair()
  const conversation = new Conversation({ program: dice, side: 'server', transport: ours, options, random: chance })
  theirs.open({ data() {}, finished: () => theirs.finish(), closed() {} })
  await conversation.closed
  return ours.written.map((bytes) => decode(bytes)).join('')
}

describe('an option that one program declares', () => {
  test('is taken from the command line of host, and reaches the role', async () => {
    expect(await said(await hosted('--dice-sides', '20', '--loaded'))).toBe('ROLLS 20 20\n')
    expect(await said(await hosted('--dice-sides=20'))).toBe('ROLLS 1 20\n')
    expect(await said(await hosted())).toBe('ROLLS 1 6\n')
  })

  test('is refused with its valid values', async () => {
    await expect(hosted('--dice-sides', '1')).rejects.toThrow(
      "option '--dice-sides <n>' argument '1' is invalid. It must be a whole number from 2 to 100.",
    )
    await expect(hosted('--dice-sides', '4', '--dice-sides', '5')).rejects.toThrow('--dice-sides is given twice, as "4" and "5"')
  })

  test('is refused on the other side, and by the other programs', async () => {
    const joined = givenOptions(await parse('join', 'test/dice', '--loaded'))
    await expect(resolveOptions(dice, 'client', { given: joined })).rejects.toThrow(
      "--loaded belongs to the server's side: parlor host test/dice --loaded ...",
    )
    await expect(hosted('--curses', 'file')).rejects.toThrow("--curses belongs to the client's side: parlor join PROGRAM --curses ...")
    const [guess] = (await loadPrograms(['guess'])).programs
    const given = givenOptions(await parse('host', 'guess', '--dice-sides', '4'))
    await expect(guess && resolveOptions(guess, 'server', { given })).rejects.toThrow('tjc/guess takes no --dice-sides')
  })

  test('can name a file, whose content is the value', async () => {
    const file = join(folder(), 'curses.txt')
    writeFileSync(file, 'blast\ndrat\n')
    const given = givenOptions(await parse('join', 'test/dice', '--curses', file))
    expect(await resolveOptions(dice, 'client', { given })).toEqual({ curses: ['blast', 'drat'] })
  })

  test('is a setting, from the command line, the environment and a file, in this order', async () => {
    const schema = createSchema((await load()).programs.flatMap(({ takes = [] }) => takes))
    const file = parseConfigFile('parlor.toml', 'diceSides = 8\nloaded = true', schema)
    const settings = resolveWith(schema, [file, parseEnvironment({ PARLOR_DICESIDES: '10' }, schema)])
    expect(await loadOptions(settings, () => {})).toEqual({ diceSides: 10, loaded: true })
    expect(await said(await loadOptions(settings, () => {}))).toBe('ROLLS 10 10\n')
    expect(formatToml(settings)).toMatch(/^diceSides = "10" +# PARLOR_DICESIDES$/m)
    expect(formatToml(resolveWith(schema, []))).toMatch(/^# diceSides = +# not set: 6$/m)
    const command = await parse('serve', '--dice-sides', '12')
    expect(givenOptions(command)).toEqual([{ option: sides, value: '12' }])
    expect(() => resolveWith(schema, [parseConfigFile('parlor.toml', 'diceSides = 101', schema)])).toThrow(
      'diceSides (from parlor.toml) is 101, and must be a whole number from 2 to 100',
    )
    expect(() => resolveWith(schema, [parseConfigFile('parlor.toml', 'diceSide = 5', schema)])).toThrow('did you mean diceSides?')
  })

  test('is in the help, and in the reference pages', async () => {
    const page = optionPage(await createCommands(() => {}, { load }))
    const section = (name: string) => page.split('\n## ').find((one) => one.startsWith(`\`parlor ${name}`)) ?? ''
    for (const name of ['host', 'serve', 'config']) {
      expect(section(name)).toMatch(/^\| `--dice-sides <n>` +\| dice: sides of the die \(default: 6\) +\|/m)
      expect(section(name)).toMatch(/^\| `--loaded` +\| dice: the die always shows its last side +\|/m)
    }
    expect(section('join')).toMatch(/^\| `--curses <file>` +\|/m)
    expect(section('join')).not.toContain('--loaded')
    expect(section('host')).not.toContain('--curses')
    expect(programPage('test/dice', dice)).toContain('Options of this program: `--dice-sides`, `--loaded`, `--curses`.')
  })

  test('cannot have the name of a setting of the server', () => {
    expect(() => createSchema([{ ...sides, name: 'host' }])).toThrow('the option host has the name of a setting of the server')
  })
})

describe('the options of all programs', async () => {
  const { programs, solos } = await loadPrograms()
  const all = [...programs, ...solos].flatMap(({ takes = [] }) => takes)

  test('with one spelling have one form, so that the command line can read them before it knows the program', () => {
    expect(all.length).toBeGreaterThan(30)
    for (const [spelled, declared] of Map.groupBy(all, spellOption)) {
      const forms = new Set(declared.map((option) => new DeclaredOption(option).flags))
      expect([...forms], spelled).toHaveLength(1)
    }
  })

  test('replace no option that a command has for every program, except those for pieces on the wire', async () => {
    const parlor = await createCommands(() => {}, { typed: [] })
    const own = parlor.commands.filter((one) => ['host', 'join', 'solo', 'serve'].includes(one.name())).flatMap(({ options }) => options)
    expect(own.length).toBeGreaterThan(50)
    const spellings = new Set(all.map(spellOption))
    expect(new Set(own.map(({ long }) => long).filter((long) => spellings.has(long ?? '')))).toEqual(new Set(['--split', '--delay']))
  })

  test('are loaded for a command line only if it names the program or has the option', async () => {
    const asked: (readonly string[] | undefined)[] = []
    const counting = (names?: readonly string[]) => {
      asked.push(names)
      return load(names)
    }
    await createCommands(() => {}, { only: 'host', typed: ['guess', '--secret', '42', '--tls'], load: counting })
    expect(asked).toEqual([['guess', '--secret', '42', '--tls']])
    await createCommands(() => {}, { only: 'host', typed: ['guess', '--size=4'], load: counting })
    expect(asked.slice(1)).toEqual([['guess', '--size=4'], undefined])
    await createCommands(() => {}, { only: 'rank', typed: ['guess', '--size=4'], load: counting })
    expect(asked).toHaveLength(3)
  })
})
