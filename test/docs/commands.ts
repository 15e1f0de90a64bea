import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { loadPty, type PtyLibrary } from '../../src/lab/sandbox/sandboxed-program.ts'
import { loadProgram } from '../../src/programs/index.ts'
import { hasNamespaces, hasPython } from '../support/sandboxes.ts'
import { type Block, root } from './blocks.ts'

const pty = await loadPty()

/** The columns of a terminal are the fewest for which Parlor draws. */
const TERMINAL = { cols: 80, rows: 50 }

/** Returns why the system cannot run a command of a block, so that it is not tested; otherwise undefined. */
export function missing(command: string, { isAtTerminal, ready }: Pick<Block, 'isAtTerminal' | 'ready'>): string | undefined {
  const [program = ''] = command.split(' ')
  if (['nc', 'python3', 'cc', 'timeout'].includes(program) && !isThere(program)) return `there is no ${program}`
  if (/\bparlor check\b/.test(command) && !(hasPython && hasNamespaces)) return 'there is no Python, or no sandbox without a note'
  if (command.includes('--unix') && process.platform === 'win32') return 'there are no such sockets on Windows'
  if (isAtTerminal && pty === undefined) return 'there is no library for pseudo-terminals'
  if (ready === 'when it listens' && process.platform !== 'linux') return 'the system does not say which ports listen'
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

/**
 * Stage runs the commands of one page, with free ports in place of the page's, and its own folder for /tmp. A folder `mine`, in which
 * a student works, has the model answers in it.
 */
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

  /** Puts the model answers into the folder in which a student works. */
  fillMine(): void {
    cpSync(join(root, 'docs/lessons/answers'), join(this.#folder, 'mine'), { recursive: true })
  }

  /** Returns a command of the page, or what is typed, with this stage's ports and folders. */
  async translateInput(text: string): Promise<string> {
    for (const [found] of text.matchAll(PORTS)) await this.port(Number(found))
    return this.translate(text)
  }

  /** Returns an output of the page with this stage's ports and folders. */
  translate(text: string): string {
    const translated = text.replaceAll('/tmp/', `${this.#folder}/`).replaceAll(/(?<=^| )mine(?=[/ ]|$)/g, `${this.#folder}/mine`)
    return translated.replaceAll(/\b\d{4,5}\b/g, (number) => String(this.#ports.get(Number(number)) ?? number))
  }

  /** Starts a command of the page. If it needs a port and names none, this stage's is added. */
  async start(command: string, { typed, isAtTerminal, name }: Pick<Block, 'typed' | 'isAtTerminal' | 'name'>): Promise<Running> {
    const words = [...(await this.translateInput(command)).matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word)
    const [program = '', ...args] = words
    const isParlor = program === 'npx'
    const file = isParlor || program === 'node' ? process.execPath : program
    const all = isParlor ? [join(root, 'bin/parlor.js'), ...args.slice(1), ...(await this.#portsOf([...args.slice(1), ...typed]))] : args
    const env = {
      ...process.env,
      PARLOR_HTTP: 'none',
      PARLOR_WEB: 'none',
      PYTHONDONTWRITEBYTECODE: '1',
      ...(isAtTerminal ? { NO_COLOR: '', TERM: 'xterm' } : {}),
    }
    if (isAtTerminal && pty) return new Running(toCarrier(pty.spawn(file, all, { ...TERMINAL, cwd: root, env })))
    const child = spawn(file, all, { cwd: root, env })
    child.stdin.on('error', () => {})
    if (typed.length > 0) child.stdin.write(typed.map((line) => `${line}\n`).join(''))
    // at a terminal, a program in the background waits for what is typed next
    if (typed.length > 0 || name === undefined) child.stdin.end()
    return new Running(toPipes(child))
  }

  /** Resolves when a started command listens at the port that it names, or that its program has, and when it has ended. Linux only. */
  async listens(command: string, started: Running): Promise<void> {
    const translated = await this.translateInput(command)
    const [said] = translated.match(PORTS) ?? (await this.#portsOf(translated.split(' ').slice(2))).slice(-1)
    const wanted = new RegExp(`^ *\\d+: [0-9A-F]+:${Number(said).toString(16).toUpperCase().padStart(4, '0')} [0-9A-F]+:0000 0[A7] `, 'm')
    while (!started.isOver && !['tcp', 'tcp6', 'udp'].some((table) => wanted.test(readFileSync(`/proc/net/${table}`, 'utf8'))))
      await wait(20)
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

/** The places in a command that name ports: after an address, an option or a server's file. What a person types can be nothing else. */
const PORTS = /(?<=127\.0\.0\.1[ :]|::1 |--(?:port|listen|to) |_server(?:\.py)? |^)\d{4,5}\b/g

/** Carrier is the process of a command: on pipes, or at a terminal. */
interface Carrier {
  onText(listener: (text: string) => void): void
  /** Returns what remains visible of everything that was printed, without colors. */
  toText(printed: string): string
  /** Resolves to the exit code; null after a signal. */
  readonly exit: Promise<number | null>
  stop(): void
}

function toPipes(child: ChildProcess): Carrier {
  return {
    onText(listener) {
      for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', listener)
    },
    toText: (printed) => printed,
    exit: new Promise((resolve, reject) => child.on('close', resolve).on('error', reject)),
    stop: () => void child.kill(),
  }
}

/** With this sequence, a program erases a line that shows its progress. */
const ERASE = '\r\x1b[K'

function toCarrier(terminal: ReturnType<PtyLibrary['spawn']>): Carrier {
  return {
    onText: (listener) => void terminal.onData(listener),
    toText: (printed) => stripVTControlCharacters(printed.replaceAll(/[^\n]*$/gm, (line) => line.split(ERASE).at(-1) ?? '')),
    exit: new Promise((resolve) => void terminal.onExit(({ exitCode, signal }) => resolve(signal ? null : exitCode))),
    stop: () => terminal.kill(),
  }
}

/** Running is a started command, with its output so far. */
export class Running {
  readonly #carrier: Carrier
  readonly #listeners: (() => void)[] = []
  #printed = ''
  /** Resolves to the exit code; null after a signal. */
  readonly exit: Promise<number | null>
  output = ''
  isOver = false

  constructor(carrier: Carrier) {
    this.#carrier = carrier
    this.exit = carrier.exit.finally(() => {
      this.isOver = true
    })
    carrier.onText((text) => {
      this.#printed += text
      this.output = carrier.toText(this.#printed).replaceAll('\r\n', '\n')
      for (const listener of this.#listeners) listener()
    })
  }

  /** Resolves when its output satisfies a condition, or when it has ended. */
  async printed(isEnough: (output: string) => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (isEnough(this.output)) resolve()
      }
      look()
      this.#listeners.push(look)
      this.exit.then(() => resolve(), reject)
    })
  }

  stop(): void {
    if (!this.isOver) this.#carrier.stop()
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
