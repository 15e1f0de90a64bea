import { formatCount } from '../../base/counts.ts'
import { displayWidth, splitGraphemes, wrap } from '../../games/text/graphemes.ts'
import { UNIT, type Weights } from '../check/points.ts'
import {
  formatSide,
  type HandInReport,
  isPlayedFailure,
  MATRIX_SIDES,
  type MatrixReport,
  type PairOutcome,
  type PairReport,
  scoreOf,
  showLine,
} from './report.ts'

/** MatrixTableOptions are the width and the colors of the table. */
export interface MatrixTableOptions {
  /** In columns, at least 60. */
  readonly width: number
  /** True to print ANSI colors. */
  readonly color: boolean
  readonly weights: Weights
}

/** The sign of each outcome. A color alone is not enough. */
export const SIGNS: Readonly<Record<PairOutcome, string>> = { passed: '.', client: 'C', server: 'S', unclear: '?', 'not played': '-' }
/** The meaning of the signs. */
const LEGEND = '. passed, C the client’s mistake, S the server’s mistake, ? unclear, - not played'

const GAP = '  '
const RED = 31
const GREEN = 32

/** Formats the results of a class as lines of at most `width` columns: a row for each hand-in, the pairs, and the failures. */
export function formatMatrix(report: MatrixReport, options: MatrixTableOptions): readonly string[] {
  return [...formatHandIns(report, options), ...formatPairs(report, options), ...formatFailures(report, options)]
}

function formatHandIns({ program, level, handIns }: MatrixReport, { width, color, weights }: MatrixTableOptions): readonly string[] {
  const scores = handIns.map((handIn) => {
    const { earned, possible } = scoreOf(handIn, weights)
    return `${earned / UNIT} of ${possible / UNIT}`
  })
  const last = Math.max('points'.length, ...scores.map(({ length }) => length))
  const name = nameWidth(handIns, width)
  const most = Math.max(8, Math.floor((width - name - last - 3 * GAP.length) / 2))
  const side = Math.min(most, Math.max(8, ...handIns.flatMap((handIn) => MATRIX_SIDES.map((one) => formatSide(handIn[one]).length))))
  const head = [pad('hand-in', name), pad('client', side), pad('server', side), 'points'].join(GAP)
  const rows = handIns.map((handIn, at) => {
    const first = pad(cut(showLine(handIn.name), name), name)
    if (handIn.problem !== undefined) {
      const problem = cut(showLine(`not started: ${handIn.problem}`), width - name - GAP.length)
      return [first, paint(problem, RED, color)].join(GAP)
    }
    const sides = MATRIX_SIDES.map((one) => {
      const text = formatSide(handIn[one])
      return paint(pad(cut(text, side), side), text === 'passed' ? GREEN : text === '-' ? undefined : RED, color)
    })
    return [first, ...sides, (scores[at] ?? '').padStart(last)].join(GAP)
  })
  return [`${program}, level ${level}: ${formatCount(handIns.length, 'hand-in')}`, '', head, ...rows]
}

/** Formats the clients as rows and the servers as numbered columns, in several parts if they are wider than the screen. */
function formatPairs({ pairs, handIns }: MatrixReport, { width, color }: MatrixTableOptions): readonly string[] {
  if (pairs.length === 0) return []
  const clients = [...new Set(pairs.map(({ client }) => client))]
  const servers = [...new Set(pairs.map(({ server }) => server))]
  const found = new Map(pairs.map((pair) => [`${pair.client}/${pair.server}`, pair]))
  const name = nameWidth(handIns, width)
  const cell = String(servers.length).length + 1
  const count = Math.max(1, Math.floor((width - name - GAP.length) / cell))
  const lines = ['', ...wrap(`Clients (rows) with servers (columns): ${LEGEND}`, width)]
  for (let from = 0; from < servers.length; from += count) {
    const some = servers.slice(from, from + count)
    lines.push('', `${' '.repeat(name)}${GAP}${some.map((_, at) => String(from + at + 1).padStart(cell)).join('')}`)
    for (const client of clients) {
      const signs = some.map((server) => {
        const { outcome } = found.get(`${client}/${server}`) ?? { outcome: undefined }
        const sign = outcome === undefined ? '' : SIGNS[outcome]
        const hue = outcome === 'passed' ? GREEN : outcome === undefined || outcome === 'not played' ? undefined : RED
        return paint(sign.padStart(cell), hue, color)
      })
      lines.push(`${pad(cut(showLine(client), name), name)}${GAP}${signs.join('')}`)
    }
  }
  const numbered = servers.map((server, at) => `${at + 1} ${cut(showLine(server), name)}`).join(', ')
  return [...lines, '', ...wrap(`Servers: ${numbered}`, width, 2)]
}

/**
 * Formats the failures. The list has a pair only if the side at fault passes its own checks, because otherwise the failed checks of that
 * side already show its mistakes.
 */
function formatFailures({ handIns, pairs }: MatrixReport, { width }: MatrixTableOptions): readonly string[] {
  const own = handIns.flatMap((handIn) => [
    ...(handIn.problem === undefined ? [] : [{ what: handIn.name, sentence: handIn.problem, repeat: undefined }]),
    ...MATRIX_SIDES.flatMap((side) =>
      (handIn[side]?.checks ?? []).filter(isPlayedFailure).map(({ name, cause, sentence, repeat }) => {
        return { what: `${handIn.name}, ${side}, ${name}: ${cause ?? 'not judged'}`, sentence, repeat }
      }),
    ),
  ])
  const failed = pairs.filter(({ outcome }) => outcome !== 'passed' && outcome !== 'not played')
  const news = failed.filter((pair) => isNews(pair, handIns))
  const together = news.map(({ client, server, outcome, cause, sentence, repeat }) => {
    const who = outcome === 'unclear' ? 'unclear' : `the ${outcome}’s mistake`
    return { what: `${client} with ${server}: ${who}, ${cause ?? 'not judged'}`, sentence, repeat }
  })
  const lines = [...own, ...together].flatMap(({ what, sentence, repeat }) => [
    ...wrap(showLine(`${what}: ${sentence}`), width, 2),
    // a user copies a command as one line
    ...(repeat === undefined ? [] : [`  repeat: ${showLine(repeat)}`]),
  ])
  const more = failed.length - news.length
  const rest = `${formatCount(more, 'other pair')} failed because of a side whose own checks fail, too; --html and --csv list all pairs`
  const all = [...lines, ...(more > 0 ? wrap(rest, width) : [])]
  return all.length === 0 ? [] : ['', ...all]
}

/** Checks whether the side at fault passes all of its own checks. */
function isNews({ client, server, outcome }: PairReport, handIns: readonly HandInReport[]): boolean {
  const [name, side] = outcome === 'server' ? ([server, 'server'] as const) : ([client, 'client'] as const)
  return handIns.find((handIn) => handIn.name === name)?.[side]?.checks.every(({ passed }) => passed) ?? true
}

/** Returns the width of the column of names: enough for the names, and at most a third of the screen. */
function nameWidth(handIns: readonly HandInReport[], width: number): number {
  const longest = Math.max('hand-in'.length, ...handIns.map(({ name }) => displayWidth(showLine(name))))
  return Math.min(longest, Math.floor(width / 3))
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

/** Cuts a text to a number of columns. */
function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let shown = ''
  for (const character of splitGraphemes(text)) {
    if (displayWidth(shown) + displayWidth(character) >= width) break
    shown += character
  }
  return `${shown}…`
}

function paint(text: string, hue: number | undefined, color: boolean): string {
  return color && hue !== undefined ? `\x1b[${hue}m${text}\x1b[39m` : text
}
