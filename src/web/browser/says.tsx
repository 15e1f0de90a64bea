import { texts } from '../texts.ts'

/** NoTable says that the table does not exist, and has a link to the lobby. */
export function NoTable({ table }: { readonly table: number }) {
  return (
    <main class="says" id="main" tabIndex={-1}>
      <svg class="pic" viewBox="0 0 320 150" aria-hidden="true">
        <path class="sa" d="M40 10v130" stroke-width="2.5" />
        <path class="sb" d="M280 10v130" stroke-width="2.5" />
        <path class="sa" d="M41 40h92" stroke-width="2.5" />
        <path d="M142 30l10 20M158 30l10 20" class="thin" stroke-width="2" />
        <path class="sa" stroke-dasharray="2 8" d="M178 40h92" />
        <path class="hair" stroke-dasharray="4 6" d="M278 84H44M42 118h232" />
      </svg>
      <h1>{texts.noTable(table)}</h1>
      <p>{texts.noTableWhy}</p>
      <p class="btns">
        <a class="btn btn--go" href="#lobby">
          {texts.toLobby}
        </a>
      </p>
    </main>
  )
}
