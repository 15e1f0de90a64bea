import { createServer, type Socket } from 'node:net'
import { obey } from '../control.ts'

/** Calls `line` for each line that arrives; a line may arrive in several pieces. */
export function onLines(socket: Socket, line: (text: string) => void): void {
  let rest = ''
  socket.on('data', (bytes: Buffer) => {
    rest += bytes.toString('latin1')
    let start = 0
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      line(rest.slice(start, end))
      start = end + 1
    }
    rest = rest.slice(start)
  })
}

/**
 * Serves on a free port of 127.0.0.1. `recorded` is the game for the client, as the load has recorded it against another
 * server; `undefined` if the server chooses. Errors of a connection close it without a message.
 */
export function serve(client: (socket: Socket, recorded?: string) => void): void {
  let games: readonly string[] = []
  let next = 0
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    client(socket, games[next++])
  })
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
    const at = server.address()
    if (at === null || typeof at !== 'object') return
    obey(at.port, (recorded) => {
      games = recorded
      next = 0
    })
  })
}
