import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { ScoreSeries } from '../model/results.ts'

/*
 * This file is the only part of the page that imports uPlot. The page loads this file when it first draws a chart, so that the first load
 * is smaller.
 */

/** Height of a chart in pixels. */
const HEIGHT = 180

/**
 * Draws a chart of scores over time in an element. Returns a function that removes the chart. When the width of the element changes, the
 * width of the chart changes, too.
 */
export function drawChart(host: HTMLElement, { times, scores }: ScoreSeries): () => void {
  const color = (name: string) => resolveColor(host, name)
  const axis = { stroke: color('--ink-3'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false }, font: '12px sans-serif' }
  const chart = new UPlot(
    {
      width: host.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      axes: [
        { ...axis, values: (_, ticks) => formatTicks(ticks) },
        { ...axis, size: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
      ],
      series: [{}, { stroke: color('--go'), width: 2, points: { show: true, size: 6, fill: color('--go') } }],
    },
    [times.map((time) => time / 1000), [...scores]],
    host,
  )
  const resized = new ResizeObserver(() => chart.setSize({ width: host.clientWidth, height: HEIGHT }))
  resized.observe(host)
  return () => {
    resized.disconnect()
    chart.destroy()
  }
}

/** Formats times, in seconds since the Unix epoch, as days. If all times are within two days, formats the times as times of day. */
function formatTicks(ticks: readonly number[]): string[] {
  const isShort = (ticks.at(-1) ?? 0) - (ticks[0] ?? 0) < 2 * 86_400
  const form: Intl.DateTimeFormatOptions = isShort
    ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
    : { day: 'numeric', month: 'short' }
  const formatted = ticks.map((tick) => new Date(tick * 1000).toLocaleString('en', form))
  return formatted.map((text, at) => (text === formatted[at - 1] ? '' : text))
}

/** Returns the color that a token has in the present theme, because a canvas cannot use tokens. */
function resolveColor(host: HTMLElement, name: string): string {
  host.style.color = `var(${name})`
  const { color } = getComputedStyle(host)
  host.style.removeProperty('color')
  return color
}
