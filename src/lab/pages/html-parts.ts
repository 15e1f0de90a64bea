/** The style of a page: one column of arrows at any width, light and dark as the reader's system is. */
export const PAGE_STYLE = `
:root { --back: #fbfaf7; --text: #1d2327; --soft: #63707a; --line: #b9c2c8; --client: #0b5fa5; --server: #6a3fa0; --bad: #b3261e; --odd: #8a5a00; --card: #fff; --find: #fff1a8 }
@media (prefers-color-scheme: dark) {
  :root { --back: #14181b; --text: #e6e9eb; --soft: #97a3ab; --line: #47525a; --client: #6cb6ff; --server: #c8a6ff; --bad: #ff8b82; --odd: #f0be5a; --card: #1d2327; --find: #5c4d00 }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1400px; padding: 1rem clamp(.6rem, 2vw, 2rem) 4rem; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif }
h1 { font-size: 1.3rem; margin: 0 }
header > p { margin: .1rem 0 .6rem; color: var(--soft) }
form { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; align-items: center; position: sticky; top: 0 }
input[type=search], select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .25rem .5rem; max-width: 100% }
select { max-width: min(26rem, 90vw) }
output { color: var(--soft) }
section { margin-top: 1.6rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .8rem clamp(.5rem, 1.5vw, 1.2rem) }
h2 { font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere }
.row { display: grid; grid-template-columns: 2.2rem 4.5rem minmax(0, 1fr) 13rem; column-gap: .6rem; position: relative }
.number, .time { font: 12px/1.9 ui-monospace, monospace; color: var(--soft); text-align: right; padding-top: .25rem }
.lane { border-inline: 2px solid var(--line); padding: .25rem 0; min-width: 0 }
.head .lane { display: flex; justify-content: space-between; border: 0; padding: 0 }
.head { color: var(--soft) }
.state { font-size: 13px; color: var(--soft); padding-top: .35rem; overflow-wrap: anywhere }
.arrow { position: relative; text-align: center; padding: 0 1.2rem .2rem; border-bottom: 2px solid currentColor; overflow-wrap: anywhere; font-size: 14px }
.client .arrow { color: var(--client) } .server .arrow { color: var(--server) } .illegal .arrow { color: var(--bad) }
.arrow b, .arrow code { color: var(--text) } .illegal .arrow b, .illegal .arrow code { color: inherit }
.arrow::after { content: ''; position: absolute; bottom: -6px; border: 5px solid transparent }
.client .arrow::after { right: 0; border-left: 9px solid currentColor; border-right: 0 }
.server .arrow::after { left: 0; border-right: 9px solid currentColor; border-left: 0 }
.end .arrow { border-bottom-style: dashed }
code { font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap }
mark { background: var(--bad); color: var(--card); border-radius: 2px }
.note { margin: .3rem .8rem .1rem; font-size: 13px; color: var(--soft); overflow-wrap: anywhere } .note.illegal { color: var(--bad) } .note.odd { color: var(--odd) }
.mark { display: inline-block; margin-left: .4rem; padding: 0 .35rem; border: 1px solid var(--odd); border-radius: 8px; color: var(--odd); font-size: 11px }
.more { display: none; position: absolute; z-index: 2; left: 8%; right: 8%; top: 100%; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .4rem .7rem; box-shadow: 0 4px 14px #0004; font: 12px/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
.more p { margin: 0 }
.row:hover .more, .row:focus .more { display: block }
.row[tabindex]:hover, .row:focus { background: color-mix(in srgb, var(--line) 22%, transparent); outline: none }
.summary { margin: .8rem 0 0; font-size: 13px; color: var(--soft) }
.found .arrow { background: var(--find) }
[hidden] { display: none !important }
@media (max-width: 640px) {
  .row { grid-template-columns: 3.6rem minmax(0, 1fr) }
  .number { display: none } .time { font-size: 11px; padding-top: .45rem }
  .state { grid-column: 2; padding: 0 .4rem .2rem; text-align: center; border-inline: 2px solid var(--line) } .state:empty { display: none }
  .head .state { border: 0 }
  .arrow { padding-inline: .6rem }
}
@media print { form { display: none } .row { break-inside: avoid } }
`

/** The script of a page: it hides the rows that do not match. It reads texts of the page and changes attributes, and writes no markup. */
export const PAGE_SCRIPT = `
const find = document.getElementById('find')
const faults = document.getElementById('faults')
const connection = document.getElementById('connection')
function filter() {
  const wanted = find.value.toLowerCase()
  let shown = 0
  let all = 0
  for (const section of document.querySelectorAll('section')) {
    section.hidden = connection !== null && connection.value !== '' && section.dataset.connection !== connection.value
    for (const row of section.querySelectorAll('.row:not(.head)')) {
      all++
      const matches = wanted === '' || row.textContent.toLowerCase().includes(wanted)
      row.hidden = !matches || (faults.checked && row.dataset.special === undefined)
      row.classList.toggle('found', wanted !== '' && matches)
      if (!row.hidden && !section.hidden) shown++
    }
  }
  document.getElementById('count').textContent = shown === all ? '' : shown + ' of ' + all + ' rows'
}
for (const input of [find, faults, connection]) if (input !== null) input.addEventListener('input', filter)
document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())
`
