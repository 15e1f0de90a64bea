import type { Observation } from '../monitor/observation.ts'
import { formatDiagramHead, formatObservation, type SequenceDiagramOptions } from '../monitor/sequence-diagram.ts'

/** Maximum number of observations that the diagram of a failure shows. */
const SHOWN = 16

/** Returns the lines of a diagram of what has led to a failure: the last observations up to the first fault, and one after it. */
export function formatFailure(observations: readonly Observation[], options: Omit<SequenceDiagramOptions, 'origin'>): readonly string[] {
  const shown = observations.filter(({ kind }) => kind !== 'segment')
  const [first] = observations
  if (!first || shown.length === 0) return []
  const fault = shown.findIndex(isFault)
  const end = fault < 0 ? shown.length : Math.min(shown.length, fault + 2)
  const part = shown.slice(Math.max(0, end - SHOWN), end)
  const state = part.map((one) => ('before' in one ? one.before : undefined)).find((before) => before !== undefined) ?? ''
  const diagram = { ...options, origin: first.at }
  return [...formatDiagramHead(state, diagram), ...part.flatMap((one) => formatObservation(one, diagram))]
}

function isFault(one: Observation): boolean {
  if (one.kind === 'unfinished' || one.kind === 'unreadable') return true
  return (one.kind === 'message' || one.kind === 'judged') && (one.violation !== undefined || one.oddity !== undefined)
}
