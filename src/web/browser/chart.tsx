import { useEffect, useRef, useState } from 'preact/hooks'
import { formatMinute } from '../formats.ts'
import type { ScoreSeries } from '../model/results.ts'
import { texts } from '../texts.ts'

/** ScoreChart draws a score over time. For a screen reader, the chart has a text with the first and the last score. */
export function ScoreChart({ series }: { readonly series: ScoreSeries }) {
  const host = useRef<HTMLDivElement>(null)
  const theme = useTheme()
  const { kind, times, scores } = series
  const key = `${theme} ${kind} ${times.at(-1)} ${times.length}`
  useEffect(() => {
    let remove: (() => void) | undefined
    let isCurrent = true
    void import('./chart-canvas.ts').then(({ drawChart }) => {
      if (isCurrent && host.current) remove = drawChart(host.current, series)
    })
    return () => {
      isCurrent = false
      remove?.()
    }
  }, [key])
  const [first = 0, last = 0] = [scores[0], scores.at(-1)]
  return (
    <figure class="chart">
      <div class="chart__canvas" ref={host} role="img" aria-label={texts.chartAbout(texts.scoreKinds[kind], scores.length, first, last)} />
      <figcaption class="quiet small">{texts.scoreHints[kind]}</figcaption>
      <details>
        <summary>{texts.asTable}</summary>
        <table class="tab" aria-label={texts.scoreKinds[kind]}>
          <thead>
            <tr>
              <th scope="col">{texts.when}</th>
              <th scope="col">{texts.scoreKinds[kind]}</th>
            </tr>
          </thead>
          <tbody>
            {times
              .map((at, row) => (
                <tr key={row}>
                  <td>{formatMinute(at)}</td>
                  <td class="num">{scores[row]}</td>
                </tr>
              ))
              .reverse()}
          </tbody>
        </table>
      </details>
    </figure>
  )
}

/** Returns a text that changes when the colors of the page change. */
function useTheme(): string {
  const read = () => `${document.documentElement.dataset.theme ?? ''} ${matchMedia('(prefers-color-scheme: dark)').matches}`
  const [theme, setTheme] = useState(read)
  useEffect(() => {
    const change = () => setTheme(read())
    const observer = new MutationObserver(change)
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    const query = matchMedia('(prefers-color-scheme: dark)')
    query.addEventListener('change', change)
    return () => {
      observer.disconnect()
      query.removeEventListener('change', change)
    }
  }, [])
  return theme
}
