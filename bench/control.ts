/** Usage is the consumption of a server process since its start. */
export interface Usage {
  /** Processor time in microseconds, user and system. */
  readonly cpu: number
  /** Resident memory in bytes. */
  readonly rss: number
}

/** Report is a message from a server process to the benchmark: its port, or the answer to a request for its usage. */
export type Report = { readonly port: number } | Usage

/**
 * Reports the port of this server to the benchmark, and answers its requests for usage: `usage` at once, `settled` after a
 * garbage collection. Ends this process when the benchmark disconnects.
 */
export function obey(port: number): void {
  const send = (report: Report) => process.send?.(report)
  process.on('disconnect', () => process.exit())
  process.on('message', (request) => {
    if (request === 'settled') globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    const { user, system } = process.cpuUsage()
    send({ cpu: user + system, rss: process.memoryUsage.rss() })
  })
  send({ port })
}
