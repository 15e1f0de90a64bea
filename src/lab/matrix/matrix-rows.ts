import { toPoints, UNIT, type Weights } from '../check/points.ts'
import { type HandInReport, MATRIX_SIDES, type MatrixReport } from './report.ts'

const TITLES = ['hand-in', 'side', 'with', 'check', 'result', 'at fault', 'cause', 'sentence', 'points', 'of', 'started by', 'repeat']

/**
 * Returns the results of a class as rows of a spreadsheet: the titles, a row for each check, and two rows for each pair, one for each side.
 */
export function toMatrixRows({ handIns, pairs }: MatrixReport, weights: Weights): readonly (readonly (string | number)[])[] {
  const together = pairs.flatMap(({ client, server, outcome, cause, sentence, repeat }) =>
    MATRIX_SIDES.map((side) => {
      const [own, other] = side === 'client' ? [client, server] : [server, client]
      const result =
        outcome === 'passed' || outcome === 'not played' || outcome === 'unclear' ? outcome : outcome === side ? 'failed' : 'not at fault'
      const fault = outcome === 'client' || outcome === 'server' ? outcome : ''
      return [own, side, other, 'pair', result, fault, cause ?? '', sentence, '', '', '', repeat]
    }),
  )
  return [TITLES, ...handIns.flatMap((handIn) => toCheckRows(handIn, weights)), ...together]
}

function toCheckRows(handIn: HandInReport, weights: Weights): readonly (readonly (string | number)[])[] {
  const { name, problem } = handIn
  if (problem !== undefined) return [[name, '', '', '', 'not started', '', '', problem, '', '', '', '']]
  const checks = MATRIX_SIDES.flatMap((side) => (handIn[side]?.checks ?? []).map((check) => ({ side, check })))
  const points = toPoints(
    checks.map(({ side, check }) => `${side}:${check.name}`),
    weights,
  )
  return checks.map(({ side, check }, at) => {
    const possible = (points[at] ?? 0) / UNIT
    const { passed, cause, sentence, repeat } = check
    const judged = [passed ? 'passed' : 'failed', passed ? '' : side, cause ?? '', sentence]
    return [name, side, '', check.name, ...judged, passed ? possible : 0, possible, handIn[side]?.start ?? '', repeat]
  })
}
