import type { WatchedProtocol } from '../monitor/monitor.ts'
import type { RecordingEntry } from '../recordings/recording.ts'
import { toDiagramParts } from './diagram-rows.ts'
import { formatHtmlPage } from './html-page.ts'
import { formatSvg } from './svg-diagram.ts'

/** The suffixes of pages. Pages are for people: Parlor writes a page as a whole, and cannot read it again. */
export const pageFormats = ['.html', '.svg'] as const

/** Formats a recording as a page, by the suffix of its file. */
export async function formatPage(
  suffix: string,
  entries: Iterable<RecordingEntry>,
  protocols: readonly WatchedProtocol[],
): Promise<string> {
  const parts = toDiagramParts(entries, protocols)
  return suffix === '.svg' ? formatSvg(parts) : formatHtmlPage(parts)
}
