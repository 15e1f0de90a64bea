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
 * How memory is run as `npm start` has it, and `serve` itself where it has one core, as here: collected in short pauses, on
 * the thread that serves, and nothing is made among the old. The bare servers run as Node does by itself: these flags give
 * them no more messages a second, though shorter pauses where a thousand play.
 */
export const AS_STARTED = [...startFlags, ...garbageCollectionFlags(1)]

/** What one load has measured: messages and their times in microseconds within `seconds`, and counts over its whole life. */
export interface Load {
  readonly messages: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  readonly allMessages: number
  readonly allGames: number
  readonly errors: number
}

/** Stage is where the processes of one run live: servers on one core and the load on another, where the system can. */
export class Stage {
  /** Whether servers and load are each kept on a core of their own. */
  readonly pinned: boolean
  /** Whether the load is the program in C. */
  readonly compiled: boolean
  readonly #folder = mkdtempSync(join(tmpdir(), 'parlor-bench-'))
  readonly #load: readonly string[]
  readonly #started = new Set<ChildProcess>()

  constructor() {
    this.pinned = availableParallelism() > 1 && works('taskset', '-c', '0', 'true')
    const program = join(this.#folder, 'load')
    this.compiled = process.platform === 'linux' && works('cc', '-O2', '-o', program, here('load.c'))
    this.#load = this.compiled ? [program] : [process.execPath, here('load.ts')]
    process.on('exit', () => this.#clear())
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))
  }

  /** Starts a server, given as a file of this folder, its arguments, and what Node is told beside them. */
  async serve(file: string, args: readonly string[] = [], flags: readonly string[] = []): Promise<ServerProcess> {
    const child = this.#start(0, [process.execPath, '--expose-gc', ...flags, here(file), ...args], 'ipc')
    return ServerProcess.of(child)
  }

  /** A load that is a file of this folder, for servers that the usual one cannot speak with. */
  loadOf(file: string): readonly string[] {
    return [process.execPath, here(file)]
  }

  /** Plays against a server, and answers with what was measured. Throws where any game went wrong. */
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
    const measured: Load = JSON.parse(await output(child, 'close'))
    if (measured.errors > 0) throw new Error(`${measured.errors} of the clients were answered wrongly, in ${game} over ${connections}`)
    return measured
  }

  /** Connects so many idle clients to a server that greets; the answer lets them go. */
  async idle(server: ServerProcess, connections: number): Promise<() => Promise<void>> {
    const child = this.#start(1, [...this.#load, 'idle', String(server.port), String(connections), '0', '0', '0'], 'pipe')
    await output(child, 'line')
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

/** ServerProcess is a server that was started, and can be asked what it uses. */
export class ServerProcess {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async of(child: ChildProcess): Promise<ServerProcess> {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`a server ended by itself, with exit code ${code}`)
    })
    const [{ port }] = await Promise.race([once(child, 'message'), ended])
    ended.catch(() => {})
    return new ServerProcess(child, port)
  }

  /** What it has used until now; when `settled`, after it has collected its garbage. */
  async usage(settled = false): Promise<Usage> {
    const answer = once(this.#child, 'message')
    this.#child.send(settled ? 'settled' : 'usage')
    const [usage] = await answer
    return usage
  }

  /** Ends it. */
  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit')
    this.#child.disconnect()
    await gone
  }
}

function here(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}

function works(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What a program prints, until it ends or has printed a line. */
function output(child: ChildProcess, until: 'close' | 'line'): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      text += more
      if (until === 'line' && text.includes('\n')) resolve(text)
    })
    child.on('close', (code) => (code === 0 && text ? resolve(text) : reject(new Error(`the load ended with exit code ${code}`))))
  })
}
