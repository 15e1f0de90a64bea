import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { formatSpan, parseSpan } from '../../src/base/durations.ts'
import { type ConfigSource, resolveConfig, settingNames } from '../../src/config/config.ts'
import { formatJson, formatToml } from '../../src/config/print.ts'
import { findUnknownVariables, parseConfigFile, parseEnvironment } from '../../src/config/sources.ts'
import { programNames } from '../../src/programs/index.ts'
import { Parlor } from '../support/process.ts'

const file = (toml: string) => parseConfigFile('parlor.toml', toml)
const flags = (values: ConfigSource['values']): ConfigSource => ({ values, from: (setting) => `--${setting}` })

describe('the value of a setting', () => {
  test('is that of the first of: option, environment, file, default', () => {
    const toml = 'host = "file"\ndata = "file"\nfirst = "3s"\n[limits]\ntables = 3\nseats = 3'
    const { config, from } = resolveConfig(
      file(toml),
      parseEnvironment({ PARLOR_HOST: 'environment', PARLOR_DATA: 'environment', PARLOR_LIMITS_SEATS: '4' }),
      flags({ host: 'option' }),
    )
    expect(config).toMatchObject({ host: 'option', data: 'environment', first: 3000, idle: 600_000, limits: { tables: 3, seats: 4 } })
    const sources = ['host', 'data', 'first', 'idle', 'limits.tables', 'limits.seats', 'limits.burst'].map((name) => from.get(name))
    expect(sources).toEqual(['--host', 'PARLOR_DATA', 'parlor.toml', 'default', 'parlor.toml', 'PARLOR_LIMITS_SEATS', 'default'])
  })

  test('merges ports of all sources by program, under any of its names', () => {
    const { config, from } = resolveConfig(
      file('[ports]\nguess = 1\n"tjc/chat" = 2\ntime = 3'),
      parseEnvironment({ PARLOR_PORTS: 'tjc/guess=4, chat=5' }),
      flags({ ports: { guess: 6 } }),
    )
    expect(config.ports).toEqual({ 'tjc/guess': 6, 'tjc/chat': 5, 'fh/time': 3 })
    expect(['tjc/guess', 'tjc/chat', 'fh/time'].map((name) => from.get(`ports.${name}`))).toEqual([
      '--ports.tjc/guess',
      'PARLOR_PORTS',
      'parlor.toml',
    ])
  })

  test('reads lists and limits in the environment with commas and as words', () => {
    const { config } = resolveConfig(
      parseEnvironment({ PARLOR_ONLY: 'guess, chat', PARLOR_ITERATIVE: 'guess', PARLOR_LIMITS_TABLES: 'none', PARLOR_HOST: '' }),
    )
    expect(config).toMatchObject({
      only: ['guess', 'chat'],
      iterative: ['guess'],
      limits: { tables: Number.POSITIVE_INFINITY },
      host: '127.0.0.1',
    })
  })

  test.each([
    ['4080', '127.0.0.1', 4080],
    ['0.0.0.0:0', '0.0.0.0', 0],
    ['parlor.example:80', 'parlor.example', 80],
    ['[::1]:4080', '::1', 4080],
  ])('reads http %s as the address %s, port %i', (http, host, port) => {
    expect(resolveConfig(flags({ http })).config.http).toEqual({ host, port })
  })

  test.each([
    ['8080', '', 8080],
    ['0.0.0.0:80', '0.0.0.0', 80],
    ['[::1]:8080', '::1', 8080],
  ])('reads web %s as the address %j, port %i', (web, host, port) => {
    expect(resolveConfig(flags({ web })).config.web).toEqual({ host, port })
  })

  test.each([
    [{ web: 'here' }, /web \(from --web\) is "here", and must be a port such as 8080,/],
    [{ webPrefix: 'parlor/' }, /must be a path such as "\/parlor"/],
    [{ webPrefix: '/a/../b?' }, /must be a path such as "\/parlor"/],
    [{ webHosts: ['school.example:80'] }, /must be a name such as "school.example", without a port/],
    [{ webOrigins: ['https://school.example/'] }, /must be an origin such as "https:\/\/school.example"/],
    [{ webProxies: ['1'] }, /must be an address such as "127.0.0.1"/],
    [{ webProxies: ['10.0.0.0/33'] }, /must be an address such as "127.0.0.1"/],
  ])('refuses %j', (values, sentence) => {
    expect(() => resolveConfig(flags(values))).toThrow(sentence)
  })

  test('includes connections in JSON logs unless a level is set', () => {
    expect(resolveConfig().config.level).toBe('warn')
    expect(resolveConfig(flags({ log: 'json' })).config.level).toBe('info')
    expect(resolveConfig(flags({ log: 'json', level: 'error' })).config.level).toBe('error')
  })

  test('refuses a port of HTTP that a program has', async () => {
    const { allPrograms } = await import('../../src/programs/index.ts')
    const { http, web } = resolveConfig().config
    const ports = (await allPrograms()).flatMap(({ port, servePort }) => [port, servePort])
    expect(ports).not.toContain(http === 'none' ? undefined : http.port)
    expect(ports).not.toContain(web === 'none' ? undefined : web.port)
  })
})

describe('an invalid setting is refused with its place', () => {
  test.each([
    ['host = 5', 'host (from parlor.toml) is 5, and must be an address such as 127.0.0.1, or a name'],
    ['hots = "here"', 'hots (from parlor.toml) is not a setting; did you mean host? All settings: parlor config'],
    ['connections = 5', 'connections (from parlor.toml) is not a setting; did you mean limits.connections? All settings: parlor config'],
    [
      '[limits]\nconections = 5',
      'limits.conections (from parlor.toml) is not a setting; did you mean limits.connections? All settings: parlor config',
    ],
    ['[limits]\ntables = 0', 'limits.tables (from parlor.toml) is 0, and must be a whole number from 1, or "none"'],
    ['[limits]\ntables = 1.5', 'limits.tables (from parlor.toml) is 1.5, and must be a whole number from 1, or "none"'],
    ['limits = 4', 'limits (from parlor.toml) is 4, and must be a table of limits'],
    ['first = "soon"', 'first (from parlor.toml) is "soon", and must be a time such as 100ms, 2s or 1m, longer than 0'],
    ['idle = "0s"', 'idle (from parlor.toml) is "0s", and must be a time such as 100ms, 2s or 1m, longer than 0'],
    ['first = 2m', 'parlor.toml, line 1, column 10: illegal character in numeric literal; texts are in quotes, as in first = "2m"'],
    [
      'first = "2m"\nfirst = "3m"',
      'parlor.toml, line 2, column 1: trying to redefine an already defined table or value; this setting or table appears earlier in the file: remove one of the two',
    ],
    ['[limits]\n[ports]\n[limits]', 'this setting or table appears earlier in the file: remove one of the two'],
    ['first = "2m" idle = "3m"', 'each setting is on a line of its own'],
    ['first "2m"', 'illegal character in key; a setting has the form first = "2m", and a table has the form [limits]'],
    ['data = "C:\\parlor\\users"', 'in double quotes, write \\\\ for a \\; in single quotes, write the \\ itself'],
    ['only = ["guess"', 'a list ends with ], and a table in a line ends with }'],
    ['first = "2m\n', 'a text ends with its quote, on the same line'],
    ['first = "2m', 'a text ends with its quote, on the same line'],
    ['[ports]\nguess = 09000', 'illegal leading zero; a number has no leading 0'],
    ['data = /var/lib', 'invalid value; texts are in quotes, as in first = "2m"'],
    ['only = "guess"', 'only (from parlor.toml) is "guess", and must be a list of programs, such as ["guess", "chat"]'],
    ['only = [""]', 'only (from parlor.toml) is "", and must be the name of a program'],
    ['[ports]\nguess = 65536', 'ports.guess (from parlor.toml) is 65536, and must be a port from 0 to 65535; 0 for any free port'],
    [
      'http = "here"',
      'http (from parlor.toml) is "here", and must be a port such as 4080, an address with a port such as 0.0.0.0:4080, or "none"',
    ],
    ['log = "xml"', 'log (from parlor.toml) is "xml", and must be plain or json'],
    ['level = "loud"', 'level (from parlor.toml) is "loud", and must be error, warn, info or debug'],
    ['keep = "much"', 'keep (from parlor.toml) is "much", and must be a size such as 500MB or 2GB, at least 10MB, or "none"'],
    ['keep = "9MB"', 'keep (from parlor.toml) is "9MB", and must be a size such as 500MB or 2GB, at least 10MB, or "none"'],
    ['durable = "ever"', 'durable (from parlor.toml) is "ever", and must be process or power'],
  ])('%s', (toml, sentence) => {
    expect(() => resolveConfig(file(toml))).toThrow(sentence)
  })

  test('names the variable of the environment, also for several ports', () => {
    expect(() => resolveConfig(parseEnvironment({ PARLOR_IDLE: 'soon' }))).toThrow('idle (from PARLOR_IDLE) is "soon", and must be a time')
    expect(() => resolveConfig(parseEnvironment({ PARLOR_PORTS: 'chat=5, chat=6' }))).toThrow(
      /^ports\.chat \(from PARLOR_PORTS\) is given twice, as "5" and "6": leave one of them out$/,
    )
    expect(() => resolveConfig(parseEnvironment({ PARLOR_PORTS: 'chat=5,tjc/chat=6' }))).toThrow(
      /^ports\.tjc\/chat \(from PARLOR_PORTS\) is given twice, as "5" and "6": leave one of them out$/,
    )
    expect(() => resolveConfig(file('[ports]\nchat = 5\n"tjc/chat" = 6'))).toThrow(
      /line 2: ports\.tjc\/chat \(from parlor\.toml\) is given twice, as "5" and "6": leave one of them out$/,
    )
    expect(() => resolveConfig(parseEnvironment({ PARLOR_PORTS: 'guess' }))).toThrow(
      'ports.guess (from PARLOR_PORTS) is "", and must be a port',
    )
  })

  test('is refused also if another source overrides it', () => {
    expect(() => resolveConfig(file('idle = "soon"'), flags({ idle: '5m' }))).toThrow('idle (from parlor.toml)')
  })

  test('reports a variable that looks like a setting, and no other variables', () => {
    const environment = { PARLOR_HOTS: 'x', PARLOR_SERVICE_HOST: 'x', PARLOR_HOST: 'x', PARLOR_CONFIG: 'x', HOST: 'x' }
    expect(findUnknownVariables(environment)).toEqual(['PARLOR_HOTS is not a setting, and is ignored; did you mean PARLOR_HOST?'])
    expect(findUnknownVariables({ PARLOR_LIMITS: '{}', PARLOR_FOO: 'x', PARLOR_: 'x', PARLOR_LOGFILE: 'x' })).toEqual([
      'PARLOR_LIMITS is not a setting, and is ignored; "parlor config" shows all settings, and those of PARLOR_LIMITS are written as PARLOR_LIMITS_CONNECTIONS',
      'PARLOR_FOO is not a setting, and is ignored; "parlor config" shows all settings',
      'PARLOR_ is not a setting, and is ignored; "parlor config" shows all settings',
      'PARLOR_LOGFILE is not a setting, and is ignored; "parlor config" shows all settings',
    ])
    const others = [
      'SERVICE_HOST',
      'SERVICE_PORT_DOOR',
      'DB_PORT',
      'PORT_4000_TCP',
      'PORT_4000_TCP_ADDR',
      'WEB_ENV_PATH',
      'WEB_NAME',
      'ORIGINALS',
    ]
    expect(findUnknownVariables(Object.fromEntries(others.map((name) => [`PARLOR_${name}`, 'x'])))).toEqual([])
  })
})

const limit = fc.oneof(fc.integer({ min: 1, max: 1e9 }), fc.constant('none'))
const time = fc.integer({ min: 0, max: 1e7 }).map(formatSpan)
const patience = fc.integer({ min: 1, max: 1e7 }).map(formatSpan)
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((one) => one.trim() !== '')
const anySettings = fc.record(
  {
    host: text,
    only: fc.array(fc.constantFrom(...programNames)),
    ports: fc.dictionary(fc.constantFrom(...programNames), fc.integer({ min: 0, max: 65535 })),
    data: text,
    durable: fc.constantFrom('process', 'power'),
    keep: fc.constantFrom('none', '10MB', '1.5GB', '12345.678MB', '3GB'),
    first: patience,
    wait: time,
    words: text,
    http: fc.constantFrom('none', '4080', '[::1]:80', 'host.example:4080'),
    web: fc.constantFrom('none', '8080', '[::1]:80', 'host.example:8080'),
    webPrefix: fc.constantFrom('', '/parlor'),
    webHosts: fc.constantFrom([], ['school.example', 'lab']),
    webOrigins: fc.constantFrom([], ['https://school.example']),
    webProxies: fc.constantFrom([], ['127.0.0.1', '10.0.0.0/8']),
    level: fc.constantFrom('error', 'debug'),
    limits: fc.record({ tables: limit, burst: limit }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
)

describe('the printed settings', () => {
  test('can be read again, with the same values', () => {
    fc.assert(
      fc.property(anySettings, (values) => {
        const settings = resolveConfig(flags(values))
        expect(resolveConfig(file(formatToml(settings))).config).toEqual(settings.config)
      }),
    )
  })

  test('name the source of each value', () => {
    const printed = formatToml(resolveConfig(file('idle = "20m"\n[ports]\nguess = 9000'), parseEnvironment({ PARLOR_HOST: '0.0.0.0' })))
    expect(printed).toMatch(/^host = "0\.0\.0\.0" +# PARLOR_HOST$/m)
    expect(printed).toMatch(/^idle = "20m" +# parlor\.toml$/m)
    expect(printed).toMatch(/^first = "2m" +# default$/m)
    expect(printed).toMatch(/^# framing = +# not set: lines$/m)
    expect(printed).toMatch(/^\[ports\]\n"tjc\/guess" = 9000 +# parlor\.toml$/m)
    for (const name of settingNames) if (name !== 'ports') expect(printed).toContain(`${name.split('.').at(-1)} =`)
  })

  test('include the sources in JSON', () => {
    const printed = JSON.parse(formatJson(resolveConfig(parseEnvironment({ PARLOR_LIMITS_TABLES: 'none' }))))
    expect(printed['limits.tables']).toEqual({ value: 'none', from: 'PARLOR_LIMITS_TABLES' })
    expect(printed.first).toEqual({ value: '2m', from: 'default' })
  })

  test('print a time as it is read', () => {
    fc.assert(fc.property(fc.nat(), (ms) => parseSpan(formatSpan(ms), 's') === ms))
    expect(['30', '1.5s', '2m', '100ms', 'soon', ''].map((given) => parseSpan(given, 's'))).toEqual([
      30_000,
      1500,
      120_000,
      100,
      undefined,
      undefined,
    ])
  })
})

test('the parlor.toml of docs/operating.md is valid', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/operating.md'), 'utf8')
  const [, toml = ''] = /```toml\n([\s\S]*?)```/.exec(page) ?? []
  const { config, from } = resolveConfig(file(toml))
  expect(config.host).toBe('0.0.0.0')
  for (const name of ['data', 'idle', 'ports.tjc/guess', 'limits.tables']) expect(from.get(name)).toBe('parlor.toml')
})

describe('parlor config', () => {
  async function run(args: readonly string[], { toml, ...environment }: Record<string, string> = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'parlor-config-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    if (toml !== undefined) await writeFile(join(folder, 'parlor.toml'), toml)
    const parlor = new Parlor(args, undefined, { environment, cwd: folder })
    onTestFinished(() => parlor[Symbol.asyncDispose]())
    return { code: await parlor.exit, output: parlor.output, errors: parlor.errors }
  }

  test('shows the settings in a folder with a parlor.toml, and its output is a valid parlor.toml', async () => {
    const first = await run(['config', '--idle', '20m', '--port', 'guess=9000'], {
      toml: 'host = "0.0.0.0"\ndurable = "process"',
      PARLOR_DURABLE: 'power',
      PARLOR_IDLE: '1m',
    })
    expect(first).toMatchObject({ code: 0, errors: '' })
    expect(first.output).toMatch(/^host = "0\.0\.0\.0" +# parlor\.toml$/m)
    expect(first.output).toMatch(/^durable = "power" +# PARLOR_DURABLE$/m)
    expect(first.output).toMatch(/^idle = "20m" +# --idle$/m)
    expect(first.output).toMatch(/^"tjc\/guess" = 9000 +# --port$/m)
    const second = await run(['config'], { toml: first.output })
    expect(resolveConfig(file(second.output)).config).toEqual(resolveConfig(file(first.output)).config)
  })

  test.each([
    [
      [],
      { toml: 'only = ["ges"]' },
      'line 1: only (from parlor.toml): there is no program "ges"; did you mean guess? All programs: parlor protocols',
    ],
    [['--only', 'ges'], {}, 'only (from --only): there is no program "ges"; did you mean guess? All programs: parlor protocols'],
    [
      [],
      { PARLOR_ITERATIVE: 'book/secret' },
      'iterative (from PARLOR_ITERATIVE): book/secret has no network; play it with: parlor solo book/secret',
    ],
    [['--only', 'guess', '--port', 'chat=1'], {}, 'tjc/chat is not served; add --only tjc/chat'],
    [['--limit', 'seets=3'], {}, 'limits.seets (from --limit) is not a setting; did you mean limits.seats? All settings: parlor config'],
    [['--only', 'zzzzz'], {}, 'only (from --only): there is no program "zzzzz". All programs: parlor protocols'],
    [['--config', 'no.toml'], {}, 'cannot read "no.toml": there is no such file'],
    [[], { PARLOR_CONFIG: 'no.toml' }, 'cannot read "no.toml": there is no such file'],
    [['--limit', 'foo=1'], {}, 'limits.foo (from --limit) is not a setting. All settings: parlor config'],
    [['--idle', '0'], {}, 'idle (from --idle) is "0s", and must be a time such as 100ms, 2s or 1m, longer than 0'],
    [[], { toml: 'trace = yes' }, 'parlor.toml, line 1, column 9: invalid value; trace is true or false, as in trace = true'],
    [[], { toml: 'strict = False' }, 'parlor.toml, line 1, column 10: invalid value; strict is true or false, as in strict = false'],
    [
      ['--only', 'guess', '--only', 'chat', '--port', 'guess=31361', '--port', 'chat=31361'],
      {},
      'guess and chat have the same port, 31361: give one of them another port, such as --port chat=31362',
    ],
    [
      [],
      { toml: '[ports]\nguess = 65535\nchat = 65535' },
      'guess and chat have the same port, 65535: give one of them another port, such as --port chat=65534',
    ],
    [['--http', '31361', '--port', 'guess=31361'], {}, 'guess and --http have the same port, 31361: give one of them another port'],
    [['--web', '31361', '--port', 'guess=31361'], {}, 'guess and --web have the same port, 31361: give one of them another port'],
    [['--web', '31361', '--http', '31361'], {}, '--http and --web have the same port, 31361: give one of them another port'],
    [['--framing', 'morse'], {}, 'framing (from --framing) is "morse", and must be lines, none or length'],
  ])('%j with %j is a usage error', async (args, given, sentence) => {
    expect(await run(['config', ...args], given)).toEqual({ code: 2, output: '', errors: `parlor: ${sentence}\n` })
  })

  test('port 0 for several programs is not a duplicate', async () => {
    const args = ['config', '--port', 'guess=0', '--port', 'chat=0', '--http', '127.0.0.1:0']
    expect(await run(args, {})).toMatchObject({ code: 0, errors: '' })
  })

  test('reports all faults of a parlor.toml together, each with its line, and suggests only similar names', async () => {
    const toml = `host = 5
color = "red"
only = ["gess", "tjc/hangmn"]
limit = 3
port_base = 7000

[ports]
"tjc/guess" = 70000
chta = 4000

[limits]
conections = 4
tables = 0
idle = "2m"
`
    const { code, output, errors } = await run(['config'], { toml })
    expect({ code, output }).toEqual({ code: 2, output: '' })
    const all = 'All settings: parlor config'
    const programs = 'All programs: parlor protocols'
    expect(errors.split('\n')).toEqual([
      'parlor: line 1: host (from parlor.toml) is 5, and must be an address such as 127.0.0.1, or a name',
      `parlor: line 2: color (from parlor.toml) is not a setting. ${all}`,
      `parlor: line 4: limit (from parlor.toml) is not a setting; did you mean limits? ${all}`,
      `parlor: line 5: port_base (from parlor.toml) is not a setting; did you mean portBase? ${all}`,
      'parlor: line 8: ports.tjc/guess (from parlor.toml) is 70000, and must be a port from 0 to 65535; 0 for any free port',
      `parlor: line 12: limits.conections (from parlor.toml) is not a setting; did you mean limits.connections? ${all}`,
      'parlor: line 13: limits.tables (from parlor.toml) is 0, and must be a whole number from 1, or "none"',
      `parlor: line 14: limits.idle (from parlor.toml) is not a setting; did you mean idle? ${all}`,
      `parlor: line 3: only (from parlor.toml): there is no program "gess"; did you mean guess? ${programs}`,
      `parlor: line 3: only (from parlor.toml): there is no program "tjc/hangmn"; did you mean hangman? ${programs}`,
      `parlor: line 9: ports.chta (from parlor.toml): there is no program "chta"; did you mean chat? ${programs}`,
      '',
    ])
    const names = await run(['config'], { toml: 'only = ["gess"]\niterative = ["chta"]\n[ports]\nquizz = 1\ngusse = 2' })
    expect(names.errors.match(/^parlor: line \d: \S+/gm)).toEqual([
      'parlor: line 1: only',
      'parlor: line 4: ports.quizz',
      'parlor: line 5: ports.gusse',
      'parlor: line 2: iterative',
    ])
  })

  test('reports a wrong value of each setting with its line, after any other lines', () => {
    for (const setting of settingNames) {
      const [table, key] = setting.includes('.') ? setting.split('.') : [undefined, setting]
      const toml = `# a comment with host = 1\n\nwords = "a = b"\n${table ? `[${table}]\n` : ''}${key === 'words' ? '' : `${key} = {}\n`}`
      if (key === 'words' || key === 'ports') continue
      expect(() => resolveConfig(file(toml)), setting).toThrow(`line ${table ? 5 : 4}: ${setting} (from parlor.toml) is {}`)
    }
    expect(() => resolveConfig(file('limits = { tables = 0 }'))).toThrow('line 1: limits.tables (from parlor.toml) is 0')
    expect(() => resolveConfig(file('\nlimits.tables = 0'))).toThrow('line 2: limits.tables (from parlor.toml) is 0')
    expect(() => resolveConfig(file('\n[ ports ]\n"tjc/guess" = -1'))).toThrow('line 3: ports.tjc/guess (from parlor.toml) is -1')
  })

  test('accepts settings of programs that are not served', async () => {
    const toml = 'iterative = ["chat"]\n[ports]\nchat = 1'
    expect(await run(['config', '--only', 'guess'], { toml })).toMatchObject({ code: 0, errors: '' })
  })

  test.each([
    ['lookup', 'localhost'],
    ['protocols', 'guess'],
    ['join', 'guess', '127.0.0.1', '1', '--wait', '0'],
    ['rank', '--port', '1'],
  ])('%s %s does not load modules for serve only', async (...args) => {
    const coverage = await mkdtemp(join(tmpdir(), 'parlor-loaded-'))
    onTestFinished(() => rm(coverage, { recursive: true }))
    await run(args, { NODE_V8_COVERAGE: coverage })
    const loaded = await Promise.all((await readdir(coverage)).map((name) => readFile(join(coverage, name), 'utf8')))
    expect(loaded.join('')).toContain('/commander/')
    for (const library of ['zod', 'pino', 'fastify', 'prom-client', 'smol-toml'])
      expect(loaded.join('')).not.toContain(`/node_modules/${library}/`)
  })

  test('other commands use the data folder of the settings', async () => {
    const toml = 'data = "elsewhere"'
    const { errors } = await run(['people', 'reset', 'ada'], { toml, PARLOR_DATA: '' })
    expect(errors).toMatch(/there is no folder elsewhere here/)
  })
})
