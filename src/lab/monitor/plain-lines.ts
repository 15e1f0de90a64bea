import type { Observation } from './observation.ts'
import { showMessage } from './shown-bytes.ts'

/** Maximum number of columns of a message in a plain line. */
const COLUMNS = 120

/** Formats an observation as one line without colors, for pipes and files; the line shows the time `origin` as 0. */
export function formatPlainLine(one: Observation, origin: number): string {
  return `${((one.at - origin) / 1000).toFixed(3)} s  ${one.from}  ${describe(one)}`
}

function describe(one: Observation): string {
  switch (one.kind) {
    case 'segment':
      return `read ${one.number}: bytes ${one.start} to ${one.end}`
    case 'message': {
      const { number, name, standing, before, after, segments } = one
      const reads = segments.map((segment) => segment.number).join(', ')
      const bytes = `bytes ${one.start} to ${one.end} in read ${reads}`
      const shown = showMessage(one, COLUMNS).text
      return `message ${number}: ${name ?? 'unknown'} ${shown}, ${standing}, ${bytes}; ${formatStates(before, after)}${why(one)}`
    }
    case 'judged':
      return `message ${one.number} is read: ${one.name ?? 'unknown'}, ${one.standing}; ${formatStates(one.before, one.after)}${why(one)}`
    case 'unfinished':
      return `${one.final ? 'cut off' : 'unfinished'}, bytes ${one.start} to ${one.end}: ${one.sentence}`
    case 'unreadable':
      return `unreadable from byte ${one.start} on: ${one.sentence}`
    case 'gap':
      return `gap: ${one.sentence}`
    case 'end': {
      const { how, before, after, over, expected } = one
      const missing = over || expected === undefined ? '' : `; not over: ${expected}`
      return `${how === 'finished' ? 'closes' : 'breaks off'}; ${formatStates(before, after)}${missing}`
    }
  }
}

function formatStates(before: string, after: string): string {
  return before === after ? `still "${after}"` : `"${before}" → "${after}"`
}

function why({ violation, oddity }: { violation?: { readonly sentence: string }; oddity?: string }): string {
  const said = violation?.sentence ?? oddity
  return said === undefined ? '' : `; ${said}`
}
