// The cost of a tap: `npm run bench:tap [SECONDS]`. It compares connections through a tap with bare connections to the same echo server, one after the other:
// the time from a message to its answer, messages a second, and how many connections hold.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

/** Targets of the issue: added milliseconds at the median, the share of the bare messages a second, and connections at once. */
const TARGETS = { added: 0.2, share: 1 / 3, connections: 1000 }
/** Connections of the measurement of messages a second. */
const BUSY = 20
const MESSAGE = 'hello from the bench\n'

const seconds = Number(process.argv[2]) || 3

/** Runs an echo server, and prints its port. */
async function serveEcho(): Promise<void> {
  const server = createServer({ noDelay: true }, (socket) => socket.on('error', () => socket.destroy()).pipe(socket))
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port')
  console.error(`listening on 127.0.0.1:${address.port}`)
}

/** Starts a process that says where it listens; resolves to the process and the port. */
async function start(...args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  process.on('exit', () => child.kill('SIGKILL'))
  let text = ''
  for await (const bytes of child.stderr) {
    text += bytes
    const [, port] = /listening on [\d.]+:(\d+)/.exec(text) ?? []
    if (port !== undefined) return { child, port: Number(port) }
  }
  throw new Error(`a process ended before it listened: ${text}`)
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** Sends messages one after the other for some seconds. Returns the time of each until its answer, in milliseconds. */
function pingPong(socket: Socket, forSeconds: number): Promise<readonly number[]> {
  const times: number[] = []
  const end = performance.now() + forSeconds * 1000
  return new Promise((resolve, reject) => {
    let sent = performance.now()
    let length = 0
    socket.on('error', reject).on('data', (bytes) => {
      length += bytes.length
      if (length < MESSAGE.length) return
      length = 0
      const now = performance.now()
      times.push(now - sent)
      if (now > end) return resolve(times)
      sent = now
      socket.write(MESSAGE)
    })
    socket.write(MESSAGE)
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Cost has the times of one way to the server: direct, or through the tap. */
interface Cost {
  /** Milliseconds from a message to its answer, at the median, on one connection. */
  readonly p50: number
  /** Messages a second, on several connections. */
  readonly rate: number
}

async function measure(port: number): Promise<Cost> {
  const alone = await open(port)
  await pingPong(alone, 0.5)
  alone.removeAllListeners('data')
  const p50 = median(await pingPong(alone, seconds))
  alone.destroy()
  const sockets = await Promise.all(Array.from({ length: BUSY }, () => open(port)))
  const all = await Promise.all(sockets.map((socket) => pingPong(socket, seconds)))
  for (const socket of sockets) socket.destroy()
  return { p50, rate: all.flat().length / seconds }
}

/** Opens many connections, and sends a message on each. Returns how many got their answer. */
async function hold(port: number, count: number): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: count }, () => open(port)))
  const answers = await Promise.all(sockets.map((socket) => pingPong(socket, 0)))
  for (const socket of sockets) socket.destroy()
  return answers.filter(({ length }) => length > 0).length
}

/** Compares, prints, and exits with 1 if a target is missed. */
async function compare(): Promise<void> {
  const bin = fileURLToPath(new URL('../bin/parlor.js', import.meta.url))
  const echo = await start(fileURLToPath(import.meta.url), 'echo')
  const tap = await start(bin, 'tap', 'chat', '--listen', '0', '--to', String(echo.port))
  const bare = await measure(echo.port)
  const tapped = await measure(tap.port)
  const held = await hold(tap.port, TARGETS.connections)
  const added = tapped.p50 - bare.p50
  const share = tapped.rate / bare.rate
  console.log(
    `p50: bare ${bare.p50.toFixed(3)} ms, through the tap ${tapped.p50.toFixed(3)} ms: ${added.toFixed(3)} ms added (target: ${TARGETS.added})`,
  )
  console.log(
    `messages a second on ${BUSY} connections: bare ${Math.round(bare.rate)}, through the tap ${Math.round(tapped.rate)}: ${(share * 100).toFixed(0)} % (target: ${Math.round(TARGETS.share * 100)} %)`,
  )
  console.log(`connections that hold: ${held} of ${TARGETS.connections}`)
  process.exit(added <= TARGETS.added && share >= TARGETS.share && held === TARGETS.connections ? 0 : 1)
}

await (process.argv[2] === 'echo' ? serveEcho() : compare())
