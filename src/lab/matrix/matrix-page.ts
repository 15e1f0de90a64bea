import { formatCount } from '../../base/counts.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { UNIT, type Weights } from '../check/points.ts'
import { digest } from '../pages/html-page.ts'
import { escapeMarkup } from '../pages/markup.ts'
import { SIGNS } from './matrix-table.ts'
import { MATRIX_STYLE } from './page-style.ts'
import {
  formatSide,
  type HandInReport,
  isPlayedFailure,
  MATRIX_SIDES,
  type MatrixCheck,
  type MatrixReport,
  type PairReport,
  scoreOf,
  showLine,
} from './report.ts'

/*
 * Names of folders and texts of hand-ins are hostile, and a teacher opens the page. Every text is escaped, the page has no script, and its
 * content security policy allows only one style: the style with the given digest.
 */

/** Formats the results of a class as one HTML page, which needs no other file. */
export async function formatMatrixPage(report: MatrixReport, weights: Weights): Promise<string> {
  const { program, level, handIns, pairs } = report
  const policy = `default-src 'none'; style-src '${await digest(MATRIX_STYLE)}'; base-uri 'none'; form-action 'none'`
  const good = handIns.filter((handIn) => handIn.problem === undefined && MATRIX_SIDES.every((side) => isGood(handIn, side))).length
  const played = pairs.filter(({ outcome }) => outcome !== 'not played')
  const well = played.filter(({ outcome }) => outcome === 'passed').length
  const together = pairs.length === 0 ? '' : ` ${well} of ${formatCount(played.length, 'pair')} passed.`
  const about = `Level ${level}. ${good} of ${formatCount(handIns.length, 'hand-in')} passed all checks.${together}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeMarkup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(`Hand-ins of ${program}`)}</title>
<style>${MATRIX_STYLE}</style>
</head>
<body>
<header>
<h1>Hand-ins of <code>${text(program)}</code></h1>
<p class="about">${text(about)}</p>
</header>
<main>
${formatOwn(handIns, weights)}
${formatGrid(report)}
${formatArticles(report)}
</main>
</body>
</html>
`
}

function isGood(handIn: HandInReport, side: Side): boolean {
  return handIn[side]?.checks.every(({ passed }) => passed) ?? true
}

function formatOwn(handIns: readonly HandInReport[], weights: Weights): string {
  const rows = handIns.map((handIn, at) => {
    const name = `<th scope="row" title="${text(handIn.name)}"><bdi>${text(handIn.name)}</bdi></th>`
    if (handIn.problem !== undefined)
      return `<tr>${name}<td colspan="2"><span class="wrong">not started</span> <span class="why">${text(handIn.problem)}</span></td><td></td></tr>`
    const { earned, possible } = scoreOf(handIn, weights)
    const sides = MATRIX_SIDES.map((side) => `<td>${formatOwnSide(handIn, side, at)}</td>`).join('')
    return `<tr>${name}${sides}<td class="points">${earned / UNIT} of ${possible / UNIT}</td></tr>`
  })
  const head =
    '<th scope="col">hand-in</th><th scope="col">client</th><th scope="col">server</th><th scope="col" class="points">points</th>'
  return `<section><h2>Each hand-in with Parlor</h2>
<div class="frame"><table class="own"><thead><tr>${head}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div></section>`
}

function formatOwnSide(handIn: HandInReport, side: Side, at: number): string {
  const shown = text(formatSide(handIn[side]))
  if (isGood(handIn, side)) return shown
  return `<a class="wrong" href="#${side}-${at}">${shown}</a>`
}

function formatGrid({ pairs }: MatrixReport): string {
  if (pairs.length === 0) return ''
  const clients = [...new Set(pairs.map(({ client }) => client))]
  const servers = [...new Set(pairs.map(({ server }) => server))]
  const places = new Map(pairs.map((pair, at) => [`${pair.client}/${pair.server}`, { pair, at }]))
  const head = servers.map((server) => `<th scope="col" title="${text(server)}"><span>${text(server)}</span></th>`).join('')
  const rows = clients.map((client) => {
    const cells = servers.map((server) => {
      const found = places.get(`${client}/${server}`)
      return found ? `<td>${formatCell(found.pair, found.at)}</td>` : '<td></td>'
    })
    return `<tr><th scope="row" title="${text(client)}"><bdi>${text(client)}</bdi></th>${cells.join('')}</tr>`
  })
  const legend = [
    ['✓', 'passed'],
    [SIGNS.client, 'the client’s mistake'],
    [SIGNS.server, 'the server’s mistake'],
    [SIGNS.unclear, 'unclear'],
    ['–', 'not played'],
  ].map(([sign, meaning]) => `<li><b>${sign}</b> ${meaning}</li>`)
  return `<section><h2>Clients with servers</h2>
<ul class="legend">${legend.join('')}</ul>
<div class="frame"><table class="pairs"><thead><tr><th scope="col">client ↓ server →</th>${head}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div></section>`
}

function formatCell(pair: PairReport, at: number): string {
  const { outcome, client, server, cause } = pair
  const names = `${client} with ${server}`
  if (outcome === 'passed') return `<span class="cell" title="${text(names)}: passed">✓</span>`
  const style = outcome === 'not played' ? 'skipped' : outcome
  const sign = outcome === 'not played' ? '–' : SIGNS[outcome]
  return `<a class="cell ${style}" href="#pair-${at}" title="${text(`${names}: ${cause ?? outcome}`)}">${sign}</a>`
}

function formatArticles({ handIns, pairs }: MatrixReport): string {
  const own = handIns.flatMap((handIn, at) => MATRIX_SIDES.flatMap((side) => formatOwnArticle(handIn, side, at)))
  const together = pairs.flatMap((pair, at) => (pair.outcome === 'passed' ? [] : [formatPairArticle(pair, at)]))
  const sections = [
    own.length === 0 ? '' : `<section><h2>Failures with Parlor</h2>\n${own.join('\n')}</section>`,
    together.length === 0 ? '' : `<section><h2>Failures in pairs</h2>\n${together.join('\n')}</section>`,
  ]
  return sections.join('\n')
}

function formatOwnArticle(handIn: HandInReport, side: Side, at: number): readonly string[] {
  const found = handIn[side]
  if (!found || isGood(handIn, side)) return []
  const failed = found.checks.filter(isPlayedFailure)
  const parts = failed.map((check) => formatFailedCheck(check))
  const head = `<h3><bdi>${text(handIn.name)}</bdi> <span class="who ${side}">${side}</span></h3><p class="why">started by <code>${text(found.start)}</code></p>`
  return [`<article id="${side}-${at}">${head}${parts.join('')}</article>`]
}

function formatFailedCheck({ name, cause, sentence, repeat, details }: MatrixCheck): string {
  return `<p><b>${text(name)}</b>: <span class="wrong">${text(cause ?? 'not judged')}</span>, ${text(sentence)}</p>${formatDetails(details, repeat)}`
}

function formatPairArticle({ client, server, outcome, cause, sentence, repeat, details }: PairReport, at: number): string {
  const who = outcome === 'client' || outcome === 'server' ? ` <span class="who ${outcome}">${outcome}’s mistake</span>` : ''
  const what = cause === null ? '' : `<span class="wrong">${text(cause)}</span>, `
  const head = `<h3><bdi>${text(client)}</bdi> with <bdi>${text(server)}</bdi>${who}</h3>`
  return `<article id="pair-${at}">${head}<p>${what}${text(sentence)}</p>${formatDetails(details, repeat)}</article>`
}

function formatDetails(details: readonly string[], repeat: string): string {
  const wire = details.length === 0 ? '' : `<details><summary>Observations</summary><pre>${details.map(text).join('\n')}</pre></details>`
  return `<p class="why">Repeat it with <code class="repeat">${text(repeat)}</code></p>${wire}`
}

/** Escapes a text from a hand-in. */
function text(raw: string): string {
  return escapeMarkup(showLine(raw))
}
