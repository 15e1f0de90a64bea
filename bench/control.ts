import { readFileSync } from 'node:fs'

/** Report is a message from a server process to the benchmark: its port, or the number of its next games. */
export type Report = { readonly port: number } | { readonly games: number }

/**
 * Reports the port of this server to the benchmark. Each message from the benchmark is the path of a file with games, a line for
 * each: `replay` gets them. Ends this process when the benchmark disconnects.
 */
export function obey(port: number, replay: (games: readonly string[]) => void = () => {}): void {
  const send = (report: Report) => process.send?.(report)
  process.on('disconnect', () => process.exit())
  process.on('message', (path: string) => {
    const games = readFileSync(path, 'latin1').trimEnd().split('\n')
    replay(games)
    send({ games: games.length })
  })
  send({ port })
}
