import { errorMessage } from '../../base/errors.ts'
import type { Options, Program } from '../../protocol/definition.ts'
import type { Side } from '../../protocol/message-spec.ts'
import type { Finding } from '../check/check.ts'
import { type JudgedCheck, type JudgeOptions, judge } from '../check/judge.ts'
import { selectChecks } from '../check/registry.ts'
import type { Cause, CheckLevel } from '../check/report.ts'
import { formatFailure } from '../check/report-formats.ts'
import { playPair, SILENCE } from './pair.ts'
import type { PairFinding } from './pair-verdict.ts'
import { type HandInReport, type HandInSide, MATRIX_SIDES, type MatrixCheck, type MatrixReport, type PairReport } from './report.ts'
import { type OpenSide, SidePool } from './side-pool.ts'
import { type MatrixTask, runTasks } from './task-queue.ts'

/** MatrixEntry is one hand-in of a class. */
export interface MatrixEntry {
  readonly name: string
  /** For each of its sides, a sentence with the command that starts the side, and with the source of the command. */
  readonly starts: Readonly<Partial<Record<Side, string>>>
  /** The reason why the judge can start neither side. */
  readonly problem?: string
}

/** MatrixRepeats returns the command lines that repeat a part of the matrix. */
export interface MatrixRepeats {
  check(handIn: string, side: Side, check: string): string
  pair(client: string, server: string): string
}

export interface MatrixOptions {
  readonly program: Program
  readonly level: CheckLevel
  readonly entries: readonly MatrixEntry[]
  /** The only check to run; also the side, if the check is for one side. */
  readonly only?: { readonly name: string; readonly side?: Side } | undefined
  /** The only pair to play. If a pair is given, no checks run. */
  readonly pair?: { readonly client: string; readonly server: string } | undefined
  /** False to play no pairs. */
  readonly hasPairs: boolean
  /** Options that both sides of a pair share. */
  readonly shared: Options
  /** Number of conversations at a time. */
  readonly jobs: number
  readonly signal: AbortSignal
  readonly repeats: MatrixRepeats
  /** Opens one side of a hand-in, in a sandbox of its own. */
  readonly open: (entry: MatrixEntry, side: Side) => Promise<OpenSide>
  /** Called after each part. */
  readonly onProgress: (done: number, all: number, what: string) => void
}

/** Width of the diagrams in a report. */
const DIAGRAM = { width: 96, color: false }
/**
 * Maximum number of clients, and of servers, in a block of pairs. The sandboxes of a block stay open while the judge plays all pairs of the
 * block.
 */
const BLOCK = 6

/** Judges all hand-ins of a class, and lets their clients and servers play each other. Resolves early if the signal aborts. */
export async function runMatrix(options: MatrixOptions): Promise<MatrixReport> {
  const matrix = new Matrix(options)
  return matrix.run()
}

class Matrix {
  readonly #options: MatrixOptions
  readonly #sides = new Map<string, HandInSide>()
  readonly #pairs = new Map<string, PairReport>()
  readonly #pool: SidePool
  /** True if the sandboxes have networks of their own; `undefined` until the first sandbox is open. */
  #hasNetworks: boolean | undefined
  #done = 0
  #all = 0

  constructor(options: MatrixOptions) {
    this.#options = options
    const byKey = new Map(options.entries.flatMap((entry) => MATRIX_SIDES.map((side) => [toKey(entry, side), { entry, side }] as const)))
    const open = (key: string) => {
      const found = byKey.get(key)
      return found ? options.open(found.entry, found.side) : Promise.reject(new RangeError(`no side ${key}`))
    }
    this.#pool = new SidePool(open, 2 * Math.max(BLOCK, options.jobs))
  }

  async run(): Promise<MatrixReport> {
    const { entries, program, level, jobs, signal, pair, hasPairs } = this.#options
    const close = () => void this.#pool.close()
    signal.addEventListener('abort', close)
    const checks = pair ? [] : entries.flatMap((entry) => sidesOf(entry).map((side) => this.#toCheckTask(entry, side)))
    const pairs = hasPairs ? this.#choosePairs().map(([client, server]) => this.#toPairTask(client, server)) : []
    this.#all = checks.length + pairs.length
    try {
      await this.#runAll([...checks, ...pairs], jobs)
    } finally {
      signal.removeEventListener('abort', close)
      await this.#pool.close()
    }
    const handIns = entries.map((entry) => this.#toReport(entry))
    // in the order of the table, and not in the order of the blocks
    const ordered = entries.flatMap((client) => entries.flatMap((server) => this.#pairs.get(toPairKey(client, server)) ?? []))
    return { program: program.name, level, handIns, pairs: ordered }
  }

  /**
   * Runs all tasks. Two programs in one network cannot have the same port, so the tasks run one after the other if the sandboxes share a
   * network. The first sandbox shows whether they share it.
   */
  async #runAll(tasks: readonly MatrixTask[], jobs: number): Promise<void> {
    const { signal } = this.#options
    let first = 0
    while (first < tasks.length && this.#hasNetworks === undefined) await runTasks(tasks.slice(first, ++first), { jobs: 1, signal })
    await runTasks(tasks.slice(first), { jobs: this.#hasNetworks ? jobs : 1, signal })
  }

  /** Returns the pairs to play, in blocks. In a block, the pairs that follow each other have no side in common. */
  #choosePairs(): readonly (readonly [client: MatrixEntry, server: MatrixEntry])[] {
    const { entries, pair } = this.#options
    const clients = entries.filter(({ name, starts }) => starts.client !== undefined && (!pair || pair.client === name))
    const servers = entries.filter(({ name, starts }) => starts.server !== undefined && (!pair || pair.server === name))
    return toBlocks(servers).flatMap((some) =>
      toBlocks(clients).flatMap((others) =>
        some.flatMap((_, shift) => others.flatMap((client, at) => toPair(client, some[(at + shift) % some.length]))),
      ),
    )
  }

  #toCheckTask(entry: MatrixEntry, side: Side): MatrixTask {
    const key = toKey(entry, side)
    return {
      needs: [key],
      run: () => this.#report(`the ${side} of ${entry.name}`, async () => void this.#sides.set(key, await this.#checkSide(entry, side))),
    }
  }

  #toPairTask(client: MatrixEntry, server: MatrixEntry): MatrixTask {
    const key = toPairKey(client, server)
    const what = `the client of ${client.name} with the server of ${server.name}`
    return {
      needs: [toKey(client, 'client'), toKey(server, 'server')],
      run: () => this.#report(what, async () => void this.#pairs.set(key, await this.#playPair(client, server))),
    }
  }

  /** Runs a part and reports it. Ignores errors after the signal has aborted, because the end of the sandboxes causes such errors. */
  async #report(what: string, part: () => Promise<void>): Promise<void> {
    try {
      await part()
    } catch (error) {
      if (!this.#options.signal.aborted) throw error
      return
    }
    if (!this.#options.signal.aborted) this.#options.onProgress(++this.#done, this.#all, what)
  }

  #checkSide(entry: MatrixEntry, side: Side): Promise<HandInSide> {
    const { program, level, only, repeats } = this.#options
    const start = entry.starts[side] ?? ''
    const repeat = ({ name }: { readonly name: string }) => repeats.check(entry.name, side, name)
    if (only?.side !== undefined && only.side !== side) return Promise.resolve({ start, checks: [], hasPlayed: true })
    return this.#pool.withSide(toKey(entry, side), async (opened) => {
      if ('sentence' in opened) {
        const checks = selectChecks(program, side, level).filter(({ name }) => only === undefined || name === only.name)
        const common = { passed: false, cause: opened.cause ?? null, sentence: opened.sentence, source: program.source }
        const all = checks.map((check) => ({ name: check.name, ...common, repeat: repeat(check), details: toDetails(opened) }))
        return { start, checks: all, hasPlayed: false }
      }
      this.#hasNetworks = opened.sandbox.ownNetwork
      const checks: MatrixCheck[] = []
      let hasPlayed = false
      try {
        const terms = { subject: opened, level, only: only?.name, repeat }
        for await (const first of judge(terms)) {
          const { result, visited, isSkipped, ...finding } = await judgeAgain(first, terms)
          checks.push({ ...result, isSkipped, details: result.passed ? [] : toDetails(finding) })
          hasPlayed ||= result.passed || visited.size > 0
        }
      } catch (error) {
        if (this.#options.signal.aborted) throw error
        const sentence = `the judge could not check it: ${errorMessage(error)}`
        const common = { name: 'judged', passed: false, cause: null, sentence, source: program.source }
        checks.push({ ...common, repeat: repeat(common), details: [] })
      }
      return { start, checks, hasPlayed }
    })
  }

  async #playPair(client: MatrixEntry, server: MatrixEntry): Promise<PairReport> {
    const about = { client: client.name, server: server.name, repeat: this.#options.repeats.pair(client.name, server.name) }
    const absent = [[client, 'client'] as const, [server, 'server'] as const].find(
      ([entry, side]) => this.#sides.get(toKey(entry, side))?.hasPlayed === false,
    )
    if (absent) {
      const [entry, side] = absent
      const sentence = `not played, because the ${side} of ${entry.name} cannot be started, or does not connect`
      return { ...about, outcome: 'not played', cause: null, sentence, details: [] }
    }
    const finding = await this.#pool.withSide(toKey(client, 'client'), (one) =>
      this.#pool.withSide(toKey(server, 'server'), (other) => this.#play(one, other)),
    )
    const { cause = null, sentence, atFault } = finding
    if (finding.cause === undefined && finding.atFault === undefined) return { ...about, outcome: 'passed', cause, sentence, details: [] }
    return { ...about, outcome: atFault ?? 'unclear', cause, sentence, details: toDetails(finding) }
  }

  async #play(client: OpenSide['opened'], server: OpenSide['opened']): Promise<PairFinding> {
    if ('sentence' in client) return { ...client, atFault: 'client' }
    if ('sentence' in server) return { ...server, atFault: 'server' }
    const options = this.#options.shared
    const finding = await playPair({ client, server, options })
    return isOfTime(finding.cause) ? playPair({ client, server, options, silence: 2 * SILENCE }) : finding
  }

  #toReport(entry: MatrixEntry): HandInReport {
    const { name, problem } = entry
    const sides = MATRIX_SIDES.flatMap((side) => {
      const found = this.#sides.get(toKey(entry, side))
      return found ? [[side, found] as const] : []
    })
    return { name, ...Object.fromEntries(sides), ...(problem === undefined ? {} : { problem }) }
  }
}

/** Judges a check again if it may have failed because the machine was busy. */
async function judgeAgain(first: JudgedCheck, terms: JudgeOptions): Promise<JudgedCheck> {
  let last = first
  if (!first.isSkipped && isOfTime(first.result.cause)) for await (const again of judge({ ...terms, only: first.result.name })) last = again
  return last
}

/** Checks whether a cause says that nothing happened in time. The reason can be a busy machine, so the judge plays such a part again. */
function isOfTime(cause: Cause | null | undefined): boolean {
  return cause === 'hangs' || cause === 'wrong-address' || cause === 'not-listening'
}

/** Returns the lines that explain a failure: its diagram, and the last lines of the program. */
function toDetails({ observations = [], lines = [] }: Pick<Finding, 'observations' | 'lines'>): readonly string[] {
  const last = lines.length === 0 ? [] : ['The last lines of the program:', ...lines.map((line) => `| ${line}`)]
  return [...formatFailure(observations, DIAGRAM), ...last]
}

function sidesOf({ starts }: MatrixEntry): readonly Side[] {
  return MATRIX_SIDES.filter((side) => starts[side] !== undefined)
}

function toKey({ name }: MatrixEntry, side: Side): string {
  return `${side}/${name}`
}

function toPairKey(client: MatrixEntry, server: MatrixEntry): string {
  // a name of a folder has no slash
  return `${client.name}/${server.name}`
}

function toPair(client: MatrixEntry, server: MatrixEntry | undefined): readonly (readonly [MatrixEntry, MatrixEntry])[] {
  return server ? [[client, server]] : []
}

function toBlocks<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / BLOCK) }, (_, at) => items.slice(at * BLOCK, (at + 1) * BLOCK))
}
