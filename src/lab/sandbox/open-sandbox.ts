import { type Clock, createSystemClock } from '../../base/clock.ts'
import type { Transport } from '../../wire/transport.ts'
import { DEFAULT_LIMITS, type ProgramLimits, type RunningProgram, type Sandbox } from '../check/sandbox.ts'
import { ContainedLauncher, networkNamespaces } from './contained-launcher.ts'
import type { Launcher } from './launcher.ts'
import { type Network, ReleasingTransport, shareNetwork } from './network.ts'
import { OwnNetwork } from './own-network.ts'
import { PlainLauncher } from './plain-launcher.ts'
import { findProgramFiles, joinFiles } from './program-files.ts'
import { loadPty, startProgram } from './sandboxed-program.ts'

export interface SandboxOptions {
  /** Words of the program's command, from which the sandbox finds the files that it needs. */
  readonly words: readonly string[]
  /** Words of the command that builds the program; missing without such a command. */
  readonly build?: readonly string[] | undefined
  /** Folder in which the command runs. */
  readonly cwd: string
  /** True if the program may see no files outside of that folder, even if its command names other files. */
  readonly confined?: boolean
  readonly limits?: ProgramLimits
  /** False to use no namespaces, as on a system that has no namespaces. */
  readonly namespaces?: boolean
  readonly clock?: Clock
}

const NO_TERMINAL =
  'there is no pseudo-terminal on this system, so the program runs on pipes: it may print its prompts later than at a terminal'

/** Milliseconds that the first program of a sandbox may run; this program shows whether the namespaces work. */
const PROBE_TIME = 10_000

/** Opens a sandbox: with namespaces if the system allows them, otherwise without namespaces and with a note. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { words, build, cwd, confined = false, limits = DEFAULT_LIMITS, namespaces = true, clock = createSystemClock() } = options
  const commands = build === undefined ? [words] : [words, build]
  const files = joinFiles(
    cwd,
    commands.map((command) => findProgramFiles(command, cwd, undefined, { confined })),
  )
  const terminalNotes = (await loadPty()) ? [] : [NO_TERMINAL]
  if (namespaces && process.platform === 'linux') {
    const isAdministrator = process.getuid?.() === 0
    const network = await OwnNetwork.open(networkNamespaces(isAdministrator))
    if (network) {
      const launcher = await ContainedLauncher.open({ files, limits, agent: network.pid, isAdministrator }).catch(async (error) => {
        await network.close()
        throw error
      })
      const another = async () => {
        const other = await OwnNetwork.open(networkNamespaces(isAdministrator))
        return other && { network: other, launcher: launcher.withAgent(other.pid) }
      }
      const sandbox = new OpenSandbox({ network, launcher }, limits, terminalNotes, clock, another)
      if (await works(sandbox)) return sandbox
      await sandbox.close()
    }
  }
  const place = { network: shareNetwork(), launcher: await PlainLauncher.open(files, limits) }
  return new OpenSandbox(place, limits, terminalNotes, clock, async () => undefined)
}

/** Checks whether a program runs in a sandbox, because a system may allow namespaces and forbid operations in them. */
async function works(sandbox: OpenSandbox): Promise<boolean> {
  const program = await sandbox.start({ words: ['true'], pipes: true }, PROBE_TIME)
  const { code } = await program.ended
  return code === 0
}

/** Place is a network for programs, and the launcher that starts programs in it. */
interface Place {
  readonly network: Network
  readonly launcher: Launcher
}

class OpenSandbox implements Sandbox {
  readonly notes: readonly string[]
  readonly #network: Network
  readonly #launcher: Launcher
  readonly #limits: ProgramLimits
  readonly #clock: Clock
  readonly #running = new Set<RunningProgram>()
  readonly #openPlace: () => Promise<Place | undefined>
  readonly #others: Sandbox[] = []

  /** `openPlace` opens another network for the same files, if this system has networks for sandboxes. */
  constructor(
    { network, launcher }: Place,
    limits: ProgramLimits,
    notes: readonly string[],
    clock: Clock,
    openPlace: () => Promise<Place | undefined>,
  ) {
    this.#network = network
    this.#launcher = launcher
    this.#limits = limits
    this.#clock = clock
    this.#openPlace = openPlace
    this.notes = [...launcher.notes, ...notes]
  }

  get ownNetwork(): boolean {
    return this.#network.own
  }

  listen(...[port, accept, { datagrams = false } = {}]: Parameters<Sandbox['listen']>): ReturnType<Sandbox['listen']> {
    return datagrams ? this.#network.listenUdp(port, accept) : this.#network.listen(port, accept)
  }

  async connect(port: number, timeout: number, { keepsPort = false, datagrams = false } = {}): Promise<Transport> {
    if (datagrams) return this.#network.connectUdp(port, timeout)
    const transport = await this.#network.connect(port, timeout)
    return new ReleasingTransport(transport, this.#clock, keepsPort)
  }

  async start(start: Parameters<Sandbox['start']>[0], time = this.#limits.time): Promise<RunningProgram> {
    const launch = await this.#launcher.launch(start)
    const program = await startProgram(launch, { ...this.#limits, time }, start.pipes ?? false, this.#clock)
    this.#running.add(program)
    void program.ended.then(() => this.#running.delete(program))
    return program
  }

  async another(): Promise<Sandbox | undefined> {
    const place = await this.#openPlace()
    if (!place) return undefined
    const sandbox = new OpenSandbox(place, this.#limits, [], this.#clock, this.#openPlace)
    this.#others.push(sandbox)
    return sandbox
  }

  async close(): Promise<void> {
    await Promise.all(this.#others.map((other) => other.close()))
    await Promise.all([...this.#running].map((program) => program.stop()))
    await this.#network.close()
    await this.#launcher.close()
  }
}
