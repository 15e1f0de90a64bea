/**
 * The style of a page: one column of arrows at any width. The page is light or dark, like the reader's system, but always light on paper.
 * Blue marks the client, amber marks the server, and red marks a mistake; all other parts have neutral colors.
 */
export const PAGE_STYLE = `
:root { --back: #f3f5f0; --card: #fcfdfa; --raised: #fff; --text: #141c18; --text-2: #414b45; --soft: #59635d; --line: #d3d8cf; --edge: #7d867f; --client: #1a50ad; --server: #8a4a00; --bad: #ad1f18; --on-bad: #fff; --bar: 3.4rem }
@media screen and (prefers-color-scheme: dark) {
  :root { --back: #0e1311; --card: #161c19; --raised: #1d2421; --text: #e9eeea; --text-2: #b7c0ba; --soft: #98a39d; --line: #2a332e; --edge: #6f7a74; --client: #8db8ff; --server: #f2b661; --bad: #ff9a8f; --on-bad: #2a0805 }
}
* { box-sizing: border-box }
html { text-size-adjust: 100%; -webkit-text-size-adjust: 100% }
body { margin: 0 auto; max-width: 1400px; padding: 1rem clamp(.6rem, 2vw, 2rem) 6rem; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif }
h1 { font-size: 1.375rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere }
header p { margin: .1rem 0 0; color: var(--soft) }
form { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; align-items: center; padding: .6rem 0; background: var(--back) }
label { display: flex; gap: .4rem; align-items: center; white-space: nowrap; min-width: 0 }
input[type=search], select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: 5px; padding: .25rem .5rem; min-width: 0; min-height: 2.2rem }
select { max-width: min(26rem, 100%) }
::placeholder { color: var(--soft); opacity: 1 }
:focus-visible { outline: 2px solid var(--text); outline-offset: 1px }
output { color: var(--soft); font-variant-numeric: tabular-nums }
section { margin: .6rem 0 1.6rem; background: var(--card); border-top: 2px solid var(--text); padding: .6rem clamp(.5rem, 1.5vw, 1.2rem) .8rem }
h2 { font-size: 1rem; margin: 0 0 .3rem; overflow-wrap: anywhere }
.row { display: grid; grid-template-columns: 2.2rem 4.5rem minmax(0, 1fr) 13rem; column-gap: .6rem; position: relative }
.number, .time { font: 12px/1.9 ui-monospace, monospace; color: var(--soft); text-align: right; padding-top: .25rem; font-variant-numeric: tabular-nums }
.lane { border-left: 2px solid var(--client); border-right: 2px solid var(--server); padding: .25rem 0 .35rem; min-width: 0 }
.head { position: sticky; top: 0; z-index: 1; background: var(--card); border-bottom: 1px solid var(--line); color: var(--soft) }
.head .lane { display: flex; justify-content: space-between; border: 0; padding: .2rem 0 }
.head b:first-child { color: var(--client) } .head b:last-child { color: var(--server) }
.state { font-size: 13px; color: var(--text-2); padding-top: .35rem; overflow-wrap: anywhere }
.head .state, .head .number, .head .time { font: 12px/1.9 system-ui, sans-serif; color: var(--soft); padding-top: .25rem }
.arrow { position: relative; text-align: center; padding: 0 1.2rem .2rem; border-bottom: 2px solid currentColor; overflow-wrap: anywhere; font-size: 14px }
.client .arrow { color: var(--client) } .server .arrow { color: var(--server) } .illegal .arrow { color: var(--bad) }
.arrow b, .arrow code { color: var(--text) } .illegal .arrow b, .illegal .arrow code { color: inherit }
.arrow::after { content: ''; position: absolute; bottom: -6px; border: 5px solid transparent }
.client .arrow::after { right: 0; border-left: 9px solid currentColor; border-right: 0 }
.server .arrow::after { left: 0; border-right: 9px solid currentColor; border-left: 0 }
.end .arrow, .broken .arrow { border-bottom-style: dashed }
.row.broken .arrow::after { content: '\\2715'; border: 0; bottom: calc(-.5em - 1px); font-size: 15px; line-height: 1; font-weight: bold }
code { font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; unicode-bidi: isolate }
mark { background: var(--bad); color: var(--on-bad); border-radius: 2px; print-color-adjust: exact; -webkit-print-color-adjust: exact }
.remark { margin: .35rem .8rem .1rem; padding-left: .5rem; border-left: 2px solid transparent; font-size: 13px; color: var(--soft); overflow-wrap: anywhere }
.remark.odd { color: var(--text-2); border-color: var(--edge) } .remark.illegal { color: var(--bad); border-color: var(--bad) }
.mark { display: inline-block; padding: 0 .4rem; border: 1px solid var(--edge); border-radius: 8px; color: var(--text); font-size: 11px }
.more { display: none; position: absolute; z-index: 2; left: 8%; right: 8%; top: calc(100% - 2px); background: var(--raised); border: 1px solid var(--edge); border-radius: 5px; padding: .4rem .7rem; box-shadow: 0 6px 20px #0003; font: 12px/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
.more p { margin: 0 }
.row:hover .more, .row:focus .more { display: block }
.row[tabindex]:hover, .row:focus { background: color-mix(in srgb, var(--line) 35%, transparent) }
.summary { margin: .8rem 0 0; font-size: 13px; color: var(--text-2) }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
[hidden] { display: none !important }
@media (min-width: 900px) {
  form { position: sticky; top: 0; z-index: 3; flex-wrap: nowrap; height: var(--bar) }
  form label { flex: none } form label:has(select) { flex: 0 1 auto } form output { white-space: nowrap }
  .scripted .head { top: var(--bar) }
}
@media (max-width: 899px) { .row { grid-template-columns: 2.2rem 4.5rem minmax(0, 1fr) 9rem } }
@media (max-width: 640px) {
  form label { width: 100% } form input[type=search], form select { flex: 1 }
  .row { grid-template-columns: 3.6rem minmax(0, 1fr) }
  .number { display: none } .time { font-size: 11px; padding-top: .45rem }
  .state { grid-column: 2; padding: 0 .4rem .3rem; text-align: center; border-left: 2px solid var(--client); border-right: 2px solid var(--server) } .state:empty { display: none }
  .head .state { display: none }
  .arrow { padding-inline: .6rem }
  .more { left: 0; right: 0 }
}
@media print {
  @page { margin: 14mm 12mm }
  :root { color-scheme: only light; --back: #fff; --card: #fff }
  html { background: #fff } body { max-width: none; padding: 0; font-size: 10pt } section { padding-inline: 0 }
  form, .hint, .more { display: none !important }
  .head { position: static } h2, .head { break-after: avoid } .row, .summary { break-inside: avoid }
  .row { grid-template-columns: 1.8rem 4rem minmax(0, 1fr) 10rem }
}
`

/** The script of a page: filters, and the arrow keys. It reads texts of the page and changes attributes, and writes no markup. */
export const PAGE_SCRIPT = `
const find = document.getElementById('find')
const special = document.getElementById('special')
const connection = document.getElementById('connection')
const rows = Array.from(document.querySelectorAll('[role=listitem]'), (row) => {
  const more = row.querySelector('.more')?.textContent ?? ''
  return { row, section: row.closest('section'), text: row.textContent.replace(more, '').toLowerCase() }
})
function filter() {
  const wanted = find.value.toLowerCase()
  for (const section of document.querySelectorAll('section'))
    section.hidden = connection !== null && connection.value !== '' && section.dataset.connection !== connection.value
  let shown = 0
  for (const { row, section, text } of rows) {
    row.hidden = !text.includes(wanted) || (special.checked && row.dataset.special === undefined)
    if (!row.hidden && !section.hidden) shown++
  }
  document.getElementById('count').textContent = shown === rows.length ? '' : shown + ' of ' + rows.length + ' rows'
}
function move(by) {
  const open = rows.filter(({ row, section }) => row.tabIndex === 0 && !row.hidden && !section.hidden)
  const at = open.findIndex(({ row }) => row === document.activeElement)
  if (at < 0) return false
  open[Math.min(open.length - 1, Math.max(0, at + by))].row.focus()
  return true
}
document.querySelector('form').hidden = false
document.body.classList.add('scripted')
for (const input of [find, special, connection]) if (input !== null) input.addEventListener('input', filter)
document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())
document.addEventListener('keydown', (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return
  if (event.key === '/' && event.target.form === undefined) find.focus()
  else if (event.key === 'Escape') document.activeElement.blur()
  else if (!(event.key === 'ArrowDown' && move(1)) && !(event.key === 'ArrowUp' && move(-1))) return
  event.preventDefault()
})
filter()
`
