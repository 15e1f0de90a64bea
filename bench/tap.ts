// The cost of a tap: `npm run bench:tap [SECONDS]`. The same client talks to the same server, without and with a tap between them.
//
// The conversation is a conversation of tjc/chat: the server greets, and then each side waits for the other side's line. A connection has
// one message in flight, so BUSY connections have BUSY messages in flight, with and without the tap. The rounds alternate, because the
// speed of a machine varies. The tap shows and records messages after it has forwarded their bytes. Therefore the measured time does not
// end with the last answer, but when the tap has judged, shown and recorded all messages: with `--connections`, the tap exits at this
// moment.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readUsage } from './usage.ts'

/**
 * Targets: added milliseconds at the median, the messages a second as a share of the messages without a tap, and connections at the same
 * time.
 */
const TARGETS = { added: 0.2, share: 1 / 3, connections: 1000 }
/** Number of connections when messages a second are measured. */
const BUSY = 20
/** Milliseconds until V8 has compiled the hot code. */
const WARM = 1500
/** Number of rounds with a tap, and without a tap; the result is the median. */
const ROUNDS = 3
const GREETING = 'hello from the server\n'
const MESSAGE = 'hello from the bench\n'

const seconds = Number(process.argv[2]) || 2
const folder = mkdtempSync(join(tmpdir(), 'parlor-bench-tap-'))
/** All processes that this process has started, and that it ends when it exits. */
const started: ChildProcess[] = []
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a server that greets and sends each line back, and prints its port. */
async function serveChat(): Promise<void> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy()).write(GREETING)
    socket.pipe(socket)
  })
  await announce(server)
}

/** Runs a proxy that only forwards all bytes, and prints its port: the least cost of any proxy in Node. */
async function serveProxy(to: number): Promise<void> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const other = connect({ port: to, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    for (const [from, into] of [[socket, other] as const, [other, socket] as const]) from.on('error', () => into.destroy()).pipe(into)
  })
  await announce(server)
}

/** Makes a server listen at a free port, and prints the port. */
async function announce(server: Server): Promise<void> {
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port')
  console.error(`listening on 127.0.0.1:${address.port}`)
}

/** Starts a process that prints its port; resolves to the process and the port. */
async function start(...args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  started.push(child)
  let text = ''
  for await (const bytes of child.stderr) {
    text += bytes
    const [, port] = /listening on [\d.]+:(\d+)/.exec(text) ?? []
    if (port !== undefined) return { child, port: Number(port) }
  }
  throw new Error(`a process ended before it listened: ${text}`)
}

/** Starts a tap between the clients and the server. */
function startTap(server: number, ...options: readonly string[]): ReturnType<typeof start> {
  const bin = fileURLToPath(new URL('../bin/parlor.js', import.meta.url))
  return start(bin, 'tap', 'chat', '--listen', '0', '--to', String(server), ...options)
}

/** Connects, and waits for the greeting. */
async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let greeting = ''
  while (greeting.length < GREETING.length) greeting += String((await once(socket, 'data'))[0])
  return socket
}

/**
 * Sends messages one after the other until the time `until`. Returns the waiting time of each message until its answer, in milliseconds.
 */
function talk(socket: Socket, until: number): Promise<readonly number[]> {
  const times: number[] = []
  return new Promise((resolve, reject) => {
    let sent = performance.now()
    let length = 0
    const take = (bytes: Uint8Array) => {
      length += bytes.length
      if (length < MESSAGE.length) return
      length = 0
      const now = performance.now()
      times.push(now - sent)
      sent = now
      if (now < until) {
        socket.write(MESSAGE)
        return
      }
      socket.off('data', take).off('error', reject)
      resolve(times)
    }
    socket.on('error', reject).on('data', take)
    socket.write(MESSAGE)
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Measures the median time of a message on one connection, in milliseconds, after a warm-up. */
async function measureTime(port: number): Promise<number> {
  const socket = await open(port)
  await talk(socket, performance.now() + 300)
  const times = await talk(socket, performance.now() + seconds * 1000)
  socket.destroy()
  return median(times)
}

/** Rate is the speed of several connections together. */
interface Rate {
  /** Round trips a second. */
  readonly rate: number
  /** Processor time in microseconds that the tap or the proxy uses for a round trip (two messages). */
  readonly cost: number
}

/**
 * Measures the round trips a second on several connections, after a warm-up on other connections. With `waits`, the measured time ends when
 * the tap has exited.
 */
async function measureRate(port: number, tap?: ChildProcess, waits = true): Promise<Rate> {
  const warm = await Promise.all(Array.from({ length: BUSY }, () => open(port)))
  await Promise.all(warm.map((socket) => talk(socket, performance.now() + WARM)))
  for (const socket of warm) socket.destroy()
  const sockets = await Promise.all(Array.from({ length: BUSY }, () => open(port)))
  const before = tap?.pid === undefined ? 0 : readUsage(tap.pid).cpu
  const begin = performance.now()
  const all = await Promise.all(sockets.map((socket) => talk(socket, begin + seconds * 1000)))
  const count = all.flat().length
  const used = tap?.pid === undefined ? 0 : readUsage(tap.pid).cpu - before
  const exited = tap && waits && once(tap, 'exit')
  for (const socket of sockets) socket.destroy()
  await exited
  return { rate: (count / (performance.now() - begin)) * 1000, cost: used / count }
}

/**
 * Opens connections. Resolves to the number of connections that get an answer, and the bytes of memory that the tap uses for each
 * connection.
 */
async function hold(port: number, { pid = 0 }: ChildProcess): Promise<{ readonly held: number; readonly memory: number }> {
  const before = readUsage(pid).rss
  const sockets = await Promise.all(Array.from({ length: TARGETS.connections }, () => open(port)))
  const answers = await Promise.all(sockets.map((socket) => talk(socket, 0)))
  const memory = (readUsage(pid).rss - before) / sockets.length
  for (const socket of sockets) socket.destroy()
  return { held: answers.filter(({ length }) => length > 0).length, memory }
}

/**
 * Measures the rate without and with a tap in turn; prints and returns the share. `options` are the options of the tap; without `options`,
 * the proxy replaces the tap.
 */
async function compareRates(server: number, what: string, options?: () => readonly string[]): Promise<number> {
  const bare: number[] = []
  const tapped: Rate[] = []
  const proxy = options ? undefined : await start(fileURLToPath(import.meta.url), 'proxy', String(server))
  for (let round = 0; round < ROUNDS; round++) {
    bare.push((await measureRate(server)).rate)
    const { child, port } = proxy ?? (await startTap(server, '--connections', String(2 * BUSY), ...(options?.() ?? [])))
    tapped.push(await measureRate(port, child, proxy === undefined))
  }
  proxy?.child.kill()
  const share = median(tapped.map(({ rate }, at) => rate / (bare[at] ?? Number.NaN)))
  const rate = median(tapped.map((one) => one.rate))
  const cost = median(tapped.map((one) => one.cost))
  console.log(
    `round trips a second on ${BUSY} connections, ${what}: bare ${Math.round(median(bare))}, through it ${Math.round(rate)}: ${(share * 100).toFixed(0)} % (target: ${Math.round(TARGETS.share * 100)} %); ${cost.toFixed(0)} us of its processor time each`,
  )
  return share
}

/** Runs all measurements, prints the results, and exits with 1 if a result misses its target. */
async function compare(): Promise<void> {
  const { port: server } = await start(fileURLToPath(import.meta.url), 'serve')
  const { child, port } = await startTap(server)
  const bare: number[] = []
  const tapped: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await measureTime(server))
    tapped.push(await measureTime(port))
  }
  const added = median(tapped.map((time, at) => time - (bare[at] ?? Number.NaN)))
  console.log(
    `time of a round trip at the median: bare ${median(bare).toFixed(3)} ms, through the tap ${median(tapped).toFixed(3)} ms: ${added.toFixed(3)} ms added (target: ${TARGETS.added})`,
  )
  let files = 0
  await compareRates(server, 'a proxy that only forwards bytes')
  const share = await compareRates(server, 'the tap with plain lines', () => [])
  const recorded = await compareRates(server, 'the tap with a recording', () => ['--record', join(folder, `${++files}.pcapng`)])
  const { held, memory } = await hold(port, child)
  console.log(
    `connections that get an answer: ${held} of ${TARGETS.connections}; ${(memory / 1024).toFixed(1)} KB of memory of the tap for each`,
  )
  const isFast = Math.min(share, recorded) >= TARGETS.share
  process.exit(added <= TARGETS.added && isFast && held === TARGETS.connections ? 0 : 1)
}

if (process.argv[2] === 'serve') await serveChat()
else if (process.argv[2] === 'proxy') await serveProxy(Number(process.argv[3]))
else await compare()
