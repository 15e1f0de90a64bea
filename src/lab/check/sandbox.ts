import type { Listener, Transport } from '../../wire/transport.ts'
import type { ProgramOutput } from './program-output.ts'

/** ProgramLimits bound the resources of a program under test. */
export interface ProgramLimits {
  /** Milliseconds from its start to its end. */
  readonly time: number
  /** Bytes of output. */
  readonly output: number
  /** Bytes of memory of all its processes together. */
  readonly memory: number
  /** Bytes of each file that the program writes; if the program has a file system of its own, bytes of all its files together. */
  readonly files: number
  /** Number of its processes and threads. */
  readonly processes: number
}

/** Usage has the resources that all processes of a program have used so far. */
export interface Usage {
  /** Milliseconds of processor time. */
  readonly processor: number
  /** Largest resident memory that was seen, in bytes. */
  readonly memory: number
  /** Milliseconds in which all processes have slept and used no processor, because the program waits for something. */
  readonly idle: number
}

/** StopReason is the reason why the judge has ended a program: the program exceeded a limit, or was not needed any more. */
export type StopReason = 'time' | 'output' | 'memory' | 'judge'

/** ProgramEnd is the end of a program: its exit code, its signal, or the reason of the judge. */
export interface ProgramEnd {
  readonly code?: number
  /** Name of the signal, such as `SIGSEGV`. */
  readonly signal?: string
  readonly stopped?: StopReason
  readonly usage: Usage
}

/** ProgramStart has the command of a program, and the surroundings in which the sandbox starts the program. */
export interface ProgramStart {
  /** The command, with address and port filled in. */
  readonly words: readonly string[]
  /** Variables of its environment, in addition to the variables that every program gets. */
  readonly environment?: Readonly<Record<string, string>>
  /** Pipes in place of a pseudo-terminal. */
  readonly pipes?: boolean
  /**
   * True if later programs of the sandbox get the folder with the changes of this program. They get it only if this program ends with the
   * exit code 0.
   */
  readonly keepsFiles?: boolean
}

/** RunningProgram is a program under test. */
export interface RunningProgram {
  readonly output: ProgramOutput
  /** True if the program has a pseudo-terminal. The program then prints prompts immediately, as for a person. */
  readonly terminal: boolean
  /** Types a line, as a person does: the text and Enter. */
  type(line: string): void
  /** Ends its input, as Ctrl-D does. */
  endInput(): void
  /** Stops all its processes until `resume`, so that the judge can act before the processes notice it. Does nothing on Windows. */
  suspend(): void
  resume(): void
  /** Resolves when it and everything that it started have ended. */
  readonly ended: Promise<ProgramEnd>
  /** The usage of its processes until now. */
  usage(): Usage
  /** Checks whether one of its processes has forked and still has a socket that is connected. */
  holdsForkedSocket(): boolean
  /** Ends it and everything that it started; resolves like `ended`. */
  stop(reason?: StopReason): Promise<ProgramEnd>
}

/** Sandbox is a place in which programs under test run, and the network between them and the judge. */
export interface Sandbox {
  /** True if the programs have a network of their own, so that every port is free in it. */
  readonly ownNetwork: boolean
  /** Sentences for people on the limits that the sandbox lacks. */
  readonly notes: readonly string[]
  /** Listens at 127.0.0.1, in the network of the programs. Port 0 is any free port. */
  listen(port: number, accept: (transport: Transport) => void, how?: { readonly datagrams?: boolean }): Promise<Listener>
  /**
   * Connects to a program at 127.0.0.1, and tries again until the program listens, for up to `timeout` milliseconds. A connection that
   * the program closes first ends with a reset, so that its port is free immediately; with `keepsPort`, it ends as usual, and the system reserves the
   * port for a minute (TIME_WAIT). With `datagrams`, over UDP: resolves when the program has a socket at the port.
   */
  connect(port: number, timeout: number, how?: { readonly keepsPort?: boolean; readonly datagrams?: boolean }): Promise<Transport>
  start(start: ProgramStart): Promise<RunningProgram>
  /**
   * Opens a sandbox with the same files and a network of its own, in which the program runs at the same time; `undefined` if this system has no such
   * network. Closing this sandbox closes the other sandbox, too.
   */
  another(): Promise<Sandbox | undefined>
  /** Ends all programs, and removes the files. */
  close(): Promise<void>
}

/** SandboxError is the error if a program cannot run in a sandbox. Its message says why, and what to do. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError'
}

/** The limits of a program, if the command line gives no other limits. */
export const DEFAULT_LIMITS: ProgramLimits = {
  time: 60_000,
  output: 1024 * 1024,
  memory: 1024 * 1024 * 1024,
  files: 128 * 1024 * 1024,
  processes: 256,
}
