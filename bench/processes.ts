import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { garbageCollectionFlags } from '../src/cli/garbage-collection.ts'
import type { Usage } from './control.ts'

const START: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).scripts.start

/** The flags of Node in `npm start`. */
export const startFlags: readonly string[] = START.split(' ').filter((word) => word.startsWith('--'))

/**
 * Flags for garbage collection as in `npm start`, and as `serve` sets them on one core: short pauses on the thread that serves,
 * and no allocation in the old generation. The bare servers run with Node's defaults: these flags give them no more messages a
 * second, only shorter pauses with a thousand players.
 */
export const AS_STARTED = [...startFlags, ...garbageCollectionFlags(1)]

/** Load is the result of one load: messages and their times in microseconds within `seconds`, and totals. */
export interface Load {
  readonly messages: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  readonly allMessages: number
  readonly allGames: number
  readonly errors: number
}

/** Stage starts and ends the processes of a benchmark: servers on one core and the load on another if the system supports it. */
export class Stage {
  /** True if servers and load each have a core of their own. */
  readonly pinned: boolean
  /** True if the load is the program in C. */
  readonly compiled: boolean
  readonly #folder = mkdtempSync(join(tmpdir(), 'parlor-bench-'))
  readonly #load: readonly string[]
  readonly #started = new Set<ChildProcess>()

  constructor() {
    this.pinned = availableParallelism() > 1 && canRun('taskset', '-c', '0', 'true')
    const program = join(this.#folder, 'load')
    this.compiled = process.platform === 'linux' && canRun('cc', '-O2', '-o', program, toPath('load.c'))
    this.#load = this.compiled ? [program] : [process.execPath, toPath('load.ts')]
    process.on('exit', () => this.#clear())
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))
  }

  /** Starts a server: a file of this folder, its arguments, and flags of Node. */
  async serve(file: string, args: readonly string[] = [], flags: readonly string[] = []): Promise<ServerProcess> {
    const child = this.#start(0, [process.execPath, '--expose-gc', ...flags, toPath(file), ...args], 'ipc')
    return ServerProcess.of(child)
  }

  /** Returns the command of a load that is a file of this folder, for servers with another protocol. */
  loadOf(file: string): readonly string[] {
    return [process.execPath, toPath(file)]
  }

  /** Plays against a server and returns the result. Throws if any game went wrong. */
  async load(
    server: ServerProcess,
    game: string,
    connections: number,
    warm: number,
    measure: number,
    seed: number,
    by: readonly string[] = this.#load,
  ): Promise<Load> {
    const args = [game, String(server.port), String(connections), String(warm), String(measure), String(seed)]
    const child = this.#start(1, [...by, ...args], 'pipe')
    const measured: Load = JSON.parse(await readOutput(child, 'close'))
    if (measured.errors > 0) throw new Error(`${measured.errors} clients got a wrong answer, in ${game} with ${connections} connections`)
    return measured
  }

  /** Connects idle clients to a server that greets. Returns a function that disconnects them. */
  async idle(server: ServerProcess, connections: number): Promise<() => Promise<void>> {
    const child = this.#start(1, [...this.#load, 'idle', String(server.port), String(connections), '0', '0', '0'], 'pipe')
    await readOutput(child, 'line')
    return async () => {
      child.stdin?.end()
      if (child.exitCode === null) await once(child, 'exit')
    }
  }

  #start(core: number, [program = '', ...args]: readonly string[], channel: 'ipc' | 'pipe'): ChildProcess {
    const command = this.pinned ? ['taskset', '-c', String(core), program, ...args] : [program, ...args]
    const [first = '', ...rest] = command
    const child = spawn(first, rest, { stdio: channel === 'ipc' ? ['ignore', 'inherit', 'inherit', 'ipc'] : ['pipe', 'pipe', 'inherit'] })
    this.#started.add(child)
    child.on('exit', () => this.#started.delete(child))
    return child
  }

  #clear(): void {
    for (const child of this.#started) child.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** ServerProcess is a running server that reports its usage. */
export class ServerProcess {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async of(child: ChildProcess): Promise<ServerProcess> {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the server ended before it listened, with exit code ${code}`)
    })
    const [{ port }] = await Promise.race([once(child, 'message'), ended])
    ended.catch(() => {})
    return new ServerProcess(child, port)
  }

  /** Returns the usage until now; if `settled`, after a garbage collection. */
  async usage(settled = false): Promise<Usage> {
    const answer = once(this.#child, 'message')
    this.#child.send(settled ? 'settled' : 'usage')
    const [usage] = await answer
    return usage
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }
}

function toPath(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}

function canRun(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Returns the output of a program: all of it, or until its first line. */
function readOutput(child: ChildProcess, until: 'close' | 'line'): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      text += more
      if (until === 'line' && text.includes('\n')) resolve(text)
    })
    child.on('close', (code) => (code === 0 && text ? resolve(text) : reject(new Error(`the load ended with exit code ${code}`))))
  })
}
