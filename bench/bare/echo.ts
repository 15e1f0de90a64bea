// Line echo, written by hand on node:net.
import { onLines, serve } from './lines.ts'

serve((socket) => {
  onLines(socket, (line) => socket.write(`${line}\n`, 'latin1'))
})
