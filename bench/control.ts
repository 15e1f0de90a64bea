/** Usage is what a server process has used so far. */
export interface Usage {
  /** Processor time in microseconds, user and system. */
  readonly cpu: number
  /** Resident memory in bytes. */
  readonly rss: number
}

/** What a server process tells the run: its port, and whenever it is asked, its usage. */
export type Report = { readonly port: number } | Usage

/**
 * Tells the run where this server listens, and answers each question of it: `usage` at once, `settled` after collecting
 * garbage. Ends this process when the run has gone.
 */
export function obey(port: number): void {
  const tell = (report: Report) => process.send?.(report)
  process.on('disconnect', () => process.exit())
  process.on('message', (question) => {
    if (question === 'settled') globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    const { user, system } = process.cpuUsage()
    tell({ cpu: user + system, rss: process.memoryUsage.rss() })
  })
  tell({ port })
}
