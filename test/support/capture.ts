import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** Checks whether this machine has a program. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined
}

/** Programs whose tests fail without them, instead of being skipped. `.ci/run` sets the variable. */
const REQUIRED: readonly string[] = (process.env.TESTS_REQUIRE ?? '').split(' ')

/** Checks whether the tests that need a program run: if this machine has it, or if the run of the tests requires it. */
export function isTestedWith(name: string): boolean {
  return REQUIRED.includes(name) || hasProgram(name)
}

/** Whether tests capture on this machine with tcpdump. */
export const canCapture = process.platform === 'linux' && process.geteuid?.() === 0 && isTestedWith('tcpdump')

/** A step of a conversation: what a side writes in one call, or `end` or `reset`. */
export type WireStep = readonly [side: 'client' | 'server', what: string | Uint8Array]

/** What the sides of the captured conversation write, one after the other. */
export const WRITES = [
  ['server', 'GUESS\n'],
  ['client', '5'],
  ['client', '0\n'],
  ['server', 'HIGHER\nGUESS\n'],
  ['client', '75\r\n'],
  ['client', 'end'],
  ['server', 'NEIN, GRÖSSER\n'],
  ['server', 'end'],
] as const satisfies readonly WireStep[]

/** Captures the conversation `WRITES` on an interface with tcpdump, which writes it to a file. Resolves to the ports of both sides. */
export async function captureConversation(
  file: string,
  ...options: string[]
): Promise<{ readonly client: number; readonly server: number }> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const capture = await startCapture(file, { tcp: [port] }, ...options)
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
  const [accepted]: Socket[] = await once(server, 'connection')
  if (!accepted) throw new TypeError('a server that has a connection has its socket')
  const ports = { client: client.localPort ?? 0, server: port }
  await playSteps({ client, server: accepted }, WRITES)
  server.close()
  await capture.stop()
  return ports
}

/** Captures the packets of some ports on this machine to a file. `stop` resolves when all that was sent before is in the file. */
export async function startCapture(
  file: string,
  { tcp: [port = 0, ...others], udp = [] }: { readonly tcp: readonly number[]; readonly udp?: readonly number[] },
  ...options: readonly string[]
): Promise<{ stop(): Promise<void> }> {
  // a packet is printed when it is written, so the last packet, which is a datagram, shows that all are; short packets, because the
  // buffer for packets that are captured together has few places for long packets
  const args = ['--immediate-mode', '-s', '2048', '-U', '-l', '--print', '-n', '-Z', 'root', '-w', file, ...options]
  // a port of TCP may have the number of a port of UDP that a stranger uses
  const filter = [`port ${port}`, ...others.map((other) => `tcp port ${other}`), ...udp.map((other) => `udp port ${other}`)].join(' or ')
  const tcpdump = spawn('tcpdump', [...args, filter], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 })
  const exited = once(tcpdump, 'exit')
  await lineOf(tcpdump.stderr, /listening on/)
  const isCaptured = lineOf(tcpdump.stdout, /: UDP, length 4$/)
  return {
    async stop() {
      const socket = createSocket('udp4')
      socket.send('last', port, '127.0.0.1', () => socket.close())
      await isCaptured
      tcpdump.kill('SIGINT')
      await exited
    },
  }
}

/** Plays a conversation, in which each step comes after the other side has received the last step. */
export async function playSteps(sockets: Readonly<Record<'client' | 'server', Socket>>, steps: readonly WireStep[]): Promise<void> {
  for (const [side, what] of steps) await playStep(sockets[side], sockets[side === 'client' ? 'server' : 'client'], what)
}

async function playStep(from: Socket, to: Socket, what: string | Uint8Array): Promise<void> {
  if (what === 'end' || what === 'reset') {
    const seen = new Promise((resolve) => to.on('error', resolve).once('end', resolve))
    to.resume()
    if (what === 'end') from.end()
    else from.resetAndDestroy()
    await seen
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

/** Resolves when a stream prints a line. Rejects if it ends earlier. */
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
