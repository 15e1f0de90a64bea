import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** Checks whether this machine has a program. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined
}

/** What the sides of the captured conversation write, one after the other; `end` is the end of a side. */
export const WRITES = [
  ['server', 'GUESS\n'],
  ['client', '5'],
  ['client', '0\n'],
  ['server', 'HIGHER\nGUESS\n'],
  ['client', '75\r\n'],
  ['client', 'end'],
  ['server', 'NEIN, GRÖSSER\n'],
  ['server', 'end'],
] as const

/** Captures the conversation `WRITES` on an interface with tcpdump, which writes it to a file. Resolves to the ports of both sides. */
export async function captureConversation(
  file: string,
  ...options: string[]
): Promise<{ readonly client: number; readonly server: number }> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  // a packet is printed when it is written, so the last one, which is a datagram, shows that all are; short packets, because the
  // buffer for packets that are captured at once has few places for long ones
  const args = ['--immediate-mode', '-s', '2048', '-U', '-l', '--print', '-n', '-Z', 'root', '-w', file, ...options, `port ${port}`]
  const tcpdump = spawn('tcpdump', args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 })
  const exited = once(tcpdump, 'exit')
  await lineOf(tcpdump.stderr, /listening on/)
  const isCaptured = lineOf(tcpdump.stdout, / UDP, length 4$/)
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
  const [accepted]: Socket[] = await once(server, 'connection')
  if (!accepted) throw new TypeError('a server that has a connection has its socket')
  const ports = { client: client.localPort ?? 0, server: port }
  const sockets = { client, server: accepted }
  for (const [side, what] of WRITES) await write(sockets[side], sockets[side === 'client' ? 'server' : 'client'], what)
  server.close()
  const socket = createSocket('udp4')
  socket.send('last', port, '127.0.0.1', () => socket.close())
  await isCaptured
  tcpdump.kill('SIGINT')
  await exited
  return ports
}

/** Writes to a socket, and waits until the other one has all of it. */
async function write(from: Socket, to: Socket, what: string): Promise<void> {
  if (what === 'end') {
    const ended = once(to, 'end')
    to.resume()
    from.end()
    await ended
    return
  }
  let left = Buffer.byteLength(what)
  const received = new Promise<void>((resolve) => {
    to.on('data', function take(chunk) {
      left -= chunk.length
      if (left > 0) return
      to.off('data', take)
      resolve()
    })
  })
  from.write(what)
  await received
}

/** Resolves when a stream prints a line. Rejects if it ends before. */
async function lineOf(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<void> {
  const lines: string[] = []
  for await (const line of createInterface({ input: stream })) {
    lines.push(line)
    if (!pattern.test(line)) continue
    // what else it prints is not needed
    stream.resume()
    return
  }
  throw new Error(`tcpdump has printed no line with ${pattern}: ${lines.join('\n')}`)
}
