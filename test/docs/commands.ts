import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { loadProgram } from '../../src/programs/index.ts'
import { hasNamespaces, hasPython } from '../support/sandboxes.ts'

export const root = join(import.meta.dirname, '../..')

/**
 * Block is a fenced block of commands in a Markdown file, after a comment `<!-- test: ... -->` that contains, separated
 * by commas: `background as NAME` (it runs during other blocks), `beside NAME` (that block is running), `types "a" "b"`,
 * `exit N` (0 by default), `in any order` (its lines, without leading times), `silent peer` (a client connects and sends
 * nothing), `with "a" as "b"` (a replacement in the commands, so that a test is not slow).
 */
export interface Block {
  readonly line: number
  /** Each command with its expected output; undefined if the page shows none. */
  readonly commands: readonly { readonly command: string; readonly prints: string | undefined }[]
  readonly name?: string
  readonly beside?: string
  readonly typed: readonly string[]
  readonly exit?: number
  readonly anyOrder: boolean
  readonly silentPeer: boolean
}

/** Returns the blocks of a Markdown file that are marked for testing. */
export function blocksOf(file: string): Block[] {
  const text = readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n')
  return [...text.matchAll(/<!-- test(?:: (.*?))? -->\n+```(sh|console)\n([\s\S]*?)```\n/g)].map((found) => {
    const [, directives = '', language, content = ''] = found
    const said = (pattern: RegExp) => pattern.exec(directives)?.[1]
    const [, from, to] = /with "([^"]*)" as "([^"]*)"/.exec(directives) ?? []
    const [name, beside, exit] = [said(/background as (\w+)/), said(/beside (\w+)/), said(/exit (\d+)/)]
    const commands = language === 'sh' ? plain(content) : transcript(content)
    return {
      line: text.slice(0, found.index).split('\n').length,
      commands: commands.map(({ command, prints }) => ({ command: from && to ? command.replace(from, to) : command, prints })),
      ...(name === undefined ? {} : { name }),
      ...(beside === undefined ? {} : { beside }),
      ...(exit === undefined ? {} : { exit: Number(exit) }),
      typed: [...(said(/types ((?:"[^"]*" ?)+)/) ?? '').matchAll(/"([^"]*)"/g)].map(([, line = '']) => line),
      anyOrder: directives.includes('in any order'),
      silentPeer: directives.includes('silent peer'),
    }
  })
}

function plain(content: string): Block['commands'] {
  const lines = content.split('\n').map((line) => line.replace(/\s+# .*$/, ''))
  return lines.filter((line) => line !== '').map((command) => ({ command, prints: undefined }))
}

function transcript(content: string): Block['commands'] {
  return content
    .split(/^\$ /m)
    .slice(1)
    .map((part) => ({ command: part.slice(0, part.indexOf('\n')), prints: part.slice(part.indexOf('\n') + 1) }))
}

/** Returns the output of a page as a pipe delivers it: without the typed text, because no terminal echoes it. */
export function withoutTyped(prints: string, typed: readonly string[]): string {
  let at = 0
  let left = ''
  for (const line of typed) {
    const found = prints.indexOf(`${line}\n`, at)
    if (found < 0) throw new Error(`the page does not show that ${line} is typed`)
    left += prints.slice(at, found)
    at = found + line.length + 1
  }
  return left + prints.slice(at)
}

/** Returns why the system cannot run a command, so that it is not tested; undefined if it can. */
export function missing(command: string): string | undefined {
  const [program = ''] = command.split(' ')
  if (['nc', 'python3', 'cc'].includes(program) && !isThere(program)) return `there is no ${program}`
  if (/\bparlor check\b/.test(command) && !(hasPython && hasNamespaces)) return 'there is no Python, or no sandbox without a note'
  if (command.includes('--unix') && process.platform === 'win32') return 'there are no such sockets on Windows'
  const loopback = Object.values(networkInterfaces()).flatMap((one) => one ?? [])
  const ipv6 = command.includes('--ipv6') || command.includes('::1')
  return ipv6 && !loopback.some(({ address }) => address === '::1') ? 'there is no IPv6' : undefined
}

function isThere(program: string): boolean {
  try {
    execFileSync(program, [program === 'nc' ? '-h' : '--version'], { stdio: 'ignore' })
    return true
  } catch (error) {
    return error instanceof Error && 'status' in error && error.status !== null
  }
}

/** Stage runs the commands of one page, with free ports in place of the page's, and its own folder for /tmp. */
export class Stage {
  readonly #folder: string
  readonly #ports = new Map<number, number>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Returns the port in place of one of the page. */
  async port(ofPage: number): Promise<number> {
    let port = this.#ports.get(ofPage)
    if (port === undefined) {
      port = await freePort()
      this.#ports.set(ofPage, port)
    }
    return port
  }

  /** Returns a text of the page with this stage's ports and folder. */
  async translate(text: string): Promise<string> {
    const numbers = new Set([...text.matchAll(/(?<=127\.0\.0\.1 |::1 )\d{4,5}\b|(?<= )\d{4,5}(?= {2})/g)].map(([found]) => Number(found)))
    let translated = text.replaceAll('/tmp/', `${this.#folder}/`)
    for (const number of numbers) translated = translated.replaceAll(new RegExp(`\\b${number}\\b`, 'g'), String(await this.port(number)))
    return translated
  }

  /** Starts a command of the page. If it needs a port and names none, this stage's is added. */
  async start(command: string, typed: readonly string[]): Promise<Running> {
    const words = [...(await this.translate(command)).matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word)
    const [program = '', ...args] = words
    const surroundings = { cwd: root, env: { ...process.env, PARLOR_HTTP: 'none', PARLOR_WEB: 'none' } }
    const child =
      program === 'npx'
        ? spawn(process.execPath, [join(root, 'bin/parlor.js'), ...args.slice(1), ...(await this.#portsOf(args.slice(1)))], surroundings)
        : spawn(program === 'node' ? process.execPath : program, program === 'python3' ? ['-B', ...args] : args, surroundings)
    return new Running(child, typed)
  }

  async #portsOf([command = '', name = '', ...rest]: readonly string[]): Promise<string[]> {
    if (command === 'serve') {
      const names = [name, ...rest].filter((_, at, all) => all[at - 1] === '--only')
      const ports = names.map(async (one) => {
        const program = await loadProgram(one)
        return ['--port', `${one}=${await this.port(program?.servePort ?? program?.port ?? 0)}`]
      })
      return (await Promise.all(ports)).flat()
    }
    const said = rest.some((word) => /^(\d{4,5}|--port|--unix)$/.test(word))
    const program = said || !['host', 'join'].includes(command) ? undefined : await loadProgram(name)
    return program ? ['--port', String(await this.port(program.port))] : []
  }
}

/** Running is a started command, with its output so far. */
export class Running {
  readonly #child: ChildProcess
  /** Resolves to the exit code; null after a signal. */
  readonly exit: Promise<number | null>
  output = ''

  constructor(child: ChildProcess, typed: readonly string[]) {
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text.replaceAll('\r\n', '\n')
      })
    }
    this.exit = new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))
    child.stdin?.on('error', () => {}).end(typed.map((line) => `${line}\n`).join(''))
  }

  /** Resolves when it has printed a number of lines, or has ended. */
  async printed(lines: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (this.output.split('\n').length > lines) resolve()
      }
      look()
      this.#child.stdout?.on('data', look)
      this.#child.on('close', () => resolve())
    })
  }

  stop(): void {
    this.#child.kill()
  }
}

/** Connects, with retries until a server listens there, and sends nothing until the other side has closed. */
export async function silentPeer(port: number): Promise<void> {
  for (;;) {
    const ended = await new Promise<'closed' | 'refused'>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.on('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'closed'))
      socket.on('close', () => resolve('closed'))
      socket.resume()
    })
    if (ended === 'closed') return
    await wait(50)
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })
}
