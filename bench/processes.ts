import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { garbageCollectionFlags } from '../src/cli/garbage-collection.ts'
import { readUsage, type Usage } from './usage.ts'

const START: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).scripts.start

/** The flags of Node in `npm start`. */
export const startFlags: readonly string[] = START.split(' ').filter((word) => word.startsWith('--'))

/** The flags of Node in `npm start`, and those that `serve` sets on one core, for a server that does not set them itself. */
export const SERVE_FLAGS = [...startFlags, ...garbageCollectionFlags(1)]

/**
 * Raised limits of one address, because all clients of a benchmark come from one address. The server counts in the same way with its
 * defaults.
 */
const RAISED = ['tables', 'address', 'disk'].flatMap((limit) => ['--limit', `${limit}=1000000`])

/** Traffic has the numbers of games, messages and bytes of the load of one round. */
export interface Traffic {
  readonly games: number
  /** Messages of the clients that the server answered, and lines from the server. */
  readonly sent: number
  readonly received: number
  readonly sentBytes: number
  readonly receivedBytes: number
}

/** Load is the result of one load: answers within `seconds`, percentiles of their times in microseconds, and totals. */
export interface Load extends Traffic {
  readonly answers: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  readonly errors: number
}

/** Games is a number of games that a load plays, at a number of connections. */
export interface Games {
  readonly game: 'guess' | 'tictactoe'
  readonly connections: number
  readonly games: number
  readonly seed: number
}

/** Times are milliseconds of warming up, and of measuring. */
export interface Times {
  readonly warm: number
  readonly measure: number
}

/** Stage starts and ends the processes of a benchmark: servers on one core and the load on another if there are two cores. */
export class Stage {
  /** True if servers and load each have a core of their own. */
  readonly pinned: boolean
  readonly #folder = mkdtempSync(join(tmpdir(), 'parlor-bench-'))
  readonly #load: string
  readonly #started = new Set<ChildProcess>()
  #folders = 0

  /** Compiles the load. Throws if there is no C compiler. */
  constructor() {
    this.pinned = availableParallelism() > 1
    this.#load = join(this.#folder, 'load')
    execFileSync('cc', ['-O2', '-o', this.#load, toPath('load.c')])
    process.on('exit', () => this.#clear())
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))
  }

  /** Starts a server that calls `obey`: a file of this folder, its arguments, and flags of Node. */
  async serve(file: string, args: readonly string[] = [], flags: readonly string[] = []): Promise<ServerProcess> {
    const child = this.#start(0, [process.execPath, ...flags, toPath(file), ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const [{ port }] = await untilReady(child, once(child, 'message'))
    return new ServerProcess(child, () => port)
  }

  /**
   * Starts Parlor as `npm start` does, in a new folder, at free ports, with raised limits of one address. The server writes its standard
   * error to a file. `options` are further options of `serve`.
   */
  async serveAll(...options: readonly string[]): Promise<ServerProcess> {
    const cwd = join(this.#folder, `served-${++this.#folders}`)
    mkdirSync(cwd)
    const command = [process.execPath, ...startFlags, toPath('../bin/parlor.js'), 'serve', '--json', '--port', '0', '--http', '0']
    const stdio = ['ignore', 'pipe', openSync(join(cwd, 'log'), 'w')] as const
    const child = this.#start(0, [...command, ...RAISED, ...options], { cwd, stdio: [...stdio] })
    const started = JSON.parse(await untilReady(child, readOutput(child, 'line')))
    const listening: readonly { program: string; port: number; transport: string }[] = started.listening
    const ports = new Map(listening.filter(({ transport }) => transport === 'tcp').map(({ program, port }) => [program, port]))
    return new ServerProcess(child, (game) => ports.get(`tjc/${game === 'pace' ? 'tictactoe' : game}`) ?? 0)
  }

  /** Plays games against a server, and records them in a file. */
  record(server: ServerProcess, { game, connections, games, seed }: Games): Promise<Recording> {
    const path = join(this.#folder, 'games')
    const args = [game, 'record', path, server.portOf(game), connections, games, seed]
    return this.#play([this.#load, ...args.map(String)]).then((load) => ({ path, load }))
  }

  /** Plays recorded games, move for move, against a bare server that was prepared for them. */
  replay(server: ServerProcess, path: string, { game, connections, games, seed }: Games): Promise<Load> {
    return this.#play([this.#load, ...[game, 'replay', path, server.portOf(game), connections, games, seed].map(String)])
  }

  /** Plays for some milliseconds after some milliseconds of warming up; `by` is a load in JavaScript, for a server with another protocol. */
  playFor(
    server: ServerProcess,
    what: 'echo' | 'pace' | 'tictactoe',
    { connections, warm, measure, by }: Times & { readonly connections: number; readonly by?: string },
  ): Promise<Load> {
    const command = by === undefined ? [this.#load] : [process.execPath, toPath(by)]
    return this.#play([...command, ...[what, server.portOf(what), connections, warm, measure, 1].map(String)])
  }

  /** Connects idle clients to a server that greets. Returns a function that disconnects them. */
  async idle(server: ServerProcess, game: Games['game'], connections: number): Promise<() => Promise<void>> {
    const child = this.#start(1, [this.#load, 'idle', String(server.portOf(game)), String(connections)])
    await readOutput(child, 'line')
    return async () => {
      child.stdin?.end()
      if (child.exitCode === null) await once(child, 'exit')
    }
  }

  async #play(command: readonly string[]): Promise<Load> {
    const load: Load = JSON.parse(await readOutput(this.#start(1, command), 'close'))
    if (load.errors > 0) throw new Error(`${load.errors} clients got a wrong answer: ${command.join(' ')}`)
    return load
  }

  #start(
    core: number,
    command: readonly string[],
    options: Parameters<typeof spawn>[2] = { stdio: ['pipe', 'pipe', 'inherit'] },
  ): ChildProcess {
    const [program = '', ...args] = this.pinned ? ['taskset', '-c', String(core), ...command] : command
    const child = spawn(program, args, options)
    this.#started.add(child)
    child.on('exit', () => this.#started.delete(child))
    return child
  }

  #clear(): void {
    for (const child of this.#started) child.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Recording is the result of a load, and the file with its games. */
export interface Recording {
  readonly path: string
  readonly load: Load
}

/** ServerProcess is a running server. */
export class ServerProcess {
  readonly portOf: (game: string) => number
  readonly #child: ChildProcess

  constructor(child: ChildProcess, portOf: (game: string) => number) {
    this.#child = child
    this.portOf = portOf
  }

  /** The usage of the whole process until now. */
  get usage(): Usage {
    return readUsage(this.#child.pid ?? 0)
  }

  /** Sends a bare server the games of its next clients. */
  async prepare(path: string): Promise<void> {
    const answer = once(this.#child, 'message')
    this.#child.send(path)
    await answer
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit')
    if (this.#child.connected) this.#child.disconnect()
    else this.#child.kill('SIGTERM')
    await exited
  }
}

function toPath(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}

/** Waits until a server listens; rejects if the server ends earlier. */
function untilReady<Value>(child: ChildProcess, ready: Promise<Value>): Promise<Value> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the server ended before it listened, with exit code ${code}`)
  })
  ended.catch(() => {})
  return Promise.race([ready, ended])
}

/** Returns the output of a program: all of it, or until its first line. */
function readOutput(child: ChildProcess, until: 'close' | 'line'): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      text += more
      if (until === 'line' && text.includes('\n')) resolve(text)
    })
    child.on('close', (code) => (code === 0 && text ? resolve(text) : reject(new Error(`the program ended with exit code ${code}`))))
  })
}
