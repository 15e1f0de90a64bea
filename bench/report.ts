import { arch, availableParallelism, platform, totalmem } from 'node:os'
import { figure, formatRatios, median, table, verdict } from './figures.ts'
import type { Round, Side } from './rounds.ts'

/** Subject is the server that is compared: all of Parlor as `npm start` runs it, or Parlor without a hall and a store. */
export type Subject = 'start' | 'without hall'

/** Case is one game with one number of connections. */
export interface Case {
  readonly subject: Subject
  readonly game: 'guess' | 'tictactoe' | 'echo'
  readonly connections: number
  readonly rounds: readonly Round[]
}

/** Memory is the growth in resident bytes per idle connection of both servers, one after the other. */
export interface Memory {
  readonly ours: number
  readonly bare: number
}

/** Run is all results of a benchmark, and its conditions. */
export interface Run {
  readonly cases: readonly Case[]
  readonly memory: readonly Memory[]
  /** Number of idle connections. */
  readonly idle: number
  readonly pinned: boolean
}

/** Targets of `npm start`, as ratios to the bare server: minimum of games a second, maximum of processor time a game. */
const RATE = 0.9
const CPU = 1.15
/** The same for one connection alone, which has a commit for each message. */
const CPU_ALONE = 1.5
const BYTES_PER_IDLE = 6.5 * 1024

const NAMES = {
  guess: 'guess',
  tictactoe: 'tic-tac-toe',
  echo: 'lines on open connections',
}
const TITLES: Readonly<Record<Subject, string>> = {
  start: 'As `npm start` runs',
  'without hall': 'Without a hall',
}

/** Formats a run as a page: ratios, raw figures beside them, and whether each target holds. */
export function report(run: Run): string {
  const { cases, memory, idle } = run
  const sections = (['start', 'without hall'] as const).map((subject) => {
    const rows = cases.filter((one) => one.subject === subject).map(formatRow)
    return rows.length === 0 ? '' : `## ${TITLES[subject]}\n\n${table([HEAD, HEAD.map(() => '---'), ...rows])}\n\n`
  })
  return `# Results

\`npm run bench\` writes this page; README.md explains how to read it. ${describeMachine(run)}

Ratios are Parlor's server to the bare server: the median of ${cases[0]?.rounds.length} rounds, with the lowest and the highest. Figures are medians, ours / bare. In games, both servers play the same games, move for move.

${sections.join('')}${memory.length === 0 ? '' : formatMemory(memory, idle)}## Targets

${formatTargets(run).join('\n')}
`
}

const HEAD = ['what', 'connections', 'games a second', 'ours / bare', 'processor time a game', 'µs', 'p50, µs', 'p99', 'µs']

function formatRow({ game, connections, rounds }: Case): string[] {
  const both = (of: keyof Side, digits: number) =>
    [rounds.map(({ ours }) => ours[of]), rounds.map(({ bare }) => bare[of])].map((all) => figure(median(all), digits)).join(' / ')
  const ratio = (of: keyof Side) => formatRatios(ratios(rounds, of))
  const cells = [ratio('rate'), both('rate', 0), ratio('cpu'), both('cpu', 1), both('p50', 0), ratio('p99'), both('p99', 0)]
  return [NAMES[game], String(connections), ...cells]
}

function formatMemory(memory: readonly Memory[], idle: number): string {
  const ours = memory.map((one) => one.ours)
  const bytes = [ours, memory.map((one) => one.bare)].map((all) => figure(median(all), 0)).join(' / ')
  return `## Memory

Resident memory per idle connection as \`npm start\` runs, at ${figure(idle, 0)}, without a forced garbage collection: **${bytes}** bytes (ours / bare; ours from ${figure(Math.min(...ours), 0)} to ${figure(Math.max(...ours), 0)}).

`
}

function formatTargets({ cases, memory, idle }: Run): string[] {
  const started = cases.filter(({ subject }) => subject === 'start')
  const speeds = started.map(({ game, connections, rounds }) => {
    const rate = median(ratios(rounds, 'rate'))
    const cpu = median(ratios(rounds, 'cpu'))
    const what = `${NAMES[game]}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`
    const time = `${figure(cpu, 2)} times the bare server's processor time a game`
    if (connections === 1) return verdict(cpu <= CPU_ALONE, `${what}: ${time} (target ${CPU_ALONE})`)
    return verdict(
      rate >= RATE && cpu <= CPU,
      `${what}: ${figure(rate, 2)} of the bare server's games a second (target ${RATE}), ${time} (target ${CPU})`,
    )
  })
  if (memory.length === 0) return speeds
  const bytes = median(memory.map(({ ours }) => ours))
  const idling = `${figure(bytes, 0)} bytes per idle connection at ${figure(idle, 0)} (target ${figure(BYTES_PER_IDLE, 0)})`
  return [...speeds, verdict(bytes <= BYTES_PER_IDLE, idling)]
}

function ratios(rounds: readonly Round[], of: keyof Side): number[] {
  return rounds.map(({ ours, bare }) => ours[of] / bare[of])
}

function describeMachine({ pinned }: Run): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB of memory`
  const where = pinned ? 'servers on one core, load on another' : 'servers and load share one core'
  return `The machine has ${availableParallelism()} cores, ${memory}, ${platform()} ${arch()}, Node ${process.versions.node}; ${where}.`
}
