import { EventEmitter, once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ClassDiagram } from '../../src/cli/class-diagram.ts'
import { formatClassCsv, formatClassJUnit } from '../../src/cli/class-export.ts'
import { ClassScreen } from '../../src/cli/class-screen.ts'
import { formatClassTable } from '../../src/cli/class-table.ts'
import { displayWidth } from '../../src/games/text/graphemes.ts'
import type { ClassConnection } from '../../src/lab/class/class-view.ts'
import { folder } from '../support/folders.ts'
import { Parlor, run, startServe } from '../support/process.ts'
import { TestClock } from '../support/test-clock.ts'

/** A line-based client of the server, with what it has received. */
class Client {
  readonly socket: Socket
  /** Its address, as the server sees it. */
  address = ''
  #received = ''

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1').setEncoding('utf8')
    this.socket.on('error', () => {}).on('data', (text) => (this.#received += text))
    this.socket.on('connect', () => (this.address = `127.0.0.1:${this.socket.localPort}`))
    onTestFinished(() => void this.socket.destroy())
  }

  send(text: string): void {
    this.socket.write(text)
  }

  /** Waits until it has received a text since the last call. */
  async receive(text: string): Promise<void> {
    while (!this.#received.includes(text)) await once(this.socket, 'data')
    this.#received = this.#received.slice(this.#received.indexOf(text) + text.length)
  }
}

/**
 * Starts a server with a class console, and a class: one client finishes its game, one sends no line end, one says what is illegal, two
 * talk.
 */
async function startClass() {
  const data = folder()
  const roster = join(data, 'roster.csv')
  writeFileSync(roster, 'desk,name\ndesk 4,grace\n')
  const more = ['--lab', '--data', data, '--roster', roster, '--web', '127.0.0.1:0']
  const { server, ports } = await startServe(['guess', 'hangman', 'quiz', 'chat'], ...more)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const client = (program: string) => new Client(ports[program] ?? 0)
  const finished = client('tjc/guess')
  await finished.receive('GUESS\n')
  // binary search needs more than the tries of the worksheet; the game is over in any case
  for (let n = 0; n < 5; n++) {
    finished.send('101\n')
    await finished.receive('\n')
  }
  const open = client('tjc/guess')
  await open.receive('GUESS\n')
  open.send('50')
  const illegal = client('fh/hangman')
  illegal.send('begin\n')
  await illegal.receive('ERROR')
  const quiz = client('fh/quiz')
  quiz.send('LOGIN ada engine-1843\n')
  await quiz.receive('ERROR')
  quiz.send('NAME grace\n')
  await quiz.receive('Welcome grace')
  const chat = client('tjc/chat')
  await chat.receive('\n')
  chat.send('my private talk\n')
  await chat.receive('\n')
  return { data, server, ports, clients: { finished, open, illegal, quiz, chat } }
}

/** Logs in at the gateway of a server with the password that it has printed, and returns the file of its class. */
async function downloadClass({ output }: Parlor, file: string): Promise<string> {
  const { class: page } = JSON.parse(output) as { class: { url: string; password: string } }
  const address = page.url.replace(/#class$/, 'api/class')
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${address}/session`, { method: 'POST', headers, body: JSON.stringify({ password: page.password }) })
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return (await fetch(`${address}/${file}`, { headers: { cookie } })).text()
}

describe('parlor class', () => {
  test('shows the connections of a server with --lab, exports them, and shows the messages of one', async () => {
    const { data, server, clients } = await startClass()
    // the line that follows shows the end of the two seconds of silence
    const live = new Parlor(['class', '--data', data])
    onTestFinished(() => live[Symbol.asyncDispose]())
    await live.shows(/has sent "50" and no line end/)

    const { output, code } = await run('class', '--once', '--data', data)
    expect(code).toBe(0)
    const lines = output.split('\n')
    expect(lines[0]).toMatch(/^5 connections, [45] open; 2 with a fault, 1 finished$/)
    expect(lines[1]).toMatch(/^desk +client +program +state +turn +states +games +quiet$/)
    expect(lines.findIndex((line) => line.trimStart().startsWith(clients.open.address)) + 1).toBe(
      lines.indexOf('  the client has sent "50" and no line end (\\n)'),
    )
    expect(output).toMatch(/the client sent "begin", which does not belong here/)
    expect(output).toMatch(new RegExp(`^desk 4 +${clients.quiz.address} +fh/quiz +ready +either +`, 'm'))
    expect(output).toMatch(new RegExp(`^ +${clients.finished.address} +tjc/guess +end +(?:none|closed) +\\d/5 +1\\b`, 'm'))
    for (const hidden of ['\x1b', 'private', 'engine-1843']) expect(`${output}${live.output}`).not.toContain(hidden)
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80)

    const [csv, junit] = [join(data, 'class.csv'), join(data, 'class.xml')]
    expect(await run('class', '--csv', csv, '--junit', junit, '--data', data)).toMatchObject({ code: 0, output: `${lines[0]}\n` })
    const rows = parse(readFileSync(csv, 'utf8'), { columns: true }) as Record<string, string>[]
    expect(rows.map(({ program, result, games }) => [program, result, games])).toEqual([
      ['tjc/guess', 'passed', '1'],
      ['tjc/guess', 'failed', '0'],
      ['fh/hangman', 'failed', '0'],
      ['fh/quiz', 'none', '0'],
      ['tjc/chat', 'none', '0'],
    ])
    const xml = readFileSync(junit, 'utf8')
    expect(xml).toContain('<testsuites tests="5" failures="2" skipped="2">')
    expect(xml).toContain(`name="desk 4, grace, ${clients.quiz.address}"`)
    expect(rows.map(({ desk }) => desk)).toEqual(['', '', '', 'desk 4', ''])
    expect([await downloadClass(server, 'class.csv'), await downloadClass(server, 'class.xml')]).toEqual([readFileSync(csv, 'utf8'), xml])

    const diagram = await run('class', clients.quiz.address, '--once', '--data', data)
    expect(diagram.output).toMatch(/LOGIN "LOGIN \*\*\*\\n"|LOGIN "LOGIN \*\*\*"/)
    expect(diagram.output).toMatch(/client +server/)
    const talk = await run('class', clients.chat.address, '--once', '--data', data)
    expect(talk.output.match(/line "\*\*\*"/g)?.length).toBeGreaterThanOrEqual(3)
    expect(`${diagram.output}${talk.output}${readFileSync(csv, 'utf8')}${xml}`).not.toMatch(/private|engine-1843/)

    const following = new Parlor(['class', clients.open.address, '--data', data])
    onTestFinished(() => following[Symbol.asyncDispose]())
    await following.shows(/no line end/)
    clients.open.send('\n')
    await following.shows(/\[cut\]/)
    clients.open.socket.destroy()
    expect(await following.exit).toBe(0)

    server.signal('SIGTERM')
    expect(await server.exit).toBe(0)
    expect(await live.exit).toBe(0)
    expect(live.output).toMatch(/^\d\d:\d\d:\d\d {2}127\.0\.0\.1:\d+ {2}tjc\/guess {2}/)
    expect(live.errors).toMatch(/^parlor: the server has closed the connection, because the server has stopped/)
  })

  test('and its page are refused at the start for files that are not valid, or that no class uses', async () => {
    const data = folder()
    const [roster, password] = [join(data, 'roster.csv'), join(data, 'password')]
    writeFileSync(roster, 'desk,address\n,10.0.0.1\n')
    writeFileSync(password, 'short\n')
    const serve = (...more: string[]) => run('serve', '--only', 'guess', '--port', '0', '--data', data, ...more)
    const cases = [
      [['--roster', roster], /^parlor: --roster needs --lab$/m],
      [['--class-password', password], /^parlor: --class-password needs --lab$/m],
      [['--lab', '--roster', roster], /^parlor: roster \(from --roster\): .*, line 2: there is no desk$/m],
      [
        ['--lab', '--class-password', password],
        /^parlor: classPassword \(from --class-password\): .*: a password has at least 8 characters/m,
      ],
    ] as const
    for (const [more, sentence] of cases) {
      const { code, errors } = await serve(...more)
      expect([code, errors.replaceAll('\n        ', ' ')]).toEqual([2, expect.stringMatching(sentence)])
    }
  })

  test('needs a server with --lab', async () => {
    const data = folder()
    const none = await run('class', '--once', '--data', data)
    expect(none).toMatchObject({ code: 1, output: '', errors: expect.stringMatching(/start the server with "parlor serve --lab"/) })
    const { server } = await startServe(['guess'], '--data', data)
    onTestFinished(() => server[Symbol.asyncDispose]())
    const unwatched = await run('class', '--data', data)
    expect(unwatched).toMatchObject({
      code: 1,
      output: '',
      errors: 'parlor: this server does not watch its clients: start it with --lab\n',
    })
    const unknown = await run('class', '127.0.0.1:1', '--data', data)
    expect(unknown.code).toBe(1)
  })

  test.each([
    [['class', '50123'], /is not an address with a port: .* such as 127\.0\.0\.1:50123/],
    [['class', 'localhost'], /is not an address with a port/],
    [['class', '127.0.0.1:99999'], /a port is a whole number/],
    [['class', '127.0.0.1:5000', '--csv', 'file'], /export all connections/],
    [['serve', '--lab', '--data', 'none'], /--lab needs a folder/],
  ])('%j is a usage error with advice', async (args, sentence) => {
    expect(await run(...args)).toMatchObject({ code: 2, output: '', errors: expect.stringMatching(sentence) })
  })
})

/** A row, with the given parts. */
function row(connection: number, parts: Partial<ClassConnection> = {}): ClassConnection {
  return {
    ...{
      connection,
      program: 'tjc/guess',
      host: '127.0.0.1',
      port: 50_000 + connection,
      transport: 'tcp',
      state: 'guessing',
      turn: 'client',
    },
    ...{ isOpen: true, isOver: false, isLost: false, openedAt: 0, lastAt: 4000, quietFor: 12_000, observations: 0 },
    progress: { visited: 2, states: 5, games: 0 },
    ...parts,
  }
}

const fault = { sentence: 'the client sent "LOW", which does not belong here; expected a number (such as "50")', at: 3, stands: true }

describe('the table of a class', () => {
  const options = { columns: 80, color: false }

  test('has open connections first, and those with a standing fault before the others', () => {
    const rows = [row(1, { isOpen: false }), row(2), row(3, { fault: { ...fault, stands: false } }), row(4, { fault })]
    expect(formatClassTable(rows, options)).toEqual([
      '4 connections, 3 open; 1 with a fault, 0 finished',
      'client           name  program    state     turn    states  games  quiet',
      '127.0.0.1:50004        tjc/guess  guessing  client     2/5      0    12s',
      '  the client sent "LOW", which does not belong here; expected a number (such as',
      '  "50")',
      '127.0.0.1:50002        tjc/guess  guessing  client     2/5      0    12s',
      '127.0.0.1:50003        tjc/guess  guessing  client     2/5      0    12s',
      '  (corrected) the client sent "LOW", which does not belong here; expected a',
      '  number (such as "50")',
      '127.0.0.1:50001        tjc/guess  guessing  closed     2/5      0',
    ])
  })

  test.each([80, 120])('is at most %i columns wide, with any names of clients', (columns) => {
    const rows = [
      row(1, { host: '2001:db8:1234:5678:9abc:def0:1234:5678', name: '漢字'.repeat(20), state: 'a state with a very long name', fault }),
      row(2, { program: 'cs4/tictactoe-matched', isLost: true, name: '\x1b[2J' }),
    ]
    const lines = formatClassTable(rows, { ...options, columns })
    expect(lines.map(displayWidth).filter((width) => width > columns)).toEqual([])
    expect(lines.join('')).not.toContain('\x1b')
    expect(lines.some((line) => /^….{10,}\]:50001 /.test(line))).toBe(true)
  })

  test('has no more lines than a window, and says how many connections are left out', () => {
    const rows = Array.from({ length: 50 }, (_, at) => row(at + 1, { fault }))
    const lines = formatClassTable(rows, { ...options, lines: 20 })
    expect(lines.length).toBeLessThanOrEqual(20)
    expect(lines.at(-1)).toBe('... and 45 more: a taller window shows them, or --once')
  })

  test('has colors only if they are wanted', () => {
    expect(formatClassTable([row(1, { fault })], { ...options, color: true }).join('')).toContain('\x1b[31m')
    expect(formatClassTable([], options)).toEqual(['No client has connected yet.'])
  })
})

test('the live table is drawn again with each change and each second, and leaves the terminal as it was', async () => {
  const clock = new TestClock()
  const written: string[] = []
  const output = Object.assign(new EventEmitter(), {
    ...{ isTTY: true as const, columns: 80, rows: 12 },
    write: (text: string | Uint8Array) => written.push(String(text)) > 0,
  })
  const screen = new ClassScreen({ output: output as unknown as NodeJS.WriteStream, color: false, clock })
  screen.take({ type: 'connection', row: row(1, { quietFor: 1000 }) })
  expect(written).toEqual([])
  screen.take({ type: 'snapshot', unwatched: 0 })
  const frames = () => written.splice(0).join('').replaceAll('\x1b', 'ESC')
  expect(frames()).toMatch(/1 connection, 1 open[\s\S]* 1sESC\[K\n[\s\S]*Ctrl-C ends this view/)
  await clock.pass(1000)
  expect(frames()).toMatch(/ 2sESC\[K\n/)
  for (let n = 2; n < 30; n++) screen.take({ type: 'connection', row: row(n) })
  expect(frames()).toBe('')
  await clock.pass(50)
  const full = frames()
  expect(full.split('\n').length).toBeLessThanOrEqual(12)
  expect(full).toContain('... and 23 more')
  output.rows = 40
  output.emit('resize')
  expect(frames()).not.toContain('more')
  for (let n = 2; n < 30; n++) screen.take({ type: 'gone', connection: n })
  screen.close()
  expect(frames()).toBe('ESC[?25hESC[?1049l')
  await clock.pass(5000)
  expect(frames()).toBe('')
  expect(screen.rows).toMatchObject([{ connection: 1, quietFor: 7050 }])
})

test('a diagram says how many observations are missing before it', () => {
  const diagram = new ClassDiagram({ width: 80, color: false })
  expect(diagram.take({ type: 'connection', row: row(1) })[0]).toMatch(/^127\.0\.0\.1:50001 {2}tjc\/guess/)
  const end = {
    kind: 'end',
    at: 5,
    from: 'client',
    how: 'finished',
    name: undefined,
    before: 'guessing',
    after: 'guessing',
    over: true,
  } as const
  const lines = diagram.take({ type: 'observation', connection: 1, number: 9, observation: { ...end, expected: undefined } })
  expect(lines[0]).toBe('(8 earlier observations are no longer stored)')
  expect(diagram.take({ type: 'snapshot', unwatched: 0 })).toEqual([])
  expect(diagram.isOver).toBe(false)
  diagram.take({ type: 'connection', row: row(1, { isOpen: false }) })
  expect(diagram.isOver).toBe(true)
})

test('an export can contain any text that a client has sent, in forms that spreadsheets and XML readers accept', () => {
  const odd = row(1, { name: '=1+1 <"&', fault: { ...fault, sentence: 'the client sent "\x00,\n<&>"' } })
  const [parsed] = parse(formatClassCsv([odd]), { columns: true }) as Record<string, string>[]
  expect(parsed).toMatchObject({ name: '\'=1+1 <"&', fault: 'the client sent "\x00,\n<&>"', result: 'failed' })
  const xml = formatClassJUnit([odd])
  expect(xml).toContain('=1+1 &lt;&quot;&amp;, 127.0.0.1:50001')
  expect(xml).not.toContain('\x00')
})
