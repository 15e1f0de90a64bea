import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scriptedRandom, seededRandom } from '../../src/games/random.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import { type Options, readOption } from '../../src/protocol/definition.ts'
import { choices } from '../../src/protocol/shared-options.ts'
import type { Address } from '../../src/wire/transport.ts'
import { connectTcp } from '../../src/wire/transports/tcp.ts'
import { openServer } from '../support/open-server.ts'
import { program } from '../support/play.ts'
import { ScriptedUser } from '../support/scripted-user.ts'

const examples = join(import.meta.dirname, '../../examples')
const built = mkdtempSync(join(tmpdir(), 'parlor-examples-'))
afterAll(() => rmSync(built, { recursive: true }))

/** Returns whether a program can be started here; otherwise the examples that need it are skipped, with a note. */
function isThere(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    console.warn(`the examples that need ${command} are not tested: it is not there`)
    return false
  }
}

const python = isThere('python3')
/** The oldest supported Python, as each example states it. */
const OLDEST = 8

/** The Pythons of this machine from the oldest on, one of each version: those on the path, and those of pyenv. */
function pythons(): ReadonlyMap<string, string> {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions')
  const managed = existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin/python3')) : []
  const named = Array.from({ length: 20 }, (_, minor) => `python3.${OLDEST + minor}`)
  const found = new Map<string, string>()
  for (const command of ['python3', ...named, ...managed]) {
    try {
      const version = execFileSync(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { stdio: 'pipe' })
      const [, minor = '0'] = /^3\.(\d+)$/.exec(String(version).trim()) ?? []
      if (Number(minor) >= OLDEST && !found.has(`3.${minor}`)) found.set(`3.${minor}`, command)
    } catch {
      // it does not exist, or its manager does not offer its version here
    }
  }
  return found
}
const cc = process.platform !== 'win32' && isThere('cc')

/** The command of an example: C is compiled, strictly, before it can run. */
function commandOf(example: string, python3 = 'python3'): [string, ...string[]] {
  const file = join(examples, example)
  if (example.endsWith('.py')) return [python3, '-B', file]
  if (example.endsWith('.js')) return [process.execPath, file]
  return [join(built, example.replace(/.*\/|\.c$/g, ''))]
}

beforeAll(() => {
  if (!cc) return
  const sources = readdirSync(join(examples, 'c')).filter((file) => file.endsWith('.c') && file !== 'lines.c')
  const strict = ['-std=c11', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-O1']
  for (const source of sources) {
    const files = [join(examples, 'c', source), join(examples, 'c/lines.c')]
    execFileSync('cc', [...strict, '-o', join(built, source.replace(/\.c$/, '')), ...files])
  }
})

const running = new Set<ChildProcess>()
afterAll(() => {
  for (const child of running) child.kill()
})

function start(example: string, ...args: string[]) {
  return startAs(commandOf(example), args)
}

function startAs([command, ...before]: [string, ...string[]], args: readonly string[]) {
  const child = spawn(command, [...before, ...args])
  running.add(child)
  child.on('exit', () => running.delete(child))
  return child
}

/** Runs an example to its end with the given input, and returns its output and exit code. */
async function run(example: string, args: readonly string[], typed = '', python3?: string) {
  const child = startAs(commandOf(example, python3), args)
  child.stdin.end(typed)
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  return { output: output.replaceAll('\r\n', '\n'), errors, code }
}

/** Serves a program as `parlor serve` does while `then` runs; returns the errors of its conversations. */
async function serving(name: string, options: Options, then: (at: Address) => Promise<void>): Promise<string[]> {
  const troubles: string[] = []
  const served = await program(name)
  const results = readOption(options, choices)
  const random = results ? scriptedRandom(results) : seededRandom(7)
  const { server, address } = await openServer(served, {
    limits: { first: 20_000, idle: 20_000 },
    options,
    random,
    logs: {
      log: (_, sentence) => troubles.push(sentence),
      ended: (_, { level, trouble }) => {
        if (trouble && level !== 'info') troubles.push(trouble.message)
      },
    },
  })
  try {
    await then(address)
  } finally {
    await server.stop()
  }
  return troubles
}

interface Client {
  example: string
  program: string
  options: Options
  args?: readonly string[]
  typed?: string
  prints: string | RegExp
}

const won = '50 is too high\n25 is too low\n37 is too low\n43 is too high\n40 is right\n'
const lost = '50 is too high\n25 is too high\n12 is too high\n6 is too high\n3 is too high\nno guess is left; the number was from 1 to 2\n'

const clients: Client[] = [
  ...['python/guess_client.py', 'js/guess_client.js', 'c/guess_client.c'].flatMap((example) => [
    { example, program: 'tjc/guess', options: { secret: '40' }, prints: won },
    { example, program: 'tjc/guess', options: { secret: '1' }, prints: lost },
    { example, program: 'c8/highlow', options: { secret: '40', pace: 1 }, prints: won },
  ]),
  {
    example: 'python/guess_client.py',
    program: 'tjc/guess',
    options: { secret: '40' },
    args: ['--ask'],
    typed: '7\nforty\n\n40\n',
    prints: /7 is too low\n(Your guess: That is no whole number.\n){2}Your guess: 40 is right\n$/,
  },
  { example: 'python/tictactoe_client.py', program: 'tjc/tictactoe', options: {}, prints: /(The server wins|We win|It is a draw)\n$/ },
  {
    example: 'python/tictactoe_client.py',
    program: 'tjc/tictactoe',
    options: {},
    args: ['--ask'],
    typed: 'five\n99\n0\n',
    prints: /(Your cell \(0 to quit\): ){3}We give up\n$/,
  },
  {
    example: 'python/headtail_client.py',
    program: 'c8/headtail',
    options: { pace: 1 },
    args: ['3'],
    prints: /^(\d: (You are right!|Sorry, you are wrong\.)\n){3}Thanks for playing the game\. Bye!\n$/,
  },
  {
    example: 'python/number_client.py',
    program: 'book/guess',
    options: { secret: '42' },
    prints: '50 Too big!\n25 Too small!\n37 Too small!\n43 Too big!\n40 Too small!\n41 Too small!\n42 Exactly! You win!\n',
  },
  {
    example: 'python/time_udp_client.py',
    program: 'fh/time',
    options: { now: new Date(2024, 1, 29, 13, 5, 9) },
    args: ['%d.%m.%Y, %H:%M'],
    prints: '29.02.2024, 13:05\n',
  },
  { example: 'python/native_bot.py', program: 'parlor/door', options: {}, args: ['ada', '2'], prints: /^((won|lost|draw)\n){2}$/ },
  {
    example: 'js/hangman_client.js',
    program: 'fh/hangman',
    options: { secret: 'tea' },
    prints: 'e _e_\nt te_\na tea\nWON tea\n',
  },
  {
    example: 'js/hangman_client.js',
    program: 'fh/hangman',
    options: { secret: 'zzz' },
    prints: /^(\w is not in it; \d left\n){8}LOST zzz\n$/,
  },
]

function canRun(example: string): boolean {
  if (example.endsWith('.py')) return python
  return example.endsWith('.js') || cc
}

describe('the example clients against Parlor’s servers', () => {
  for (const { example, program, options, args = [], typed, prints } of clients) {
    test.skipIf(!canRun(example))(`${example} ${args.join(' ')} and ${program} ${JSON.stringify(options)}`, async () => {
      const troubles = await serving(program, options, async ({ host, port }) => {
        const { output, errors, code } = await run(example, [host, String(port), ...args], typed)
        if (typeof prints === 'string') expect({ output, errors }).toEqual({ output: prints, errors: '' })
        else expect(output).toMatch(prints)
        expect({ errors, code }).toEqual({ errors: '', code: 0 })
      })
      expect(troubles).toEqual([])
    })
  }

  test('every client in the folder is tested', () => {
    const files = ['c', 'js', 'python'].flatMap((folder) => readdirSync(join(examples, folder)).map((file) => `${folder}/${file}`))
    const tested = new Set(clients.map(({ example }) => example))
    expect(files.filter((file) => /client\.\w+$/.test(file) && !tested.has(file))).toEqual([])
  })
})

test.each([
  ['if an argument is missing', ['127.0.0.1']],
  ['if the port is not a number', ['127.0.0.1', 'x']],
])('the examples print their usage in one line %s', async (_, args) => {
  const files = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  const commands = [
    ...files.filter((file) => /_(?:client|server|clients|bot)\.js$/.test(file)).map((file) => [process.execPath, file] as const),
    ...(python ? files.filter((file) => /_(?:client|server|bot)\.py$/.test(file)).map((file) => ['python3', file] as const) : []),
  ]
  expect(commands.length).toBeGreaterThan(3)
  for (const [command, file] of commands) {
    const started = spawn(command, [join(examples, file), ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    const [said, [code]] = await Promise.all([text(started.stderr), once(started, 'exit')])
    expect({ file, said, code }).toEqual({
      file,
      said: expect.stringMatching(/^(?:usage: (?:node|python3) \w+\.(?:js|py) HOST PORT|cannot connect to 127\.0\.0\.1 x: ).*\n$/),
      code: 1,
    })
  }
})

describe('the examples in Python', () => {
  const files = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.py'))

  test.each(files)('%s names the Python that it needs', (file) => {
    expect(readFileSync(join(examples, file), 'utf8')).toContain(`It needs Python 3.${OLDEST} or newer`)
  })

  const found = python ? [...pythons()] : []
  for (const [version, command] of found) {
    for (const { example, program, options, args = [], typed, prints } of clients.filter(({ example }) => example.endsWith('.py'))) {
      test(`${example} ${args.join(' ')} and ${program} on Python ${version}`, async () => {
        const troubles = await serving(program, options, async ({ host, port }) => {
          const { output, errors, code } = await run(example, [host, String(port), ...args], typed, command)
          expect({ errors, code }).toEqual({ errors: '', code: 0 })
          expect(output).toMatch(typeof prints === 'string' ? new RegExp(`^${RegExp.escape(prints)}$`) : prints)
        })
        expect(troubles).toEqual([])
      })
    }
  }

  test.skipIf(!python)('use only features of the oldest supported Python', () => {
    const check = `import ast, sys
for file in sys.argv[1:]: ast.parse(open(file, encoding="utf-8").read(), file, feature_version=(3, ${OLDEST}))`
    expect(files.length).toBeGreaterThan(5)
    execFileSync('python3', ['-c', check, ...files.map((file) => join(examples, file))])
  })
})

/** A server that sends each text in turn, byte by byte or in one piece, and reads something in between; then it closes. */
async function saying(texts: readonly string[], cut: 'bytes' | 'whole', then: (at: Address) => Promise<void>): Promise<void> {
  const server = createServer({ noDelay: true }, async (socket) => {
    const received = socket[Symbol.asyncIterator]()
    for (const [at, said] of texts.entries()) {
      if (at > 0) await received.next()
      for (const piece of cut === 'bytes' ? said : [said]) {
        await new Promise((resolve) => socket.write(piece, resolve))
        await setImmediate()
      }
    }
    socket.end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  try {
    if (address !== null && typeof address === 'object') await then({ host: '127.0.0.1', port: address.port })
  } finally {
    server.close()
  }
}

const prompt = 'I will toss a coin, guess if it is a head (H) or tail (T) : '

describe.each(['bytes', 'whole'] as const)('the example clients receive %s', (cut) => {
  test.for([
    { example: 'python/guess_client.py', said: ['GUESS\n', 'HIGH\r\nGUESS\n', 'WIN\n'], prints: '50 is too high\n25 is right\n' },
    { example: 'js/guess_client.js', said: ['GUESS\n', 'HIGH\r\nGUESS\n', 'WIN\n'], prints: '50 is too high\n25 is right\n' },
    { example: 'c/guess_client.c', said: ['GUESS\n', 'HIGH\r\nGUESS\n', 'WIN\n'], prints: '50 is too high\n25 is right\n' },
    { example: 'python/number_client.py', said: ['', 'Too big!', 'Exactly! You win!'], prints: '50 Too big!\n25 Exactly! You win!\n' },
    {
      example: 'python/headtail_client.py',
      said: [prompt, `You are right!\n${prompt}`, 'Bye!\n'],
      args: ['1'],
      prints: '1: You are right!\nBye!\n',
    },
    { example: 'js/hangman_client.js', said: ['', 'WORD 1 8\n', 'AT 1\nEND WON e\n', ''], prints: 'e e\nWON e\n' },
  ])('$example', async ({ example, said, args = [], prints }, { skip }) => {
    if (!canRun(example)) skip()
    await saying(said, cut, async ({ host, port }) => {
      expect(await run(example, [host, String(port), ...args])).toEqual({ output: prints, errors: '', code: 0 })
    })
  })

  test.for(['python/guess_client.py', 'js/guess_client.js', 'c/guess_client.c', 'python/tictactoe_client.py', 'js/hangman_client.js'])(
    '%s does not hang if the server closes early',
    async (example, { skip }) => {
      if (!canRun(example)) skip()
      await saying(['GUE'], cut, async ({ host, port }) => {
        const { output, errors, code } = await run(example, [host, String(port)])
        expect({ output, code }).toEqual({ output: '', code: 1 })
        expect(errors.trim()).toMatch(/ended|closed/)
      })
    },
  )
})

/** Starts an example server, and returns its address and a function that waits for a line of its output. */
async function listening(example: string, ...args: string[]) {
  const child = start(example, '127.0.0.1', '0', ...args)
  const printed = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => String((await printed.next()).value)
  const [, host = '', port = ''] = /^Listening on (\S+) (\d+)$/.exec(await next()) ?? []
  return { at: { host, port: Number(port) }, next, stop: () => child.kill() }
}

/** Returns the output of `parlor join` at a terminal with the given input. */
async function joining(name: string, at: Address, typed: readonly string[]): Promise<{ screen: string; end: Error | undefined }> {
  const joined = await program(name)
  const person = new ScriptedUser(typed)
  const transport = await connectTcp(at, 5000)
  const conversation = new Conversation({
    program: joined,
    side: 'client',
    transport,
    options: {},
    random: seededRandom(7),
    console: person,
  })
  const end = await conversation.closed
  return { screen: person.screen, end }
}

describe('Parlor’s join against the example servers', () => {
  test.skipIf(!python)('python/guess_server.py', async () => {
    const { at, next, stop } = await listening('python/guess_server.py', '42')
    const { screen, end } = await joining('tjc/guess', at, ['50', '42'])
    expect(end).toBeUndefined()
    expect(screen).toBe('Enter guess (1-100): 50\nYour guess is too high.\nEnter guess (1-100): 42\nYou win!\n')
    expect(await next()).toBe('client 1 has finished')
    const lost = await joining('tjc/guess', at, ['1', '2', '3', '4', '5'])
    expect(lost.end).toBeUndefined()
    expect(lost.screen).toMatch(/You ran out of tries! Game over.\n$/)
    stop()
  })

  test.skipIf(!python)(
    'python/guess_server.py serves a second client while the first is silent, and survives a client that quits',
    async () => {
      const { at, next, stop } = await listening('python/guess_server.py', '42')
      const thinking = await connectTcp(at, 5000)
      const { end } = await joining('tjc/guess', at, ['42'])
      expect(end).toBeUndefined()
      expect(await next()).toBe('client 2 has finished')
      thinking.reset()
      expect(await next()).toBe('client 1 has left')
      expect((await joining('tjc/guess', at, ['42'])).end).toBeUndefined()
      stop()
    },
  )

  test('js/number_server.js', async () => {
    const { at, next, stop } = await listening('js/number_server.js', '42')
    const [first, second] = await Promise.all([joining('book/guess', at, ['50', 'many', '42']), joining('book/guess', at, ['-7', '42'])])
    expect([first.end, second.end]).toEqual([undefined, undefined])
    expect(first.screen).toContain('Please input your guess: 50\nToo big!\n')
    expect(second.screen).toMatch(/Please input your guess: -7\nToo small!\nPlease input your guess: 42\nExactly! You win!\n$/)
    expect([await next(), await next()].sort()).toEqual(['client 1 has left', 'client 2 has left'])
    stop()
  })

  test.skipIf(!cc)('c/parrot_server.c serves one client after the other', async () => {
    const { at, next, stop } = await listening('c/parrot_server.c')
    const first = await joining('tjc/chat', at, ['good day', 'über'])
    expect(first.screen).toContain('SERVER WROTE: Hello, I am a parrot. Say something!\n')
    expect(first.screen).toContain('SERVER WROTE: good day\n')
    expect(first.screen).toContain('SERVER WROTE: über\n')
    expect(await next()).toBe('a client has left')
    const second = await joining('tjc/chat', at, ['once more'])
    expect(second.screen).toContain('SERVER WROTE: once more\n')
    stop()
  })
})

describe('two counters at the same time', () => {
  test.for(['counting.py', 'counting.js'])('%s', async (example, { skip }) => {
    if (!canRun(example)) skip()
    const { output, errors } = await run(example, ['0.01'])
    const printed = output
      .trimEnd()
      .split('\n')
      .map((line) => line.trim())
    const numbers = Array.from({ length: 10 }, (_, at) => String(at + 1))
    for (const who of ['left', 'right']) {
      const said = printed.filter((line) => line.startsWith(`${who} `)).map((line) => line.slice(who.length + 1))
      expect(said).toEqual([...numbers, 'is done'])
    }
    expect({ last: printed.at(-1), errors }).toEqual({ last: 'both are done', errors: '' })
  })
})
