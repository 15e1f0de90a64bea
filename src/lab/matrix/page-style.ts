/**
 * The style of the page of a class. The page is light or dark, like the reader's system. Red marks a mistake, blue marks the client and
 * amber marks the server, as in the browser client; all other parts have neutral colors. The wide table scrolls in its own frame, and the
 * names stay in view.
 */
export const MATRIX_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f3f5f0; --surface: #fcfdfa; --line: #d3d8cf; --edge: #7d867f; --ink: #141c18; --ink-2: #414b45; --ink-3: #59635d;
  --a: #1a50ad; --a-wash: #dfe9fb; --b: #8a4a00; --b-wash: #f9e8cf; --bad: #ad1f18; --bad-wash: #fbe2df;
  --sans: -apple-system, "Segoe UI Variable Text", "Segoe UI", Roboto, Inter, Cantarell, "Noto Sans", "Liberation Sans", system-ui, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0e1311; --surface: #161c19; --line: #2a332e; --edge: #6f7a74; --ink: #e9eeea; --ink-2: #b7c0ba; --ink-3: #98a39d;
    --a: #8db8ff; --a-wash: #16253f; --b: #f2b661; --b-wash: #33240d; --bad: #ff9a8f; --bad-wash: #3c1512;
  }
}
@media (min-width: 1800px) { :root { font-size: 125% } }
* { box-sizing: border-box }
html { scrollbar-gutter: stable; scroll-padding-top: 1rem }
body { margin: 0 auto; max-width: 112rem; padding: 1rem clamp(1rem, 2vw, 2rem) 4rem; background: var(--paper); color: var(--ink); font: 0.9375rem/1.45 var(--sans) }
h1 { font-size: 1.375rem; line-height: 1.15; margin: 0 0 .25rem; font-weight: 650 }
h2 { font-size: 1.0625rem; margin: 2rem 0 .75rem; padding-top: .5rem; border-top: 2px solid var(--ink); font-weight: 600 }
h3 { font-size: .9375rem; margin: 0 0 .25rem; font-weight: 600; overflow-wrap: anywhere }
.about { margin: 0; color: var(--ink-2) }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0 0 .75rem; padding: 0; list-style: none; color: var(--ink-2); font-size: .8125rem }
.frame { overflow-x: auto; border: 1px solid var(--line); border-radius: 5px; background: var(--surface) }
table { border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums }
table.own { width: 100% }
th, td { padding: .4rem .6rem; text-align: start; vertical-align: top; border-bottom: 1px solid var(--line) }
tr:last-child > * { border-bottom: 0 }
thead th { font-size: .75rem; color: var(--ink-3); font-weight: 600; vertical-align: bottom }
tbody th { font-weight: 550; overflow-wrap: anywhere; min-width: 6rem; max-width: 18rem }
tbody th bdi { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden }
.points { text-align: end; white-space: nowrap }
.why { color: var(--ink-2) }
a { color: inherit; text-underline-offset: .15em }
.wrong { color: var(--bad); font-weight: 600 }
.pairs th:first-child { position: sticky; left: 0; z-index: 1; background: var(--surface); border-right: 1px solid var(--line); max-width: 11rem }
.pairs thead th:not(:first-child) { height: 9rem; padding: .4rem 0 }
.pairs thead span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 8.4rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; margin-inline: auto; display: block }
.pairs td { padding: 0; text-align: center; min-width: 2.25rem; border-left: 1px solid var(--line) }
.cell { display: block; padding: .4rem 0; font-family: var(--mono); text-decoration: none; color: var(--ink-3) }
a.cell { font-weight: 650; color: var(--bad); background: var(--bad-wash) }
a.cell.client { box-shadow: inset 3px 0 var(--a) } a.cell.server { box-shadow: inset -3px 0 var(--b) }
a.cell.skipped { color: var(--ink-3); background: none; font-weight: 400 }
a:hover, a:focus-visible { outline: 2px solid var(--ink); outline-offset: -2px }
article { padding: .75rem 0; border-bottom: 1px solid var(--line) }
article:target { background: var(--bad-wash); box-shadow: 0 0 0 .5rem var(--bad-wash) }
article p { margin: .2rem 0; overflow-wrap: anywhere }
code, pre { font: .8125rem/1.5 var(--mono) }
pre { margin: .4rem 0 0; padding: .6rem; overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 5px }
.repeat { overflow-wrap: anywhere; white-space: pre-wrap; user-select: all }
summary { cursor: pointer; color: var(--ink-2); padding: .3rem 0 }
.who { font-family: var(--mono); font-size: .8125rem; border-radius: 5px; padding: .05rem .4rem }
.who.client { color: var(--a); background: var(--a-wash) } .who.server { color: var(--b); background: var(--b-wash) }
@media (max-width: 719px) { th, td { padding: .4rem .3rem } .own tbody th { min-width: 4.5rem } .pairs th:first-child { max-width: 7rem; min-width: 5rem } }
@media (pointer: coarse) { .cell { padding: .65rem 0 } .pairs td { min-width: 2.75rem } }
@media print { body { background: none } .frame { overflow: visible } article { break-inside: avoid } }
`
