import { findDifference } from './parity.ts'
import type { Games, Load, ServerProcess, Stage, Times } from './processes.ts'

/** Side is the result for one server in one round. */
export interface Side {
  /** Games per second, or lines in the echo. */
  readonly rate: number
  /** Processor time per game or line in microseconds, including the time for connecting. */
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

/**
 * Plays games against Parlor, and then the same games against the bare server, move for move. Throws if the loads differ by
 * more than 1 % in games, messages or bytes.
 */
export async function playRound(stage: Stage, ours: ServerProcess, bare: ServerProcess, games: Games): Promise<Round> {
  const from = ours.usage.cpu
  const { path, load } = await stage.record(ours, games)
  const oursCpu = ours.usage.cpu - from
  await bare.prepare(path)
  const bareFrom = bare.usage.cpu
  const replayed = await stage.replay(bare, path, games)
  const difference = findDifference(load, replayed)
  if (difference !== undefined) throw new Error(`${games.game} with ${games.connections} connections: ${difference}`)
  return { ours: toSide(load, oursCpu, load.games), bare: toSide(replayed, bare.usage.cpu - bareFrom, load.games) }
}

/** Sends lines on open connections for some milliseconds. */
export async function echoLines(stage: Stage, server: ServerProcess, connections: number, times: Times): Promise<Side> {
  const from = server.usage.cpu
  const load = await stage.playFor(server, 'echo', { connections, ...times })
  return { ...toSide(load, server.usage.cpu - from, load.sent), rate: load.answers / load.seconds }
}

function toSide({ seconds, p50, p99 }: Load, cpu: number, count: number): Side {
  return { rate: count / seconds, cpu: cpu / count, p50, p99 }
}
