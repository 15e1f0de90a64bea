import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'

const bin = join(import.meta.dirname, '../../bin/parlor.js')

/** The folder and the environment of a command, by default those of the tests. */
interface Surroundings {
  readonly environment?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** A running `parlor`, on pipes. */
export class Parlor implements AsyncDisposable {
  /** Its output on standard output, and on standard error. */
  output = ''
  errors = ''
  readonly exit: Promise<number | string>
  readonly #child: ChildProcessWithoutNullStreams
  #observed: (() => void)[] = []

  constructor(args: readonly string[], entry = bin, { environment = {}, cwd }: Surroundings = {}) {
    this.#child = spawn(process.execPath, [entry, ...args], {
      env: { ...process.env, PARLOR_DATA: 'none', PARLOR_HTTP: 'none', PARLOR_WEB: 'none', ...environment },
      cwd,
    })
    this.#child.stdout.on('data', (data) => this.#print(() => (this.output += data)))
    this.#child.stderr.on('data', (data) => this.#print(() => (this.errors += data)))
    this.#child.stdin.on('error', () => {})
    this.exit = new Promise((resolve) => this.#child.on('close', (code, signal) => this.#print(() => resolve(code ?? signal ?? -1))))
  }

  /** Resolves when standard output matches, from `from` on; rejects if the process ends earlier. */
  async shows(pattern: RegExp, from = 0): Promise<void> {
    const ended = this.exit.then((code) => {
      if (!pattern.test(this.output.slice(from))) throw new Error(`ended (${code}) without ${pattern}:\n${this.output}\n${this.errors}`)
    })
    while (!pattern.test(this.output.slice(from))) await Promise.race([ended, new Promise<void>((resolve) => this.#observed.push(resolve))])
  }

  /** Does the same as `shows`, for standard error. */
  async complains(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.errors)) await new Promise<void>((resolve) => this.#observed.push(resolve))
  }

  type(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }

  /** Ends its input, as Ctrl-D does. */
  end(): void {
    this.#child.stdin.end()
  }

  /** Stops reading its output there. */
  ignore(stream: 'stdout' | 'stderr'): void {
    this.#child[stream].destroy()
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL')
    await this.exit
  }

  #print(take: () => void): void {
    take()
    const observed = this.#observed
    this.#observed = []
    for (const resolve of observed) resolve()
  }
}

/** Runs a command line to its end. */
export async function run(...args: string[]): Promise<{ output: string; errors: string; code: number | string }> {
  const parlor = new Parlor(args)
  parlor.end()
  const code = await parlor.exit
  return { output: parlor.output, errors: parlor.errors, code }
}

/** Runs `parlor serve` on free ports, and returns the port of each program. */
export async function startServe(
  programs: readonly string[],
  ...more: string[]
): Promise<{ server: Parlor; ports: Readonly<Record<string, number>> }> {
  const server = new Parlor(['serve', '--json', ...programs.flatMap((name) => ['--only', name, '--port', `${name}=0`]), ...more])
  await server.shows(/\n/)
  const { listening } = JSON.parse(server.output) as { listening: { program: string; port: number }[] }
  return { server, ports: Object.fromEntries(listening.map(({ program, port }) => [program, port])) }
}
