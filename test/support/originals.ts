import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** The folder of the original worksheet programs with their recorded sessions; `undefined` if no folder beside this checkout has them. */
export const originals = readdirSync(join(root, '..'))
  .map((folder) => join(root, '..', folder, 'peers'))
  .find((folder) => existsSync(join(folder, 'run_pair.py')))

/** OriginalClient is an original worksheet client in Python, unmodified, on pipes. The end of the test kills it. */
export class OriginalClient {
  /** Resolves after the end of the client to all its output, and its exit code. */
  readonly ended: Promise<{ readonly screen: string; readonly code: number | null }>
  readonly #child: ChildProcessWithoutNullStreams

  /** Starts a client such as `d000_game_client`, for a server at a port of this machine. */
  constructor(script: string, port: number) {
    const env = { ...process.env, HOST: '127.0.0.1', PORT: String(port), PYTHONDONTWRITEBYTECODE: '1' }
    const child = spawn('python3', [join(originals ?? '', `${script}.py`)], { env, stdio: 'pipe' })
    this.#child = child
    onTestFinished(() => void child.kill('SIGKILL'))
    let screen = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (screen += data))
    // a client that has ended reads no more input
    child.stdin.on('error', () => {})
    this.ended = new Promise((resolve) => child.on('close', (code) => resolve({ screen, code })))
  }

  /** Types lines. */
  type(...lines: readonly (number | string)[]): this {
    this.#child.stdin.write(lines.map((line) => `${line}\n`).join(''))
    return this
  }

  /** Ends the input, as Ctrl-D does. */
  end(): this {
    this.#child.stdin.end()
    return this
  }
}
