import { formatCount } from '../../base/counts.ts'
import { encode } from '../../wire/text.ts'
import type { DiagramPart, DiagramRow } from './diagram-rows.ts'
import { PAGE_SCRIPT, PAGE_STYLE } from './html-parts.ts'
import { cutAtColumn, escapeMarkup, formatHeading } from './markup.ts'

/*
 * The page has text that peers have sent, and users give the page to other people. So every text is escaped, the script reads only the
 * page, and a content security policy allows only this script and this style, which it names by their digests. Even markup that was not
 * escaped could run nothing and load nothing.
 */

/** Formats diagrams as one HTML page, which needs no other file. */
export async function formatHtmlPage(parts: readonly DiagramPart[]): Promise<string> {
  const violations = parts.reduce((sum, part) => sum + part.violations, 0)
  const policy = `default-src 'none'; script-src '${await digest(PAGE_SCRIPT)}'; style-src '${await digest(PAGE_STYLE)}'; base-uri 'none'; form-action 'none'`
  const about = `${formatCount(parts.length, 'connection')}, ${violations === 0 ? 'no violation' : formatCount(violations, 'violation')}`
  const title = formatTitle(parts)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeMarkup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeMarkup(`${title}: ${about}`)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeMarkup(title)}</h1>
<p>${escapeMarkup([...formatStart(parts), about].join(' · '))}</p>
<p class="hint">Point at a message, or go to it with Tab, to see its bytes.</p>
</header>
<form hidden>
<label>Find <input type="search" id="find" autocomplete="off" placeholder="text, message or state"></label>
<label><input type="checkbox" id="special"> only cut, glued or wrong</label>
${formatSelection(parts)}
<output id="count"></output>
</form>
<main>
${parts.map(formatPart).join('\n')}
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`
}

/** Returns the title of the page, with the program if all connections have the same program. */
function formatTitle(parts: readonly DiagramPart[]): string {
  const [program, ...others] = new Set(parts.map((part) => part.program))
  return program === undefined || others.length > 0 ? 'Recording' : `Recording of ${program}`
}

/** Formats the time at which the first connection opened; no text without a connection. */
function formatStart([first]: readonly DiagramPart[]): readonly string[] {
  if (!first) return []
  const [day, time = ''] = new Date(first.opening.at / 1000).toISOString().split('T')
  return [`${day} ${time.slice(0, 8)} UTC`]
}

/** Returns the digest of a text, as a content security policy names it. */
export async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', encode(text).slice()))
  return `sha256-${btoa(String.fromCharCode(...bytes))}`
}

function formatSelection(parts: readonly DiagramPart[]): string {
  if (parts.length < 2) return ''
  const options = parts.map((part) => {
    const fault = part.violations > 0 ? `, ${formatCount(part.violations, 'violation')}` : ''
    return `<option value="${part.opening.connection}">${escapeMarkup(`${formatHeading(part)}${fault}`)}</option>`
  })
  return `<label>Show <select id="connection"><option value="">all connections</option>${options.join('')}</select></label>`
}

function formatPart(part: DiagramPart): string {
  const { opening, rows, start, summary } = part
  return `<section data-connection="${opening.connection}">
<h2>${escapeMarkup(formatHeading(part))}</h2>
<div class="row head"><span class="number">#</span><span class="time">seconds</span><div class="lane"><b>client</b><b>server</b></div><span class="state">state</span></div>
<div role="list">
<div class="row begin"><span class="number"></span><span class="time"></span><div class="lane"></div><span class="state">${escapeMarkup(start)}</span></div>
${rows.map(formatRow).join('\n')}
</div>
<p class="summary">${escapeMarkup(summary)}</p>
</section>`
}

function formatRow(row: DiagramRow): string {
  const { time, number, from, kind, state, marks, notes, details } = row
  const tone = notes.some((note) => note.tone === 'illegal') ? 'illegal' : notes.some((note) => note.tone === 'odd') ? 'odd' : 'plain'
  const isSpecial = tone !== 'plain' || marks.length > 0
  const shown = notes.map((note) => `<p class="remark ${note.tone}">${escapeMarkup(note.text)}</p>`).join('')
  const more = details.length > 0 ? `<div class="more">${details.map((line) => `<p>${escapeMarkup(line)}</p>`).join('')}</div>` : ''
  const direction = from === 'client' ? 'client to server: ' : 'server to client: '
  const arrow = kind === 'note' ? '' : `<div class="arrow"><span class="unseen">${direction}</span>${formatLabel(row)}</div>`
  const marked = marks.map((mark) => ` <span class="mark">${escapeMarkup(mark)}</span>`).join('')
  return `<div role="listitem" class="row ${from} ${kind} ${tone}"${isSpecial ? ' data-special' : ''}${more === '' ? '' : ' tabindex="0"'}><span class="number">${number ?? ''}</span><span class="time">${escapeMarkup(time)}</span><div class="lane">${arrow}${shown}${more}</div><span class="state">${escapeMarkup(state)}${marked}</span></div>`
}

function formatLabel({ name, text, caret }: DiagramRow): string {
  const [before, at, behind] = cutAtColumn(text, caret)
  const wrong = at === '' ? '' : `<mark>${escapeMarkup(at)}</mark>`
  const label = name === '' ? '' : `<b>${escapeMarkup(name)}</b> `
  return `${label}<code>${escapeMarkup(before)}${wrong}${escapeMarkup(behind)}</code>`
}
