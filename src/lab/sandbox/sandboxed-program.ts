import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Clock } from '../../base/clock.ts'
import { type OutputStream, ProgramOutput } from '../check/program-output.ts'
import type { ProgramEnd, ProgramLimits, RunningProgram, StopReason, Usage } from '../check/sandbox.ts'
import type { Launch } from './launcher.ts'
import { findMarked, findTree, holdsForkedSocket, measureTree } from './process-tree.ts'

/** The library for pseudo-terminals, which is an optional dependency because it is compiled for some systems only. */
export type PtyLibrary = typeof import('@lydell/node-pty')

/** Loads the library for pseudo-terminals; resolves to `undefined` if the system has no such library. */
export async function loadPty(): Promise<PtyLibrary | undefined> {
  try {
    return await import('@lydell/node-pty')
  } catch {
    return undefined
  }
}

/** Milliseconds between two measurements of a program. */
const INTERVAL = 50
/** Maximum wait for the end of the processes that a program has left behind, and the time between two checks, in milliseconds. */
const OUTLIVING = 2000
const PAUSE = 10
/** Columns and rows of the terminal: wide enough that no line is wrapped. */
const TERMINAL = { cols: 220, rows: 50 }

/** Carrier is the process of a program: on a pseudo-terminal, or on pipes. */
interface Carrier {
  readonly pid: number
  write(text: string): void
  endInput(): void
}

/** CarrierEnd is the end of the process of a launch. */
interface CarrierEnd {
  readonly code?: number | undefined
  readonly signal?: string | undefined
}

/**
 * Starts the program of a launch, and returns it as a running program. Without a library for pseudo-terminals on this system, the
 * program gets pipes.
 */
export async function startProgram(launch: Launch, limits: ProgramLimits, pipes: boolean, clock: Clock): Promise<RunningProgram> {
  const pty = pipes ? undefined : await loadPty()
  return new SandboxedProgram(launch, limits, pty, clock)
}

class SandboxedProgram implements RunningProgram {
  readonly output: ProgramOutput
  readonly terminal: boolean
  readonly ended: Promise<ProgramEnd>
  readonly #carrier: Carrier
  readonly #limits: ProgramLimits
  readonly #mark: string | undefined
  readonly #clock: Clock
  #usage: Usage = { processor: 0, memory: 0, idle: 0 }
  #measuredAt: number
  #wasActive = true
  #stopped: StopReason | undefined
  #isOver = false

  constructor(launch: Launch, limits: ProgramLimits, pty: PtyLibrary | undefined, clock: Clock) {
    this.#limits = limits
    this.#mark = launch.mark
    this.#clock = clock
    this.#measuredAt = clock.monotonic()
    this.output = new ProgramOutput(limits.output)
    this.terminal = pty !== undefined
    const over = Promise.withResolvers<CarrierEnd>()
    this.#carrier = pty ? this.#onTerminal(launch, pty, over.resolve) : this.#onPipes(launch, over.resolve)
    const cancelTime = clock.after(limits.time, () => void this.stop('time'))
    const cancelWatch = this.#watch()
    this.ended = over.promise.then(async (end) => {
      this.#isOver = true
      cancelTime()
      cancelWatch()
      await this.#outlive()
      return this.#toEnd(end, await launch.report?.())
    })
  }

  type(line: string): void {
    if (this.#isOver) return
    const text = `${line}\n`
    this.output.append({ at: this.#clock.monotonic(), stream: 'typed', bytes: Buffer.from(text) })
    this.#carrier.write(text)
  }

  endInput(): void {
    if (!this.#isOver) this.#carrier.endInput()
  }

  suspend(): void {
    this.#signal('SIGSTOP')
  }

  resume(): void {
    this.#signal('SIGCONT')
  }

  usage(): Usage {
    const now = this.#clock.monotonic()
    if (this.#isOver) return { ...this.#usage, idle: this.#usage.idle + now - this.#measuredAt }
    const { processor, memory, active } = measureTree(this.#carrier.pid)
    const before = this.#usage
    // a program that was not idle since the last measurement is ready to run now, or has used processor time
    const wasIdle = !active && !this.#wasActive && processor <= before.processor
    const idle = before.idle + (wasIdle ? now - this.#measuredAt : 0)
    this.#measuredAt = now
    this.#wasActive = active
    this.#usage = { processor: Math.max(processor, before.processor), memory: Math.max(memory, before.memory), idle }
    return this.#usage
  }

  holdsForkedSocket(): boolean {
    return !this.#isOver && holdsForkedSocket(this.#carrier.pid)
  }

  stop(reason: StopReason = 'judge'): Promise<ProgramEnd> {
    if (!this.#isOver) {
      this.usage()
      this.#stopped ??= reason
      // in namespaces, the end of this process ends all processes of the program; elsewhere, the judge ends each descendant of this
      // process, and each marked process that has left the tree
      for (const pid of this.#mark === undefined ? [this.#carrier.pid] : findTree(this.#carrier.pid)) endProcess(pid)
      this.#endMarked()
    }
    return this.ended
  }

  #signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    // Windows does not have these signals
    if (this.#isOver || process.platform === 'win32') return
    for (const pid of findTree(this.#carrier.pid)) sendSignal(pid, signal)
  }

  /** Measures the program regularly, and ends it when it exceeds its memory. Returns a function that stops the measurements. */
  #watch(): () => void {
    const measure = () => {
      cancel = this.#clock.after(INTERVAL, measure)
      const before = this.#usage.memory
      if (this.usage().memory > Math.max(before, this.#limits.memory)) void this.stop('memory')
    }
    let cancel = this.#clock.after(INTERVAL, measure)
    return () => cancel()
  }

  #receive(stream: OutputStream, bytes: Uint8Array): void {
    this.output.append({ at: this.#clock.monotonic(), stream, bytes })
    if (this.output.overflowed) void this.stop('output')
  }

  #onTerminal({ file, args, env, cwd }: Launch, pty: PtyLibrary, end: (end: CarrierEnd) => void): Carrier {
    const terminal = pty.spawn(file, [...args], { ...TERMINAL, name: 'dumb', env: { ...env }, cwd, encoding: null })
    // without an encoding, the pieces are bytes, although their type in the declaration is `string`
    terminal.onData((bytes: string | Uint8Array) => this.#receive('terminal', typeof bytes === 'string' ? Buffer.from(bytes) : bytes))
    terminal.onExit(({ exitCode, signal }) => end(signal ? { signal: signalName(signal) } : { code: exitCode }))
    return { pid: terminal.pid, write: (text) => terminal.write(text), endInput: () => terminal.write('\x04') }
  }

  #onPipes({ file, args, env, cwd }: Launch, end: (end: CarrierEnd) => void): Carrier {
    const child: ChildProcess = spawn(file, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    child.stdout?.on('data', (bytes: Uint8Array) => this.#receive('stdout', bytes))
    child.stderr?.on('data', (bytes: Uint8Array) => this.#receive('stderr', bytes))
    // the program may end while the judge types
    child.stdin?.on('error', () => {})
    // processes that the program has started may hold its pipes open
    child.once('exit', () => this.#endMarked())
    child.once('close', (code, signal) => end({ code: code ?? undefined, signal: signal ?? undefined }))
    child.once('error', () => end({ code: 127 }))
    return { pid: child.pid ?? 0, write: (text) => child.stdin?.write(text), endInput: () => child.stdin?.end() }
  }

  /** Ends the processes that the program has started and left behind. */
  #endMarked(): void {
    if (this.#mark !== undefined) for (const pid of findMarked(this.#mark)) endProcess(pid)
  }

  /** Waits until the processes that the program has left behind have ended, too. */
  async #outlive(): Promise<void> {
    for (let waited = 0; this.#mark !== undefined && findMarked(this.#mark).length > 0 && waited < OUTLIVING; waited += PAUSE) {
      this.#endMarked()
      await new Promise<void>((resolve) => this.#clock.after(PAUSE, resolve))
    }
  }

  #toEnd(end: CarrierEnd, report: Awaited<ReturnType<NonNullable<Launch['report']>>>): ProgramEnd {
    const usage = { ...this.#usage, processor: Math.max(this.#usage.processor, report?.processor ?? 0) }
    if (this.#stopped !== undefined) return { stopped: this.#stopped, usage }
    const code = report?.code ?? end.code
    if (end.signal !== undefined && report === undefined) return { signal: end.signal, usage }
    const signal = code !== undefined && code > 128 ? signalName(code - 128) : undefined
    return signal === undefined ? { code: code ?? 0, usage } : { signal, usage }
  }
}

function endProcess(pid: number): void {
  sendSignal(pid, 'SIGKILL')
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  // 0 would mean the group of this process, and 1 is the first process of the system
  if (pid <= 1) return
  try {
    process.kill(pid, signal)
  } catch {
    // the process has ended already
  }
}

/** Returns the name of a signal; `undefined` if no signal has that number. */
function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0]
}
