import { escapeUTF8 } from 'entities/escape'
import type { Observation } from '../monitor/observation.ts'
import { formatDiagramHead, formatObservation, type SequenceDiagramOptions } from '../monitor/sequence-diagram.ts'
import { EQUAL, toPoints, toScore, UNIT, type Weights } from './points.ts'
import type { CheckReport } from './report.ts'

/** Formats a report as JUnit XML, which continuous integration systems read. */
export function formatJUnit({ program, role, level, checks }: CheckReport): string {
  const failures = checks.filter(({ passed }) => !passed).length
  const suite = `parlor check ${program} ${role} ${level}`
  const cases = checks.map((check) => {
    const head = `    <testcase classname="${toXml(`${program} ${role}`)}" name="${toXml(check.name)}"`
    if (check.passed) return `${head}/>`
    const body = toXml(`${check.sentence}\nsource: ${check.source}\nrepeat: ${check.repeat}`)
    return `${head}>\n      <failure type="${toXml(check.cause ?? '')}" message="${toXml(check.sentence)}">${body}</failure>\n    </testcase>`
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${checks.length}" failures="${failures}">`,
    `  <testsuite name="${toXml(suite)}" tests="${checks.length}" failures="${failures}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

/** Formats a report in the Test Anything Protocol, version 14. */
export function formatTap({ checks }: CheckReport): string {
  const lines = checks.flatMap(({ name, passed, cause, sentence, source, repeat }, at) => {
    const line = `${passed ? 'ok' : 'not ok'} ${at + 1} - ${name}`
    // a block of YAML, in which a text in JSON is a scalar
    const facts = Object.entries({ cause, message: sentence, source, repeat }).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`)
    return passed ? [line] : [line, '  ---', ...facts, '  ...']
  })
  return ['TAP version 14', `1..${checks.length}`, ...lines, ''].join('\n')
}

/** Formats a report as the `results.json` of Gradescope. Without weights, each check counts one point. */
export function formatGradescope({ checks }: CheckReport, weights: Weights = EQUAL): string {
  const points = toPoints(
    checks.map(({ name }) => name),
    weights,
  )
  const tests = checks.map((check, at) => ({
    name: check.name,
    score: check.passed ? (points[at] ?? 0) / UNIT : 0,
    max_score: (points[at] ?? 0) / UNIT,
    status: check.passed ? 'passed' : 'failed',
    output: check.passed
      ? check.sentence
      : `${check.sentence}\nCause: ${check.cause}\nSource: ${check.source}\nRepeat it with: ${check.repeat}`,
  }))
  return `${JSON.stringify({ score: toScore(checks, weights).earned / UNIT, tests }, undefined, 2)}\n`
}

/** Escapes a text for XML; characters that XML cannot have become U+FFFD. */
export function toXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML forbids
  return escapeUTF8(text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd'))
}

/** Maximum number of observations that the diagram of a failure shows. */
const DIAGRAMMED = 16

/** Returns the lines of a diagram of a failure: the last observations up to the first fault, and one observation after the fault. */
export function formatFailure(observations: readonly Observation[], options: Omit<SequenceDiagramOptions, 'origin'>): readonly string[] {
  const shown = observations.filter(({ kind }) => kind !== 'segment')
  const [first] = observations
  if (!first || shown.length === 0) return []
  const fault = shown.findIndex(isFault)
  // how the judge then ends the connection is not part of the fault
  const after = shown[fault + 1]?.kind === 'end' ? 1 : 2
  const end = fault < 0 ? shown.length : Math.min(shown.length, fault + after)
  const part = shown.slice(Math.max(0, end - DIAGRAMMED), end)
  const state = part.map((one) => ('before' in one ? one.before : undefined)).find((before) => before !== undefined) ?? ''
  const diagram = { ...options, origin: first.at }
  return [...formatDiagramHead(state, diagram), ...part.flatMap((one) => formatObservation(one, diagram))]
}

function isFault(one: Observation): boolean {
  if (one.kind === 'unfinished' || one.kind === 'unreadable') return true
  return (one.kind === 'message' || one.kind === 'judged') && (one.violation !== undefined || one.oddity !== undefined)
}
