import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { toCsv } from '../../src/cli/table.ts'
import { folder } from '../support/folders.ts'
import { NativeLink } from '../support/native-link.ts'
import { Parlor, run, startServe } from '../support/process.ts'

interface Listening {
  readonly listening: readonly { readonly program: string; readonly port: number }[]
  readonly http?: { readonly port: number }
  readonly web?: { readonly port: number; readonly url: string }
}

/** Returns the addresses of a server that is started with some options, or its error. */
async function started(args: readonly string[], environment: Readonly<Record<string, string>> = {}, cwd?: string) {
  const server = new Parlor(['serve', '--json', ...args], undefined, { environment, ...(cwd === undefined ? {} : { cwd }) })
  onTestFinished(() => server[Symbol.asyncDispose]())
  await server.shows(/\n/)
  return { server, ...(JSON.parse(server.output) as Listening) }
}

/** Returns some consecutive ports that are free at the moment. */
async function freeRow(length: number): Promise<number> {
  for (;;) {
    const [first, ...others] = Array.from({ length }, () => createServer())
    if (!first) throw new RangeError('a row has at least one port')
    const listen = (server: typeof first, port: number) =>
      new Promise<boolean>((resolve) => server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)))
    await listen(first, 0)
    const { port } = first.address() as AddressInfo
    const all = await Promise.all(others.map((server, at) => port + at + 1 < 65536 && listen(server, port + at + 1)))
    await Promise.all([first, ...others].map((server) => new Promise((resolve) => server.close(resolve))))
    if (all.every(Boolean)) return port
  }
}

describe('ports of a server', () => {
  test('are any free ports with --port 0, also for metrics', async () => {
    const { listening, http } = await started(['--port', '0', '--only', 'guess', '--only', 'time'], { PARLOR_HTTP: '' })
    const ports = listening.map(({ port }) => port)
    expect(new Set(ports).size).toBe(2)
    for (const port of [...ports, http?.port]) expect(port).toBeGreaterThan(1023)
    expect(http?.port).not.toBe(4080)
  })

  test('count from --port-base, and one can still be named', async () => {
    const base = await freeRow(4)
    const args = ['--port-base', String(base), '--only', 'guess', '--only', 'chat', '--only', 'hello', '--port', 'chat=0']
    const { listening, http } = await started(args, { PARLOR_HTTP: '' })
    const ports = Object.fromEntries(listening.map(({ program, port }) => [program, port]))
    expect([ports['tjc/guess'], ports['tjc/hello'], http?.port]).toEqual([base, base + 2, base + 3])
    expect(ports['tjc/chat']).not.toBe(base + 1)
  })

  test('appear in one line of the server’s output if another server uses them', async () => {
    const first = await started(['--port', '0'])
    const { port } = first.listening[0] ?? { port: 0 }
    const taken = first.listening.slice(0, 8)
    const args = taken.flatMap(({ program, port: busy }) => ['--only', program, '--port', `${program}=${busy}`])
    const second = await run('serve', ...args)
    expect(port).toBeGreaterThan(0)
    expect(second).toMatchObject({ code: 1, output: '' })
    expect(second.errors).toMatch(/^parlor: [^\n]*: another Parlor seems to run on this machine; [^\n]*--port-base[^\n]*\n$/)
  })

  test('count once if they are in use, also for a program that also listens over UDP', async () => {
    const first = await started(['--port', '0', '--only', 'guess', '--only', 'chat', '--only', 'hello', '--only', 'talk'])
    const busy = first.listening.flatMap(({ program, port }) => ['--only', program, '--port', `${program}=${port}`])
    const second = new Parlor(['serve', '--json', '--data', 'none', '--http', 'none', '--only', 'time', '--port', 'time=0', ...busy])
    onTestFinished(() => second[Symbol.asyncDispose]())
    await second.shows(/\n/)
    await second.complains(/ports are in use/)
    expect(second.errors).toContain('4 of 5 ports are in use')
  })

  test.each([
    [['--port', '9000'], /--port 9000 is the port of one program, but the server serves several programs/],
    [['--port-base', '65530'], /is too high/],
    [['--port-base', '0'], /whole number from 1 to 65535/],
    [['--host', '9000'], /9000 is a port, .* --port-base 9000/],
    [['--host', '0.0.0.0:9000'], /type --host 0\.0\.0\.0 and --port NAME=9000/],
    [['--port', '70000'], /whole number from 0 to 65535/],
  ])('%j is a usage error with advice', async (args, sentence) => {
    expect(await run('serve', ...args)).toMatchObject({ code: 2, output: '', errors: expect.stringMatching(sentence) })
  })

  test('may be in use for metrics and health by default: the server reports that and serves without them', async () => {
    const base = await freeRow(2)
    const taken = createServer().listen(base + 1, '127.0.0.1')
    await once(taken, 'listening')
    onTestFinished(() => void taken.close())
    const args = ['--port-base', String(base), '--only', 'guess']
    const server = new Parlor(['serve', ...args], undefined, { environment: { PARLOR_HTTP: '' } })
    onTestFinished(() => server[Symbol.asyncDispose]())
    await server.shows(/until Ctrl-C/)
    await server.complains(/\n/)
    expect(server.errors).toMatch(
      /^parlor: [\d-]{10} [\d:]{8} metrics and health are not shown: cannot listen on 127\.0\.0\.1:\d+: it is in use; .*--http\n$/,
    )
    server.signal('SIGTERM')
    expect(await server.exit).toBe(0)
    const { server: other, ...printed } = await started(args, { PARLOR_HTTP: '' })
    const failure = expect.stringContaining('EADDRINUSE')
    expect(printed).toMatchObject({ listening: [{ port: base }], httpFailed: { host: '127.0.0.1', port: base + 1, failure } })
    expect(printed).not.toHaveProperty('http')
    other.signal('SIGTERM')
    expect(await other.exit).toBe(0)
  })

  test('for browsers follows that of metrics and health; a server whose port for browsers is in use serves all others', async () => {
    const base = await freeRow(3)
    const args = ['--port-base', String(base), '--only', 'guess']
    const { server, web } = await started(args, { PARLOR_HTTP: '', PARLOR_WEB: '' })
    expect(web).toEqual({ host: '127.0.0.1', port: base + 2, url: `http://127.0.0.1:${base + 2}/` })
    expect(await (await fetch(`${web?.url}health`)).json()).toEqual({ status: 'serving' })
    server.signal('SIGTERM')
    expect(await server.exit).toBe(0)
    const taken = createServer().listen(base + 2, '127.0.0.1')
    await once(taken, 'listening')
    onTestFinished(() => void taken.close())
    const { server: other, ...printed } = await started(args, { PARLOR_WEB: '' })
    expect(printed).toMatchObject({ listening: [{ port: base }], webFailed: { port: base + 2 } })
    await other.complains(/ browsers are not served: cannot listen on 127\.0\.0\.1:\d+: it is in use; .*--web\n$/)
  })

  test('of a program cannot be the port for metrics and health', async () => {
    const base = await freeRow(3)
    const args = ['--port-base', String(base), '--only', 'guess', '--only', 'hello', '--port', `guess=${base + 2}`]
    const { server, listening } = await started(args, { PARLOR_HTTP: '' })
    expect(listening.map(({ port }) => port)).toEqual([base + 2, base + 1])
    await server.complains(/\n/)
    expect(server.errors).toMatch(/ metrics and health are not shown: guess has that port, \d+: choose another port with --http\n$/)
  })

  test('are the one given port if there is only one program', async () => {
    const base = await freeRow(1)
    const { listening } = await started(['--only', 'guess', '--port', String(base)])
    expect(listening.map(({ port }) => port)).toEqual([base])
  })
})

describe('a port in place of a host', () => {
  test('is accepted by join and host', async () => {
    const { server, ports } = await startServe(['tjc/hello'])
    onTestFinished(() => server[Symbol.asyncDispose]())
    const port = String(ports['tjc/hello'])

    expect(await run('join', 'tjc/iterative', port)).toEqual({ code: 0, output: "b'Hello from server\\n'\n", errors: '' })
    expect(await run('join', 'tjc/iterative', '--host', `127.0.0.1:${port}`)).toMatchObject({ code: 0 })
    expect(await run('host', 'hello', '--host', port)).toMatchObject({
      code: 1,
      errors: expect.stringContaining(`cannot listen on 127.0.0.1:${port}`),
    })
    expect(await run('join', 'hello', '70000')).toMatchObject({ code: 2, errors: expect.stringContaining('from 1 to 65535') })
  })
})

/** A server with two users on its ladder, one of them `=ada`, a name that a spreadsheet would read as a formula. */
async function ranked(...args: readonly string[]) {
  const data = folder()
  const { server, listening } = await started(['--only', 'door', '--data', data, '--port', '0', ...args])
  const { port } = listening[0] ?? { port: 0 }
  const [ada, bob] = await Promise.all(['=ada', 'bob'].map(() => NativeLink.open(port, () => {})))
  if (!ada || !bob) throw new Error('nobody has come')
  for (const [link, name] of [
    [ada, '=ada'],
    [bob, 'bob'],
  ] as const)
    await link.ask({ type: 'register', name, password: `${name} has one` })
  await ada.ask({ type: 'seek', game: 'tictactoe', rated: true, against: 'bob', seats: [0] })
  await bob.ask({ type: 'seek', game: 'tictactoe', rated: true, against: '=ada', seats: [1] })
  await bob.ask({ type: 'resign', table: 1 })
  return { server, data, port }
}

describe('parlor rank', () => {
  test('names its server, in a table, as JSON and as CSV', async () => {
    const { server, data, port } = await ranked()
    const at = ['--port', String(port)]
    const table = await run('rank', 'tictactoe', ...at)
    expect(table.output).toMatch(/^From the server at 127\.0\.0\.1:\d+:\n\ntictactoe\nrank .*\n +1 {2}=ada +\d+ +1\n +2 {2}bob /)
    const json = JSON.parse((await run('rank', 'tictactoe', '--json', ...at)).output) as unknown
    expect(json).toMatchObject({
      server: { port },
      ladders: [{ game: 'tictactoe', best: [{ rank: 1, name: '=ada', games: 1 }, { name: 'bob' }] }],
    })
    const all = JSON.parse((await run('rank', '--json', ...at)).output) as { ladders: { game: string }[] }
    expect(all.ladders.map(({ game }) => game)).toEqual(['tictactoe', 'scissors', 'quiz'])
    const csv = await run('rank', '--csv', ...at)
    expect(csv.output).toMatch(/^game,rank,name,score,games\r\ntictactoe,1,'=ada,[\d.]+,1\r\ntictactoe,2,bob,[\d.]+,1\r\n$/)
    server.signal('SIGTERM')
    await server.exit
    const fromFolder = await run('rank', '--data', data, '--port', '1')
    expect(fromFolder.output).toMatch(/^From the folder .*:\n\ntictactoe\n/)
    expect(JSON.parse((await run('rank', '--json', '--data', data, '--port', '1')).output)).toMatchObject({ folder: data })
    for (const format of [[], ['--json'], ['--csv']]) {
      expect(await run('rank', ...format, '--host', '127.0.0.1', '--port', '1')).toEqual({
        code: 1,
        output: '',
        errors: expect.stringMatching(/^parlor: cannot connect to 127\.0\.0\.1:1: no server listens there/),
      })
    }
  })

  test('reads from the server that has the folder open, on any port, and from no other if a folder is named', async () => {
    const { server, data, port } = await ranked('--level', 'info')
    const other = await started(['--only', 'door', '--port', '0'])
    const cwd = folder()
    writeFileSync(join(cwd, 'parlor.toml'), `[ports]\n"parlor/door" = ${other.listening[0]?.port}\n`)
    const asked = new Parlor(['rank', 'tictactoe', '--data', data], undefined, { cwd })
    expect(await asked.exit).toBe(0)
    expect(asked.output).toMatch(/^From the server that has the folder \S+ open:\n\ntictactoe\nrank .*\n +1 {2}=ada +\d+ +1\n +2 {2}bob /)
    const elsewhere = await run('rank', 'tictactoe', '--json', '--data', data, '--port', '1')
    expect(JSON.parse(elsewhere.output)).toMatchObject({ folder: data, ladders: [{ best: [{ name: '=ada' }, { name: 'bob' }] }] })
    expect(await run('rank', '--data', data, '--port', String(port))).toMatchObject({
      output: expect.stringMatching(/^From the server at /),
    })
    expect(server.errors).toContain('the operator requested: the ladder of tictactoe')
  })

  test('reports immediately that the server at the port is no front door', async () => {
    const { server, ports } = await startServe(['tjc/guess', 'fh/http'])
    onTestFinished(() => server[Symbol.asyncDispose]())
    for (const [name, said] of [
      ['tjc/guess', 'GUESS'],
      ['fh/http', 'HTTP/1.1 400 Bad Request'],
    ]) {
      const port = ports[name ?? '']
      expect(await run('rank', 'quiz', '--port', String(port))).toEqual({
        code: 1,
        output: '',
        errors: `parlor: the server at 127.0.0.1:${port}: it sends "${said}", which no front door sends; --port is the port of the front door, 4000 by default\n`,
      })
    }
  })

  test('reads from the server of the parlor.toml in this folder', async () => {
    const { port } = await ranked()
    const cwd = folder()
    writeFileSync(join(cwd, 'parlor.toml'), `[ports]\n"parlor/door" = ${port}\n`)
    const asked = new Parlor(['rank', '--json'], undefined, { cwd })
    expect(await asked.exit).toBe(0)
    expect(JSON.parse(asked.output)).toMatchObject({ server: { host: '127.0.0.1', port } })
  })
})

describe('lists for the operator', () => {
  test('show the registered users and the results, while the server runs and after it has stopped', async () => {
    const { server, data, port } = await ranked()
    const alone = await NativeLink.open(port, () => {})
    await alone.ask({ type: 'enter', name: 'carl' })
    await alone.ask({ type: 'seek', game: 'quiz', settings: { count: 1 } })
    await alone.ask({ type: 'play', table: 2, move: 'A' })
    const asked = async () => {
      const [people, csv, json, quiz] = [
        await run('people', 'list', '--json', '--data', data),
        await run('results', '--data', data),
        await run('results', '--json', '--data', data),
        await run('results', 'quiz', '--data', data),
      ]
      expect([people.code, csv.code, json.code, quiz.code]).toEqual([0, 0, 0, 0])
      expect((await run('people', 'list', '--data', data)).output).toMatch(
        /^name {2}since {7}online\n=ada {2}\d{4}-\d\d-\d\d(?: {2}yes)?\nbob {3}\d{4}-\d\d-\d\d(?: {2}yes)?\n$/,
      )
      expect(JSON.parse(people.output).map(({ name }: { name: string }) => name)).toEqual(['=ada', 'bob'])
      const [head, ...rows] = parse(csv.output) as string[][]
      expect(head).toEqual(['table', 'ended', 'game', 'rated', 'seat', 'name', 'result', 'points'])
      expect(rows.map(([table, , game, rated, seat, name, result]) => [table, game, rated, seat, name, result])).toEqual([
        ['1', 'tictactoe', 'true', '0', "'=ada", 'won'],
        ['1', 'tictactoe', 'true', '1', 'bob', 'resigned'],
        ['2', 'quiz', 'true', '0', 'carl', expect.toBeOneOf(['won', 'lost'])],
      ])
      expect(rows[2]?.[7]).toMatch(/^[01]$/)
      const first = json.output.split('\n')[0] ?? ''
      expect(JSON.parse(first)).toMatchObject({ table: 1, winners: [0], end: 'resigned', left: 1, names: ['=ada', 'bob'] })
      expect(quiz.output.trimEnd().split('\r\n')).toHaveLength(2)
      return people.output
    }
    expect(await asked()).toContain('"online":true')
    server.signal('SIGTERM')
    await server.exit
    expect(await asked()).not.toContain('"online":true')
  })

  test('name a game as users request it, and accept the name of its rules, too', async () => {
    const { port, data } = await ranked()
    const alone = await NativeLink.open(port, () => {})
    await alone.ask({ type: 'enter', name: 'carl' })
    await alone.ask({ type: 'seek', game: 'guess' })
    await alone.ask({ type: 'resign', table: 2 })
    for (const name of ['guess', 'guessing', 'GUESS']) {
      const csv = await run('results', name, '--data', data)
      const json = await run('results', name, '--json', '--data', data)
      expect((parse(csv.output) as string[][]).slice(1).map(([table, , game]) => [table, game])).toEqual([['2', 'guess']])
      expect(JSON.parse(json.output)).toMatchObject({ table: 2, game: 'guess' })
    }
    await alone.ask({ type: 'seek', game: 'quiz', settings: { count: 2 } })
    const results = async () => (parse((await run('results', 'quiz', '--data', data)).output) as string[][]).slice(1)
    for (const move of ['A', 'A']) await alone.ask({ type: 'play', table: 3, move })
    const [[, , , , , , result, points] = []] = await results()
    expect([result, points]).toBeOneOf([
      ['lost', '0'],
      ['scored', '1'],
      ['won', '2'],
    ])
    expect(await run('results', 'hangman', '--data', data)).toMatchObject({ code: 0, output: expect.stringMatching(/^table,[^\n]*\n$/) })
    expect(await run('results', 'talk', '--data', data)).toMatchObject({ code: 0 })
    expect(await run('results', 'nosuch', '--data', data)).toMatchObject({ code: 2, output: '' })
  })

  test('are usage errors without a data folder or a name', async () => {
    expect(await run('people', 'list', '--data', '/no/such/folder')).toMatchObject({ code: 2 })
    expect(await run('people', 'reset', '--data', folder())).toMatchObject({ code: 2, errors: expect.stringContaining('add the name') })
    expect(await run('people', 'rest', 'ada', '--data', folder())).toMatchObject({ code: 2, errors: expect.stringContaining('list') })
  })
})

describe('CSV', () => {
  test('is read back by a CSV reader, with any text', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((one) => !/^[=+\-@\t\r]/.test(one))
    fc.assert(
      fc.property(fc.array(fc.array(text, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
        expect(parse(toCsv(rows), { relax_column_count: true, record_delimiter: '\r\n' })).toEqual(rows)
      }),
    )
  })

  test('contains no text that a spreadsheet reads as a formula', () => {
    expect(toCsv([['=1+1', '+1', '-1', '@x', '\tx', 'a=b', -1]])).toBe("'=1+1,'+1,'-1,'@x,'\tx,a=b,-1\r\n")
  })
})

describe('shell completions', () => {
  const complete = async (...words: readonly string[]) => {
    const { output } = await run('complete', '--', ...words)
    return output.split('\n').map((line) => line.split('\t')[0])
  }

  test('contain commands, programs, games, options and their values', async () => {
    expect(await complete('ser')).toContain('serve')
    expect(await complete('host', 'tic')).toContain('tictactoe')
    expect(await complete('join', 'fh/')).toContain('fh/hangman')
    expect(await complete('rank', '')).toContain('hangman')
    expect(await complete('serve', '--port-')).toContain('--port-base')
    expect(await complete('serve', '--log', '')).toEqual(expect.arrayContaining(['plain', 'json']))
  })

  test.each(['bash', 'zsh', 'fish', 'powershell'])('are printed as a script for %s', async (shell) => {
    const { code, output, errors } = await run('complete', shell)
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toContain('parlor')
  })

  test.skipIf(process.platform === 'win32')('for bash are a valid script', async () => {
    const { output } = await run('complete', 'bash')
    execFileSync('bash', ['-n'], { input: output })
  })

  test('for another shell are a usage error', async () => {
    expect(await run('complete', 'tcsh')).toMatchObject({ code: 2, errors: expect.stringContaining('bash|zsh|fish|powershell') })
  })
})
