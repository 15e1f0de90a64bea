import { arch, availableParallelism, platform, totalmem } from 'node:os'
import { figure, median, table, verdict } from './figures.ts'

/** Side is the result of one server in one round. */
export interface Side {
  /** Answered client messages per second. */
  readonly rate: number
  /** Processor time per message in microseconds, connecting included. */
  readonly cpu: number
  /** Percentiles of the time from a message to its answer, in microseconds. */
  readonly p50: number
  readonly p99: number
}

/** Round is the result of both servers under the same load, one directly after the other. */
export interface Round {
  readonly ours: Side
  readonly bare: Side
}

/** Case is one game with one number of connections. */
export interface Case {
  readonly game: 'guess' | 'tictactoe' | 'echo'
  readonly connections: number
  readonly rounds: readonly Round[]
}

/** Idle is the resident bytes per idle connection: as soon as all are connected, and after a garbage collection. */
export interface Idle {
  readonly fresh: number
  readonly settled: number
}

/** Memory is the result of both servers with idle connections, one after the other. */
export interface Memory {
  readonly ours: Idle
  readonly bare: Idle
}

/** Run is all results of a benchmark, and its conditions. */
export interface Run {
  readonly cases: readonly Case[]
  readonly memory: readonly Memory[]
  /** Number of idle connections. */
  readonly idle: number
  /** Milliseconds of measuring in each round. */
  readonly measure: number
  readonly pinned: boolean
  readonly compiled: boolean
}

/** Targets, as ratios to the bare server: minimum of messages per second, or maximum of processor time per message. */
const RATE = { guess: 0.9, tictactoe: 0.9, echo: 0.85 }
const CPU = { guess: 1.12, tictactoe: 1.12, echo: 1.18 }
const P99 = 1.5
const BYTES_PER_IDLE = 8 * 1024
/** Numbers of connections to which the targets apply. */
const TARGETED = [100, 1000]

const NAMES = {
  guess: 'guess, whole games',
  tictactoe: 'tic-tac-toe, whole games',
  echo: 'lines on standing connections',
}

/** Formats a run as a page: ratios, raw figures beside them, and whether each target holds. */
export function report(run: Run): string {
  const { cases, memory, idle } = run
  const rows = cases.map(({ game, connections, rounds }) => {
    const raw = (of: keyof Side, digits: number) =>
      `${figure(median(rounds.map(({ ours }) => ours[of])), digits)} / ${formatBare(rounds, of, digits)}`
    const cells = [formatRatio(rounds, 'rate'), raw('rate', 0), formatRatio(rounds, 'cpu'), raw('cpu', 1), raw('p50', 0)]
    return [NAMES[game], String(connections), ...cells, formatRatio(rounds, 'p99'), raw('p99', 0)]
  })
  const head = ['what', 'connections', 'messages a second', 'ours / bare', 'processor time a message', 'µs', 'p50, µs', 'p99', 'µs']
  const bytes = (of: keyof Idle) =>
    [memory.map(({ ours }) => ours[of]), memory.map(({ bare }) => bare[of])].map((all) => figure(median(all), 0)).join(' / ')
  return `# Results

Written by \`npm run bench\`; README.md explains how to read it. ${describeMachine(run)}

Ratios are Parlor's server to the bare one: the median of ${cases[0]?.rounds.length} rounds, with the lowest and the highest. Figures are medians, ours / bare.

${table([head, head.map(() => '---'), ...rows])}

Resident memory per idle connection, at ${figure(idle, 0)}: **${bytes('settled')}** bytes after a garbage collection, ${bytes('fresh')} before it (ours / bare).

## Targets

${formatTargets(run).join('\n')}
`
}

function formatTargets({ cases, memory, idle }: Run): string[] {
  const aimed = cases.filter(({ connections }) => TARGETED.includes(connections))
  const speeds = aimed.map(({ game, connections, rounds }) => {
    const rate = median(rounds.map((round) => round.ours.rate / round.bare.rate))
    const cpu = median(rounds.map((round) => round.ours.cpu / round.bare.cpu))
    const result = `${figure(rate, 2)} of the bare server's messages a second (target ${RATE[game]}), ${figure(cpu, 2)} times its processor time a message (target ${CPU[game]})`
    return verdict(rate >= RATE[game] || cpu <= CPU[game], `${NAMES[game]}, ${connections} connections: ${result}`)
  })
  const delays = aimed.map(({ game, connections, rounds }) => {
    const p99 = median(rounds.map((round) => round.ours.p99 / round.bare.p99))
    return verdict(
      p99 <= P99,
      `${NAMES[game]}, ${connections} connections: p99 ${figure(p99, 2)} times that of the bare server (target ${P99})`,
    )
  })
  const bytes = median(memory.map(({ ours }) => ours.settled))
  const idling = `${figure(bytes, 0)} bytes per idle connection at ${figure(idle, 0)}, settled (target ${figure(BYTES_PER_IDLE, 0)})`
  return [...speeds, ...delays, verdict(bytes <= BYTES_PER_IDLE, idling)]
}

function describeMachine({ pinned, compiled, measure }: Run): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB of memory`
  const where = pinned ? 'servers on one core, load on another' : 'servers and load share all cores'
  const load = compiled ? 'load in C' : 'load in TypeScript, which slows the server: trust processor time rather than messages a second'
  return `Measured on ${availableParallelism()} cores, ${memory}, ${platform()} ${arch()}, Node ${process.versions.node}; ${where}; ${load}; ${measure / 1000} s a round.`
}

function formatRatio(rounds: readonly Round[], of: keyof Side): string {
  const ratios = rounds.map(({ ours, bare }) => ours[of] / bare[of])
  return `**${figure(median(ratios), 2)}** (${figure(Math.min(...ratios), 2)} to ${figure(Math.max(...ratios), 2)})`
}

function formatBare(rounds: readonly Round[], of: keyof Side, digits: number): string {
  return figure(median(rounds.map(({ bare }) => bare[of])), digits)
}
