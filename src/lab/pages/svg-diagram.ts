import { displayWidth, splitGraphemes, wrap } from '../../games/text/graphemes.ts'
import type { DiagramPart, DiagramRow } from './diagram-rows.ts'
import { cutAtColumn, escapeMarkup, formatHeading } from './markup.ts'

/** Width of the picture, and the places of the two lifelines, in pixels. */
const WIDTH = 960
const CLIENT = 124
const SERVER = 720
/** Right end of the column with the numbers of the messages. */
const NUMBER = 36
/** Width of a character, for texts that are cut and wrapped. All characters of the font have the same width. */
const CHARACTER = 7.3
/** Height of a row of text. */
const LINE = 18
const MIDDLE = (CLIENT + SERVER) / 2

const STYLE = `
svg { background: #fcfdfa; color: #141c18 } text { font: 12px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #141c18; white-space: pre; unicode-bidi: isolate }
.soft, text.odd { fill: #59635d } .heading { font-weight: bold; font-size: 13px } .life { stroke-width: 2 } text.client { fill: #1a50ad; stroke: none } text.server { fill: #8a4a00; stroke: none }
.client { stroke: #1a50ad } .server { stroke: #8a4a00 } .illegal { stroke: #ad1f18 } text.illegal, tspan.illegal { fill: #ad1f18; stroke: none } tspan.illegal { font-weight: bold }
line.arrow { stroke-width: 1.5 } .broken { stroke-dasharray: 4 3 } path { fill: none; stroke-width: 1.5 }
@media screen and (prefers-color-scheme: dark) {
  svg { background: #161c19 } text { fill: #e9eeea } .soft, text.odd { fill: #98a39d } text.client { fill: #8db8ff } text.server { fill: #f2b661 }
  .client { stroke: #8db8ff } .server { stroke: #f2b661 } .illegal { stroke: #ff9a8f } text.illegal, tspan.illegal { fill: #ff9a8f }
}`

/** Formats diagrams as one SVG picture, without a script and without another file. */
export function formatSvg(parts: readonly DiagramPart[]): string {
  const lines: string[] = []
  let y = 10
  for (const part of parts) y = drawPart(part, y, lines)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img">
<title>${escapeMarkup(parts.map(formatHeading).join('; '))}</title>
<style>${STYLE}</style>
${lines.join('\n')}
</svg>
`
}

/** Draws a part from `top` down. Returns the place at which the next part may begin. */
function drawPart(part: DiagramPart, top: number, lines: string[]): number {
  let y = top + LINE
  lines.push(text(10, y, formatHeading(part), 'heading'))
  y += LINE + 4
  lines.push(
    text(CLIENT, y, 'client', 'client', 'middle'),
    text(SERVER, y, 'server', 'server', 'middle'),
    text(SERVER + 14, y + LINE, part.start === '' ? '' : cut(`state: ${part.start}`, columns(WIDTH - SERVER - 20)), 'soft'),
  )
  const begin = y + 6
  y += LINE
  const drawn: string[] = []
  for (const row of part.rows) y = drawRow(row, y, drawn)
  lines.push(`<line class="life client" x1="${CLIENT}" y1="${begin}" x2="${CLIENT}" y2="${y + 6}"/>`)
  lines.push(`<line class="life server" x1="${SERVER}" y1="${begin}" x2="${SERVER}" y2="${y + 6}"/>`, ...drawn)
  for (const line of wrap(part.summary, columns(WIDTH - 20))) {
    y += LINE
    lines.push(text(10, y + 8, line, 'soft'))
  }
  return y + 2 * LINE
}

function drawRow(row: DiagramRow, top: number, lines: string[]): number {
  const { time, number, from, kind, state, marks, notes } = row
  const isIllegal = notes.some(({ tone }) => tone === 'illegal')
  let y = top
  if (kind !== 'note') {
    y += LINE + 8
    if (number !== undefined) lines.push(text(NUMBER, y, String(number), 'soft', 'end'))
    lines.push(text(CLIENT - 14, y, time, 'soft', 'end'), drawLabel(row, y - 5, isIllegal))
    lines.push(drawArrow(from === 'client' ? CLIENT : SERVER, from === 'client' ? SERVER : CLIENT, y, { from, kind, isIllegal }))
  }
  const beside = `${state}${marks.map((mark) => ` [${mark}]`).join('')}`.trim()
  if (beside !== '') lines.push(text(SERVER + 14, kind === 'note' ? y + LINE : y, cut(beside, columns(WIDTH - SERVER - 20)), 'soft'))
  for (const note of notes) {
    for (const line of wrap(note.text, columns(SERVER - CLIENT - 40))) {
      y += LINE - 2
      lines.push(text(CLIENT + 20, y, line, note.tone === 'plain' ? 'soft' : note.tone))
    }
  }
  return y
}

function drawArrow(
  x1: number,
  x2: number,
  y: number,
  { from, kind, isIllegal }: { from: string; kind: string; isIllegal: boolean },
): string {
  const style = isIllegal ? 'illegal' : from
  const back = x2 > x1 ? -8 : 8
  const [near, far] = [x2 + back / 2, x2 + 1.5 * back]
  // a cross marks a message that does not arrive
  const shape =
    kind === 'broken'
      ? `M${near} ${y - 4} L${far} ${y + 4} M${near} ${y + 4} L${far} ${y - 4}`
      : `M${x2 + back} ${y - 4} L${x2} ${y} L${x2 + back} ${y + 4}`
  const head = `<path class="${style}" d="${shape}"/>`
  return `<line class="arrow ${style}${kind === 'message' ? '' : ' broken'}" x1="${x1}" y1="${y}" x2="${x2}" y2="${y}"/>${head}`
}

function drawLabel({ name, text: shown, caret }: DiagramRow, y: number, isIllegal: boolean): string {
  const label = name === '' ? '' : `${name} `
  const room = columns(SERVER - CLIENT - 30) - displayWidth(label)
  // if a wrong byte is far from the beginning, the picture shows the wrong byte and leaves the beginning out
  const isFar = caret !== undefined && caret > room - 4
  const [before, wrong, behind] = cutAtColumn(shown, caret)
  const first = isFar ? `…${before.slice(-12)}` : before
  const rest = cut(`${wrong}${behind}`, Math.max(1, room - displayWidth(first)))
  const [sign = '', ...others] = caret === undefined ? [] : splitGraphemes(rest)
  const middle = sign === '' ? '' : `<tspan class="illegal" text-decoration="underline">${escapeMarkup(sign)}</tspan>`
  const begin = caret === undefined ? cut(shown, room) : first
  const end = caret === undefined ? '' : others.join('')
  return `<text x="${MIDDLE}" y="${y}" text-anchor="middle"${isIllegal ? ' class="illegal"' : ''}>${escapeMarkup(`${label}${begin}`)}${middle}${escapeMarkup(end)}</text>`
}

function text(x: number, y: number, content: string, style: string, anchor = 'start'): string {
  return `<text x="${x}" y="${y}" class="${style}" text-anchor="${anchor}">${escapeMarkup(content)}</text>`
}

function columns(pixels: number): number {
  return Math.floor(pixels / CHARACTER)
}

/** Cuts a text to a number of columns. */
function cut(content: string, most: number): string {
  if (displayWidth(content) <= most) return content
  let shown = ''
  for (const character of splitGraphemes(content)) {
    if (displayWidth(shown) + displayWidth(character) >= most) break
    shown += character
  }
  return `${shown}…`
}
